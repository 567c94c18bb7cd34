@role:data-consumer-server
Feature: Submissions that are not taken
  Who sends documentation must say what it is for, whose it is and who sends it. A payer that is not
  told cannot find out, and says so.

  @req:CDEX-SA-001 @writes
  Scenario Outline: Whoever <does> the place for attachments gets an error
    When the provider <does> the place for attachments
    Then the payer does not do that

    Examples:
      | does     |
      | reads    |
      | replaces |
      | changes  |
      | deletes  |

  @req:CDEX-SAP-002 @since:2.1.0 @writes
  Scenario Outline: A submission without a tracking id is refused: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the payer refuses it

    Examples:
      | how                           |
      | it has no tracking id         |
      | its tracking id has no number |
      | its tracking id is a text     |

  @req:CDEX-SAP-005 @since:2.1.0 @writes
  Scenario Outline: A submission without a purpose is refused: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the payer refuses it

    Examples:
      | how                              |
      | it does not say what it is for   |
      | what it is for is a text         |

  @req:CDEX-SAP-015 @since:2.1.0 @writes
  Scenario: A submission for another purpose is refused
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: it is for a predetermination
    When the provider submits it
    Then the payer refuses it

  @req:CDEX-SAP-010 @since:2.1.0 @writes
  Scenario Outline: A submission without a member is refused: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the payer refuses it

    Examples:
      | how                      |
      | it names no member       |
      | its member has no number |
      | its member is a text     |

  @req:CDEX-SAP-013 @since:2.1.0 @writes
  Scenario Outline: A submission without documentation is refused: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the payer refuses it

    Examples:
      | how                                      |
      | it has no attachment                     |
      | its attachment is empty                  |
      | its attachment has a code and no content |

  @req:CDEX-SA-007 @writes
  Scenario: A submission of nobody is refused
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: it names neither provider nor organization
    When the provider submits it
    Then the payer refuses it

  @req:CDEX-SA-009 @writes
  Scenario Outline: Documentation of a claim without the day of service is refused: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the payer refuses it

    Examples:
      | how                           |
      | it has no day of service      |
      | its day of service is a month |
      | its day of service is a year  |

  @req:CDEX-SA-023 @writes
  Scenario Outline: A refusal tells the reason: <how>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: <how>
    When the provider submits it
    Then the refusal tells the reason in words

    Examples:
      | how                            |
      | it has no tracking id          |
      | it does not say what it is for |
      | it names no member             |
      | it has no attachment           |

  @req:CDEX-SEC-017 @writes
  Scenario: Documentation of nobody known is not let in
    Given a payer that demands credentials
    And a claim that lacks documentation
    And a progress note as its documentation
    When somebody without credentials submits it
    Then the payer does not let that in

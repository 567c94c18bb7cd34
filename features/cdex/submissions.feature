@role:data-consumer-server
Feature: Documentation of claims and prior authorizations
  A provider sends a payer what it needs to decide on a claim or a prior authorization: because the
  payer has asked for it, or because it will be needed. The payer takes it and finds out itself what
  it belongs to.

  @req:CDEX-CAP-071 @req:CDEX-SA-002 @writes
  Scenario: Documentation of a claim is taken
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-POU-005 @writes
  Scenario Outline: Documentation can be for a <about>
    Given a <about> that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then the payer takes it

    Examples:
      | about               |
      | claim               |
      | prior authorization |

  @req:CDEX-SA-002 @writes
  Scenario Outline: Documentation of a <about> that the payer has asked for is taken
    Given a <about> about which the payer has asked
    And a progress note as its documentation
    When the provider submits it
    Then the payer takes it

    Examples:
      | about               |
      | claim               |
      | prior authorization |

  @req:CDEX-SA-019 @writes
  Scenario: What is accepted is said to be accepted
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then the payer says that it is accepted

  @req:CDEX-SA-025 @writes
  Scenario: An accepted submission brings no results
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then nothing but an outcome comes back

  @req:CDEX-SA-027 @writes
  Scenario: The payer decides at once whether it takes a submission
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then the payer decides at once

  @req:CDEX-SAP-020 @since:2.1.0 @writes
  Scenario Outline: All that can be said of a <about> <how> is understood
    Given a <about> <how>
    And a progress note as its documentation
    And the submission says all that can be said
    When the provider submits it
    Then the payer takes it

    Examples:
      | about               | how                            |
      | claim               | that lacks documentation       |
      | prior authorization | that lacks documentation       |
      | claim               | about which the payer has asked |
      | prior authorization | about which the payer has asked |

  @req:CDEX-SAP-020 @since:2.1.0 @writes
  Scenario Outline: A submission about a <about> may say no more than it must
    Given a <about> that lacks documentation
    And a progress note as its documentation
    And the submission says no more than it must
    When the provider submits it
    Then the payer takes it

    Examples:
      | about               |
      | claim               |
      | prior authorization |

  @req:CDEX-SAP-020 @since:2.1.0 @writes
  Scenario: Documentation of a prior authorization may have a code of X12
    Given a prior authorization that lacks documentation
    And a progress note as its documentation
    And its code is one of X12
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SAP-020 @since:2.1.0 @writes
  Scenario: One submission may hold several documents
    Given a claim that lacks documentation
    And a progress note as its documentation
    And a second document beside it
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SAP-020 @since:2.1.0 @writes
  Scenario Outline: A submission may be said <which>
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is said <which>
    When the provider submits it
    Then the payer takes it

    Examples:
      | which              |
      | to be the last     |
      | not to be the last |

  @req:CDEX-SA-010 @writes
  Scenario Outline: Documentation may be for <what> of a claim
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is for <what> of it
    When the provider submits it
    Then the payer takes it

    Examples:
      | what      |
      | two lines |
      | the whole |

  @req:CDEX-SA-017 @writes
  Scenario: A submission that does not say so is the last one
    Given a claim that lacks documentation
    And a progress note as its documentation
    When more follows a submission that is the last
    And more follows a submission that is not the last
    And more follows a submission that says nothing of it
    Then saying nothing means that it is the last

  @req:CDEX-SA-020 @writes
  Scenario Outline: Documentation for a <about> that the payer does not know is held
    Given a <about> that the payer does not know
    And a progress note as its documentation
    When the provider submits it
    Then the payer says that it holds it until it knows more

    Examples:
      | about               |
      | claim               |
      | prior authorization |
      | member              |

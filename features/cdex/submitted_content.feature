@role:data-consumer-server
Feature: What documentation may be
  Most documentation is a document: text, PDF or C-CDA. A payer may also take records of other kinds.
  Who asks by questionnaires takes the answers.

  @req:CDEX-SA-011 @writes
  Scenario Outline: <what> is taken
    Given a claim that lacks documentation
    And <what> as its documentation
    When the provider submits it
    Then the payer takes it

    Examples:
      | what                      |
      | a progress note           |
      | a note as PDF             |
      | a note as C-CDA document  |

  @req:CDEX-SA-012 @writes
  Scenario Outline: <what> may be documentation
    Given a claim that lacks documentation
    And <what> as its documentation
    When the provider submits it
    Then the payer takes it

    Examples:
      | what                                   |
      | a laboratory result                    |
      | a clinical document of several records |

  @req:CDEX-SA-013 @req:CDEX-DTR-011 @writes
  Scenario: Answers to a questionnaire are taken from whoever was asked
    Given a payer that asks by questionnaires
    And a prior authorization that lacks documentation
    And answers to a questionnaire as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SA-014 @writes
  Scenario: Answers to an adaptive questionnaire are taken
    Given a payer that asks by questionnaires
    And a prior authorization that lacks documentation
    And answers to an adaptive questionnaire as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SA-015 @writes
  Scenario: A document comes with its text or says where it is
    Given a claim that lacks documentation
    And a progress note as its documentation
    Then notes are taken with their text, or with the address of it

  @req:CDEX-CAP-078 @since:2.1.0 @writes
  Scenario: Documents of US Core 3.1.1 are taken
    Given a claim that lacks documentation
    And a progress note of US Core 3.1.1 as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-CAP-079 @since:2.1.0 @writes
  Scenario: Documents of US Core 6.1.0 are taken
    Given a claim that lacks documentation
    And a progress note of US Core 6.1.0 as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-CAP-080 @since:2.1.0 @writes
  Scenario: Documents of US Core 7.0.0 are taken
    Given a claim that lacks documentation
    And a progress note of US Core 7.0.0 as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-MS-011 @writes
  Scenario: A document may hold more than its profile names
    Given a claim that lacks documentation
    And a note with more than its profile names as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-MS-012 @since:2.1.0 @writes
  Scenario: A document may tell why something is not known
    Given a claim that lacks documentation
    And a note with reasons in place of what is unknown as its documentation
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SA-030 @since:3.0.0-ballot @writes
  Scenario: Documentation that is too large is refused as that
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the documentation is larger than the payer takes
    When the provider submits it
    Then the payer says that it is too large

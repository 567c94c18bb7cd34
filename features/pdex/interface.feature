@role:payer-server
Feature: How the payer's interface behaves
  Some rules hold whatever is asked for: how answers are written, what errors mean, how versions are told and
  how long results come in pages.

  @req:PDEX-GEN-003
  Scenario: Answers come in FHIR JSON
    Given a member of the payer
    Then reads and searches are answered in FHIR JSON, however it is asked for

  @req:PDEX-GEN-006
  Scenario: Reads and searches are answered as FHIR says
    Given a member of the payer
    Then reads and searches are answered as FHIR says

  @req:PDEX-GEN-007
  Scenario: A value that cannot be is refused
    Given a member of the payer
    Then a value that cannot be is refused as an invalid request

  @req:PDEX-GEN-010
  Scenario: What does not exist is not found
    Given the payer's declaration
    Then what does not exist is not found

  @req:PDEX-GEN-011
  Scenario: A deleted record is gone
    Then a deleted record is said to be gone

  @req:PDEX-GEN-027
  Scenario Outline: The newest version of one <kind> record is served
    Given a member of the payer
    And a <kind> record of the member
    Then its newest version is the one that is read

    Examples:
      | kind         |
      | Location     |
      | Organization |
      | Patient      |
      | Practitioner |

  @req:PDEX-GEN-029
  Scenario: The version that is read can be read by number
    Given a member of the payer
    Then the version that is read can be read by number

  @req:PDEX-GEN-030
  Scenario: References to one version of a record lead there
    Given a member of the payer
    Then references to one version of a record are written as FHIR says, and lead there

  @req:PDEX-GEN-036
  Scenario: A long search comes in pages that keep what was asked
    Given a member of the payer
    Then a long search comes in pages that keep what was asked

  @req:PDEX-GEN-037
  Scenario Outline: <kind> records are found by when they were last changed
    Given a member of the payer
    When values of _lastUpdated from the <kind> records of the member
    Then a search by them finds the records that have them, and no others

    Examples:
      | kind                 |
      | Condition            |
      | ExplanationOfBenefit |
      | Observation          |

  @req:PDEX-GEN-038
  Scenario: Claims are searched by a form too
    Given a member of the payer
    When values of patient from the ExplanationOfBenefit records of the member
    Then the same search sent as a form finds the same

  @req:PDEX-GEN-039
  Scenario: Unknown search parameters are refused or told
    Given a member of the payer
    Then an unknown search parameter is refused when strictness is asked for, and told when not

  @req:PDEX-GEN-040
  Scenario: The headers of a read tell its version and time
    Given a member of the payer
    Then the headers of a read tell the version and time of the record

  @req:PDEX-CAP-038
  Scenario Outline: <kind> records are found by <parameter> in all its forms
    Given a member of the payer
    When values of <parameter> from the <kind> records of the member
    Then a search by them finds the records that have them, and no others

    Examples:
      | kind      | parameter |
      | Condition | category  |
      | Encounter | patient   |

  @req:PDEX-CAP-039
  Scenario: Encounter records are found by a date to the second
    Given a member of the payer
    When values of date from the Encounter records of the member
    Then a search by them, told to the second in a time zone, finds the same and no others

  @req:PDEX-CAP-039
  Scenario Outline: <kind> records are found by a <parameter> to the day
    Given a member of the payer
    When values of <parameter> from the <kind> records of the member
    Then a search by them finds the records that have them, and no others

    Examples:
      | kind    | parameter   |
      | Goal    | target-date |
      | Patient | birthdate   |

  @req:PDEX-REST-198
  Scenario: Clinical summaries can be asked for in both ways
    Given a member of the payer
    Then clinical summaries can be asked for in both ways

  @req:PDEX-REST-592
  Scenario: The value set of document types can be expanded
    Then the value set of document types can be expanded

  @req:PDEX-REST-147 @writes
  Scenario: A new diagnostic report is accepted
    Given a member of the payer
    Then a new DiagnosticReport record about the member is accepted
    And what is no DiagnosticReport record is refused

  @req:PDEX-REST-096 @writes
  Scenario: A new consent is accepted
    Given a member of the payer
    Then a new Consent record about the member is accepted
    And what is no Consent record is refused

  @req:PDEX-REST-523 @writes
  Scenario: Provenance is corrected, or the payer says it does not correct it
    Given a member of the payer
    And the payer serves US Core 3.1.1
    And a Provenance record of the member
    Then the record is corrected, or the payer says that it does not correct records

@role:payer-server
Feature: What comes along with the records found
  A record refers to others: a claim to its provider, a prescription to its medicine. An app can ask for them
  along with the records it looks for, and for the Provenance that tells where these come from.

  Scenario Outline: What <kind> records name as <reference> comes along: <target> (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    Then <target> that <kind> records name as <reference> comes along when asked for

    Examples:
      | requirement                              | kind                 | reference    | target           | US Core |
      | PDEX-REST-053                            | CareTeam             | participant  | Patient          | any     |
      | PDEX-REST-054                            | CareTeam             | participant  | Practitioner     | any     |
      | PDEX-REST-055                            | CareTeam             | participant  | PractitionerRole | any     |
      | PDEX-REST-056                            | CareTeam             | participant  | RelatedPerson    | any     |
      | PDEX-REST-248 PDEX-CAP-021               | ExplanationOfBenefit | anything     | any record       | any     |
      | PDEX-REST-249                            | ExplanationOfBenefit | care-team    | any record       | any     |
      | PDEX-REST-250                            | ExplanationOfBenefit | coverage     | any record       | any     |
      | PDEX-REST-251                            | ExplanationOfBenefit | insurer      | any record       | any     |
      | PDEX-REST-252                            | ExplanationOfBenefit | patient      | any record       | any     |
      | PDEX-REST-253                            | ExplanationOfBenefit | provider     | any record       | any     |
      | PDEX-REST-353                            | MedicationDispense   | medication   | any record       | any     |
      | PDEX-REST-377 PDEX-REST-378 PDEX-CAP-024 | MedicationRequest    | medication   | any record       | any     |
      | PDEX-REST-492 PDEX-REST-493              | PractitionerRole     | endpoint     | any record       | any     |
      | PDEX-REST-494 PDEX-REST-495              | PractitionerRole     | practitioner | any record       | any     |

  Scenario Outline: The Provenance of <kind> records comes along (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    Then the Provenance of <kind> records comes along when asked for

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-014 PDEX-REST-015 | AllergyIntolerance    | any     |
      | PDEX-REST-036 PDEX-REST-037 | CarePlan              | any     |
      | PDEX-REST-057 PDEX-REST-058 | CareTeam              | any     |
      | PDEX-REST-091 PDEX-REST-092 | Condition             | any     |
      | PDEX-REST-104               | Consent               | any     |
      | PDEX-REST-122 PDEX-REST-123 | Coverage              | any     |
      | PDEX-REST-140               | Device                | 6.1.0   |
      | PDEX-REST-139               | Device                | any     |
      | PDEX-REST-169 PDEX-REST-170 | DiagnosticReport      | any     |
      | PDEX-REST-196 PDEX-REST-197 | DocumentReference     | any     |
      | PDEX-REST-226 PDEX-REST-227 | Encounter             | any     |
      | PDEX-REST-271 PDEX-REST-272 | Goal                  | any     |
      | PDEX-REST-312 PDEX-REST-313 | Immunization          | any     |
      | PDEX-REST-354 PDEX-REST-355 | MedicationDispense    | any     |
      | PDEX-REST-379 PDEX-REST-380 | MedicationRequest     | any     |
      | PDEX-REST-431 PDEX-REST-432 | Observation           | any     |
      | PDEX-REST-468 PDEX-REST-469 | Patient               | any     |
      | PDEX-REST-514 PDEX-REST-515 | Procedure             | any     |
      | PDEX-REST-550               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-562               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-581               | ServiceRequest        | 6.1.0   |

  @req:PDEX-CAP-020
  Scenario: What a claim refers to is the same, whether it comes along or is read
    Given a member of the payer
    Then what ExplanationOfBenefit records refer to is the same, whether it comes along or is read

  @req:PDEX-CAP-023
  Scenario: The coverage of claims comes along with who pays it
    Given a member of the payer
    Then the coverage of ExplanationOfBenefit records and its payer come along when asked for

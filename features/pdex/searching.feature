@role:payer-server
Feature: Finding records by one detail
  An app asks for the records that have a detail: a code, a date, a name. It gets all the member's records
  that have it, no others, and nobody else's. The details are taken from the member's own records.

  Scenario Outline: <kind> records of a member are found by patient (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    When values of <parameter> from the <kind> records of the member
    Then a search by them finds the records that have them, and no others
    And the same search sent as a form finds the same

    Examples:
      | requirement                 | kind                  | parameter | US Core |
      | PDEX-REST-010               | AllergyIntolerance    | patient   | any     |
      | PDEX-REST-026               | CarePlan              | patient   | any     |
      | PDEX-REST-047               | CareTeam              | patient   | any     |
      | PDEX-REST-076               | Condition             | patient   | any     |
      | PDEX-REST-103               | Consent               | patient   | any     |
      | PDEX-REST-121               | Coverage              | patient   | any     |
      | PDEX-REST-133               | Device                | patient   | any     |
      | PDEX-REST-156               | DiagnosticReport      | patient   | any     |
      | PDEX-REST-182               | DocumentReference     | patient   | any     |
      | PDEX-REST-213               | Encounter             | patient   | any     |
      | PDEX-REST-245               | ExplanationOfBenefit  | patient   | any     |
      | PDEX-REST-264               | Goal                  | patient   | any     |
      | PDEX-REST-306               | Immunization          | patient   | any     |
      | PDEX-REST-344 PDEX-REST-345 | MedicationDispense    | patient   | any     |
      | PDEX-REST-367               | MedicationRequest     | patient   | any     |
      | PDEX-REST-419               | Observation           | patient   | any     |
      | PDEX-REST-506               | Procedure             | patient   | any     |
      | PDEX-REST-544               | QuestionnaireResponse | patient   | 6.1.0   |
      | PDEX-REST-560               | RelatedPerson         | patient   | 6.1.0   |
      | PDEX-REST-574               | ServiceRequest        | patient   | 6.1.0   |
      | PDEX-REST-590               | Specimen              | patient   | 6.1.0   |

  Scenario Outline: <kind> records are found by <parameter> (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    When values of <parameter> from the <kind> records of the member
    Then a search by them finds the records that have them, and no others

    Examples:
      | requirement                 | kind                  | parameter                      | US Core |
      | PDEX-REST-009               | AllergyIntolerance    | clinical-status                | any     |
      | PDEX-REST-024               | CarePlan              | category                       | any     |
      | PDEX-REST-025               | CarePlan              | date                           | any     |
      | PDEX-REST-027               | CarePlan              | status                         | any     |
      | PDEX-REST-048               | CareTeam              | role                           | any     |
      | PDEX-REST-049               | CareTeam              | status                         | any     |
      | PDEX-REST-069               | Condition             | abatement-date                 | any     |
      | PDEX-REST-070               | Condition             | asserted-date                  | any     |
      | PDEX-REST-071               | Condition             | category                       | any     |
      | PDEX-REST-072               | Condition             | clinical-status                | any     |
      | PDEX-REST-073               | Condition             | code                           | any     |
      | PDEX-REST-074               | Condition             | encounter                      | any     |
      | PDEX-REST-075               | Condition             | onset-date                     | any     |
      | PDEX-REST-077               | Condition             | recorded-date                  | any     |
      | PDEX-REST-102               | Consent               | _id                            | any     |
      | PDEX-REST-120               | Coverage              | _id                            | any     |
      | PDEX-REST-134               | Device                | status                         | 6.1.0   |
      | PDEX-REST-135               | Device                | type                           | any     |
      | PDEX-REST-153               | DiagnosticReport      | category                       | any     |
      | PDEX-REST-154               | DiagnosticReport      | code                           | any     |
      | PDEX-REST-155               | DiagnosticReport      | date                           | any     |
      | PDEX-REST-157               | DiagnosticReport      | status                         | any     |
      | PDEX-REST-179               | DocumentReference     | _id                            | any     |
      | PDEX-REST-180               | DocumentReference     | category                       | any     |
      | PDEX-REST-181               | DocumentReference     | date                           | any     |
      | PDEX-REST-183               | DocumentReference     | period                         | any     |
      | PDEX-REST-184               | DocumentReference     | status                         | any     |
      | PDEX-REST-185               | DocumentReference     | type                           | any     |
      | PDEX-REST-207               | Encounter             | _id                            | any     |
      | PDEX-REST-208               | Encounter             | class                          | any     |
      | PDEX-REST-209               | Encounter             | date                           | any     |
      | PDEX-REST-210               | Encounter             | discharge-disposition          | any     |
      | PDEX-REST-211               | Encounter             | identifier                     | any     |
      | PDEX-REST-212               | Encounter             | location                       | any     |
      | PDEX-REST-214               | Encounter             | status                         | any     |
      | PDEX-REST-215               | Encounter             | type                           | any     |
      | PDEX-REST-242               | ExplanationOfBenefit  | _id                            | any     |
      | PDEX-REST-243               | ExplanationOfBenefit  | _lastUpdated                   | any     |
      | PDEX-REST-244               | ExplanationOfBenefit  | identifier                     | any     |
      | PDEX-REST-246               | ExplanationOfBenefit  | service-date                   | any     |
      | PDEX-REST-247               | ExplanationOfBenefit  | type                           | any     |
      | PDEX-REST-262               | Goal                  | description                    | any     |
      | PDEX-REST-263               | Goal                  | lifecycle-status               | any     |
      | PDEX-REST-265               | Goal                  | target-date                    | any     |
      | PDEX-REST-286 PDEX-REST-287 | Group                 | characteristic                 | any     |
      | PDEX-REST-288               | Group                 | characteristic-value-reference | any     |
      | PDEX-REST-289 PDEX-REST-290 | Group                 | code                           | any     |
      | PDEX-REST-291 PDEX-REST-292 | Group                 | identifier                     | any     |
      | PDEX-REST-305               | Immunization          | date                           | any     |
      | PDEX-REST-307               | Immunization          | status                         | any     |
      | PDEX-REST-322               | Location              | address                        | any     |
      | PDEX-REST-323               | Location              | address-city                   | any     |
      | PDEX-REST-324               | Location              | address-postalcode             | any     |
      | PDEX-REST-325               | Location              | address-state                  | any     |
      | PDEX-REST-326               | Location              | name                           | any     |
      | PDEX-REST-346               | MedicationDispense    | status                         | any     |
      | PDEX-REST-347               | MedicationDispense    | type                           | any     |
      | PDEX-REST-364               | MedicationRequest     | authoredon                     | any     |
      | PDEX-REST-365               | MedicationRequest     | encounter                      | any     |
      | PDEX-REST-366               | MedicationRequest     | intent                         | any     |
      | PDEX-REST-368               | MedicationRequest     | status                         | any     |
      | PDEX-REST-416               | Observation           | category                       | any     |
      | PDEX-REST-417               | Observation           | code                           | any     |
      | PDEX-REST-418               | Observation           | date                           | any     |
      | PDEX-REST-420               | Observation           | status                         | any     |
      | PDEX-REST-441               | Organization          | address                        | any     |
      | PDEX-REST-442               | Organization          | name                           | any     |
      | PDEX-REST-451               | Patient               | _id                            | any     |
      | PDEX-REST-452               | Patient               | birthdate                      | any     |
      | PDEX-REST-453               | Patient               | death-date                     | any     |
      | PDEX-REST-454               | Patient               | family                         | any     |
      | PDEX-REST-455               | Patient               | gender                         | any     |
      | PDEX-REST-456               | Patient               | given                          | any     |
      | PDEX-REST-457               | Patient               | identifier                     | any     |
      | PDEX-REST-458               | Patient               | name                           | any     |
      | PDEX-REST-479               | Practitioner          | _id                            | any     |
      | PDEX-REST-480               | Practitioner          | identifier                     | any     |
      | PDEX-REST-481               | Practitioner          | name                           | any     |
      | PDEX-REST-490               | PractitionerRole      | practitioner                   | any     |
      | PDEX-REST-491               | PractitionerRole      | specialty                      | any     |
      | PDEX-REST-504               | Procedure             | code                           | any     |
      | PDEX-REST-505               | Procedure             | date                           | any     |
      | PDEX-REST-507               | Procedure             | status                         | any     |
      | PDEX-REST-542               | QuestionnaireResponse | _id                            | 6.1.0   |
      | PDEX-REST-543               | QuestionnaireResponse | authored                       | 6.1.0   |
      | PDEX-REST-545               | QuestionnaireResponse | questionnaire                  | 6.1.0   |
      | PDEX-REST-546               | QuestionnaireResponse | status                         | 6.1.0   |
      | PDEX-REST-558               | RelatedPerson         | _id                            | 6.1.0   |
      | PDEX-REST-559               | RelatedPerson         | name                           | 6.1.0   |
      | PDEX-REST-570               | ServiceRequest        | _id                            | 6.1.0   |
      | PDEX-REST-571               | ServiceRequest        | authored                       | 6.1.0   |
      | PDEX-REST-572               | ServiceRequest        | category                       | 6.1.0   |
      | PDEX-REST-573               | ServiceRequest        | code                           | 6.1.0   |
      | PDEX-REST-575               | ServiceRequest        | status                         | 6.1.0   |
      | PDEX-REST-589               | Specimen              | _id                            | 6.1.0   |

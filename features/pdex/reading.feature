@role:payer-server
Feature: Reading records and their versions
  Every record has a number by which it is read, and every version of it one by which it can be told from
  the others. Kinds of records can be searched.

  Scenario Outline: One <kind> record is read by its number (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    And a <kind> record of the member
    Then the record can be read by its number

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-006               | AllergyIntolerance    | any     |
      | PDEX-REST-021               | CarePlan              | any     |
      | PDEX-REST-044               | CareTeam              | any     |
      | PDEX-REST-066               | Condition             | any     |
      | PDEX-REST-099               | Consent               | any     |
      | PDEX-REST-114 PDEX-REST-115 | Coverage              | any     |
      | PDEX-REST-130               | Device                | any     |
      | PDEX-REST-150               | DiagnosticReport      | any     |
      | PDEX-REST-176               | DocumentReference     | any     |
      | PDEX-REST-204               | Encounter             | any     |
      | PDEX-REST-231               | Endpoint              | 6.1.0   |
      | PDEX-REST-239               | ExplanationOfBenefit  | any     |
      | PDEX-REST-259               | Goal                  | any     |
      | PDEX-REST-283               | Group                 | any     |
      | PDEX-REST-302               | Immunization          | any     |
      | PDEX-REST-319               | Location              | any     |
      | PDEX-REST-332               | Medication            | any     |
      | PDEX-REST-341               | MedicationDispense    | any     |
      | PDEX-REST-361               | MedicationRequest     | any     |
      | PDEX-REST-413               | Observation           | any     |
      | PDEX-REST-438               | Organization          | any     |
      | PDEX-REST-448               | Patient               | any     |
      | PDEX-REST-476               | Practitioner          | any     |
      | PDEX-REST-487               | PractitionerRole      | any     |
      | PDEX-REST-501               | Procedure             | any     |
      | PDEX-REST-524               | Provenance            | any     |
      | PDEX-REST-532               | Questionnaire         | 6.1.0   |
      | PDEX-REST-539               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-555               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-567               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-586               | Specimen              | 6.1.0   |

  Scenario Outline: The versions of one <kind> record are read one by one (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    And a <kind> record of the member
    Then its versions can be read one by one

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-008               | AllergyIntolerance    | any     |
      | PDEX-REST-023               | CarePlan              | any     |
      | PDEX-REST-046               | CareTeam              | any     |
      | PDEX-REST-068               | Condition             | any     |
      | PDEX-REST-101               | Consent               | any     |
      | PDEX-REST-118 PDEX-REST-119 | Coverage              | any     |
      | PDEX-REST-132               | Device                | any     |
      | PDEX-REST-152               | DiagnosticReport      | any     |
      | PDEX-REST-178               | DocumentReference     | any     |
      | PDEX-REST-206               | Encounter             | any     |
      | PDEX-REST-233               | Endpoint              | 6.1.0   |
      | PDEX-REST-241               | ExplanationOfBenefit  | 6.1.0   |
      | PDEX-REST-261               | Goal                  | any     |
      | PDEX-REST-285               | Group                 | any     |
      | PDEX-REST-304               | Immunization          | any     |
      | PDEX-REST-321               | Location              | any     |
      | PDEX-REST-334               | Medication            | any     |
      | PDEX-REST-343               | MedicationDispense    | any     |
      | PDEX-REST-363               | MedicationRequest     | any     |
      | PDEX-REST-415               | Observation           | any     |
      | PDEX-REST-440               | Organization          | any     |
      | PDEX-REST-450               | Patient               | any     |
      | PDEX-REST-478               | Practitioner          | any     |
      | PDEX-REST-489               | PractitionerRole      | any     |
      | PDEX-REST-503               | Procedure             | any     |
      | PDEX-REST-526               | Provenance            | any     |
      | PDEX-REST-534               | Questionnaire         | 6.1.0   |
      | PDEX-REST-541               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-557               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-569               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-588               | Specimen              | 6.1.0   |

  Scenario Outline: One <kind> record has a history (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    And a <kind> record of the member
    Then its history goes from the newest version to the oldest

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-004               | AllergyIntolerance    | any     |
      | PDEX-REST-019               | CarePlan              | any     |
      | PDEX-REST-042               | CareTeam              | any     |
      | PDEX-REST-064               | Condition             | any     |
      | PDEX-REST-097               | Consent               | any     |
      | PDEX-REST-110 PDEX-REST-111 | Coverage              | any     |
      | PDEX-REST-128               | Device                | any     |
      | PDEX-REST-148               | DiagnosticReport      | any     |
      | PDEX-REST-174               | DocumentReference     | any     |
      | PDEX-REST-202               | Encounter             | any     |
      | PDEX-REST-229               | Endpoint              | 6.1.0   |
      | PDEX-REST-237               | ExplanationOfBenefit  | 6.1.0   |
      | PDEX-REST-257               | Goal                  | any     |
      | PDEX-REST-281               | Group                 | any     |
      | PDEX-REST-300               | Immunization          | any     |
      | PDEX-REST-317               | Location              | any     |
      | PDEX-REST-330               | Medication            | any     |
      | PDEX-REST-339               | MedicationDispense    | any     |
      | PDEX-REST-359               | MedicationRequest     | any     |
      | PDEX-REST-411               | Observation           | any     |
      | PDEX-REST-436               | Organization          | any     |
      | PDEX-REST-446               | Patient               | any     |
      | PDEX-REST-474               | Practitioner          | any     |
      | PDEX-REST-485               | PractitionerRole      | any     |
      | PDEX-REST-499               | Procedure             | any     |
      | PDEX-REST-521               | Provenance            | any     |
      | PDEX-REST-530               | Questionnaire         | 6.1.0   |
      | PDEX-REST-537               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-553               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-565               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-584               | Specimen              | 6.1.0   |

  Scenario Outline: All <kind> records have a history (US Core <US Core>)
    Given the payer serves US Core <US Core>
    Then the history of all <kind> records goes from the newest to the oldest

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-005               | AllergyIntolerance    | any     |
      | PDEX-REST-020               | CarePlan              | any     |
      | PDEX-REST-043               | CareTeam              | any     |
      | PDEX-REST-065               | Condition             | any     |
      | PDEX-REST-098               | Consent               | any     |
      | PDEX-REST-112 PDEX-REST-113 | Coverage              | any     |
      | PDEX-REST-129               | Device                | any     |
      | PDEX-REST-149               | DiagnosticReport      | any     |
      | PDEX-REST-175               | DocumentReference     | any     |
      | PDEX-REST-203               | Encounter             | any     |
      | PDEX-REST-230               | Endpoint              | 6.1.0   |
      | PDEX-REST-238               | ExplanationOfBenefit  | 6.1.0   |
      | PDEX-REST-258               | Goal                  | any     |
      | PDEX-REST-282               | Group                 | any     |
      | PDEX-REST-301               | Immunization          | any     |
      | PDEX-REST-318               | Location              | any     |
      | PDEX-REST-331               | Medication            | any     |
      | PDEX-REST-340               | MedicationDispense    | any     |
      | PDEX-REST-360               | MedicationRequest     | any     |
      | PDEX-REST-412               | Observation           | any     |
      | PDEX-REST-437               | Organization          | any     |
      | PDEX-REST-447               | Patient               | any     |
      | PDEX-REST-475               | Practitioner          | any     |
      | PDEX-REST-486               | PractitionerRole      | any     |
      | PDEX-REST-500               | Procedure             | any     |
      | PDEX-REST-522               | Provenance            | any     |
      | PDEX-REST-531               | Questionnaire         | 6.1.0   |
      | PDEX-REST-538               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-554               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-566               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-585               | Specimen              | 6.1.0   |

  Scenario Outline: <kind> records are searched (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    Then <kind> records can be searched

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-007               | AllergyIntolerance    | any     |
      | PDEX-REST-022               | CarePlan              | any     |
      | PDEX-REST-045               | CareTeam              | any     |
      | PDEX-REST-067               | Condition             | any     |
      | PDEX-REST-100               | Consent               | any     |
      | PDEX-REST-116 PDEX-REST-117 | Coverage              | any     |
      | PDEX-REST-131               | Device                | any     |
      | PDEX-REST-151               | DiagnosticReport      | any     |
      | PDEX-REST-177               | DocumentReference     | any     |
      | PDEX-REST-205               | Encounter             | any     |
      | PDEX-REST-232               | Endpoint              | 6.1.0   |
      | PDEX-REST-240               | ExplanationOfBenefit  | any     |
      | PDEX-REST-260               | Goal                  | any     |
      | PDEX-REST-284               | Group                 | any     |
      | PDEX-REST-303               | Immunization          | any     |
      | PDEX-REST-320               | Location              | any     |
      | PDEX-REST-333               | Medication            | any     |
      | PDEX-REST-342               | MedicationDispense    | any     |
      | PDEX-REST-362               | MedicationRequest     | any     |
      | PDEX-REST-414               | Observation           | any     |
      | PDEX-REST-439               | Organization          | any     |
      | PDEX-REST-449               | Patient               | any     |
      | PDEX-REST-477               | Practitioner          | any     |
      | PDEX-REST-488               | PractitionerRole      | any     |
      | PDEX-REST-502               | Procedure             | any     |
      | PDEX-REST-525               | Provenance            | any     |
      | PDEX-REST-533               | Questionnaire         | 6.1.0   |
      | PDEX-REST-540               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-556               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-568               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-587               | Specimen              | 6.1.0   |

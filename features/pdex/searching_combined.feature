@role:payer-server
Feature: Finding records by several details
  Details can be combined, such as a category and a time. What is found has all of them.

  Scenario Outline: <kind> records are found by <parameters> together (US Core <US Core>)
    Given a member of the payer
    And the payer serves US Core <US Core>
    When values of <parameters> from the <kind> records of the member
    Then a search by them finds the records that have them, and no others

    Examples:
      | requirement                 | kind                  | parameters                         | US Core |
      | PDEX-REST-013               | AllergyIntolerance    | patient                            | any     |
      | PDEX-REST-011               | AllergyIntolerance    | patient, clinical-status           | 3.1.1   |
      | PDEX-REST-012               | AllergyIntolerance    | patient, clinical-status           | 6.1.0   |
      | PDEX-REST-032 PDEX-REST-033 | CarePlan              | patient, category                  | any     |
      | PDEX-REST-028 PDEX-REST-029 | CarePlan              | patient, category, date            | any     |
      | PDEX-REST-030 PDEX-REST-031 | CarePlan              | patient, category, date, status    | any     |
      | PDEX-REST-034 PDEX-REST-035 | CarePlan              | patient, category, status          | any     |
      | PDEX-REST-050               | CareTeam              | patient, role                      | any     |
      | PDEX-REST-051 PDEX-REST-052 | CareTeam              | patient, status                    | any     |
      | PDEX-REST-078               | Condition             | patient, abatement-date            | any     |
      | PDEX-REST-079               | Condition             | patient, asserted-date             | any     |
      | PDEX-REST-082 PDEX-REST-083 | Condition             | patient, category                  | any     |
      | PDEX-REST-080               | Condition             | patient, category, clinical-status | any     |
      | PDEX-REST-081               | Condition             | patient, category, encounter       | any     |
      | PDEX-REST-084 PDEX-REST-085 | Condition             | patient, clinical-status           | any     |
      | PDEX-REST-086 PDEX-REST-087 | Condition             | patient, code                      | any     |
      | PDEX-REST-088 PDEX-REST-089 | Condition             | patient, onset-date                | any     |
      | PDEX-REST-090               | Condition             | patient, recorded-date             | any     |
      | PDEX-REST-136               | Device                | patient, status                    | 6.1.0   |
      | PDEX-REST-138               | Device                | patient, type                      | 6.1.0   |
      | PDEX-REST-137               | Device                | patient, type                      | any     |
      | PDEX-REST-161               | DiagnosticReport      | patient, category                  | 6.1.0   |
      | PDEX-REST-160               | DiagnosticReport      | patient, category                  | any     |
      | PDEX-REST-159               | DiagnosticReport      | patient, category, date            | 6.1.0   |
      | PDEX-REST-158               | DiagnosticReport      | patient, category, date            | any     |
      | PDEX-REST-165               | DiagnosticReport      | patient, code                      | 6.1.0   |
      | PDEX-REST-164               | DiagnosticReport      | patient, code                      | any     |
      | PDEX-REST-163               | DiagnosticReport      | patient, code, date                | 6.1.0   |
      | PDEX-REST-162               | DiagnosticReport      | patient, code, date                | any     |
      | PDEX-REST-166 PDEX-REST-167 | DiagnosticReport      | patient, status                    | any     |
      | PDEX-REST-188 PDEX-REST-189 | DocumentReference     | patient, category                  | any     |
      | PDEX-REST-186 PDEX-REST-187 | DocumentReference     | patient, category, date            | any     |
      | PDEX-REST-190 PDEX-REST-191 | DocumentReference     | patient, period, type              | any     |
      | PDEX-REST-192 PDEX-REST-193 | DocumentReference     | patient, status                    | any     |
      | PDEX-REST-194 PDEX-REST-195 | DocumentReference     | patient, type                      | any     |
      | PDEX-REST-216 PDEX-REST-217 | Encounter             | patient, class                     | any     |
      | PDEX-REST-218 PDEX-REST-219 | Encounter             | patient, date                      | any     |
      | PDEX-REST-220               | Encounter             | patient, discharge-disposition     | any     |
      | PDEX-REST-221               | Encounter             | patient, location                  | any     |
      | PDEX-REST-222 PDEX-REST-223 | Encounter             | patient, status                    | any     |
      | PDEX-REST-224 PDEX-REST-225 | Encounter             | patient, type                      | any     |
      | PDEX-REST-266               | Goal                  | patient, description               | any     |
      | PDEX-REST-267 PDEX-REST-268 | Goal                  | patient, lifecycle-status          | any     |
      | PDEX-REST-269 PDEX-REST-270 | Goal                  | patient, target-date               | any     |
      | PDEX-REST-308 PDEX-REST-309 | Immunization          | patient, date                      | any     |
      | PDEX-REST-310 PDEX-REST-311 | Immunization          | patient, status                    | any     |
      | PDEX-REST-350               | MedicationDispense    | patient, status                    | any     |
      | PDEX-REST-351               | MedicationDispense    | patient, status, type              | any     |
      | PDEX-REST-369 PDEX-REST-370 | MedicationRequest     | patient, authoredon, intent        | any     |
      | PDEX-REST-371 PDEX-REST-372 | MedicationRequest     | patient, encounter, intent         | any     |
      | PDEX-REST-373 PDEX-REST-374 | MedicationRequest     | patient, intent                    | any     |
      | PDEX-REST-375 PDEX-REST-376 | MedicationRequest     | patient, intent, status            | any     |
      | PDEX-REST-423 PDEX-REST-424 | Observation           | patient, category                  | any     |
      | PDEX-REST-421 PDEX-REST-422 | Observation           | patient, category, date            | any     |
      | PDEX-REST-425 PDEX-REST-426 | Observation           | patient, category, status          | any     |
      | PDEX-REST-429 PDEX-REST-430 | Observation           | patient, code                      | any     |
      | PDEX-REST-427               | Observation           | patient, code, date                | 3.1.1   |
      | PDEX-REST-428               | Observation           | patient, code, date                | 6.1.0   |
      | PDEX-REST-459               | Patient               | birthdate, family                  | 3.1.1   |
      | PDEX-REST-460               | Patient               | birthdate, family                  | 6.1.0   |
      | PDEX-REST-461 PDEX-REST-462 | Patient               | birthdate, name                    | any     |
      | PDEX-REST-463               | Patient               | death-date, family                 | any     |
      | PDEX-REST-464 PDEX-REST-465 | Patient               | family, gender                     | any     |
      | PDEX-REST-466 PDEX-REST-467 | Patient               | gender, name                       | any     |
      | PDEX-REST-508 PDEX-REST-509 | Procedure             | patient, code, date                | any     |
      | PDEX-REST-510 PDEX-REST-511 | Procedure             | patient, date                      | any     |
      | PDEX-REST-512 PDEX-REST-513 | Procedure             | patient, status                    | any     |
      | PDEX-REST-547               | QuestionnaireResponse | patient, authored                  | 6.1.0   |
      | PDEX-REST-548               | QuestionnaireResponse | patient, questionnaire             | 6.1.0   |
      | PDEX-REST-549               | QuestionnaireResponse | patient, status                    | 6.1.0   |
      | PDEX-REST-561               | RelatedPerson         | patient, name                      | 6.1.0   |
      | PDEX-REST-576               | ServiceRequest        | patient, authored, category        | 6.1.0   |
      | PDEX-REST-577               | ServiceRequest        | patient, authored, code            | 6.1.0   |
      | PDEX-REST-578               | ServiceRequest        | patient, category                  | 6.1.0   |
      | PDEX-REST-579               | ServiceRequest        | patient, code                      | 6.1.0   |
      | PDEX-REST-580               | ServiceRequest        | patient, status                    | 6.1.0   |

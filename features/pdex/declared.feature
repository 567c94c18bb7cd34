@role:payer-server
Feature: What the guide lists is declared
  The guide lists, kind by kind, what a payer offers: the kinds of records, the profiles they follow and
  the operations on them. A payer may serve the US Core version of its choice; what only one version has is
  asked of those who serve it.

  Scenario Outline: <kind> records are on offer (US Core <US Core>)
    Given the payer serves US Core <US Core>
    And the payer's declaration
    Then it offers <kind> records

    Examples:
      | requirement                 | kind                  | US Core |
      | PDEX-REST-001               | AllergyIntolerance    | any     |
      | PDEX-REST-016               | CarePlan              | any     |
      | PDEX-REST-038 PDEX-REST-039 | CareTeam              | any     |
      | PDEX-REST-059 PDEX-REST-060 | Condition             | any     |
      | PDEX-REST-093               | Consent               | 3.1.1   |
      | PDEX-REST-094               | Consent               | 6.1.0   |
      | PDEX-REST-105 PDEX-REST-106 | Coverage              | any     |
      | PDEX-REST-124               | Device                | any     |
      | PDEX-REST-141 PDEX-REST-142 | DiagnosticReport      | any     |
      | PDEX-REST-171               | DocumentReference     | any     |
      | PDEX-REST-199               | Encounter             | any     |
      | PDEX-REST-228               | Endpoint              | 6.1.0   |
      | PDEX-REST-234               | ExplanationOfBenefit  | any     |
      | PDEX-REST-254               | Goal                  | any     |
      | PDEX-REST-273               | Group                 | 3.1.1   |
      | PDEX-REST-274               | Group                 | 6.1.0   |
      | PDEX-REST-297               | Immunization          | any     |
      | PDEX-REST-314               | Location              | any     |
      | PDEX-REST-327               | Medication            | any     |
      | PDEX-REST-335               | MedicationDispense    | any     |
      | PDEX-REST-356               | MedicationRequest     | any     |
      | PDEX-REST-381               | Observation           | any     |
      | PDEX-REST-433               | Organization          | any     |
      | PDEX-REST-443               | Patient               | any     |
      | PDEX-REST-471               | Practitioner          | any     |
      | PDEX-REST-482               | PractitionerRole      | any     |
      | PDEX-REST-496               | Procedure             | any     |
      | PDEX-REST-516               | Provenance            | any     |
      | PDEX-REST-527               | Questionnaire         | 6.1.0   |
      | PDEX-REST-535               | QuestionnaireResponse | 6.1.0   |
      | PDEX-REST-551               | RelatedPerson         | 6.1.0   |
      | PDEX-REST-563               | ServiceRequest        | 6.1.0   |
      | PDEX-REST-582               | Specimen              | 6.1.0   |
      | PDEX-REST-591               | ValueSet              | any     |

  Scenario Outline: The <guide> profile <profile> of <kind> records is supported (US Core <US Core>)
    Given the payer serves US Core <US Core>
    And the payer's declaration
    Then it supports the <guide> profile <profile> of <kind> records

    Examples:
      | requirement                 | kind                  | guide   | profile                                         | US Core |
      | PDEX-REST-002               | AllergyIntolerance    | US Core | us-core-allergyintolerance                      | 3.1.1   |
      | PDEX-REST-003               | AllergyIntolerance    | US Core | us-core-allergyintolerance                      | 6.1.0   |
      | PDEX-REST-017 PDEX-REST-018 | CarePlan              | US Core | us-core-careplan                                | any     |
      | PDEX-REST-040 PDEX-REST-041 | CareTeam              | US Core | us-core-careteam                                | any     |
      | PDEX-REST-061               | Condition             | US Core | us-core-condition                               | 3.1.1   |
      | PDEX-REST-062               | Condition             | US Core | us-core-condition-encounter-diagnosis           | 6.1.0   |
      | PDEX-REST-063               | Condition             | US Core | us-core-condition-problems-health-concerns      | 6.1.0   |
      | PDEX-REST-095               | Consent               | PDex    | pdex-provider-consent                           | any     |
      | PDEX-REST-109               | Coverage              | HRex    | hrex-coverage                                   | 3.1.1   |
      | PDEX-REST-108               | Coverage              | HRex    | hrex-coverage                                   | any     |
      | PDEX-REST-107               | Coverage              | US Core | us-core-coverage                                | 6.1.0   |
      | PDEX-REST-127               | Device                | PDex    | pdex-device                                     | any     |
      | PDEX-REST-126               | Device                | US Core | us-core-implantable-device                      | 6.1.0   |
      | PDEX-REST-125               | Device                | US Core | us-core-implantable-device                      | any     |
      | PDEX-REST-143 PDEX-REST-144 | DiagnosticReport      | US Core | us-core-diagnosticreport-lab                    | any     |
      | PDEX-REST-145 PDEX-REST-146 | DiagnosticReport      | US Core | us-core-diagnosticreport-note                   | any     |
      | PDEX-REST-172 PDEX-REST-173 | DocumentReference     | US Core | us-core-documentreference                       | any     |
      | PDEX-REST-200 PDEX-REST-201 | Encounter             | US Core | us-core-encounter                               | any     |
      | PDEX-REST-235               | ExplanationOfBenefit  | PDex    | pdex-priorauthorization                         | 3.1.1   |
      | PDEX-REST-236               | ExplanationOfBenefit  | PDex    | pdex-priorauthorization                         | 6.1.0   |
      | PDEX-REST-255 PDEX-REST-256 | Goal                  | US Core | us-core-goal                                    | any     |
      | PDEX-REST-275 PDEX-REST-276 | Group                 | ATR     | atr-group                                       | any     |
      | PDEX-REST-277 PDEX-REST-278 | Group                 | PDex    | pdex-member-match-group                         | any     |
      | PDEX-REST-279 PDEX-REST-280 | Group                 | PDex    | pdex-provider-group                             | any     |
      | PDEX-REST-298 PDEX-REST-299 | Immunization          | US Core | us-core-immunization                            | any     |
      | PDEX-REST-315 PDEX-REST-316 | Location              | US Core | us-core-location                                | any     |
      | PDEX-REST-328 PDEX-REST-329 | Medication            | US Core | us-core-medication                              | any     |
      | PDEX-REST-338               | MedicationDispense    | PDex    | pdex-medicationdispense                         | 3.1.1   |
      | PDEX-REST-337               | MedicationDispense    | PDex    | pdex-medicationdispense                         | any     |
      | PDEX-REST-336               | MedicationDispense    | US Core | us-core-medicationdispense                      | 6.1.0   |
      | PDEX-REST-357 PDEX-REST-358 | MedicationRequest     | US Core | us-core-medicationrequest                       | any     |
      | PDEX-REST-382               | Observation           | FHIR    | vitalsigns                                      | 3.1.1   |
      | PDEX-REST-383 PDEX-REST-384 | Observation           | US Core | head-occipital-frontal-circumference-percentile | any     |
      | PDEX-REST-385 PDEX-REST-386 | Observation           | US Core | pediatric-bmi-for-age                           | any     |
      | PDEX-REST-387 PDEX-REST-388 | Observation           | US Core | pediatric-weight-for-height                     | any     |
      | PDEX-REST-389               | Observation           | US Core | us-core-blood-pressure                          | 6.1.0   |
      | PDEX-REST-390               | Observation           | US Core | us-core-bmi                                     | 6.1.0   |
      | PDEX-REST-391               | Observation           | US Core | us-core-body-height                             | 6.1.0   |
      | PDEX-REST-392               | Observation           | US Core | us-core-body-temperature                        | 6.1.0   |
      | PDEX-REST-393               | Observation           | US Core | us-core-body-weight                             | 6.1.0   |
      | PDEX-REST-394               | Observation           | US Core | us-core-head-circumference                      | 6.1.0   |
      | PDEX-REST-395               | Observation           | US Core | us-core-heart-rate                              | 6.1.0   |
      | PDEX-REST-396               | Observation           | US Core | us-core-observation-clinical-result             | 6.1.0   |
      | PDEX-REST-397 PDEX-REST-398 | Observation           | US Core | us-core-observation-lab                         | any     |
      | PDEX-REST-399               | Observation           | US Core | us-core-observation-occupation                  | 6.1.0   |
      | PDEX-REST-400               | Observation           | US Core | us-core-observation-pregnancyintent             | 6.1.0   |
      | PDEX-REST-401               | Observation           | US Core | us-core-observation-pregnancystatus             | 6.1.0   |
      | PDEX-REST-402               | Observation           | US Core | us-core-observation-screening-assessment        | 6.1.0   |
      | PDEX-REST-403               | Observation           | US Core | us-core-observation-sexual-orientation          | 6.1.0   |
      | PDEX-REST-404 PDEX-REST-405 | Observation           | US Core | us-core-pulse-oximetry                          | any     |
      | PDEX-REST-406               | Observation           | US Core | us-core-respiratory-rate                        | 6.1.0   |
      | PDEX-REST-407               | Observation           | US Core | us-core-simple-observation                      | 6.1.0   |
      | PDEX-REST-408 PDEX-REST-409 | Observation           | US Core | us-core-smokingstatus                           | any     |
      | PDEX-REST-410               | Observation           | US Core | us-core-vital-signs                             | 6.1.0   |
      | PDEX-REST-434 PDEX-REST-435 | Organization          | US Core | us-core-organization                            | any     |
      | PDEX-REST-444 PDEX-REST-445 | Patient               | US Core | us-core-patient                                 | any     |
      | PDEX-REST-472 PDEX-REST-473 | Practitioner          | US Core | us-core-practitioner                            | any     |
      | PDEX-REST-483 PDEX-REST-484 | PractitionerRole      | US Core | us-core-practitionerrole                        | any     |
      | PDEX-REST-497 PDEX-REST-498 | Procedure             | US Core | us-core-procedure                               | any     |
      | PDEX-REST-519 PDEX-REST-520 | Provenance            | PDex    | pdex-provenance                                 | any     |
      | PDEX-REST-517 PDEX-REST-518 | Provenance            | US Core | us-core-provenance                              | any     |
      | PDEX-REST-528 PDEX-REST-529 | Questionnaire         | SDC     | sdc-questionnaire                               | 6.1.0   |
      | PDEX-REST-536               | QuestionnaireResponse | US Core | us-core-questionnaireresponse                   | 6.1.0   |
      | PDEX-REST-552               | RelatedPerson         | US Core | us-core-relatedperson                           | 6.1.0   |
      | PDEX-REST-564               | ServiceRequest        | US Core | us-core-servicerequest                          | 6.1.0   |
      | PDEX-REST-583               | Specimen              | US Core | us-core-specimen                                | 6.1.0   |

  Scenario Outline: The operation <operation> on <kind> records is on offer (US Core <US Core>)
    Given the payer serves US Core <US Core>
    And the payer's declaration
    Then it offers the operation <operation> on <kind> records

    Examples:
      | requirement                 | kind    | operation           | US Core |
      | PDEX-REST-293 PDEX-REST-294 | Group   | bulk-member-match   | any     |
      | PDEX-REST-295 PDEX-REST-296 | Group   | davinci-data-export | any     |
      | PDEX-REST-470               | Patient | member-match        | any     |

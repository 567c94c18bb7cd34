@role:payer-server
Feature: Which profile each kind of record is given as
  Payers hold claims and clinical data in forms of their own. PDex says as what each kind is given out,
  so that apps and other payers find it where they look.

  @req:PDEX-MAP-001 @req:PDEX-MAP-002 @req:PDEX-MAP-003 @req:PDEX-GEN-031
  Scenario: What the payer holds is given as US Core says
    Given a member of the payer
    When an app reads all of the member's records
    Then each of them holds to a profile of a US Core version the payer serves

  @req:PDEX-GEN-012
  Scenario: Records say which profile they hold to
    Given a member of the payer
    When an app reads all of the member's records
    Then each of them names the profile it holds to

  @req:PDEX-GEN-024
  Scenario: The health history is whole
    Given a member of the payer
    And the payer's declaration
    Then every kind of the member health history is given out

  Scenario Outline: Every <kind> is given as <profile>
    Given a member of the payer
    When an app reads the member's <kind> records
    Then each of them holds to <profile> of a US Core version the payer serves

    Examples:
      | requirement  | kind               | profile                    |
      | PDEX-MAP-013 | AllergyIntolerance | us-core-allergyintolerance |
      | PDEX-MAP-014 | CarePlan           | us-core-careplan           |
      | PDEX-MAP-015 | CareTeam           | us-core-careteam           |
      | PDEX-MAP-019 | DocumentReference  | us-core-documentreference  |
      | PDEX-MAP-020 | Immunization       | us-core-immunization       |
      | PDEX-MAP-023 | Location           | us-core-location           |
      | PDEX-MAP-024 | Medication         | us-core-medication         |
      | PDEX-MAP-025 | MedicationRequest  | us-core-medicationrequest  |
      | PDEX-MAP-026 | Organization       | us-core-organization       |
      | PDEX-MAP-027 | Patient            | us-core-patient            |
      | PDEX-MAP-029 | Practitioner       | us-core-practitioner       |
      | PDEX-MAP-030 | PractitionerRole   | us-core-practitionerrole   |
      | PDEX-MAP-031 | Procedure          | us-core-procedure          |

  Scenario Outline: Every <kind> with <mark> is given as <profile>
    Given a member of the payer
    When an app reads the member's <kind> records
    Then each of them with <mark> holds to <profile> of a US Core version the payer serves

    Examples:
      | requirement  | kind             | mark                                    | profile                      |
      | PDEX-MAP-017 | DiagnosticReport | category LAB                            | us-core-diagnosticreport-lab |
      | PDEX-MAP-018 | DiagnosticReport | category LP29684-5,LP29708-2,LP7839-6   | us-core-diagnosticreport-note |
      | PDEX-MAP-021 | Device           | udiCarrier                              | us-core-implantable-device   |
      | PDEX-MAP-022 | Observation      | category laboratory                     | us-core-observation-lab      |

  @req:PDEX-CAP-037
  Scenario: Screening assessments are given as US Core describes them
    Given a member of the payer
    And the payer serves US Core 6.1.0
    When an app reads the member's Observation records
    Then each of them with category survey holds to us-core-observation-screening-assessment of a US Core version the payer serves

  @req:PDEX-MAP-004
  Scenario: Claims are given without amounts as CARIN describes them
    Given a member of the payer
    When an app reads the member's ExplanationOfBenefit records
    Then each of them with use claim holds to a Basis profile of CARIN

  @req:PDEX-MAP-009
  Scenario Outline: Claims for <care> are given without amounts as CARIN describes them
    Given a member of the payer
    When an app reads the member's ExplanationOfBenefit records
    Then each of them with type <care> holds to a Basis profile of CARIN

    Examples:
      | care   |
      | oral   |
      | vision |

  @req:PDEX-MAP-005 @req:PDEX-MAP-006
  Scenario: Prior authorizations are given as PDex describes them
    Given a member of the payer
    When an app reads the member's ExplanationOfBenefit records
    Then each of them with use preauthorization holds to pdex-priorauthorization

  @req:PDEX-MAP-006
  Scenario: Devices that US Core has no profile for are given as PDex describes them
    Given a member of the payer
    When an app reads the member's Device records
    Then each of them that is none of US Core holds to pdex-device

  @req:PDEX-MAP-006
  Scenario: Coverages are given as HRex describes them
    Given a member of the payer
    When an app reads the member's Coverage records
    Then each of them holds to hrex-coverage

  @req:PDEX-MAP-006 @req:PDEX-MAP-010 @req:PDEX-MAP-011
  Scenario: With US Core 3.1.1 drug claims are given as PDex describes dispenses
    Given a member of the payer
    And the payer serves US Core 3.1.1
    When an app reads the member's MedicationDispense records
    Then each of them that is none of US Core holds to pdex-medicationdispense

  @req:PDEX-MAP-012
  Scenario: With US Core 6.1.0 its profile of dispenses is used
    Given a member of the payer
    And the payer serves US Core 6.1.0
    When an app reads the member's MedicationDispense records
    Then each of them holds to us-core-medicationdispense

  @req:PDEX-MAP-028
  Scenario: A member is identified by member number
    Given a member of the payer
    When an app reads the member's Patient records
    Then one of the member's identifiers is the member number

  @req:PDEX-MAP-032
  Scenario: Procedures are clinical procedures
    Given a member of the payer
    When an app reads the member's Procedure records
    Then each of them is coded as a clinical procedure

  @req:PDEX-MAP-033
  Scenario: Drugs, supplies and facility charges are no procedures
    Given a member of the payer
    When an app reads the member's Procedure records
    Then none of them is a drug, a supply or a facility charge

  @req:PDEX-MAP-034
  Scenario: A member number of a coverage has a value
    Given a member of the payer
    When an app reads the member's Coverage records
    Then member numbers among their identifiers have a value

  @req:PDEX-MAP-035
  Scenario: A subscriber's own coverage says so
    Given a member of the payer
    When an app reads the member's Coverage records
    Then the subscriber's own coverage says so

  @req:PDEX-MAP-037
  Scenario: The declaration tells which statement of PDex is followed
    Given the payer's declaration
    Then it tells which version of US Core the payer serves

  @req:PDEX-MAP-038
  Scenario: Members are given in a version of US Core that PDex names
    Given a member of the payer
    When an app reads the member's Patient records
    Then each of them holds to us-core-patient of a US Core version the payer serves

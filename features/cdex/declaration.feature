@role:data-source-server
Feature: What a provider declares
  A provider's declaration tells payers which ways of asking it offers: searches, Tasks, attachments.
  It must exist and name what CDex asks for.

  @req:CDEX-GEN-013
  Scenario: The provider declares what it can do
    When an app reads what the provider declares
    Then it is the declaration of a running server

  @req:CDEX-GEN-009
  Scenario: FHIR JSON is declared
    Given the provider's declaration
    Then it names FHIR JSON as a format

  @req:CDEX-GEN-031
  Scenario: The provider's declaration comes as FHIR JSON
    When an app reads what the provider declares
    Then the answer is FHIR JSON

  @req:CDEX-GEN-032
  Scenario: FHIR R4 is declared
    Given the provider's declaration
    Then it is of FHIR R4

  @req:CDEX-GEN-011
  Scenario: One way of asking at least is offered
    Given the provider's declaration
    Then it offers direct queries or Tasks

  @req:CDEX-GEN-030
  Scenario: What can be done with Tasks is told
    Given the provider's declaration
    Then it tells what the provider can do with Tasks

  @req:CDEX-GEN-029
  Scenario: What can be asked as attachments is told
    Given the provider's declaration
    Then it tells what the provider can do with Tasks

  @req:CDEX-CAP-001 @since:2.1.0
  Scenario Outline: The provider follows <package> <version>
    Given the provider's declaration
    Then it says that it follows <package> <version>

    Examples:
      | package                              | version |
      | hl7.fhir.us.core                     | 3.1.1   |
      | hl7.fhir.us.core                     | 6.1.0   |
      | hl7.fhir.us.core                     | 7.0.0   |
      | hl7.fhir.us.davinci-hrex             | 1.1.0   |
      | hl7.fhir.us.davinci-dtr              | 2.1.0   |
      | hl7.fhir.uv.subscriptions-backport.r4 | 1.1.0   |

  @req:CDEX-CAP-002 @since:2.1.0
  Scenario: The provider is a server of US Core
    Given the provider's declaration
    Then it says that it is a server of US Core

  @req:CDEX-CAP-003 @until:2.0.0
  Scenario: The provider is a server of US Core and a data source of CDex
    Given the provider's declaration
    Then it says that it is a server of US Core and a data source of CDex
    And it says that it follows hl7.fhir.us.core 3.1.1

  @req:CDEX-CAP-005
  Scenario: Bundles are offered, with the profile for signatures
    Given the provider's declaration
    Then it offers Bundle records
    And it supports the CDex profile cdex-signature-bundle of Bundle records

  @req:CDEX-CAP-006
  Scenario: Bundles can be created, searched and read
    Given the provider's declaration
    Then Bundle records can be created, searched, read, read by version by declaration

  @req:CDEX-CAP-009
  Scenario: Patients are offered
    Given the provider's declaration
    Then it offers Patient records

  @req:CDEX-CAP-010
  Scenario: Patients as attachment requests describe them are supported
    Given the provider's declaration
    Then it supports the CDex profile cdex-patient-demographics of Patient records

  @req:CDEX-CAP-012
  Scenario: Patients may be referred to by identifier
    Given the provider's declaration
    Then Patient records may be referred to by identifier

  @req:CDEX-CAP-012 @writes
  Scenario: A Task may name its patient by identifier
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task names the patient by member number alone
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then what the payer said as for.identifier is kept

  @req:CDEX-CAP-013
  Scenario: The matching of patients is offered
    Given the provider's declaration
    Then it offers the operation match on Patient records

  @req:CDEX-CAP-014
  Scenario: PractitionerRoles are offered
    Given the provider's declaration
    Then it offers PractitionerRole records

  @req:CDEX-CAP-015
  Scenario: PractitionerRoles as attachment requests describe them are supported
    Given the provider's declaration
    Then it supports the CDex profile cdex-practitionerrole of PractitionerRole records

  @req:CDEX-CAP-017
  Scenario: PractitionerRoles may be referred to by identifier
    Given the provider's declaration
    Then PractitionerRole records may be referred to by identifier

  @req:CDEX-CAP-018
  Scenario: Provenance is offered
    Given the provider's declaration
    Then it offers Provenance records

  @req:CDEX-CAP-019
  Scenario: Provenance can be searched and read
    Given the provider's declaration
    Then Provenance records can be searched, read, read by version by declaration

  @req:CDEX-CAP-021
  Scenario: Answers to Questionnaires are offered
    Given the provider's declaration
    Then it offers QuestionnaireResponse records
    And it supports the CDex profile cdex-sdc-questionnaireresponse of QuestionnaireResponse records

  @req:CDEX-CAP-022
  Scenario: Answers to Questionnaires can be created, searched and read
    Given the provider's declaration
    Then QuestionnaireResponse records can be created, searched, read, read by version by declaration

  @req:CDEX-CAP-028
  Scenario: Tasks are offered
    Given the provider's declaration
    Then it offers Task records
    And it supports the CDex profile cdex-task-data-request of Task records
    And it supports the CDex profile cdex-task-attachment-request of Task records

  @req:CDEX-CAP-029
  Scenario: Tasks can be created, searched, read and updated
    Given the provider's declaration
    Then Task records can be created, searched, read, read by version, updated by declaration

  @req:CDEX-CAP-031
  Scenario: Tasks may hold references by identifier
    Given the provider's declaration
    Then Task records may be referred to by identifier

  @req:CDEX-CAP-031 @writes
  Scenario Outline: A Task may name its <party> by identifier
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then what the payer said as <party> is kept

    Examples:
      | party     |
      | requester |
      | owner     |

  @req:CDEX-CAP-032
  Scenario: Requests for data have their profile
    Given the provider's declaration
    Then requests for data are taken by their profile

  @req:CDEX-CAP-033
  Scenario: Requests for attachments have their profiles
    Given the provider's declaration
    Then requests for attachments are taken by their profiles

  @req:CDEX-CAP-122
  Scenario: It is told by what Tasks can be found
    Given the provider's declaration
    Then it says by what Tasks can be found

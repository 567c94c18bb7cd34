@role:data-source-server
Feature: Direct queries
  The shortest way to clinical data: the payer finds the patient at the provider and searches the
  chart, as any FHIR client would.

  @req:CDEX-DQ-003
  Scenario: A patient is found by member number
    Given a member whom the provider treats
    When the payer looks the patient up by member number
    Then exactly that patient is found

  @req:CDEX-DQ-004
  Scenario: A patient is found by member number and details
    Given a member whom the provider treats
    When the payer looks the patient up by member number and details
    Then exactly that patient is found

  @req:CDEX-DQ-004
  Scenario: Details that are not the patient's find nobody
    Given a member whom the provider treats
    When the payer looks the patient up with a wrong birth date
    Then nobody is found

  @req:CDEX-DQ-002
  Scenario: A patient is matched
    Given a member whom the provider treats
    When the payer has the patient matched
    Then exactly that patient is found

  @req:CDEX-DQ-001
  Scenario: A search finds the patient's own records
    Given a member who is a patient of the provider
    When the payer asks for the patient's active conditions
    Then only records of the patient are found

  @req:CDEX-DQ-007
  Scenario: Active conditions are found
    Given a member who is a patient of the provider
    When the payer asks for the patient's active conditions
    Then each of them is active, recurrent or in remission

  @req:CDEX-DQ-008
  Scenario: Laboratory results are found by code and date
    Given a member who is a patient of the provider
    When the payer asks for the patient's HbA1c results since 2020
    Then each of them is an HbA1c result since 2020

  @req:CDEX-DQ-009
  Scenario: The newest progress note is found and read
    Given a member who is a patient of the provider
    When the payer asks for the patient's newest progress note
    Then the text of the note can be had

  @req:CDEX-DQ-010
  Scenario: Records come with where they are from
    Given a member who is a patient of the provider
    When the payer asks for the patient's conditions with their Provenance
    Then where each of them comes from is told

  @req:CDEX-DQ-011
  Scenario: Where records are from is told as HRex says
    Given a member who is a patient of the provider
    When the payer asks for the patient's conditions with their Provenance
    Then what tells it holds to the HRex profile of Provenance

  @req:CDEX-GEN-009
  Scenario: Searches and reads are answered in FHIR JSON
    Given a member who is a patient of the provider
    Then the declaration, a search and a read are answered in FHIR JSON

  @req:CDEX-GEN-009 @writes
  Scenario: Tasks are answered in FHIR JSON
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    Then the Task is answered in FHIR JSON

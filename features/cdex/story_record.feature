@role:data-source-server
Feature: Story: completing a member's record
  A health plan has a new member, Ann, and hardly knows her. Her hospital does. The plan finds her there, reads what
  she lives with and what her physician wrote last, and notes where each of it is from.

  @req:CDEX-DQ-003
  Scenario: The plan finds its member at the hospital
    Given a member whom the provider treats
    When the payer looks the patient up by member number
    Then exactly that patient is found

  @req:CDEX-DQ-007
  Scenario: It reads what she lives with
    Given a member who is a patient of the provider
    When the payer asks for the patient's active conditions
    Then each of them is active, recurrent or in remission

  @req:CDEX-DQ-009
  Scenario: It reads what her physician wrote last
    Given a member who is a patient of the provider
    When the payer asks for the patient's newest progress note
    Then the text of the note can be had

  @req:CDEX-DQ-010
  Scenario: It notes where each of it is from
    Given a member who is a patient of the provider
    When the payer asks for the patient's conditions with their Provenance
    Then where each of them comes from is told

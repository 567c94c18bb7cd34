@role:data-source-server
Feature: Story: one provider asks another
  A hospital sends its patient Ann to a clinic. The clinic wants to know what she lives with and what was written about her
  last, and asks the hospital the way a plan would: with a Task that it follows to its end.

  Background:
    Given a member who is a patient of the provider

  @req:CDEX-TB-021 @writes
  Scenario: The clinic asks what she lives with
    Given a Task that asks for the active conditions
    And the Task comes from another provider who treats the patient
    When the payer sends the Task
    And the payer follows the Task to its end
    And the provider answers other providers
    Then it refers to what was asked for

  @req:CDEX-TB-028 @writes
  Scenario: It asks for the notes about her
    Given a Task that asks for the progress notes
    And the Task comes from another provider who treats the patient
    When the payer sends the Task
    And the payer follows the Task to its end
    And the provider answers other providers
    Then the data is progress notes with their text

  @req:CDEX-TB-038 @writes
  Scenario: It learns who wrote down what
    Given a Task that asks for the conditions and where they come from
    And the Task comes from another provider who treats the patient
    When the payer sends the Task
    And the payer follows the Task to its end
    And the provider answers other providers
    Then where the data comes from is told with it

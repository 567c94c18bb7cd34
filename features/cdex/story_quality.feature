@role:data-source-server
Feature: Story: closing a gap in quality of care
  A measure of quality asks whether the sugar of members with diabetes is under control. For one of them the plan has no
  result. It asks the practice for HbA1c results, gets them, and checks that it got all there are.

  @req:CDEX-TB-005 @writes
  Scenario: The plan asks for the results that it lacks
    Given a member who is a patient of the provider
    And a Task that asks for the HbA1c results
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or failed

  @req:CDEX-TB-027 @writes
  Scenario: It gets all that the practice has
    Given a member who is a patient of the provider
    And a Task that asks for the HbA1c results
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the data is what the same search finds

  @req:CDEX-DQ-008
  Scenario: The results are of the kind and the time that count
    Given a member who is a patient of the provider
    When the payer asks for the patient's HbA1c results since 2020
    Then each of them is an HbA1c result since 2020

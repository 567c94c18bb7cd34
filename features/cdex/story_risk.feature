@role:data-source-server
Feature: Story: adjusting for risk
  What a plan is paid for a member depends on how ill the member is, and that has to be shown. The plan asks for the
  conditions and for the notes in which they are written down.

  @req:CDEX-TB-021 @writes
  Scenario: The plan asks for the conditions
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then it refers to what was asked for

  @req:CDEX-TB-028 @writes
  Scenario: It asks for the notes in which they are written down
    Given a member who is a patient of the provider
    And a Task that asks for the progress notes
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the data is progress notes with their text

  @req:CDEX-TB-038 @writes
  Scenario: It learns who wrote them down
    Given a member who is a patient of the provider
    And a Task that asks for the conditions and where they come from
    When the payer sends the Task
    And the payer follows the Task to its end
    Then where the data comes from is told with it

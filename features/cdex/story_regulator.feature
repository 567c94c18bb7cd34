@role:data-source-server
Feature: Story: answering a regulator
  A regulator wants to see how a member was treated. The plan asks the provider in words, says what the data is for, and
  can show afterwards what it was given.

  @req:CDEX-TB-006 @writes
  Scenario: The plan asks in words
    Given a member who is a patient of the provider
    And a Task that asks for notes in words
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or rejected

  @req:CDEX-TB-010 @writes
  Scenario: It says what the data is for
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task names the purpose of use
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or rejected

  @req:CDEX-TB-008 @req:CDEX-TB-025 @writes
  Scenario: It can show what it was given
    Given a member who is a patient of the provider
    And a Task that asks for notes in words
    When the payer sends the Task
    And the payer follows the Task to its end
    Then everything it refers to can be had

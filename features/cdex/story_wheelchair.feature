@role:data-source-server
Feature: Story: a claim for a wheelchair
  A supplier claims a wheelchair, and nothing says that the member needs it. The plan asks the physician for the notes,
  names the claim, and gets them at its door, marked so that they find their claim.

  @req:CDEX-AR-006 @req:CDEX-POU-005 @writes
  Scenario: The plan asks for what the claim lacks
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the provider accepts the Task
    And the payer receives what it asked for, or hears why not
    And what the payer said as reasonCode is kept

  @req:CDEX-AR-015 @writes
  Scenario: The notes come to its door
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the payer receives what it asked for
    And it is a progress note with its text

  @req:CDEX-AR-015 @writes
  Scenario: They find their claim
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the payer receives what it asked for
    And it comes with the tracking id of the Task

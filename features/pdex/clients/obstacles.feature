@role:payer-client
Feature: A new payer gets over what a payer may put in its way
  Tokens expire, answers take their time, exports bring more than was asked for, or nothing. All of that is allowed, and
  none of it keeps a new payer from the records of its members.

  @req:PDEX-ROB-001
  Scenario: The new payer has another token given
    When the token of the new payer has expired
    Then it asks for another token, and once more with that

  @req:PDEX-ROB-002
  Scenario: The new payer reads slow answers to their end
    When the new payer is answered little by little
    Then it goes on all the same

  @req:PDEX-ROB-003
  Scenario: The new payer passes other files by
    When the new payer is told of more files than it wants
    Then it fetches the files it wants

  @req:PDEX-ROB-004
  Scenario: The new payer takes it that there is nothing
    When the new payer is told that a search has found nothing
    Then it goes on all the same

  @req:PDEX-ROB-005
  Scenario: The new payer takes it that nothing has changed
    When the new payer is told that there are no files
    Then it takes that for the end of the export

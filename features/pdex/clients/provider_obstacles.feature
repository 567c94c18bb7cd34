@role:provider-client
Feature: A provider gets over what a payer may put in its way
  Tokens expire, answers take their time, exports bring more than was asked for. All of that is allowed, and none of it
  keeps a provider from the data of its patients.

  @req:PDEX-ROB-006
  Scenario: The provider has another token given
    When the token of the provider has expired
    Then it asks for another token, and once more with that

  @req:PDEX-ROB-007
  Scenario: The provider reads slow answers to their end
    When the provider is answered little by little
    Then it goes on all the same

  @req:PDEX-ROB-008
  Scenario: The provider passes other files by
    When the provider is told of more files than it wants
    Then it fetches the files it wants

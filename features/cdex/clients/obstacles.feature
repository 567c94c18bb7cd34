@role:data-consumer-client
Feature: A payer gets over what a provider may put in its way
  Tokens expire, and answers take their time. Both is allowed, and neither keeps a payer from what it has asked for.

  @req:CDEX-ROB-001
  Scenario: The payer has another token given
    When the token of the payer has expired
    Then it asks for another token, and once more with that

  @req:CDEX-ROB-002
  Scenario: The payer reads slow answers to their end
    When the payer is answered little by little
    Then it goes on all the same

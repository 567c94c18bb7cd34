@role:app-client
Feature: An app reads a member's records for them
  A member lets an app in at their payer's. The app is given a token for that, and shows it with every request.

  @listening @req:PDEX-PAA-009
  Scenario: The app goes through the whole exchange
    When the member's app has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  @req:PDEX-PAA-009
  Scenario: Records are read with the token
    When the member's app reads members' records
    Then it shows each time a token that it was given

@role:payer-server
Feature: A member's history
  Everything a plan holds about a member since 2016 is the member's to take along: kind by kind, every
  event once, with nothing about anybody else.

  @req:PDEX-GEN-021 @req:PDEX-GEN-022
  Scenario: A member's history is passed on
    Given a member of the payer
    When the new payer searches the member's records of every kind
    Then the member's history is among them

  @req:PDEX-CLN-003
  Scenario: Every kind of record on offer can be searched by member
    Given a member of the payer
    And the payer's declaration
    Then every kind that the payer offers can be searched

  @req:PDEX-CLN-004
  Scenario: What records refer to can be fetched along with them
    Given a member of the payer
    And the payer's declaration
    Then what they refer to can be fetched along with them

  @req:PDEX-PAA-007
  Scenario: A search for one member finds nobody else's records
    Given a member of the payer
    When the new payer searches the member's records of every kind
    Then none of them is about anybody else

  @req:PDEX-GEN-026
  Scenario: One event is recorded once
    Given a member of the payer
    When the new payer searches the member's records of every kind
    Then none of them comes twice

  @req:PDEX-GEN-034
  Scenario: What is asked for is what comes
    Given a member of the payer
    Then a search for what is new gives exactly what is new

  @req:PDEX-PAA-014
  Scenario: The history goes back to 2016
    Given a member of the payer
    When the new payer searches the member's records of every kind
    Then the oldest record since 2016 is among them

  @req:PDEX-CAP-019
  Scenario: Prior authorizations refer to what was true when they were decided
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then they refer to versions where the payer keeps them

  @req:PDEX-CAP-026
  Scenario: Practitioners are in the care team
    Given a member of the payer
    Then practitioners are in the care team

@role:payer-server
Feature: What an export holds
  The new payer gets the health history of the members: clinical records, claims without prices, and prior
  authorizations with what supports them. It gets the same in bulk as for one member alone, and only of
  those whose consent is in force when the data is exported.

  @req:PDEX-EXP-007 @req:PDEX-EXP-008 @req:PDEX-EXP-009 @writes
  Scenario: Clinical records, claims and prior authorizations are exported
    Given a group of matched members
    When the new payer has had their data exported
    Then clinical records, claims, prior authorizations and documents are in it

  @req:PDEX-EXP-007 @req:PDEX-EXP-008 @req:PDEX-EXP-009 @writes
  Scenario: Claims are exported without prices
    Given a group of matched members
    When the new payer has had their data exported
    Then no claim in it tells a price

  @req:PDEX-EXP-038 @writes
  Scenario: Whoever does not choose gets every kind of record
    Given a group of matched members
    When the new payer has had their data exported
    Then every kind of record that is found for the members is in it

  @req:PDEX-EXP-016 @writes
  Scenario: Prior authorizations come with their papers
    Given a group of matched members
    When the new payer has had their data exported
    Then each prior authorization in it comes with its papers

  @req:PDEX-EXP-017 @writes
  Scenario: Open prior authorizations come with their papers
    Given a group of matched members
    When the new payer has had their data exported
    Then each open prior authorization in it comes with its papers

  @req:PDEX-EXP-018 @writes
  Scenario: Both records and documents support prior authorizations
    Given a group of matched members
    When the new payer has had their data exported
    Then papers of both sorts are in it, records and documents

  @req:PDEX-EXP-050 @req:PDEX-PROV-025 @writes
  Scenario: The export says where its records come from
    Given a group of matched members
    When the new payer has had their data exported
    Then it says where its records come from

  @req:PDEX-EXP-019 @req:PDEX-EXP-020 @writes
  Scenario: The export holds the same as single searches find
    Given a group of matched members
    When the new payer has had their data exported
    Then it holds what single searches find, and nothing else

  @req:PDEX-EXP-048 @writes
  Scenario: The export can be limited to one member
    Given a group of matched members
    And the export is limited to the first of them
    When the new payer has had their data exported
    Then only the first of them is in it

  @req:PDEX-BMM-028 @req:PDEX-EXP-028 @writes
  Scenario: A consent that was withdrawn after the match keeps the member's data back
    Given a group of an earlier match, one of whose members has withdrawn consent since
    When the new payer has had their data exported
    Then the member who has withdrawn consent is not in it, and the others are

  @req:PDEX-EXP-028 @writes
  Scenario: A consent that leaves out sensitive records keeps them back
    Given a group with a member whose consent leaves out sensitive records
    When the new payer has had their data exported
    Then no sensitive record is in its files

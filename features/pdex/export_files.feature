@role:payer-server
Feature: The files of an export
  A program reads the files line by line. Each must hold what it is said to hold, of the members that were
  asked for and of nobody else, as it was when the export was made.

  @req:PDEX-BLK-013 @writes
  Scenario: The files are lines of records
    Given a group of matched members
    When the new payer has had their data exported
    Then each file holds records of the kind it is said to hold, one to a line

  @req:PDEX-BLK-015 @writes
  Scenario: The files are counted right
    Given a group of matched members
    When the new payer has had their data exported
    Then each file holds as many records as it is said to hold

  @req:PDEX-BLK-010 @writes
  Scenario: The files are as of the time they are said to be
    Given a group of matched members
    When the new payer has had their data exported
    Then no record in it is newer than the export

  @req:PDEX-BLK-019 @writes
  Scenario: The files are about the members of the group and nobody else
    Given a group of matched members
    When the new payer has had their data exported
    Then nobody outside the group is in it

  @req:PDEX-BLK-020 @writes
  Scenario: The documents in the files can be opened
    Given a group of matched members
    When the new payer has had their data exported
    Then the documents in it can be opened

  @req:PDEX-GRP-012 @writes
  Scenario: The records in the files are valid
    Given a group of matched members
    When the new payer has had their data exported and checked
    Then every record in it holds to FHIR and to the profiles it names

  @req:PDEX-BLK-012 @req:PDEX-EXP-049 @writes
  Scenario: What could not be done is reported
    Given a group of matched members
    And the export is limited to the first of them
    And the export also asks for somebody outside the group and for nobody
    When the new payer has had their data exported
    Then only the first of them is in it
    And what the payer could not do is reported in outcomes

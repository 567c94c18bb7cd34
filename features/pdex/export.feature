@role:payer-server
Feature: Asking for the data of matched members
  Once members are matched, the new payer asks for their data, all at once, and fetches it as files when
  they are ready. The old payer takes that on for its own groups, says how it goes, and refuses what it
  cannot do in a way a program can read.

  @req:PDEX-EXP-003 @req:PDEX-EXP-025 @req:PDEX-BLK-001 @req:PDEX-BLK-002 @writes
  Scenario: The payer takes the export on and says where to ask about it
    Given a group of matched members
    When the new payer asks for their data
    Then the payer takes the job on and says where to ask about it

  @req:PDEX-EXP-001 @req:PDEX-EXP-002 @writes
  Scenario: The data is exported from the request to the last file
    Given a group of matched members
    When the new payer has had their data exported
    Then the files can be read

  @req:PDEX-EXP-003 @writes
  Scenario: Data is not given out to somebody who merely reads the address
    Given a group of matched members
    When the new payer asks for their data by merely reading it
    Then the payer does not offer that

  @req:PDEX-EXP-004
  Scenario: The export is declared
    Given the payer's declaration
    Then it declares the data export operation

  @req:PDEX-EXP-006 @writes
  Scenario Outline: Data for matched members is exported to payers only, not <purpose>
    Given a group of matched members
    When the new payer asks for their data <purpose>
    Then the payer refuses it and says why

    Examples:
      | purpose                 |
      | without saying what for |
      | as a provider would     |
      | for a made-up purpose   |

  @req:PDEX-EXP-025 @writes
  Scenario: There is no data of a group that does not exist
    Given a group of matched members
    When the new payer asks for their data
    Then the payer takes the job on and says where to ask about it
    When the new payer asks for the data of a group that does not exist
    Then the payer refuses it and says why

  @req:PDEX-BLK-001 @writes
  Scenario: Whoever wants a web page is told that there is none
    Given a group of matched members
    When the new payer asks for their data as a web page
    Then the payer refuses it and says why

  @req:PDEX-BLK-001 @writes
  Scenario: Nobody gets the data without waiting for it
    Given a group of matched members
    When the new payer asks for their data without waiting
    Then the payer refuses it or answers later all the same

  @req:PDEX-BLK-003 @writes
  Scenario Outline: A request that cannot be understood is refused: <what>
    Given a group of matched members
    When the new payer asks for their data <what>
    Then the payer refuses it and says why

    Examples:
      | what                            |
      | in a body that is no JSON       |
      | since a day that does not exist |

  @req:PDEX-BLK-003 @writes
  Scenario: A request with something unknown is taken on, or refused properly
    Given a group of matched members
    When the new payer asks for their data with a parameter nobody knows
    Then the payer accepts it, or refuses it and says why

  @req:PDEX-BLK-005 @writes
  Scenario: A kind of record that does not exist is refused
    Given a group of matched members
    When the new payer asks for their data of a kind that does not exist
    Then the payer refuses it and says why

  @req:PDEX-BLK-005 @writes
  Scenario: A kind of record that does not exist is passed over when the new payer wants it so
    Given a group of matched members
    When the new payer asks for their data of a kind that does not exist, and to be lenient
    Then the payer accepts it

  @req:PDEX-BLK-006 @writes
  Scenario: The payer says that it works on the export
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job until it is done
    Then every answer until then says that the job is running

  @req:PDEX-BLK-007 @writes
  Scenario: The payer says when to ask again, and minds being asked all the time
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job again and again without a pause
    Then the payer says when to ask again

  @req:PDEX-BLK-007 @writes
  Scenario: The payer says when to ask again about a match, and minds being asked all the time
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job again and again without a pause
    Then the payer says when to ask again

  @req:PDEX-BLK-008 @writes
  Scenario: The payer lists the files of the export
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job until it is done
    Then the last answer lists what there is to fetch

  @req:PDEX-BLK-008 @writes
  Scenario: What is done stays done
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job until it is done
    Then the job is still done when the new payer asks once more

  @req:PDEX-BLK-009 @writes
  Scenario: The payer says until when the files can be fetched
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job until it is done
    Then it says until when that can be fetched

  @req:PDEX-BLK-016 @writes
  Scenario Outline: An export that <state> can be called off
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job <how long>
    And the new payer calls the job off
    Then the payer agrees

    Examples:
      | state      | how long         |
      | is running | at once          |
      | is done    | until it is done |

  @req:PDEX-BLK-017 @writes
  Scenario: Nothing is left of an export that was called off
    Given a group of matched members
    When the new payer asks for their data
    And the new payer asks about the job until it is done
    And the new payer calls the job off
    Then nothing is left of the job

  @req:PDEX-BLK-021
  Scenario: The payer declares that it offers bulk data
    Given the payer's declaration
    Then it names the statement of bulk data among those it follows

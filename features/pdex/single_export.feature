@role:payer-server
Feature: One member's records as files
  Payers that exchange the data of one member can do so with files, too.

  @req:PDEX-PEX-001 @writes
  Scenario: The payer offers the member's records as files
    Given a member the payer knows
    And the payer has matched the member
    When the new payer asks for the records as files
    Then the payer takes the job on and says where to ask about it

  @req:PDEX-PEX-002 @writes
  Scenario: The payer follows the rules of bulk data until the files are there
    Given a member the payer knows
    And the payer has matched the member
    When the new payer asks for the records as files
    And the new payer asks about the job until it is done
    Then the last answer lists what there is to fetch

  @req:PDEX-PEX-002 @writes
  Scenario: The files of the member's records are lines of records
    Given a member the payer knows
    And the payer has matched the member
    When the new payer has had the records exported as files
    Then the files can be read
    And the member's conditions are in it
    And each file holds records of the kind it is said to hold, one to a line

  @req:PDEX-PEX-003 @writes
  Scenario: The files hold nothing that is not part of the exchange
    Given a member the payer knows
    And the payer has matched the member
    When the new payer has had the records exported as files
    Then nobody but members who were matched is in it
    And only kinds of records that are part of the exchange are in it

  @req:PDEX-PROV-025 @writes
  Scenario: The files say where the records come from
    Given a member the payer knows
    And the payer has matched the member
    When the new payer has had the records exported as files
    Then it says where its records come from

  @req:PDEX-PEX-005 @writes
  Scenario: A consent that leaves out sensitive records holds for files, too
    Given a member who was matched under a consent that leaves out sensitive records
    When the new payer has had the records exported as files
    Then no sensitive record is in its files

  @req:PDEX-BLK-004 @since:2.1.0 @writes
  Scenario Outline: Files can be asked for under each name of their format: <name>
    Given a member the payer knows
    And the payer has matched the member
    When the new payer asks for the records as files in the format <name>
    Then the payer accepts it

    Examples:
      | name                    |
      | application/fhir+ndjson |
      | application/ndjson      |
      | ndjson                  |

  @req:PDEX-BLK-004 @since:2.1.0 @writes
  Scenario: Files in a format nobody serves are refused
    Given a member the payer knows
    And the payer has matched the member
    When the new payer asks for the records as files in the format text/csv
    Then the payer refuses it and says why

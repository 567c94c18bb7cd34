@role:payer-server
Feature: Errors, pages and references
  Partners meet errors, long lists and links between records every day. They rely on FHIR's rules
  for them.

  @req:PDEX-ERR-001
  Scenario Outline: Asking for <something> gets a proper error
    When an app asks for <something>
    Then the error is a proper FHIR answer

    Examples:
      | something                            |
      | a record that does not exist         |
      | a kind of record that does not exist |

  @req:PDEX-ERR-001
  Scenario: A refused match is a proper error
    Given a person the payer does not know
    When the new payer asks for a match
    Then the error is a proper FHIR answer

  @req:PDEX-ERR-001
  Scenario: A malformed request gets a proper error
    Given a member the payer knows
    When the new payer sends text that is not JSON
    Then the error is a proper FHIR answer

  @req:PDEX-ERR-002
  Scenario: Long results come in pages that can be read to the end
    Given a member whose records the payer holds
    And a search with several results
    Then its pages, read to the end, hold every result exactly once

  @req:PDEX-ERR-003
  Scenario: The size of a page can be chosen
    Given a member whose records the payer holds
    And a search with several results
    Then asking for one result at a time gives no more than one

  @req:PDEX-ERR-004
  Scenario: A record number that cannot exist is refused
    When an app asks for a record with an impossible number
    Then the payer says there is no such record

  @req:PDEX-ERR-005
  Scenario: A format the payer does not have is said so
    When an app asks for an answer in a format the payer does not have
    Then the payer says it does not have that format

  @req:PDEX-ERR-005
  Scenario: A format the payer does not take is said so
    Given a member the payer knows
    And the payer has matched the member
    When the new payer sends the request as plain text
    Then the payer says it does not take that format

  @req:PDEX-ERR-006
  Scenario: Apps in a web browser can reach the payer
    When an app in a web browser asks whether it may read records
    Then the payer lets the browser through

  @req:PDEX-ERR-007
  Scenario: An app can ask whether a record has changed
    Given a member whose records the payer holds
    And the new payer reads the member's record
    When an app asks whether the record has changed since
    Then the payer answers with the record or says it is unchanged

  @req:PDEX-ERR-008
  Scenario: What a record refers to can be read
    Given a member whose records the payer holds
    When the new payer reads the member's records of every kind
    Then every record they refer to can be read

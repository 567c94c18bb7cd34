@role:payer-server
Feature: A member keeps data from providers
  A member may say that providers are not to have the data. The plan puts that on record as a Consent.
  What it has on record can be read and found again.

  @req:PDEX-PAA-018
  Scenario: The payer says that consents can be put on record
    Given the payer's declaration
    Then consents can be put on record, read and searched

  @req:PDEX-PAA-016 @req:PDEX-PAA-017 @req:PDEX-CON-002 @req:PDEX-CON-003 @writes
  Scenario: A member's word is put on record
    Given a member whose choice about providers may be changed
    When the member puts on record that providers are not to have the data
    Then the payer takes it on record
    And what the payer has on record is what the member said

  @req:PDEX-PAA-018 @writes
  Scenario: A member's word is found again
    Given a member whose choice about providers may be changed
    When the member puts on record that providers are not to have the data
    Then the payer takes it on record
    And a search for the member's consents finds it

  @req:PDEX-CON-004 @writes
  Scenario Outline: A word that lacks something is not put on record: <what>
    Given a member whose choice about providers may be changed
    When the member's word is sent without <what>
    Then the payer refuses to put it on record

    Examples:
      | what                |
      | since when it holds |
      | what it is about    |
      | the kind of word it is |

  @req:PDEX-CON-007 @since:2.2.0 @writes
  Scenario: What is on record says that it is about providers
    Given a member whose choice about providers may be changed
    When the member puts on record that providers are not to have the data
    Then it says that it is about providers

  @req:PDEX-CON-008 @since:2.2.0 @writes
  Scenario: A member's word about providers is told from other consents
    Given a member whose choice about providers may be changed
    When the member puts on record that providers are not to have the data
    Then a search for the member's choices about providers finds it, and no others

  @req:PDEX-CON-013 @since:2.2.0 @writes
  Scenario: Somebody else may speak for the member
    Given a member for whom somebody else speaks
    When who speaks for the member puts on record that providers are not to have the data

  @req:PDEX-TRM-006
  Scenario: What a choice is about is told by the codes of PDex
    Given a member of the payer
    When an app reads the member's consents
    Then their purposes are those of PDex

@role:payer-server
Feature: A member keeps data from providers
  A member may say that providers are not to have the data. The plan puts that on record as a Consent.
  What it has on record can be read and found again.

  @req:PDEX-PAA-018
  Scenario: The payer says that consents can be put on record
    Given the payer's declaration
    Then consents can be put on record, read and searched

  @req:PDEX-PAA-016 @req:PDEX-PAA-017 @writes
  Scenario: A member's word is put on record
    Given another member of the payer
    When the member puts on record that providers are not to have the data
    Then the payer takes it on record
    And what the payer has on record is what the member said

  @req:PDEX-PAA-018 @writes
  Scenario: A member's word is found again
    Given another member of the payer
    When the member puts on record that providers are not to have the data
    Then the payer takes it on record
    And a search for the member's consents finds it

  @req:PDEX-TRM-006
  Scenario: What a choice is about is told by the codes of PDex
    Given a member of the payer
    When an app reads the member's consents
    Then their purposes are those of PDex

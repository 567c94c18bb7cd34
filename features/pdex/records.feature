@role:payer-server
Feature: The records a payer gives out
  Whoever receives a member's records puts them to use by program. They must be what FHIR and the
  profiles they name say.

  @req:PDEX-GEN-001
  Scenario: A member's records hold to FHIR and to the profiles they name
    Given a member whose records the payer holds
    When the new payer reads the member's records of every kind
    Then every one of them is a valid record

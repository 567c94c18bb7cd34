@role:payer-server
Feature: The records a payer gives out
  Whoever receives a member's records puts them to use by program, so they must be what FHIR says they
  are.

  @req:PDEX-GEN-001
  Scenario: A member's records hold to FHIR
    Given a member whose records the payer holds
    When the new payer reads the member's records of every kind
    Then every one of them is valid FHIR

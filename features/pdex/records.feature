@role:payer-server
Feature: The records a payer gives out
  Whoever receives a member's records puts them to use by program. They must be what FHIR and the
  profiles they name say, and so must every other answer, errors included.

  @req:PDEX-GEN-001
  Scenario: A member's records hold to FHIR
    Given a member whose records the payer holds
    When the new payer reads the member's records of every kind
    Then every one of them is valid FHIR

  @closing @req:PDEX-GEN-001
  Scenario: Whatever the payer answers is valid FHIR
    Given all that the payer has answered in this run
    Then every resource in it is valid FHIR

  @closing @req:PDEX-GEN-031
  Scenario: Whatever the payer answers holds to the profiles it names
    Given all that the payer has answered in this run
    Then every resource in it holds to the profiles it claims

  @closing @req:PDEX-MS-013
  Scenario: Nothing the payer answers lacks what its profiles require
    Given all that the payer has answered in this run
    Then no resource in it lacks what its profiles require

@role:payer-server @closing
Feature: All that a payer answers
  Programs read every answer of a payer, errors included: records, lists of them, capability
  statements. Each must be what FHIR and the profiles it names say. This is judged when everything
  else has been asked, on all that came back.

  @req:PDEX-GEN-001
  Scenario: Whatever the payer answers is valid FHIR
    Given all that the payer has answered in this run
    Then every resource in it is valid FHIR

  @req:PDEX-GEN-031
  Scenario: Whatever the payer answers holds to the profiles it names
    Given all that the payer has answered in this run
    Then every resource in it holds to the profiles it claims

  @req:PDEX-MS-013
  Scenario: Nothing the payer answers lacks what its profiles require
    Given all that the payer has answered in this run
    Then no resource in it lacks what its profiles require

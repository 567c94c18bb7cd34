@role:data-source-server @closing
Feature: All that a provider answers
  A payer's programs read every answer of a provider, errors included. Each must be what FHIR and the
  profiles it names say. This is judged when everything else has been asked, on all that came back.

  @req:CDEX-GEN-032
  Scenario: Whatever the provider answers is valid FHIR
    Given all that the provider has answered in this run
    Then every resource in it is valid FHIR

  @req:CDEX-TB-051
  Scenario: Whatever the provider answers holds to the profiles it names
    Given all that the provider has answered in this run
    Then every resource in it holds to the profiles it claims

  @req:CDEX-MS-003
  Scenario: Nothing the provider answers lacks what its profiles require
    Given all that the provider has answered in this run
    Then no resource in it lacks what its profiles require

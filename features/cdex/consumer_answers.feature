@role:data-consumer-server @closing
Feature: All that a payer answers to providers
  A provider's programs read every answer of a payer, errors included. Each must be what FHIR and the
  profiles it names say. This is judged when everything else has been asked, on all that came back.

  @req:CDEX-GEN-032
  Scenario: Whatever the payer answers is valid FHIR
    Given all that the payer has answered in this run
    Then every resource in it is valid FHIR

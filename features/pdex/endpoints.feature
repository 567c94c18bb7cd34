@role:payer-server
Feature: What a payer publishes about itself
  Partners find a payer's endpoints without being told, and learn what they may send there.

  @req:PDEX-GEN-017
  Scenario: Partners find the endpoints for apps, providers and payers
    When a partner looks for the payer's endpoints
    Then it leads to the endpoints for apps, providers and payers

  @req:PDEX-GEN-018
  Scenario: The list of endpoints is open to everybody
    When a partner looks for the payer's endpoints
    Then the list is there and can be read by a program

  @req:PDEX-GEN-002
  Scenario: The declaration is for FHIR R4
    When an app reads what the payer declares
    Then it is for FHIR R4

  @req:PDEX-GEN-005
  Scenario: Patches are JSON patches
    Given the payer's declaration
    Then patches are taken as JSON patches

  @req:PDEX-GEN-014
  Scenario: Several requests can be sent at once, where that is declared
    Given a member of the payer
    And the payer's declaration
    Then a batch of requests is answered, where that is declared

@role:payer-server
Feature: Where records come from
  A member's records come from many hands: practices, laboratories, claims, an earlier payer. Whoever
  receives them from a plan must be able to see who made them, how they reached the plan, and that it
  was the plan that passed them on.

  @req:PDEX-PROV-007
  Scenario: The plan shows itself as the one who sends, with every kind of record
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then each exchange shows the plan as the one who sends it

  @req:PDEX-PROV-007
  Scenario: The plan shows itself as the one who sends, with everything at once
    Given a member of the payer
    When the new payer fetches everything about the member with its provenance
    Then each exchange shows the plan as the one who sends it

  @req:PDEX-PROV-008
  Scenario: Every record that a search gives is listed as sent by the plan
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then each record is listed as sent by the plan

  @req:PDEX-PROV-008
  Scenario: Every record in everything at once is listed as sent by the plan
    Given a member of the payer
    When the new payer fetches everything about the member with its provenance
    Then each record is listed as sent by the plan

  @req:PDEX-PROV-011 @req:PDEX-PROV-018
  Scenario: Every record comes with provenance when that is asked for
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then each record comes with provenance

  @req:PDEX-CAP-036
  Scenario: Every kind of record that promises provenance comes with it
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then every kind that promises provenance comes with it

  @req:PDEX-CLN-004
  Scenario: Provenance comes along with what was searched
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then provenance is marked as coming along

  @req:PDEX-PROV-010
  Scenario: Every record says who made it
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then each record has an author or a source

  @req:PDEX-PROV-012
  Scenario: Every record says in what format it was received
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then each record says in what format it was received

  @req:PDEX-TRM-003
  Scenario: Formats are told by the codes of PDex
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then the formats are those of PDex

  @req:PDEX-TRM-004
  Scenario: Roles are told by the codes of PDex
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then the roles of those who took part are those of PDex

  @req:PDEX-PROV-013
  Scenario: Provenance was recorded when the payer could have received the data
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then it was recorded when it could have been received

  @req:PDEX-PROV-014
  Scenario: Provenance says what, when, who and from what
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then it says what, when, who and from what

  @req:PDEX-PROV-015
  Scenario: What provenance is about can be read
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then what it is about can be read

  @req:PDEX-PROV-023
  Scenario: The plan's own part follows the PDex profile
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then the plan's own part of it follows the PDex profile

  @req:PDEX-CAP-035
  Scenario: Whoever is named in words only belongs to an organisation
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then whoever is named in words only belongs to an organisation

  @req:PDEX-PROV-016
  Scenario: Those who contributed to a record are the same everywhere
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then those who contributed are the same everywhere

  @req:PDEX-PROV-001 @req:PDEX-PROV-002 @req:PDEX-PROV-003 @req:PDEX-PROV-004 @req:PDEX-PROV-005 @req:PDEX-PROV-016
  Scenario: What came from an earlier payer or a provider still says so
    Given a member whose records came in part from somebody else
    When the new payer reads what came from somebody else
    Then those it came from are still named

  @req:PDEX-PROV-017
  Scenario: The plan adds its own part to what it received
    Given a member whose records came in part from somebody else
    When the new payer reads what came from somebody else
    Then the plan has added its own part

  @req:PDEX-PROV-020 @req:PDEX-PROV-021
  Scenario: What was received is passed on with the whole chain
    Given a member whose records came in part from somebody else
    When the new payer reads what came from somebody else
    Then those it came from are still named
    And the plan has added its own part

  @req:PDEX-PROV-006
  Scenario: What was not received as FHIR names its source and the plan
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then what was not received as FHIR names its source and the plan

  @req:PDEX-PROV-022
  Scenario: What was made from claims names its source and the plan
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then what was made from claims names its source and the plan

  @req:PDEX-PROV-009
  Scenario: What is older than the coverage names its source and format
    Given a member of the payer
    When the new payer reads the member's records with their provenance
    Then what is older than the coverage names its source and format

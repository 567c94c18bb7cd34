@role:payer-server
Feature: Claims without prices
  What was paid stays between a plan and its member. What was done goes along when another payer or a
  provider reads the member's claims: the services, the diagnoses and the providers, but no prices.

  @req:PDEX-CBB-001
  Scenario: Claims follow the profiles for claims without prices
    Given a member of the payer
    When the new payer reads the member's claims
    Then each follows one of the profiles for claims without prices

  @req:PDEX-CBB-002
  Scenario: Another payer sees no price in any claim
    Given a member of the payer
    When the new payer reads the member's claims
    Then none of the claims shows a price

  @req:PDEX-CBB-002 @since:2.2.0
  Scenario: Another payer who fetches everything sees no price either
    Given a member of the payer
    When the new payer fetches everything about the member
    Then none of the claims in it shows a price

  @req:PDEX-CBB-003
  Scenario: Every claim says whose it is, what for, when, and who pays
    Given a member of the payer
    When the new payer reads the member's claims
    Then each has what every claim has

  Scenario Outline: <kind> claims have what their profile demands
    Given a member of the payer
    When the new payer reads the member's <kind> claims
    Then each has what <kind in words> claim has

    Examples:
      | kind         | kind in words   | requirement  |
      | inpatient    | an inpatient    | PDEX-CBB-004 |
      | outpatient   | an outpatient   | PDEX-CBB-005 |
      | professional | a professional  | PDEX-CBB-006 |
      | dental       | a dental        | PDEX-CBB-007 |
      | pharmacy     | a pharmacy      | PDEX-CBB-008 |

  @req:PDEX-CBB-009
  Scenario: Claims cannot be taken for prior authorizations
    Given a member of the payer
    When the new payer reads the member's claims
    Then none of them passes for a prior authorization

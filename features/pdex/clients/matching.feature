@role:payer-client
Feature: A new payer has its members matched
  A payer that a member has come to asks the payer that the member has left who the member is there. What it submits
  must tell the member apart, show the member's consent, and ask in the way that the other payer expects.

  @listening @req:PDEX-MS-010
  Scenario: The new payer goes through the whole exchange
    When the new payer has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  Rule: Each member is submitted so that the other payer can find them

    Background:
      When the new payer has a member matched

    @req:PDEX-MMC-033
    Scenario: The coverage by the new payer comes along
      Then every member is submitted with the coverage by the new payer

    @req:PDEX-MMC-036
    Scenario: Person and card are described
      Then every member is submitted with name, birth date, gender and a number on the card

    @req:PDEX-MMC-028
    Scenario: Coverages and consent are about the person submitted
      Then coverages and consent refer to the member by the id that is submitted

    @req:PDEX-MMC-032
    Scenario: The coverage by the new payer tells no more than it must
      Then the coverage by the new payer holds nothing but what must be supported

  Rule: Consent comes along

    @req:PDEX-MMC-041 @req:PDEX-MMC-042
    Scenario: No member is submitted without consent
      When the new payer has a member matched
      Then every member is submitted with consent

    @req:PDEX-MMC-039
    Scenario: The consent names both payers
      When the new payer has a member matched
      Then the consent lets the payer that is asked disclose to the one that asks

    @req:PDEX-MMC-025
    Scenario: The consent holds the record of whoever consented for the member
      When somebody has consented for the member
      Then the consent holds the record of who has consented

    @req:PDEX-MMC-026
    Scenario: The consent says by what right somebody consented for the member
      When somebody has consented for the member
      Then the consent says by what right

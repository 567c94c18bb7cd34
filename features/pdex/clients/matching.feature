@role:payer-client
Feature: A new payer has its members matched
  A payer that a member has come to asks the payer that the member has left who the member is there. What it submits
  must tell the member apart, show the member's consent, and ask in the way that the other payer expects.

  @listening @req:PDEX-MS-010
  Scenario: The new payer goes through the whole exchange
    When the new payer has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  Rule: Each member is submitted whole

    Background:
      When the new payer has a member matched

    @req:PDEX-PROF-247
    Scenario: Coverage says whether it is in force
      Then every Coverage it submits is taken for a hrex-coverage
      And every hrex-coverage record among them has status, and it fits

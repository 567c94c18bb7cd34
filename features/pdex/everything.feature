@role:payer-server
Feature: Everything about a member at once
  A new payer that was allowed to have a member's records can fetch all of them with one request, in
  place of a search for each kind. It gets what searches would give, nothing about anybody else, and
  nothing the member keeps back.

  @req:PDEX-EVT-001 @req:PDEX-EVT-002
  Scenario: Everything about a member can be fetched at once
    Given a member of the payer
    When the new payer asks for everything about the member
    Then it comes as one bundle with the member's own record

  @req:PDEX-EVT-003 @req:PDEX-PAA-007
  Scenario: Nothing about anybody else comes along
    Given a member of the payer
    When the new payer fetches everything about the member
    Then nothing in it is about anybody else

  @req:PDEX-EVT-003
  Scenario: Sensitive records come only under a consent that covers them
    Given another member with sensitive records
    And the consent covers sensitive data too
    And the payer has matched the member
    When the new payer fetches everything about the member
    Then the sensitive records are in it
    Given the consent leaves out sensitive data
    And the payer has matched the member
    When the new payer fetches everything about the member
    Then the sensitive records are not in it

  @req:PDEX-EVT-004
  Scenario: Prior authorizations come along, and claims do not
    Given a member of the payer
    When the new payer fetches everything about the member
    Then it holds the prior authorizations and no claims

  @req:PDEX-EVT-005
  Scenario: Prior authorizations and claims without prices come along
    Given a member of the payer
    When the new payer fetches everything about the member
    Then it holds the prior authorizations and the claims

  @req:PDEX-EVT-006
  Scenario: No claim is left out
    Given a member of the payer
    When the new payer fetches everything about the member
    Then none of the member's claims is left out of it

  @req:PDEX-EVT-008
  Scenario Outline: A part can be fetched: <part>
    Given a member of the payer
    When the new payer fetches everything about the member
    Then <part>

    Examples:
      | part                                                              |
      | asking for the care of one day gives the care of that day         |
      | asking for what is new gives nothing older                        |
      | asking for some kinds of records gives these kinds                |
      | asking for small pages gives small pages, and in the end everything |

  @req:PDEX-EVT-009 @req:PDEX-CLN-002
  Scenario: Everything at once is what searches find
    Given a member of the payer
    When the new payer fetches everything about the member
    Then it holds every record that searches find

  @req:PDEX-CLN-002
  Scenario: Searches find what everything at once holds
    Given a member of the payer
    When the new payer fetches everything about the member
    Then searches find every record that it holds

  @req:PDEX-EVT-009
  Scenario: What the records refer to comes along
    Given a member of the payer
    When the new payer fetches everything about the member
    Then it holds what its records refer to

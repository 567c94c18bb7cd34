@role:payer-server @guarded
Feature: A token opens what it is for, and nothing else
  Tokens are for kinds of records, for operations, for members and for those they were given to. What lies outside is
  refused, or left out as if it did not exist.

  @req:PDEX-GEN-009
  Scenario: A token for one kind of record does not open another
    Given a member whose records the payer holds
    When a client whose token is for patients alone searches the member's observations
    Then the payer says that it may not
    And nothing of the member is told

  @req:PDEX-AUT-032
  Scenario: A token for one kind of record gets nothing else along with it
    Given a member whose records the payer holds
    When a client whose token is for patients alone reads everything of the member
    Then no other records than patients come back
    When a client whose token is for patients alone reads the member's record with all that tells its origin
    Then no other records than patients come back

  @req:PDEX-AUT-032
  Scenario Outline: A token for one kind of record opens no other by a detour: a client <attempt>
    Given a member whose records the payer holds
    When a client whose token is for patients alone <attempt>
    Then no other records than patients come back

    Examples:
      | attempt                                       |
      | asks for the member's observations in a batch |
      | reads the contents of the member's documents  |

  @req:PDEX-AUT-033
  Scenario: A token for prior authorizations does not open claims
    Given a member whose records the payer holds
    When a client whose token is for prior authorizations alone searches the member's claims
    Then nothing but prior authorizations comes back

  @req:PDEX-AUT-007 @since:2.1.0 @writes
  Scenario: An export holds only what the token is for
    Given a group of matched members
    When a client whose token is for groups and patients alone has the group's data exported
    Then its files hold patients alone

  @req:PDEX-AUT-021 @since:2.1.0 @writes
  Scenario Outline: What was matched for one client is not for another: <attempt>
    Given a group of matched members
    When a client of another organization <attempt>
    Then the payer keeps that to itself

    Examples:
      | attempt                   |
      | reads the group           |
      | asks for the group's data |

  @req:PDEX-SEC-008 @since:2.1.0 @writes
  Scenario: What was matched for one client cannot be found by another
    Given a group of matched members
    When a client of another organization looks at all groups
    Then the group is not among them

  @req:PDEX-AUT-006 @since:2.1.0 @writes
  Scenario Outline: What was exported for one client is not for another: <attempt>
    Given a group of matched members
    When the new payer has had their data exported
    And a client of another organization <attempt>
    Then the payer keeps that to itself

    Examples:
      | attempt                 |
      | asks how the job stands |
      | fetches the files       |

  @req:PDEX-EXP-021 @since:2.1.0 @writes
  Scenario: Who had members matched gets a token that opens their group
    Given a group of matched members
    When a client with a new token reads the group
    Then the payer lets it in

  @req:PDEX-PRV-034 @since:2.1.0
  Scenario: A provider gets a token that opens its list
    Given a group of members attributed to the provider
    When a client with a new token reads the group
    Then the payer lets it in

  @req:PDEX-AUT-026 @writes
  Scenario: Who has credentials gets a token that opens the match
    Given a member the payer knows
    When a client with a new token asks for a match
    Then the payer lets it in

  @req:PDEX-AUT-008 @since:2.1.0 @writes
  Scenario: A token got later still opens what was exported for a payer
    Given a group of matched members
    When the new payer has had their data exported
    And a client with a new token asks how the job stands
    Then the payer lets it in
    When a client with a new token fetches the files
    Then the payer lets it in

  @req:PDEX-AUT-009 @since:2.1.0 @writes
  Scenario: A token got later still opens what was exported for a provider
    Given a group of members attributed to the provider
    When the provider has had their data exported
    And a client with a new token asks how the job stands
    Then the payer lets it in
    When a client with a new token fetches the files
    Then the payer lets it in

  @req:PDEX-AUT-016 @since:2.1.0 @until:2.1.0 @writes
  Scenario: There is a token for the match of many alone
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When a client whose token is for the match of many alone asks for all of them to be matched
    Then the payer lets it in

  @req:PDEX-AUT-017 @since:2.2.0 @writes
  Scenario: There is a token for the match of many alone, and it opens nothing else
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When a client whose token is for the match of many alone asks for all of them to be matched
    Then the payer lets it in
    Given a member whose records the payer holds
    When a client whose token is for the match of many alone reads the member's record
    Then the payer says that it may not

  @req:PDEX-AUT-018 @since:2.1.0 @writes
  Scenario: There is a token for the match of one alone, and it opens nothing else
    Given a member the payer knows
    When a client whose token is for the match of one alone asks for a match
    Then the payer lets it in
    Given a member whose records the payer holds
    When a client whose token is for the match of one alone reads the member's record
    Then the payer says that it may not

  @req:PDEX-AUT-020 @since:2.2.0 @writes
  Scenario: There is a token for the match of a provider's patients alone
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When a client whose token is for the match of a provider's patients alone asks for all of them to be matched
    Then the payer lets it in

  @req:PDEX-AUT-019 @since:2.1.0 @writes
  Scenario: There is a token for groups of matched members alone
    Given a group of matched members
    When a client whose token is for groups of matched members alone looks at all groups
    Then no other groups than those of matched members come back

  @req:PDEX-PRV-007 @since:2.1.0
  Scenario: A provider without a contract gets at no list
    Given a group of members attributed to the provider
    When a client without a contract reads the group
    Then the payer keeps that to itself

  @req:PDEX-PMM-028 @req:PDEX-PMM-041 @since:2.2.0 @writes
  Scenario: A provider without a contract has no patients matched
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When a client without a contract asks for all of them to be matched
    Then the payer keeps that to itself

  @req:PDEX-AUT-027 @until:2.0.0 @writes
  Scenario: After a match there is a token for the matched member alone
    Given another member the payer knows
    And the payer has matched the member
    And a member the payer knows
    And the payer has matched the member
    When a client whose token is for the matched member alone reads the member's record
    Then the payer shows it
    When a client whose token is for the matched member alone reads the record of the member matched before
    Then the payer keeps that to itself

  @req:PDEX-AUT-028 @since:2.1.0 @writes
  Scenario: After a match there may be a token for the matched member alone
    Given another member the payer knows
    And the payer has matched the member
    And a member the payer knows
    And the payer has matched the member
    When a client whose token is for the matched member alone reads the member's record
    Then the payer shows it
    When a client whose token is for the matched member alone reads the record of the member matched before
    Then the payer keeps that to itself

  @req:PDEX-AUT-031 @since:2.2.0 @writes
  Scenario: The number that a match gives is enough for a token
    Given a member the payer knows
    And the payer has matched the member
    When a client whose token is for the member of that number alone reads the member's record
    Then the payer shows it

  @req:PDEX-MMC-024 @since:2.1.0 @writes
  Scenario: When the consent has ended there is no token any more
    Given another member with sensitive records
    And the consent ends in a few seconds
    And the payer has matched the member
    And a client that gets a token for the matched member alone
    When the consent has ended
    And the client asks for such a token again
    Then no token is given out

@role:payer-server @guarded
Feature: Nobody is served without credentials
  What a payer knows of its members is for those who may have it. Whoever comes without a valid token is turned
  away, at every door, and learns nothing from how.

  @req:PDEX-GEN-008
  Scenario: Without a token nobody reads a member's record
    Given a member whose records the payer holds
    When a client without a token reads the member's record
    Then the payer does not let it in
    And nothing of the member is told

  @req:PDEX-GEN-013
  Scenario Outline: A token that does not hold opens nothing: <token>
    Given a member whose records the payer holds
    When a client <token> searches the member's claims
    Then the payer asks for a valid token
    And nothing of the member is told

    Examples:
      | token                                |
      | without a token                      |
      | with a made-up token                 |
      | with a token of somebody else's      |
      | with a token that was altered        |
      | with a token that has expired        |
      | with a token that was taken back     |

  @req:PDEX-GEN-008
  Scenario: A token in an address, where others can read it, opens nothing
    Given a member whose records the payer holds
    When a client with its token in the address alone reads the member's record
    Then the payer does not take it from there

  @req:PDEX-AUT-003 @since:2.1.0 @writes
  Scenario: Without a token nobody has members matched
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When a client without a token asks for all of them to be matched
    Then the payer asks for a valid token
    And no job is started
    When a client with a new token asks for all of them to be matched
    Then the payer lets it in

  @req:PDEX-AUT-004 @since:2.1.0 @writes
  Scenario Outline: Without a token nobody gets at groups: <attempt>
    Given a group of matched members
    When a client without a token <attempt>
    Then the payer asks for a valid token
    And no job is started

    Examples:
      | attempt                  |
      | looks at all groups      |
      | reads the group          |
      | asks for the group's data |

  @req:PDEX-AUT-005 @since:2.1.0 @writes
  Scenario Outline: Without a token nobody gets at what was exported: <attempt>
    Given a group of matched members
    When the new payer has had their data exported
    And a client without a token <attempt>
    Then the payer asks for a valid token

    Examples:
      | attempt                |
      | asks how the job stands |
      | fetches the files      |

  @req:PDEX-AUT-005 @since:2.1.0 @writes
  Scenario: A token for something else does not open what was exported
    Given a group of matched members
    When the new payer has had their data exported
    And a client whose token is for practitioners alone fetches the files
    Then the payer does not let it in
    When a client with a new token fetches the files
    Then the payer lets it in

  @req:PDEX-BLK-014 @since:2.1.0 @writes
  Scenario: Exported files are as open as the payer says
    Given a group of matched members
    When the new payer has had their data exported
    And a client without a token fetches the files
    Then the payer lets it in only if it has said so

  @req:PDEX-BMM-038 @since:2.1.0 @writes
  Scenario: The outcome of a match is protected like the match
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer has had all of them matched
    And a client without a token fetches the files
    Then the payer asks for a valid token

  @req:PDEX-PRV-006 @since:2.1.0 @writes
  Scenario: Without a token no provider has data exported
    Given a group of members attributed to the provider
    When a client without a token asks for the group's data
    Then the payer asks for a valid token
    And no job is started
    When a client with a new token asks for the group's data
    Then the payer lets it in

  @req:PDEX-PMM-040 @since:2.2.0 @writes
  Scenario: Without a token no provider has patients matched
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When a client without a token asks for all of them to be matched
    Then the payer asks for a valid token
    And no job is started

  @req:PDEX-PMM-040 @since:2.2.0 @writes
  Scenario Outline: Without a token no provider gets at matched patients: <attempt>
    Given a group of matched patients of the provider
    When a client without a token <attempt>
    Then the payer asks for a valid token

    Examples:
      | attempt                   |
      | reads the group           |
      | asks for the group's data |

  @req:PDEX-SEC-002 @since:2.1.0
  Scenario: It is told how clients show who they are
    When a client looks for a way to show who it is
    Then it finds at least one that the guide knows

@role:payer-server
Feature: Consent in a member match
  The new payer sends the member's consent along. The old payer honours it only if it is about this
  member, names the new payer, covers today, and follows a policy the old payer can keep to. If it
  cannot be honoured, not even the member's identifier is given out.

  @req:PDEX-MMC-022
  Scenario Outline: A match is refused when <problem>
    Given a member the payer knows
    And the payer has matched the member
    And <problem>
    When the new payer asks for a match
    Then the payer refuses the match

    Examples:
      | problem                                         |
      | the consent ended last month                    |
      | the consent only starts next month              |
      | the consent names another payer as recipient    |
      | the consent is about somebody else              |
      | the consent follows a policy the payer cannot know |

  @req:PDEX-MMC-022
  Scenario: A match is refused when sensitive records would have to be left out and cannot be
    Given a member whose sensitive records cannot be kept apart
    And the payer has matched the member
    And the consent leaves out sensitive data
    When the new payer asks for a match
    Then the payer refuses the match

  @req:PDEX-MMC-020
  Scenario Outline: A consent that cannot be honoured gets no identifier: <problem>
    Given a member the payer knows
    And the payer has matched the member
    And the new payer reads the member's record
    And <problem>
    When the new payer asks for a match
    Then nothing in the answer identifies the member

    Examples:
      | problem                           |
      | the consent ended last month      |
      | the consent is no longer active   |
      | the consent forbids the exchange  |

  @req:PDEX-MMC-020
  Scenario: Sensitive records that cannot be left out mean that no identifier is given
    Given a member whose sensitive records cannot be kept apart
    And the payer has matched the member
    And the new payer reads the member's record
    And the consent leaves out sensitive data
    When the new payer asks for a match
    Then nothing in the answer identifies the member

  @req:PDEX-MMC-021
  Scenario: A consent that has ended is refused, and consent is given as the reason
    Given a member the payer knows
    And the payer has matched the member
    And the consent ended last month
    When the new payer asks for a match
    Then the payer refuses the match
    And the refusal gives consent as the reason

  @req:PDEX-MMC-021
  Scenario: A consent that sensitive records stand against is refused, and consent is given as the reason
    Given a member whose sensitive records cannot be kept apart
    And the payer has matched the member
    And the consent leaves out sensitive data
    When the new payer asks for a match
    Then the payer refuses the match
    And the refusal gives consent as the reason

  @req:PDEX-MMC-041
  Scenario: A request without consent is refused
    Given a member the payer knows
    And the payer has matched the member
    And the request has no consent
    When the new payer asks for a match
    Then the payer refuses the request

  @req:PDEX-MMC-042
  Scenario: Without consent a payer learns no member identifier
    Given a member the payer knows
    And the payer has matched the member
    And the request has no consent
    When the new payer asks for a match
    Then the payer gives no member identifier

  @req:PDEX-MMC-037
  Scenario: After consent is withdrawn nothing is given out any more
    Given a member whose records the payer holds
    And the new payer reads the member's record
    And a member who has withdrawn consent
    When the new payer tries to read the member's record
    Then the payer keeps the record to itself

  @req:PDEX-MMC-037
  Scenario: After consent is withdrawn the member is not found any more
    Given a member whose records the payer holds
    And the new payer reads the member's record
    And a member who has withdrawn consent
    When the new payer tries to find the member
    Then the payer finds nobody

  @req:PDEX-CON-015
  Scenario: Sensitive records are given out only under a consent that covers them
    Given a member with sensitive records
    And the consent covers sensitive data too
    When the payer has matched the member
    Then the sensitive records can be read
    Given the consent leaves out sensitive data
    When the payer has matched the member
    Then the sensitive records stay with the payer

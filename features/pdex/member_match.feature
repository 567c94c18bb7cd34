@role:payer-server
Feature: Member match
  A member moves to a new payer and agrees that it may fetch the old payer's data. The new payer asks
  the old one whether it knows the member, and gets back an identifier that it can use from then on.

  @req:PDEX-MMC-001
  Scenario: A member the payer knows is matched
    Given a member the payer knows
    When the new payer asks for a match
    Then the payer confirms the match

  @req:PDEX-MMC-009
  Scenario: A match is answered with the member number
    Given a member the payer knows
    When the payer has matched the member
    Then exactly one member identifier comes back
    And the identifier is marked as a member number
    And nothing but the identifier comes back

  @req:PDEX-MMC-010
  Scenario: A match is answered with the payer's unique member number, and at most the record beside it
    Given a member the payer knows
    When the payer has matched the member
    Then exactly one member identifier comes back
    And the identifier is marked as the payer's unique member number
    And nothing but the identifier and the member's record comes back
    And a record the payer names can be read

  @req:PDEX-MMC-011
  Scenario: A match with consent is answered with the payer's unique member number
    Given a member the payer knows
    When the payer has matched the member
    Then the identifier is marked as the payer's unique member number

  @req:PDEX-MMC-012
  Scenario: A match also names the member's record
    Given a member the payer knows
    When the payer has matched the member
    Then the payer also names the member's record

  @req:PDEX-MMC-014 @req:PDEX-MMC-015
  Scenario: The identifier from a match can be used to find the member
    Given a member the payer knows
    When the payer has matched the member
    Then the identifier leads to exactly one member record

  @req:PDEX-MMC-016
  Scenario: A person the payer does not know is refused
    Given a member the payer knows
    And the payer has matched the member
    And a person the payer does not know
    When the new payer asks for a match
    Then the payer refuses the match

  @req:PDEX-MMC-016
  Scenario: A stranger who holds a member's card is refused
    Given a member the payer knows
    And the payer has matched the member
    And a person the payer does not know
    And the person holds the card of a member the payer knows
    When the new payer asks for a match
    Then the payer refuses the match

  @req:PDEX-MMC-017
  Scenario: Details that fit more than one member are refused
    Given a member the payer knows
    And the payer has matched the member
    And a person whose details fit more than one member
    When the new payer asks for a match
    Then the payer refuses the match

  @req:PDEX-MMC-018
  Scenario: A match names one member only
    Given a member the payer knows
    When the payer has matched the member
    Then exactly one member identifier comes back

  @req:PDEX-MMC-019
  Scenario: An unknown person and an unclear one are refused for different reasons
    Given a person the payer does not know
    When the new payer asks for a match
    Then the refusal says what kind of failure it is
    Given a person whose details fit more than one member
    When the new payer asks for a match
    Then the refusal says what kind of failure it is
    And the two refusals can be told apart

  @req:PDEX-MMC-029
  Scenario: References inside the request mean the person in the request
    Given another member the payer knows
    And the payer has matched the member
    And a member the payer knows
    And the payer has matched the member
    And the request calls the member by the other member's record number
    When the new payer asks for a match
    Then the answer is about the same member as before

  @req:PDEX-MMC-029
  Scenario: The matched member is the person in the request
    Given a member the payer knows
    And the payer has matched the member
    When the new payer reads the member's record
    Then the record is about the person asked for

  @req:PDEX-MMC-034 @needs:brute-force @slow
  Scenario: Guessing card numbers is noticed
    Given a made-up person
    When the new payer guesses 20 card numbers for the same person
    Then the payer takes measures against guessing

  @req:PDEX-MMC-040
  Scenario Outline: A request without the <part> is refused
    Given a member the payer knows
    And the payer has matched the member
    And the request has no <part>
    When the new payer asks for a match
    Then the payer refuses the request
    And the refusal explains itself

    Examples:
      | part     |
      | member   |
      | coverage |

  @req:PDEX-MMC-040
  Scenario: A request with an unknown part is refused
    Given a member the payer knows
    And the payer has matched the member
    And the request carries something the operation does not define
    When the new payer asks for a match
    Then the payer refuses the request
    And the refusal explains itself

  @req:PDEX-MMC-043
  Scenario Outline: The match is asked of members, by sending the request: <wrong way> does not work
    Given a member the payer knows
    And the payer has matched the member
    When the new payer tries the match <wrong way>
    Then the payer does not offer that

    Examples:
      | wrong way            |
      | by merely reading it |
      | on the whole server  |

  @req:PDEX-MMC-043
  Scenario: The match is asked of members, not of one member's record
    Given a member the payer knows
    And the payer has matched the member
    And the new payer reads the member's record
    When the new payer tries the match on one member's record
    Then the payer does not offer that

  @req:PDEX-MMC-044
  Scenario Outline: <something> is refused as malformed
    Given a member the payer knows
    And the payer has matched the member
    When the new payer sends <something>
    Then the payer refuses the request as malformed
    And the refusal explains itself

    Examples:
      | something                    |
      | text that is not JSON        |
      | a different kind of resource |
      | the request as plain text    |

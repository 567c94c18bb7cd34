@role:payer-server @guarded
Feature: A member's app is let in by the member
  An app that the payer knows sends the member to the payer. There the member logs in, sees who asks for what, and
  decides. Only then the app gets a token, for that member and no other.

  @req:PDEX-PAA-015
  Scenario Outline: An app finds out what it needs to get a token: <what>
    When an app reads how the payer gives out tokens
    Then it tells <what>

    Examples:
      | what                                         |
      | where members log in                         |
      | where tokens are given out                   |
      | that codes are bound to who asked for them   |
      | that apps can be started on their own        |
      | that it serves apps                          |
      | that a member can be chosen                  |
      | who the user is                              |

  @req:PDEX-PAA-001
  Scenario: Nobody decides for a member without logging in
    Given an app that the payer knows
    When the app sends somebody to the payer who does not log in
    Then the payer asks to log in, and gives no code to the app

  @req:PDEX-PAA-001
  Scenario: Nobody decides for a member with the wrong password
    Given an app that the payer knows
    When the app sends somebody to the payer who does not know the password
    Then the payer gives no code to the app

  @req:PDEX-PAA-002
  Scenario: The member sees which app asks for what, and decides
    Given an app that the payer knows
    When the app sends the member to the payer
    Then the member is shown which app asks for what before the app gets a code

  @req:PDEX-PAA-002
  Scenario: A member who does not want it is not overruled
    Given an app that the payer knows
    When the app sends the member to the payer, who refuses
    Then the app is told so, and gets no code

  @req:PDEX-PAA-006
  Scenario: The app gets a token for the member
    Given an app that the payer knows
    When the member lets the app in
    Then the app gets a token with its type, its lifetime and its scope
    And the token is for a member

  @req:PDEX-PAA-006
  Scenario Outline: A code is good once, and only for who asked for it: <misuse>
    Given an app that the payer knows
    When a code of the app is redeemed <misuse>
    Then no token is given out

    Examples:
      | misuse                          |
      | a second time                   |
      | without its secret              |
      | with another address to go back |

  @req:PDEX-PAA-006
  Scenario Outline: The app can tell that an answer is to its own question: <sent>
    Given an app that the payer knows
    When the app sends the member to the payer along with <sent>
    Then the app gets back what it has sent along

    Examples:
      | sent                                 |
      | letters and numbers                  |
      | marks that mean something in addresses |

  @req:PDEX-PAA-006
  Scenario Outline: An app that does not ask as it should gets no code: <mistake>
    Given an app that the payer knows
    When the app sends the member to the payer <mistake>
    Then the payer gives no code to the app

    Examples:
      | mistake                                  |
      | for the records of another server        |
      | without saying whose records it wants    |
      | with a challenge that anybody can answer |
      | for a token instead of a code            |

  @req:PDEX-PAA-010
  Scenario Outline: A member comes back to nothing but the app that the payer knows: <place>
    Given an app that the payer knows
    When the app sends the member to the payer, to come back at <place>
    Then the payer sends the member nowhere

    Examples:
      | place                                          |
      | a place of somebody else                       |
      | a place that only begins like its own          |
      | its own place with something more in the query |
      | its own place with a fragment                  |

  @req:PDEX-PAA-010
  Scenario: An app that the payer does not know gets no code
    Given an app that the payer knows
    When an app that the payer does not know sends the member to the payer
    Then the payer gives no code to anybody

  @req:PDEX-PAA-010
  Scenario: An app that the payer does not know gets no token
    Given an app that the payer knows
    When a code of the app is redeemed by an app that the payer does not know
    Then no token is given out

  @req:PDEX-PAA-008
  Scenario: A token that is had again is for no more than the first
    Given an app that the payer knows
    When the member lets the app in
    And the app has its token renewed, asking for more
    Then no token is given out, or one for no more than the first

  @req:PDEX-PAA-008
  Scenario: A token that is had again opens no other member's records
    Given an app that the payer knows
    And a member whose records the payer holds
    When the member lets the app in
    And the app has its token renewed
    And the app reads the record of that other member
    Then the payer keeps that to itself

  @req:PDEX-PAA-007
  Scenario Outline: The app's token opens nobody else's records: the app <attempt>
    Given an app that the payer knows
    And a member whose records the payer holds
    When the member lets the app in
    And the app <attempt>
    Then no record of that other member comes back

    Examples:
      | attempt                                             |
      | reads the record of that other member               |
      | searches that other member's claims                 |
      | asks for everything of that other member            |
      | asks for that other member's observations in a batch |
      | reads the contents of that other member's documents |

  @req:PDEX-PAA-004 @since:2.1.0
  Scenario: A member may leave sensitive records out
    Given an app that the payer knows
    When the member lets the app in, without what is sensitive
    Then the app finds none of the member's sensitive records
    When the member lets the app in, with all there is
    Then the app finds the member's sensitive records

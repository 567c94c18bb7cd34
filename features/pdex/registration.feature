@role:payer-server @guarded
Feature: Clients register themselves
  A payer may let clients register without a word between people: over mutual TLS, or by UDAP, where a certificate from
  an authority that both trust says who a client is.

  @req:PDEX-UDP-001 @since:2.1.0
  Scenario Outline: A payer that offers UDAP tells how: <what>
    Given a payer that offers UDAP
    When a client reads what the payer tells of UDAP
    Then it tells of UDAP <what>

    Examples:
      | what                               |
      | the version                        |
      | that clients can register          |
      | that clients may sign              |
      | that clients may act on their own  |
      | where to register                  |
      | where tokens are given out         |
      | which grants there are             |
      | which scopes there are             |

  @req:PDEX-UDP-002 @since:2.1.0
  Scenario Outline: What a payer tells of UDAP is signed: <what>
    Given a payer that offers UDAP
    When a client reads what the payer tells of UDAP
    Then the signed part <what>

    Examples:
      | what                            |
      | is signed as it says            |
      | is by the payer itself          |
      | is good for a year at most      |
      | names the same addresses        |

  @req:PDEX-UDP-003 @since:2.1.0 @writes
  Scenario: A client registers with a signed statement
    Given a payer that offers UDAP
    When a client registers with a signed statement
    Then it is registered and gets a name

  @req:PDEX-UDP-003 @since:2.1.0 @writes
  Scenario Outline: A client is not registered with a statement that <flaw>
    Given a payer that offers UDAP
    When a client registers with a statement that <flaw>
    Then it is not registered

    Examples:
      | flaw                          |
      | comes from an authority that nobody trusts |
      | is signed by somebody else    |
      | has expired                   |
      | is meant for another server   |

  @req:PDEX-UDP-004 @since:2.1.0 @writes
  Scenario: A registered client gets a token when it says what for
    Given a payer that offers UDAP
    And a client that has registered with a signed statement
    When the client asks for a token and says for whom and what for
    Then the client gets a token

  @req:PDEX-UDP-004 @since:2.1.0 @writes
  Scenario: A registered client gets no token when it does not say what for
    Given a payer that offers UDAP
    And a client that has registered with a signed statement
    When the client asks for a token and does not say what for
    Then the client gets no token

  @req:PDEX-UDP-008 @req:PDEX-PMM-029 @since:2.2.0 @writes
  Scenario: A client does not act for a provider whom the payer does not know
    Given a payer that offers UDAP
    And a client that has registered with a signed statement
    When the client asks for a token on behalf of the provider
    Then the client gets a token
    When the client asks for a token on behalf of a provider whom nobody knows
    Then the client gets no token

  @req:PDEX-UDP-009 @since:2.2.0
  Scenario: Clients need not rely on mutual TLS alone
    When a client looks for a way to show who it is
    Then it finds one that is not mutual TLS

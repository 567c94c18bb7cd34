@role:payer-server @guarded
Feature: How clients get tokens
  A client that is known to the payer shows who it is by what only it can sign, and gets a token for a short time and
  for no more than it was registered for.

  @req:PDEX-AUT-010 @since:2.1.0
  Scenario: Clients can be registered with a public key
    When a client reads how the payer gives out tokens
    Then clients may show who they are by a signature

  @req:PDEX-AUT-011 @since:2.1.0
  Scenario Outline: A client finds out what it needs to get a token: <what>
    When a client reads how the payer gives out tokens
    Then it tells <what>

    Examples:
      | what                                        |
      | where tokens are given out                  |
      | that clients may sign                       |
      | by which algorithms clients may sign        |
      | which scopes there are                      |
      | that it serves clients with keys of their own |
      | that it serves clients without a user       |

  @req:PDEX-AUT-012 @since:2.1.0
  Scenario: A token comes with all that a client must know of it
    When a client asks for a token
    Then it gets one with its type, its lifetime and its scope
    And the answer must not be kept by anybody on the way
    And it is for no more than was asked for

  @req:PDEX-AUT-013 @since:2.1.0
  Scenario: A token does not live longer than five minutes
    When a client asks for a token
    Then the token lives five minutes at most

  @req:PDEX-AUT-014 @since:2.1.0
  Scenario Outline: Who does not show who it is gets no token: the assertion <flaw>
    When a client asks for a token with an assertion that <flaw>
    Then no token is given out, for want of a client that is known

    Examples:
      | flaw                             |
      | is meant for another server      |
      | has expired                      |
      | was used before                  |
      | is signed by somebody else       |
      | is not signed                    |
      | names a key that nobody knows    |
      | is of a client that nobody knows |
      | has no number of its own         |
      | does not say what it is          |

  @req:PDEX-AUT-015 @since:2.1.0
  Scenario Outline: A client gets no more than it may have: <scope>
    When a client asks for a token for <scope>
    Then it gets none, or one for less

    Examples:
      | scope                     |
      | everything of one patient |
      | everything of one user    |

@guarded @since:2.1.0
Feature: The way between payers and providers is closed to others
  What goes between a payer and a provider is encrypted in a way that is not broken, and where they have agreed on
  mutual TLS, each shows by a certificate who it is.

  @role:data-source-server @role:data-consumer-server @req:CDEX-SEC-009
  Scenario: A version of TLS is spoken that is safe
    Given a server that is reached over TLS
    When a client offers TLS 1.3 or TLS 1.2
    Then the server accepts it

  @role:data-source-server @req:CDEX-SEC-009
  Scenario Outline: The provider speaks no version of TLS that is not safe any more: <version>
    Given a server that is reached over TLS
    When a client offers nothing better than <version>
    Then the server does not accept it

    Examples:
      | version |
      | TLS 1.1 |
      | TLS 1.0 |
      | SSL 3.0 |

  @role:data-consumer-server @req:CDEX-SEC-009
  Scenario Outline: The payer speaks no version of TLS that is not safe any more: <version>
    Given a server that is reached over TLS
    When a client offers nothing better than <version>
    Then the server does not accept it

    Examples:
      | version |
      | TLS 1.1 |
      | TLS 1.0 |

  @role:data-source-server @req:CDEX-SEC-010
  Scenario: The newest version of TLS is spoken
    Given a server that is reached over TLS
    When a client offers TLS 1.3
    Then the server accepts it

  @role:data-source-server @req:CDEX-SEC-012
  Scenario: A token is good only with the certificate it was given out for
    Given a provider that has agreed on mutual TLS
    When a client with another certificate reads the provider's records with the token of the payer
    Then the provider does not let it in, or breaks off

  @role:data-source-server @req:CDEX-SEC-012
  Scenario: Whoever asks about a token is told which certificate it is bound to
    Given a provider that has agreed on mutual TLS
    And a provider that tells of its tokens
    When a client asks what its token is good for
    Then it is told to which certificate the token is bound

  @role:data-source-server @req:CDEX-SEC-013
  Scenario Outline: A certificate that says nothing opens nothing: one <certificate>
    Given a provider that has agreed on mutual TLS
    When a client with a certificate <certificate> gets a token, and reads the provider's records with it
    Then the provider does not let it in, or breaks off

    Examples:
      | certificate                        |
      | that it signed itself              |
      | of an authority that nobody trusts |

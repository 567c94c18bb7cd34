@role:payer-server @guarded
Feature: The way to the payer is closed to others
  What goes between a payer and its partners is encrypted in a way that is not broken, and where they have agreed on
  mutual TLS, each shows by a certificate who it is.

  @req:PDEX-GEN-041
  Scenario: The payer speaks a version of TLS that is safe
    Given a server that is reached over TLS
    When a client offers TLS 1.3 or TLS 1.2
    Then the server accepts it

  Scenario Outline: The payer does not speak a version of TLS that is not safe any more: <version>
    Given a server that is reached over TLS
    When a client offers nothing better than <version>
    Then the server does not accept it

    Examples:
      | requirement                 | version |
      | PDEX-GEN-041                | TLS 1.1 |
      | PDEX-GEN-041                | TLS 1.0 |
      | PDEX-GEN-041                | SSL 3.0 |

  @since:2.1.0
  Scenario Outline: Exchanges need a version of TLS that is safe: <version>
    Given a server that is reached over TLS
    When a client offers nothing better than <version>
    Then the server does not accept it

    Examples:
      | requirement                 | version |
      | PDEX-SEC-001 PDEX-BLK-018   | TLS 1.1 |
      | PDEX-SEC-001 PDEX-BLK-018   | TLS 1.0 |

  @req:PDEX-SEC-001 @since:2.1.0
  Scenario: The payer does not use ciphers that are broken
    Given a server that is reached over TLS
    When a client offers nothing better than broken ciphers
    Then the server does not accept it

  @req:PDEX-GEN-041
  Scenario: Without TLS the payer tells nothing
    Given a server that is reached over TLS
    When a client asks without TLS
    Then the payer tells nothing of a member

  @req:PDEX-AUT-022 @until:2.0.0 @writes
  Scenario: The match needs a certificate
    Given a payer that has agreed on mutual TLS
    And a member the payer knows
    When a client without a certificate gets a token, and asks for a match with it
    Then the payer does not let it in, or breaks off

  @req:PDEX-AUT-023 @since:2.1.0 @writes
  Scenario: The match needs a certificate where mutual TLS has been agreed on
    Given a payer that has agreed on mutual TLS
    And a member the payer knows
    When a client without a certificate gets a token, and asks for a match with it
    Then the payer does not let it in, or breaks off

  @req:PDEX-AUT-024 @until:2.0.0 @writes
  Scenario: A client registers with its certificate
    Given a payer that has agreed on mutual TLS
    When a client registers itself with its certificate
    Then it is registered and gets a name

  @req:PDEX-AUT-025 @since:2.1.0 @writes
  Scenario: A client registers with its certificate where that is offered
    Given a payer that has agreed on mutual TLS
    When a client registers itself with its certificate
    Then it is registered and gets a name

  @req:PDEX-MTL-007 @writes
  Scenario: No client registers without a certificate
    Given a payer that has agreed on mutual TLS
    When a client registers itself without a certificate
    Then the payer does not let it in, or breaks off

  @req:PDEX-SEC-003 @since:2.1.0
  Scenario: A token is good only with the certificate it was given out for
    Given a payer that has agreed on mutual TLS
    And a member whose records the payer holds
    When a client with another certificate reads the member's record with the token of the new payer
    Then the payer does not let it in, or breaks off

  @req:PDEX-SEC-003 @since:2.1.0
  Scenario: Whoever asks about a token is told which certificate it is bound to
    Given a payer that has agreed on mutual TLS
    And a payer that tells of its tokens
    When a client asks what its token is good for
    Then it is told to which certificate the token is bound

  @req:PDEX-SEC-004 @since:2.1.0
  Scenario Outline: A certificate that says nothing opens nothing: one <certificate>
    Given a payer that has agreed on mutual TLS
    And a member whose records the payer holds
    When a client with a certificate <certificate> gets a token, and reads the member's record with it
    Then the payer does not let it in, or breaks off

    Examples:
      | certificate                        |
      | that it signed itself              |
      | of an authority that nobody trusts |

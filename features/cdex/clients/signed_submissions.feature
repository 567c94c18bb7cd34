@role:data-source-client
Feature: A provider signs documentation
  A payer may want documentation signed. Then whoever reads it can find out who has signed it, and that nobody has
  changed it since.

  Background:
    When the provider submits documentation that must be signed

  @req:CDEX-SIG-005
  Scenario: Answers are signed where the payer asks for that
    Then the answers among it are signed

  Scenario Outline: Signatures on documentation keep the rules: <rule>
    Then the signatures on the documentation keep the rule: <rule>

    Examples:
      | requirement  | rule                                              |
      | CDEX-SIG-008 | it is a JSON Web Signature without its payload    |
      | CDEX-SIG-011 | the signature itself is not signed                |
      | CDEX-SIG-012 | the canonical form is signed                      |
      | CDEX-SIG-016 | id and meta of documents are not signed           |
      | CDEX-SIG-017 | id and meta of answers are not signed             |
      | CDEX-SIG-024 | the certificate of the signer comes with it       |
      | CDEX-SIG-026 | it is made with the digest that is preferred      |
      | CDEX-SIG-027 | a single signature is written in the compact form |
      | CDEX-SIG-029 | the whole of it is written in base64              |
      | CDEX-SIG-034 | the key of the signer is for signatures           |
      | CDEX-SIG-035 | the certificate of the signer is valid            |

  @since:2.1.0 @req:CDEX-SIG-051
  Scenario: Signed answers hold to their profile
    Then the signed answers among it hold to their profile

  @since:3.0.0-ballot @req:CDEX-SIG-006
  Scenario: Signatures keep to the profile of digital signatures
    Then the signatures on submitted answers have the form that the guide gives them

  @until:2.1.0 @req:CDEX-SIG-007
  Scenario: Signatures keep to the profile of signatures
    Then the signatures on submitted answers have the form that the guide gives them

  @until:2.1.0
  Scenario Outline: Signatures on documentation keep the rules of 2.1.0: <rule>
    Then the signatures on the documentation keep the rule: <rule>

    Examples:
      | requirement  | rule                                    |
      | CDEX-SIG-009 | it is a JSON Web Signature              |
      | CDEX-SIG-023 | algorithm and kind of key are named     |
      | CDEX-SIG-032 | the certificate tells who the signer is |
      | CDEX-SIG-046 | its type tells that it is a verification |
      | CDEX-SIG-047 | it tells who signed                     |
      | CDEX-SIG-048 | who signed has a number of a known kind |
      | CDEX-SIG-049 | it has data                             |

  @since:3.0.0-ballot
  Scenario Outline: Signatures on documentation keep the rules of 3.0.0: <rule>
    Then the signatures on the documentation keep the rule: <rule>

    Examples:
      | requirement  | rule                                                    |
      | CDEX-SIG-010 | the format of the signature is named                    |
      | CDEX-SIG-013 | the canonical form is named                             |
      | CDEX-SIG-019 | the header tells what the signer commits to             |
      | CDEX-SIG-020 | the signer commits to verification                      |
      | CDEX-SIG-021 | what the signer commits to is the type of the signature |
      | CDEX-SIG-022 | the algorithm is named                                  |
      | CDEX-SIG-025 | the header tells when it was made                       |
      | CDEX-SIG-030 | the certificate has an alternative name                 |
      | CDEX-SIG-031 | the certificate is that of the signer                   |
      | CDEX-SIG-039 | its type tells that it is a verification                |
      | CDEX-SIG-040 | it tells when it was made                               |
      | CDEX-SIG-041 | it tells who signed                                     |
      | CDEX-SIG-042 | who signed has a number                                 |
      | CDEX-SIG-043 | the canonical form is one that is fixed                 |
      | CDEX-SIG-044 | the format of the signature is one that is fixed        |
      | CDEX-SIG-045 | it has data                                             |

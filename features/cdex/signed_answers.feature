@role:data-source-server
Feature: Signed answers
  A payer and a provider may have agreed on signatures. Then answers to a questionnaire come signed when the
  Task says so, and whoever gets them can find out who signed them and that nobody has changed them since.

  Background:
    Given a provider that has agreed on signatures
    And a member who is a patient of the provider
    And a Task that asks for answers to a questionnaire
    And the Task says that a signature is needed
    When the payer sends the Task
    And the payer follows the Task to its end

  @req:CDEX-TB-036 @req:CDEX-SIG-005 @writes
  Scenario: Answers are signed when the payer asks for that
    Then the answers are signed

  @req:CDEX-CAP-024 @writes
  Scenario: Signatures on answers look as their profile says
    Then the signatures on the answers have the form that the guide gives them

  @req:CDEX-GEN-012 @writes
  Scenario: Signatures on answers hold
    Then the signatures on the answers hold

  @writes
  Scenario Outline: Signatures on answers keep the rules: <rule>
    Then the signatures on the answers keep the rule: <rule>

    Examples:
      | requirement  | rule                                                            |
      | CDEX-SIG-008 | it is a JSON Web Signature without its payload                  |
      | CDEX-SIG-011 | the signature itself is not signed                              |
      | CDEX-SIG-012 | the canonical form is signed                                    |
      | CDEX-SIG-017 | id and meta are not signed                                      |
      | CDEX-SIG-027 | a single signature is written in the compact form               |
      | CDEX-SIG-029 | the whole of it is written in base64                            |
      | CDEX-SIG-026 | it is made with the digest that is preferred                    |
      | CDEX-SIG-033 | an authority that is trusted vouches for the signer             |
      | CDEX-SIG-034 | the key of the signer is for signatures                         |
      | CDEX-SIG-035 | the certificate of the signer is valid                          |

  @req:CDEX-SIG-018 @writes
  Scenario: Signatures on single answers leave out what names the answer
    Then the signatures on single answers keep the rule: id is not signed

  @since:2.1.0 @req:CDEX-SIG-051 @writes
  Scenario: Signed answers hold to their profile
    Then the signed answers hold to their profile

  @req:CDEX-SIG-024 @writes
  Scenario: Signatures on answers bring the certificate of the signer
    Then the signatures on the answers keep the rule: the certificate comes with it

  @since:3.0.0-ballot @req:CDEX-SIG-006 @writes
  Scenario: Signatures on answers keep to the profile of digital signatures
    Then the signatures on the answers have the form that the guide gives them

  @until:2.1.0 @req:CDEX-SIG-007 @writes
  Scenario: Signatures on answers keep to the profile of signatures
    Then the signatures on the answers have the form that the guide gives them

  @until:2.1.0 @writes
  Scenario Outline: Signatures on answers keep the rules of 2.1.0: <rule>
    Then the signatures on the answers keep the rule: <rule>

    Examples:
      | requirement  | rule                                                            |
      | CDEX-SIG-009 | it is a JSON Web Signature                                      |
      | CDEX-SIG-023 | algorithm and kind of key are named                             |
      | CDEX-SIG-032 | the certificate tells who the signer is                         |
      | CDEX-SIG-046 | its type tells that it is a verification                        |
      | CDEX-SIG-047 | it tells who signed                                             |
      | CDEX-SIG-048 | who signed has a number of a known kind                         |
      | CDEX-SIG-049 | it has data                                                     |

  @since:3.0.0-ballot @writes
  Scenario Outline: Signatures on answers keep the rules of 3.0.0: <rule>
    Then the signatures on the answers keep the rule: <rule>

    Examples:
      | requirement  | rule                                                            |
      | CDEX-SIG-010 | the format of the signature is named                            |
      | CDEX-SIG-013 | the canonical form is named                                     |
      | CDEX-SIG-019 | the header tells what the signer commits to                     |
      | CDEX-SIG-020 | the signer commits to verification                              |
      | CDEX-SIG-021 | what the signer commits to is the type of the signature         |
      | CDEX-SIG-022 | the algorithm is named                                          |
      | CDEX-SIG-025 | the header tells when it was made                               |
      | CDEX-SIG-030 | the certificate has an alternative name                         |
      | CDEX-SIG-031 | the certificate is that of the signer                           |
      | CDEX-SIG-039 | its type tells that it is a verification                        |
      | CDEX-SIG-040 | it tells when it was made                                       |
      | CDEX-SIG-041 | it tells who signed                                             |
      | CDEX-SIG-042 | who signed has a number                                         |
      | CDEX-SIG-043 | the canonical form is one that is fixed                         |
      | CDEX-SIG-044 | the format of the signature is one that is fixed                |
      | CDEX-SIG-045 | it has data                                                     |

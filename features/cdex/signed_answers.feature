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
      | CDEX-SIG-029 | the whole of it is written in base64                            |

  @until:2.1.0 @writes
  Scenario Outline: Signatures on answers keep the rules of 2.1.0: <rule>
    Then the signatures on the answers keep the rule: <rule>

    Examples:
      | requirement  | rule                                                            |
      | CDEX-SIG-009 | it is a JSON Web Signature                                      |
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
      | CDEX-SIG-039 | its type tells that it is a verification                        |
      | CDEX-SIG-040 | it tells when it was made                                       |
      | CDEX-SIG-041 | it tells who signed                                             |
      | CDEX-SIG-042 | who signed has a number                                         |
      | CDEX-SIG-043 | the canonical form is one that is fixed                         |
      | CDEX-SIG-044 | the format of the signature is one that is fixed                |
      | CDEX-SIG-045 | it has data                                                     |

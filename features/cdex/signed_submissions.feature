@role:data-consumer-server
Feature: Signed documentation
  Payer and provider may have agreed that documentation is signed. Then a signature is worth something
  only if the payer refuses the ones that do not hold.

  @req:CDEX-SA-033 @writes
  Scenario Outline: A signature that does not hold is refused: <why>
    Given a payer that looks at signatures
    And a claim that lacks documentation
    And a clinical document of several records as its documentation
    And the payer takes it unsigned
    And the provider signs it <how>
    When the provider submits it
    Then the payer refuses it because of its signature

    Examples:
      | why                     | how                                     |
      | changed after signing   | and changes a word afterwards           |
      | the certificate is old  | with a certificate that has expired     |
      | nobody has signed       | with the algorithm none                 |
      | anybody could sign so   | with the public key as a secret         |

  @since:3.0.0-ballot @writes
  Scenario Outline: A signature that contradicts itself is refused: <why>
    Given a payer that looks at signatures
    And a claim that lacks documentation
    And a clinical document of several records as its documentation
    And the payer takes it unsigned
    And the provider signs it <how>
    When the provider submits it
    Then the payer refuses it because of its signature

    Examples:
      | requirement  | why                    | how                                    |
      | CDEX-VER-001 | somebody else signed   | with the certificate of somebody else  |
      | CDEX-VER-002 | of another type        | with another commitment in the header  |
      | CDEX-VER-003 | signed at another time | with another time in the header        |

  @req:CDEX-GEN-022 @writes
  Scenario: Documentation with a good signature is taken
    Given a payer that looks at signatures
    And a claim that lacks documentation
    And a clinical document of several records as its documentation
    And the payer takes it unsigned
    And the provider signs it
    When the provider submits it
    Then the payer takes it

  @req:CDEX-SA-034 @writes
  Scenario: Signed documentation was asked for, and no other is taken
    Given a payer that looks at signatures
    And a claim about which the payer has asked for signed documentation
    And a clinical document of several records as its documentation
    When the provider submits it
    Then the payer refuses it because it is not signed

  @req:CDEX-CAP-089 @writes
  Scenario: Signed answers are kept as they were signed
    Given a payer that looks at signatures
    And a payer that asks by questionnaires
    And a prior authorization that lacks documentation
    And answers to a questionnaire as its documentation
    And the payer takes it unsigned
    And they have a number of their own
    And the provider signs it
    When the provider submits it
    Then the answers that the payer keeps are signed as they were, as far as it offers them

@role:data-source-server @signing
Feature: Signed search results
  A payer and a provider may have agreed that everything is signed. Then each search is answered with a
  Bundle that the provider has signed, and nothing is read one by one, because a single record has no
  place for a signature.

  Background:
    Given a provider that has agreed to sign everything
    And a member who is a patient of the provider
    When the payer asks for the patient's active conditions

  @req:CDEX-DQ-012
  Scenario: Search results are signed by the provider itself
    Then the results are signed by the organization that sends them

  @req:CDEX-SIG-050
  Scenario: Signatures on search results look as their profile says
    Then the signature on the results has the form that the guide gives it

  @req:CDEX-CAP-008
  Scenario: Signed search results hold to the profile of signed Bundles
    Then the signature on the results has the form that the guide gives it
    And the results hold to the profile of signed Bundles

  @req:CDEX-GEN-012
  Scenario: Signatures on search results hold
    Then the signature on the results holds

  @req:CDEX-SIG-016
  Scenario: Signatures on search results leave out what names the Bundle
    Then the signature on the results keeps the rule: id and meta are not signed

  @req:CDEX-DQ-016
  Scenario: A record that is read by itself is refused
    When the payer reads one of them by itself
    Then the provider says that it has to be searched for

  @req:CDEX-DQ-016
  Scenario: A record that is searched for by its id comes signed
    When the payer searches for one of them by its id
    Then that one is found and signed

  @req:CDEX-DQ-017 @writes
  Scenario: Signed answers among signed search results stay as they were signed
    Given a Task that asks for answers to a questionnaire
    And the Task says that a signature is needed
    When the payer sends the Task
    And the payer follows the Task to its end
    And the payer searches for the answers by their id
    Then the signature on the results holds
    And what is signed on its own among the results holds, too

  @req:CDEX-TB-046 @writes
  Scenario: What a Task asks for with a signature comes as a signed document
    Given a Task that asks for the active conditions
    And the Task says that a signature is needed
    When the payer sends the Task
    And the payer follows the Task to its end
    Then all that it refers to is signed

@guarded
Feature: Nobody is served without credentials
  What a provider knows of its patients, and a payer of its members, is for those who may have it. Whoever comes
  without a valid token is turned away and learns nothing.

  @role:data-source-server @req:CDEX-SEC-011 @since:2.1.0
  Scenario Outline: The provider shows nothing to a client <token>
    Given a member who is a patient of the provider
    When a client <token> searches the patient's conditions
    Then the provider asks for a valid token
    And nothing of the member is told

    Examples:
      | token                           |
      | without a token                 |
      | with a made-up token            |
      | with a token of somebody else's |

  @role:data-source-server @req:CDEX-SEC-011 @since:2.1.0
  Scenario: The provider shows a client with a token what it asks for
    Given a member who is a patient of the provider
    When a client with a new token searches the patient's conditions
    Then the provider lets it in

  @role:data-source-server @req:CDEX-SEC-002
  Scenario: Who lets an app in opens the records of their own patients alone
    Given an app that the provider knows
    And a patient whom the user of the app must not see
    When the user lets the app in
    And the app reads the record of its own patient
    Then the provider shows it
    When the app reads the record of that other patient
    Then the provider keeps that to itself

  @role:data-consumer-server @req:CDEX-SEC-011 @since:2.1.0 @writes
  Scenario: The payer takes nothing from a client without a token
    Given a claim that lacks documentation
    And a progress note as its documentation
    When somebody without credentials submits it
    Then the payer does not let that in

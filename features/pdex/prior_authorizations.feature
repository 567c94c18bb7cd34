@role:payer-server
Feature: Prior authorizations
  A provider asks whether a service will be covered, and the plan decides. Members, and whoever pays or
  cares for them next, see every request: whether it is pending, approved or denied, for how much and
  how long, how much of it was used, and why it was denied.

  @req:PDEX-PA-005
  Scenario: Prior authorizations can be told from claims
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then each is marked as a prior authorization

  @req:PDEX-PA-004
  Scenario: Every prior authorization says how it stands
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then each says how it stands

  @req:PDEX-PA-001
  Scenario: A pending prior authorization says what was asked for
    Given a member of the payer
    When an app reads the member's pending prior authorizations
    Then each says what was asked for and when

  @req:PDEX-PA-001
  Scenario: An approved prior authorization says for how long and for how much
    Given a member of the payer
    When an app reads the member's approved prior authorizations
    Then each says what was asked for and when
    And each has its number, a start and an end
    And each says how many units are approved

  @req:PDEX-PA-001
  Scenario: The units used so far are shown
    Given a member of the payer
    When an app reads the member's approved prior authorizations
    Then the units used so far are shown

  @req:PDEX-PA-001
  Scenario: An approval that has ended still says what it was
    Given a member of the payer
    When an app reads the member's expired prior authorizations
    Then each has its number, a start and an end
    And each says how many units are approved

  @req:PDEX-PA-004
  Scenario: A denied prior authorization gives the reason
    Given a member of the payer
    When an app reads the member's denied prior authorizations
    Then each gives the reason of the denial

  @req:PDEX-PA-004
  Scenario: A prior authorization denied in part says which part, and why
    Given a member of the payer
    When an app reads the member's partly denied prior authorizations
    Then each says of every service whether it is approved
    And each gives the reason of the denial

  @req:PDEX-PA-001
  Scenario: A prior authorization denied in part says how much is approved
    Given a member of the payer
    When an app reads the member's partly denied prior authorizations
    Then each has its number, a start and an end
    And each says how many units are approved

  @req:PDEX-PA-011
  Scenario: The date of a decision is shown
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then the date of a decision is shown

  @req:PDEX-PA-012
  Scenario: Amounts stand under codes for amounts
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then an amount is shown under a code for amounts

  @req:PDEX-TRM-001
  Scenario: Units and reasons are marked with the codes of PDex
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then units and reasons are marked with the codes of PDex

  @req:PDEX-TRM-002
  Scenario: Totals are marked with the codes of PDex
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then totals are marked with the codes of PDex

  @req:PDEX-TRM-008
  Scenario: Licensed codes are under the right system
    Given a member of the payer
    When an app reads the member's prior authorizations
    Then licensed codes are under the right system

  @req:PDEX-PA-006
  Scenario: Prior authorizations can be searched by their use, where that is offered
    Given a member of the payer
    And an app reads the member's prior authorizations
    When an app searches for prior authorizations by use
    Then only prior authorizations are found, or the payer says it cannot

  @req:PDEX-PA-007
  Scenario: Prior authorizations can be searched by their profile, where that is offered
    Given a member of the payer
    And an app reads the member's prior authorizations
    When an app searches for prior authorizations by profile
    Then only prior authorizations are found, or the payer says it cannot

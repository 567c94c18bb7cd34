@role:data-source-server
Feature: Subscriptions to Tasks
  A payer need not look at its Tasks again and again: a provider may offer to tell it when one has
  changed. The payer subscribes, answers a handshake, hears of each change and reads the Task then.

  @req:CDEX-CAP-025
  Scenario: Subscriptions are offered
    Given the provider's declaration
    Then it offers Subscription records

  @req:CDEX-CAP-026
  Scenario: Subscriptions can be created, searched, read and updated
    Given the provider's declaration
    Then Subscription records can be created, searched, read, read by version, updated by declaration

  @req:CDEX-SUB-004 @since:2.1.0
  Scenario: The topic of Tasks can be discovered
    Given a provider that offers subscriptions
    Then the topic of Tasks can be discovered

  @req:CDEX-SUB-005 @since:2.1.0
  Scenario: The topic of Tasks is declared as topics are
    Given a provider that offers subscriptions
    Then the topic of Tasks is declared as topics are

  @req:CDEX-SUB-020 @since:2.1.0
  Scenario: The profile of subscriptions is declared
    Given a provider that offers subscriptions
    Then subscriptions have the profile of the Backport

  @req:CDEX-SUB-021 @since:2.1.0
  Scenario: The provider is a server of the Backport
    Given a provider that offers subscriptions
    Then it says that it is a server of the Backport

  @req:CDEX-SUB-002 @req:CDEX-SUB-012 @req:CDEX-SUB-015 @req:CDEX-SUB-019 @since:2.1.0 @writes
  Scenario: The topic of Tasks can be subscribed to, by rest-hook and with ids only
    Given a provider that offers subscriptions
    When the payer subscribes to Tasks
    Then the provider accepts the subscription

  @req:CDEX-SUB-025 @since:2.1.0 @writes
  Scenario: A subscription begins as requested and becomes active
    Given a provider that offers subscriptions
    When the payer subscribes to Tasks
    Then the subscription begins as requested
    And a handshake comes to the payer's desk
    And the subscription becomes active

  @req:CDEX-SUB-025 @since:2.1.0 @writes
  Scenario: A subscription whose handshake is refused does not become active
    Given a provider that offers subscriptions
    When the payer subscribes to Tasks and refuses to be notified
    Then the subscription becomes error

  @req:CDEX-SUB-001 @req:CDEX-SUB-010 @req:CDEX-TB-037 @since:2.1.0 @writes
  Scenario: The payer hears of a Task that has changed, and reads it
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the payer is notified of the Task

  @req:CDEX-SUB-013 @since:2.1.0 @writes
  Scenario: The payer hears of it in XML when it subscribes so
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks in XML
    Then the provider accepts the subscription
    And the subscription becomes active
    Given a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the payer is notified of the Task in XML

  @req:CDEX-SUB-011 @until:2.0.0 @writes
  Scenario: The payer hears of Tasks that its query finds
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the payer is notified of the Task

  @req:CDEX-SUB-017 @since:2.1.0 @writes
  Scenario: A subscription can be read and changed
    Given a provider that offers subscriptions
    When the payer subscribes to Tasks
    And the subscription becomes active
    Then the subscription can be read and changed

  @req:CDEX-SUB-018 @since:2.1.0 @writes
  Scenario: How a subscription stands can be asked for
    Given a provider that offers subscriptions
    When the payer subscribes to Tasks
    And the subscription becomes active
    Then the status of the subscription can be asked for

  @req:CDEX-SUB-022 @since:2.1.0 @writes
  Scenario: A topic that is not offered is refused
    Given a provider that offers subscriptions
    When the payer subscribes to a topic nobody has
    Then the provider refuses the subscription

  @req:CDEX-SUB-023 @since:2.1.0 @writes
  Scenario Outline: What is not offered is refused: a subscription <how>
    Given a provider that offers subscriptions
    When the payer subscribes <how>
    Then the provider refuses the subscription

    Examples:
      | how                           |
      | by a channel nobody has       |
      | for contents that are not ids |

  @req:CDEX-SUB-024 @since:2.1.0 @writes
  Scenario Outline: Tasks of <what> are not told of
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks of <what>
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the payer is not notified of the Task

    Examples:
      | what              |
      | another requester |
      | another owner     |
      | another status    |
      | another code      |

  @req:CDEX-SUB-024 @since:2.1.0 @writes
  Scenario: Tasks that the filter lets through are told of
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks of its own requests
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the payer is notified of the Task

  @req:CDEX-SUB-026 @since:2.1.0 @writes
  Scenario: Notifications have the content type and the headers of the subscription
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then every notification has the content type and the header of the subscription

  @req:CDEX-SUB-027 @since:2.1.0 @writes
  Scenario: Notifications are what their profile says
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then every notification is a history whose first entry tells the status

  @req:CDEX-SUB-028 @since:2.1.0 @writes
  Scenario: Notifications hold no more than ids
    Given a provider that offers subscriptions
    And a member who is a patient of the provider
    And the payer subscribes to Tasks
    And the subscription becomes active
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then no notification holds more than ids

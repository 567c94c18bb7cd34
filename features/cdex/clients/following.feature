@role:data-consumer-client
Feature: A payer follows its Tasks
  A provider takes its time. The payer looks at its Tasks until they have ended, or is told when they change, and
  fetches what they have brought. It goes on when a provider says more than it had to.

  @req:CDEX-TB-033
  Scenario: The payer looks at a Task until it has ended
    When the payer sends Tasks
    Then it looks at one of them again and again until that has ended

  @req:CDEX-MS-007
  Scenario: The payer goes on when a Task says all it can
    When the provider says all that a Task can say
    Then the payer looks at these Tasks again

  @req:CDEX-MS-010
  Scenario: The payer goes on when a Task says more than it knows
    When the provider says more of a Task than the guide knows
    Then the payer looks at these Tasks again

  @req:CDEX-TB-023
  Scenario: The payer fetches what a Task refers to
    When a Task has brought data
    Then the payer fetches what it refers to

  @req:CDEX-DTR-007
  Scenario: The payer fetches answers to a Questionnaire
    When a Task has brought answers to a Questionnaire
    Then the payer fetches what it refers to

  @req:CDEX-DQ-015 @req:CDEX-TB-024
  Scenario: What has to be signed is searched for
    When a Task has brought data that has to be signed
    Then the payer fetches it by searches alone

  @since:2.1.0 @req:CDEX-SUB-014
  Scenario: The payer takes notifications
    When the payer subscribes to its Tasks
    Then it answers every handshake with success

  @since:2.1.0 @req:CDEX-SUB-029
  Scenario: The payer takes every message about its subscription
    When the payer subscribes to its Tasks
    Then it answers every message about its subscription with success

  @since:2.1.0 @req:CDEX-SUB-009
  Scenario Outline: The payer subscribes as the guide says: <place>
    When the payer subscribes to its Tasks
    Then in each of them <place> is <value>

    Examples:
      | place                                | value                 |
      | status                               | requested             |
      | channel.type                         | rest-hook             |
      | channel.payload                      | application/fhir+json |
      | channel._payload.extension.valueCode | id-only               |

  @since:2.1.0 @req:CDEX-SUB-009
  Scenario: The payer subscribes to the topic of Tasks
    When the payer subscribes to its Tasks
    Then each of them is for the topic of Tasks

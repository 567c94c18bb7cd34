@role:data-source-server
Feature: How a Task moves
  A payer that has asked by a Task looks at it again and again. Its status says how far the provider
  is, and its end whether there is data, and if not, why.

  @req:CDEX-TB-002 @writes
  Scenario: One Task carries the request and the result
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then each change of it is a new version of the same Task

  @req:CDEX-TB-003 @writes
  Scenario: A Task is taken and has an address
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    Then the Task is taken

  @req:CDEX-TB-016 @since:2.1.0 @writes
  Scenario Outline: A Task is <status> at some point
    Given Tasks that came to every end
    Then one of them is <status>

    Examples:
      | status      |
      | requested   |
      | accepted    |
      | in-progress |
      | on-hold     |
      | completed   |
      | failed      |
      | rejected    |

  @req:CDEX-TB-016 @since:2.1.0 @writes
  Scenario: A Task has no other status than those of the guide
    Given a patient whose records a clinician looks at first
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then its statuses are among those of the guide

  @req:CDEX-TB-017 @since:2.1.0 @writes
  Scenario: A Task moves as the guide draws it
    Given a patient whose records a clinician looks at first
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then its statuses follow each other as the guide draws them

  @req:CDEX-TB-019 @since:2.1.0 @writes
  Scenario: The provider says how far it is
    Given a patient whose records a clinician looks at first
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the provider says in words how far it is

  @req:CDEX-TB-020 @writes
  Scenario Outline: A Task cannot be set to <status>
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then setting its status to <status> changes nothing

    Examples:
      | status           |
      | cancelled        |
      | draft            |
      | received         |
      | ready            |
      | entered-in-error |

  @req:CDEX-TB-029 @writes
  Scenario: Where there is no data, the Task fails and says why
    Given a patient of whom the provider knows nothing else
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task ends as failed
    And it says in words why
    And it holds no data

  @req:CDEX-TB-031 @writes
  Scenario: Where nothing may be told, the Task is rejected and says why
    Given a patient about whom nothing may be told
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task ends as rejected
    And it says in words why
    And it holds no data

  @req:CDEX-TB-031 @writes
  Scenario: A stranger's Task is rejected and says why
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task comes from a stranger
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task ends as rejected
    And it says in words why

  @req:CDEX-SEC-005 @writes
  Scenario: What may not be told is not released
    Given a patient about whom nothing may be told
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task ends as failed or rejected
    And it holds no data

  @req:CDEX-SEC-015 @since:2.1.0 @writes
  Scenario: Who has no right to a record is told nothing of it
    Given a patient about whom nothing may be told
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then it holds no data

  @req:CDEX-TB-032 @writes
  Scenario: A Task is found by its number
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task is found by number
    And each change of it is a new version of the same Task

  @req:CDEX-HRX-004 @since:2.1.0 @writes
  Scenario: Tasks that were changed can be asked for
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task is among those changed since it was sent

  @req:CDEX-CAP-029 @writes
  Scenario: Each version of a Task can be read, and a Task corrected
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then its first version can be read
    And the payer may correct it

@role:data-source-server
Feature: Requests for data by a Task
  A payer says in a Task what it needs. The provider looks it up, perhaps has somebody look at it,
  puts the data into the Task or says where it is.

  @req:CDEX-TB-005 @writes
  Scenario Outline: A Task that asks for <what> comes to an end
    Given a member who is a patient of the provider
    And a Task that asks for <what>
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or failed

    Examples:
      | what                  |
      | the active conditions |
      | the HbA1c results     |
      | the progress notes    |

  @req:CDEX-TB-006 @writes
  Scenario: Data can be asked for in words
    Given a member who is a patient of the provider
    And a Task that asks for notes in words
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or rejected

  @req:CDEX-TB-007 @writes
  Scenario: Answers to a Questionnaire can be asked for
    Given a member who is a patient of the provider
    And a Task that asks for answers to a questionnaire
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or rejected

  @req:CDEX-TB-008 @req:CDEX-TB-025 @writes
  Scenario Outline: What comes of a request for <what> can be had
    Given a member who is a patient of the provider
    And a Task that asks for <what>
    When the payer sends the Task
    And the payer follows the Task to its end
    Then everything it refers to can be had

    Examples:
      | what                          |
      | a single result               |
      | the progress notes            |
      | notes in words                |
      | answers to a questionnaire    |

  @req:CDEX-TB-021 @writes
  Scenario: A completed Task refers to its data
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then it refers to what was asked for

  @req:CDEX-TB-022 @writes
  Scenario: Data may come in the Task itself
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then data in the Task itself is a search set

  @req:CDEX-TB-027 @writes
  Scenario Outline: A Task that asks for <what> brings what the same search finds
    Given a member who is a patient of the provider
    And a Task that asks for <what>
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the data is what the same search finds

    Examples:
      | what                  |
      | the active conditions |
      | the HbA1c results     |
      | a single result       |

  @req:CDEX-TB-027 @writes
  Scenario: The data is about the patient
    Given another member who is a patient of the provider
    And a Task that asks for the active conditions
    When the payer sends the Task
    And the payer follows the Task to its end
    Then all of the data is about the patient

  @req:CDEX-TB-028 @writes
  Scenario: A Task that asks for progress notes brings them
    Given a member who is a patient of the provider
    And a Task that asks for the progress notes
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the data is progress notes with their text

  @req:CDEX-TB-038 @writes
  Scenario: Where data is from may be asked for with it
    Given a member who is a patient of the provider
    And a Task that asks for the conditions and where they come from
    When the payer sends the Task
    And the payer follows the Task to its end
    Then where the data comes from is told with it

  @req:CDEX-TB-039 @writes
  Scenario: A Task may refer to a formal authorization
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task refers to a formal authorization
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then what the payer said as basedOn is kept

  @req:CDEX-TB-042 @writes
  Scenario: A formal authorization can be looked at where the payer has it
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task rests on a formal authorization at the payer's desk
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the provider has looked at the authorization

  @req:CDEX-TB-052 @since:2.1.0 @writes
  Scenario Outline: A Task may tell the <about> it is about
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task names the <about> it is about
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then what the payer said as reasonReference is kept

    Examples:
      | about    |
      | claim    |
      | coverage |

  @req:CDEX-TB-010 @writes
  Scenario: A Task may tell what the data is for
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task names the purpose of use
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then the Task ends as completed or rejected

  @req:CDEX-TB-012 @writes
  Scenario: A Task may be tagged for a work queue
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task is tagged for a work queue
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task is found by tag

  @req:CDEX-DTR-005 @writes
  Scenario: A Questionnaire is answered, and the answers can be read
    Given a member who is a patient of the provider
    And a Task that asks for answers to a questionnaire
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the data is completed answers to that questionnaire

  @req:CDEX-DTR-004 @writes
  Scenario: Answers to a Questionnaire are records of the provider
    Given a member who is a patient of the provider
    And a Task that asks for answers to a questionnaire
    When the payer sends the Task
    And the payer follows the Task to its end
    Then the Task refers to the answers where the provider keeps them

  @req:CDEX-MS-008 @writes
  Scenario Outline: A Task that asks for <what> and says all it can is kept as it is
    Given a member who is a patient of the provider
    And a Task that asks for <what>
    And the Task says all that a request can say
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then all that the payer said in it is kept

    Examples:
      | what                       |
      | the active conditions      |
      | the progress notes         |
      | answers to a questionnaire |

  @req:CDEX-MS-009 @writes
  Scenario: A Task may hold more than its profile names
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task holds more than the profile names
    When the payer sends the Task
    Then the Task is taken

  @req:CDEX-MS-006 @writes
  Scenario Outline: The provider can fill in what is its own: <element> where one is <status>
    Given Tasks that came to every end
    Then one of them is <status>
    And some cdex-task-data-request record among them has <element>, and it always fits

    Examples:
      | status    | element             |
      | failed    | statusReason.text   |
      | completed | output              |
      | completed | businessStatus.text |

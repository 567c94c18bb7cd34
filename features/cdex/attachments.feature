@role:data-source-server
Feature: Requests for attachments
  A claim or a prior authorization lacks documentation. The payer says in a Task what it needs and
  where it wants it. The provider submits it there, and the Task then says how that ended.

  @req:CDEX-AR-004 @req:CDEX-AR-014 @writes
  Scenario: Progress notes are asked for by code
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the provider accepts the Task
    And the payer receives what it asked for, or hears why not

  @req:CDEX-AR-006 @req:CDEX-POU-005 @writes
  Scenario Outline: Attachments of a <about> are asked for
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a <about>
    When the payer sends the Task
    Then the provider accepts the Task
    And the payer receives what it asked for, or hears why not
    And what the payer said as reasonCode is kept

    Examples:
      | about               |
      | claim               |
      | prior authorization |

  @req:CDEX-CAP-010 @req:CDEX-CAP-015 @writes
  Scenario: The patient and the practitioner in the request are understood and kept
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the provider accepts the Task
    When the payer follows the Task to its end
    Then what the payer said as contained is kept

  @req:CDEX-AR-015 @writes
  Scenario: The documents that were asked for are submitted
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the payer receives what it asked for
    And it is a progress note with its text

  @req:CDEX-AR-015 @writes
  Scenario Outline: What is submitted repeats the <part> of the request
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the payer receives what it asked for
    And it comes with the <part> of the Task

    Examples:
      | part         |
      | tracking id  |
      | use          |
      | payer        |
      | organization |
      | provider     |
      | member       |
      | service date |
      | line         |
      | code         |

  @req:CDEX-AR-019 @writes
  Scenario: What was asked for comes before it is due
    Given a member who is a patient of the provider
    And a Task that asks for progress notes as attachments of a claim
    When the payer sends the Task
    Then the payer receives what it asked for in time

  @req:CDEX-AR-005 @req:CDEX-DTR-011 @writes
  Scenario: Answers to a Questionnaire are asked for as attachments
    Given a member who is a patient of the provider
    And a Task that asks for answers to a questionnaire as attachments of a prior authorization
    When the payer sends the Task
    Then the payer receives what it asked for
    And it is completed answers to the questionnaire

  @req:CDEX-ARP-012 @writes
  Scenario: The status of a request for attachments is one of the guide
    Given Tasks for attachments that came to every end
    Then every cdex-task-attachment-request record among them has status, and it fits

  @req:CDEX-ARP-013 @writes
  Scenario: The reason of the status of a request for attachments fits
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has statusReason, and it always fits

  @req:CDEX-ARP-014 @writes
  Scenario: The reason of the status of a request for attachments is told in words
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has statusReason.text, and it always fits

  @req:CDEX-ARP-076 @req:CDEX-AR-030 @writes
  Scenario: What a request for attachments refers to fits
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output, and it always fits

  @req:CDEX-ARP-077 @since:2.1.0 @writes
  Scenario: What was submitted is said to be that
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:AttachmentsNeeded.type, and it always fits

  @req:CDEX-ARP-078 @until:2.0.0 @writes
  Scenario: What was submitted is said to be data
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:data.type, and it always fits

  @req:CDEX-ARP-079 @since:2.1.0 @writes
  Scenario: What was submitted is referred to
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:AttachmentsNeeded.value[x], and it always fits

  @req:CDEX-ARP-079 @until:2.0.0 @writes
  Scenario: What was submitted as data is referred to
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:data.value[x], and it always fits

  @req:CDEX-ARP-080 @since:2.1.0 @writes
  Scenario: Submitted answers are one output
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:QuestionnaireContext, and it always fits

  @req:CDEX-ARP-080 @until:2.0.0 @writes
  Scenario: Submitted answers are one output, in the first version
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:response, and it always fits

  @req:CDEX-ARP-081 @since:2.1.0 @writes
  Scenario: Submitted answers are said to be answers
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:QuestionnaireContext.type, and it always fits

  @req:CDEX-ARP-082 @until:2.0.0 @writes
  Scenario: Submitted answers are said to be answers, in the first version
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:response.type, and it always fits

  @req:CDEX-ARP-083 @since:2.1.0 @writes
  Scenario: Submitted answers are referred to
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:QuestionnaireContext.value[x], and it always fits

  @req:CDEX-ARP-084 @until:2.0.0 @writes
  Scenario: Submitted answers are referred to, in the first version
    Given Tasks for attachments that came to every end
    Then some cdex-task-attachment-request record among them has output:response.value[x], and it always fits

  @req:CDEX-ARP-091 @writes
  Scenario: Whoever refuses a request for attachments says why
    Given Tasks for attachments that came to every end
    Then no cdex-task-attachment-request record among them breaks the rule tdr-2

  @req:CDEX-ARP-092 @writes
  Scenario: A completed request for answers refers to them
    Given Tasks for attachments that came to every end
    Then no cdex-task-attachment-request record among them breaks the rule cdex-10

@role:data-source-server
Feature: Tasks as their profile has them
  What the provider writes into a Task is held against the profile of requests for data: Tasks that
  were completed, failed, rejected and looked at on the way.

  @req:CDEX-TBP-007 @writes
  Scenario: The status is one of the guide
    Given Tasks that came to every end
    Then every cdex-task-data-request record among them has status, and it fits

  @req:CDEX-TBP-008 @writes
  Scenario: The reason of the status fits
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has statusReason, and it always fits

  @req:CDEX-TBP-009 @writes
  Scenario: The reason of the status is told in words
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has statusReason.text, and it always fits

  @req:CDEX-TBP-010 @writes
  Scenario: How far the provider is fits
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has businessStatus, and it always fits

  @req:CDEX-TBP-011 @writes
  Scenario: How far the provider is is told in words
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has businessStatus.text, and it always fits

  @req:CDEX-TBP-051 @writes
  Scenario: The output fits
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output, and it always fits

  @req:CDEX-TBP-052 @writes
  Scenario: The output of data fits
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:data, and it always fits

  @req:CDEX-TBP-053 @writes
  Scenario: The output of data says that it is data
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:data.type, and it always fits

  @req:CDEX-TBP-054 @writes
  Scenario: The output of data is a reference
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:data.value[x], and it always fits

  @req:CDEX-TBP-055 @writes
  Scenario: Answers to a Questionnaire are one output
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:response, and it always fits

  @req:CDEX-TBP-056 @writes
  Scenario: Answers to a Questionnaire are said to be answers
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:response.type, and it always fits

  @req:CDEX-TBP-057 @since:2.1.0 @writes
  Scenario: Answers to a Questionnaire are referred to
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:response.value[x], and it always fits

  @req:CDEX-TBP-058 @until:2.0.0 @writes
  Scenario: Answers to a Questionnaire are referred to, in the first version
    Given Tasks that came to every end
    Then some cdex-task-data-request record among them has output:response.value[x], and it always fits

  @req:CDEX-TBP-063 @writes
  Scenario: Whoever refuses says why
    Given Tasks that came to every end
    Then no cdex-task-data-request record among them breaks the rule tdr-2

  @req:CDEX-TBP-064 @writes
  Scenario: What is completed has output
    Given Tasks that came to every end
    Then no cdex-task-data-request record among them breaks the rule tdr-3

  @req:CDEX-TBP-065 @writes
  Scenario: A completed request by Questionnaire has answers
    Given Tasks that came to every end
    Then no cdex-task-data-request record among them breaks the rule cdex-11

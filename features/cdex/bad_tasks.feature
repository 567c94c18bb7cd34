@role:data-source-server
Feature: Tasks that are no proper requests
  A Task that breaks its profile may be refused at once, or rejected later. What must not happen is
  that it is carried out, for nobody knows what it asks for.

  @req:CDEX-TB-055 @writes
  Scenario Outline: A Task is not carried out: <how>
    Given a member who is a patient of the provider
    And a Task that asks for the active conditions
    And the Task is spoilt: <how>
    When the payer sends the Task
    Then the Task is not carried out

    Examples:
      | how                                                        |
      | it is for nobody                                           |
      | it does not say when it was written                        |
      | it does not say who asks                                   |
      | it does not say who is asked                               |
      | it does not say what is asked for                          |
      | it has no status                                           |
      | it has no code                                             |
      | its status is none of the guide                            |
      | it is a plan and no order                                  |
      | its code is of another system                              |
      | its code is none of the guide                              |
      | it has a focus                                             |
      | it asks for two things                                     |
      | its code asks for a query and its input for a document     |
      | its code asks for a query and its input for a questionnaire |
      | its query is a code                                        |
      | its reason has no words                                    |

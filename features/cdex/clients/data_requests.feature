@role:data-consumer-client
Feature: A payer asks for data by Tasks
  A payer that wants to know more about a member asks the provider by a Task: by a query, by the code of a document,
  in words or by a Questionnaire. The Task says who asks whom about whom, and what for.

  @listening @req:CDEX-GEN-016
  Scenario: The payer goes through the whole exchange
    When the payer has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  @req:CDEX-TB-001 @req:CDEX-CAP-065
  Scenario: Requests for data are what their profile wants
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And every cdex-task-data-request record among them holds to that profile

  @req:CDEX-GEN-014
  Scenario: JSON is spoken
    When the client asks for something
    Then it speaks and understands JSON

  @req:CDEX-GEN-016
  Scenario: One way of exchanging data is gone to its end
    When the client asks for something
    Then one way of exchanging data was gone to its end

  @req:CDEX-MS-002
  Scenario: What must be there is there
    When the payer sends Tasks
    Then each of them has all that its profile demands

  @req:CDEX-TB-004
  Scenario: The payer asks by query and by code
    When the payer asks for data by Tasks
    Then some of them ask by query and some by code

  @req:CDEX-TB-013
  Scenario: A request for documentation says what led to it
    When the payer asks for data by code
    Then each of them has reasonCode or reasonReference

  @since:2.1.0 @req:CDEX-TB-054
  Scenario Outline: The payer can name a <kind> as what led to it
    When the payer asks for data by Tasks
    Then in one of them reasonReference.type is <kind>

    Examples:
      | kind     |
      | Claim    |
      | Coverage |

  @req:CDEX-MS-005
  Scenario Outline: The payer can fill <element> of a request for data
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And one cdex-task-data-request record among them has <element> at least

    Examples:
      | element                    |
      | identifier                 |
      | basedOn                    |
      | for.identifier             |
      | requester.identifier       |
      | owner.identifier           |
      | reasonCode.text            |
      | reasonReference.identifier |
      | input:query                |
      | input:code                 |
      | input:signature            |

  Scenario Outline: Requests for data have <element>
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And every cdex-task-data-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                  |
      | CDEX-TBP-003 | meta.tag.code            |
      | CDEX-TBP-012 | intent                   |
      | CDEX-TBP-013 | code                     |
      | CDEX-TBP-014 | code.coding              |
      | CDEX-TBP-016 | code.coding.code         |
      | CDEX-TBP-021 | authoredOn               |
      | CDEX-TBP-029 | reasonCode.text          |
      | CDEX-TBP-033 | input                    |
      | CDEX-TBP-035 | input:query.type         |
      | CDEX-TBP-036 | input:query.value[x]     |
      | CDEX-TBP-038 | input:code.type          |
      | CDEX-TBP-039 | input:code.value[x]      |
      | CDEX-TBP-041 | input:questionnaire.type |
      | CDEX-TBP-046 | input:signature.type     |
      | CDEX-TBP-047 | input:signature.value[x] |
      | CDEX-TBP-049 | input:POU.type           |
      | CDEX-TBP-050 | input:POU.value[x]       |

  @since:2.1.0
  Scenario Outline: Requests for data have <element>, as newer versions want it
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And every cdex-task-data-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                      |
      | CDEX-TBP-002 | meta.tag.system              |
      | CDEX-TBP-018 | for                          |
      | CDEX-TBP-022 | requester                    |
      | CDEX-TBP-025 | owner                        |
      | CDEX-TBP-042 | input:questionnaire.value[x] |

  @until:2.0.0
  Scenario Outline: Requests for data have <element>, as the first version wants it
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And every cdex-task-data-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                      |
      | CDEX-TBP-019 | for                          |
      | CDEX-TBP-023 | requester                    |
      | CDEX-TBP-026 | owner                        |
      | CDEX-TBP-043 | input:questionnaire.value[x] |

  Scenario Outline: Requests for data may have <element>
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And some cdex-task-data-request record among them has <element>, and it always fits

    Examples:
      | requirement  | element                                                     |
      | CDEX-TBP-001 | meta.tag                                                    |
      | CDEX-TBP-004 | meta.tag:work-queue                                         |
      | CDEX-TBP-005 | identifier                                                  |
      | CDEX-TBP-006 | basedOn                                                     |
      | CDEX-TBP-015 | code.coding.system                                          |
      | CDEX-TBP-020 | for.identifier                                              |
      | CDEX-TBP-024 | requester.identifier                                        |
      | CDEX-TBP-027 | owner.identifier                                            |
      | CDEX-TBP-028 | reasonCode                                                  |
      | CDEX-TBP-032 | reasonReference.identifier                                  |
      | CDEX-TBP-034 | input:query                                                 |
      | CDEX-TBP-037 | input:code                                                  |
      | CDEX-TBP-040 | input:questionnaire                                         |
      | CDEX-TBP-044 | input:questionnaire.value[x].extension:questionnaireDisplay |
      | CDEX-TBP-045 | input:signature                                             |
      | CDEX-TBP-048 | input:POU                                                   |

  @since:2.1.0 @req:CDEX-TBP-030
  Scenario Outline: Requests for data may have <element>, as newer versions want it
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And some cdex-task-data-request record among them has <element>, and it always fits

    Examples:
      | element         |
      | reasonReference |

  @until:2.0.0 @req:CDEX-TBP-031
  Scenario Outline: Requests for data may have <element>, as the first version wants it
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And some cdex-task-data-request record among them has <element>, and it always fits

    Examples:
      | element         |
      | reasonReference |

  @req:CDEX-TBP-017
  Scenario: Requests for data have no focus
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And wherever a cdex-task-data-request record among them has focus, it fits

  @req:CDEX-POU-004
  Scenario: Work queues are those of the guide
    When the payer asks for data by Tasks
    Then their work queues are those of the guide

  @req:CDEX-POU-001
  Scenario: Purposes that no code tells say what they are
    When the payer asks for data by Tasks
    Then a purpose that is only told not to be another comes with what it is

  Scenario Outline: What asks for data keeps the rule: <meaning>
    When the payer asks for data by Tasks
    Then every Task it submits is taken for a cdex-task-data-request
    And no cdex-task-data-request record among them breaks the rule <rule>

    Examples:
      | requirement  | rule    | meaning                         |
      | CDEX-TBP-059 | cdex-7  | by code, it says which          |
      | CDEX-TBP-060 | cdex-12 | by query, it says which         |
      | CDEX-TBP-061 | cdex-8  | by Questionnaire, it says which |
      | CDEX-TBP-062 | cdex-9  | it asks in one way              |

  @req:CDEX-TB-014
  Scenario Outline: Requests name the <party> so that the provider knows it
    When the payer asks for data by Tasks
    Then each of them names <party> by a reference or a number

    Examples:
      | party     |
      | for       |
      | requester |
      | owner     |

  @since:2.1.0 @req:CDEX-TB-015
  Scenario: A new Task is requested
    When the payer sends Tasks
    Then in each of them status is requested

  @req:CDEX-TB-041
  Scenario: A formal authorization is a request that the provider can read
    When the payer asks for data by Tasks
    And the Tasks that have basedOn
    Then each of them is authorized by a CommunicationRequest or a ServiceRequest

  @req:CDEX-TB-044
  Scenario: Where data comes from is asked for with it
    When the payer asks for data by Tasks
    Then one of them asks for the Provenance of the data

  @req:CDEX-TB-045
  Scenario: Whether a signature is needed is said in the Task
    When the payer asks for data by Tasks
    Then in one of them input.valueBoolean is true

  @req:CDEX-TB-050
  Scenario: Who has given the number of a claim is said with it
    When the payer asks for data by Tasks
    And the Tasks that have reasonReference.identifier
    Then each of them says whether payer or provider has given the number

  @req:CDEX-DTR-001
  Scenario: A Questionnaire is named by its address
    When the payer asks for data by Questionnaire
    Then each of them names the Questionnaire by its address

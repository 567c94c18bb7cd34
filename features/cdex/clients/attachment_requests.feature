@role:data-consumer-client
Feature: A payer asks for attachments by Tasks
  A claim or a prior authorization lacks documentation. The payer asks the provider for it by a Task, which says whom
  it is about, what is needed, by which day, and where to send it.

  @req:CDEX-AR-001 @req:CDEX-CAP-066
  Scenario: Requests by code are what their profile wants
    When the payer asks for attachments by code
    Then every Task it submits is taken for a cdex-task-attachment-request
    And every cdex-task-attachment-request record among them holds to that profile

  @req:CDEX-AR-002 @req:CDEX-CAP-066
  Scenario: Requests by Questionnaire are what their profile wants
    When the payer asks for attachments by Questionnaire
    Then every Task it submits is taken for a cdex-task-attachment-request
    And every cdex-task-attachment-request record among them holds to that profile

  @req:CDEX-AR-003
  Scenario: The payer can ask by code
    When the payer asks for attachments by Tasks
    Then in one of them code.coding.code is attachment-request-code

  @req:CDEX-AR-007
  Scenario Outline: The payer says that it asks about a <use>
    When the payer asks for attachments by Tasks
    Then in one of them reasonCode.coding.code is <use>

    Examples:
      | use              |
      | claim            |
      | preauthorization |

  @req:CDEX-AR-023 @req:CDEX-AR-024 @req:CDEX-ARP-086
  Scenario: A request about a claim tells the day of the service
    When the payer asks for attachments by Tasks
    And the Tasks in which reasonCode.coding.code is claim
    Then every Task it submits is taken for a cdex-task-attachment-request
    And no cdex-task-attachment-request record among them breaks the rule cdex-1

  @req:CDEX-AR-023 @req:CDEX-AR-024 @req:CDEX-ARP-087
  Scenario: The service is told to the day
    When the payer asks for attachments by Tasks
    And the Tasks in which reasonCode.coding.code is claim
    Then every Task it submits is taken for a cdex-task-attachment-request
    And no cdex-task-attachment-request record among them breaks the rule cdex-2

  @since:2.1.0 @req:CDEX-AR-028
  Scenario Outline: Only lines of the claim are added to what is needed: <element>
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And some cdex-task-attachment-request record among them has <element>, and it always fits

    Examples:
      | element                                  |
      | input:AttachmentsNeeded.extension.url    |
      | input:QuestionnaireContext.extension.url |

  @req:CDEX-MS-005
  Scenario Outline: The payer can fill <element> of a request for attachments
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And one cdex-task-attachment-request record among them has <element> at least

    Examples:
      | element                       |
      | identifier:tracking-id.system |
      | reasonCode.text               |
      | restriction                   |
      | restriction.period            |
      | input:service-date            |
      | input:signature               |

  @since:2.1.0 @req:CDEX-MS-005
  Scenario Outline: The payer can fill <element>, as newer versions name it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And one cdex-task-attachment-request record among them has <element> at least

    Examples:
      | element                              |
      | input:AttachmentsNeeded              |
      | input:AttachmentsNeeded.extension    |
      | input:QuestionnaireContext.extension |

  @until:2.0.0 @req:CDEX-MS-005
  Scenario Outline: The payer can fill <element>, as the first version names it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And one cdex-task-attachment-request record among them has <element> at least

    Examples:
      | element                       |
      | input:code                    |
      | input:code.extension          |
      | input:questionnaire.extension |

  Scenario Outline: Requests for attachments have <element>
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And every cdex-task-attachment-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                         |
      | CDEX-ARP-003 | contained:practitionerrole      |
      | CDEX-ARP-004 | contained:patient               |
      | CDEX-ARP-005 | identifier                      |
      | CDEX-ARP-006 | identifier:tracking-id          |
      | CDEX-ARP-008 | identifier:tracking-id.value    |
      | CDEX-ARP-015 | intent                          |
      | CDEX-ARP-018 | code.coding                     |
      | CDEX-ARP-021 | code.coding.code                |
      | CDEX-ARP-022 | for                             |
      | CDEX-ARP-023 | for.reference                   |
      | CDEX-ARP-026 | requester.identifier            |
      | CDEX-ARP-027 | owner                           |
      | CDEX-ARP-028 | owner.reference                 |
      | CDEX-ARP-029 | reasonCode                      |
      | CDEX-ARP-030 | reasonCode.coding               |
      | CDEX-ARP-031 | reasonCode.coding:use           |
      | CDEX-ARP-033 | reasonCode.coding:use.code      |
      | CDEX-ARP-035 | reasonReference                 |
      | CDEX-ARP-036 | reasonReference.identifier      |
      | CDEX-ARP-039 | input                           |
      | CDEX-ARP-065 | input:service-date.type         |
      | CDEX-ARP-066 | input:service-date.value[x]     |
      | CDEX-ARP-068 | input:signature.type            |
      | CDEX-ARP-069 | input:signature.value[x]        |
      | CDEX-ARP-071 | input:POU.type                  |
      | CDEX-ARP-072 | input:POU.value[x]              |
      | CDEX-ARP-074 | input:multiple-submits.type     |
      | CDEX-ARP-075 | input:multiple-submits.value[x] |

  @since:2.1.0
  Scenario Outline: Requests for attachments have <element>, as newer versions want it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And every cdex-task-attachment-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                                       |
      | CDEX-ARP-001 | contained                                     |
      | CDEX-ARP-016 | code                                          |
      | CDEX-ARP-024 | requester                                     |
      | CDEX-ARP-043 | input:AttachmentsNeeded.extension.url         |
      | CDEX-ARP-045 | input:AttachmentsNeeded.extension.value[x]    |
      | CDEX-ARP-047 | input:AttachmentsNeeded.type                  |
      | CDEX-ARP-049 | input:AttachmentsNeeded.value[x]              |
      | CDEX-ARP-051 | input:QuestionnaireContext.extension.url      |
      | CDEX-ARP-053 | input:QuestionnaireContext.extension.value[x] |
      | CDEX-ARP-055 | input:QuestionnaireContext.type               |
      | CDEX-ARP-057 | input:QuestionnaireContext.value[x]           |
      | CDEX-ARP-060 | input:PayerUrl                                |
      | CDEX-ARP-061 | input:PayerUrl.type                           |
      | CDEX-ARP-063 | input:PayerUrl.value[x]                       |

  @until:2.0.0
  Scenario Outline: Requests for attachments have <element>, as the first version wants it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And every cdex-task-attachment-request record among them has <element>, and it fits

    Examples:
      | requirement  | element                                |
      | CDEX-ARP-002 | contained                              |
      | CDEX-ARP-017 | code                                   |
      | CDEX-ARP-025 | requester                              |
      | CDEX-ARP-044 | input:code.extension.url               |
      | CDEX-ARP-046 | input:code.extension.value[x]          |
      | CDEX-ARP-048 | input:code.type                        |
      | CDEX-ARP-049 | input:code.value[x]                    |
      | CDEX-ARP-052 | input:questionnaire.extension.url      |
      | CDEX-ARP-054 | input:questionnaire.extension.value[x] |
      | CDEX-ARP-056 | input:questionnaire.type               |
      | CDEX-ARP-058 | input:questionnaire.value[x]           |
      | CDEX-ARP-060 | input:payer-url                        |
      | CDEX-ARP-062 | input:payer-url.type                   |
      | CDEX-ARP-063 | input:payer-url.value[x]               |

  Scenario Outline: Requests for attachments may have <element>
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And some cdex-task-attachment-request record among them has <element>, and it always fits

    Examples:
      | requirement  | element                       |
      | CDEX-ARP-007 | identifier:tracking-id.system |
      | CDEX-ARP-032 | reasonCode.coding:use.system  |
      | CDEX-ARP-034 | reasonCode.text               |
      | CDEX-ARP-037 | restriction                   |
      | CDEX-ARP-038 | restriction.period            |
      | CDEX-ARP-064 | input:service-date            |
      | CDEX-ARP-067 | input:signature               |
      | CDEX-ARP-070 | input:POU                     |
      | CDEX-ARP-073 | input:multiple-submits        |

  @since:2.1.0
  Scenario Outline: Requests for attachments may have <element>, as newer versions want it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And some cdex-task-attachment-request record among them has <element>, and it always fits

    Examples:
      | requirement  | element                                                            |
      | CDEX-ARP-019 | code.coding.system                                                 |
      | CDEX-ARP-040 | input:AttachmentsNeeded                                            |
      | CDEX-ARP-042 | input:AttachmentsNeeded.extension                                  |
      | CDEX-ARP-050 | input:QuestionnaireContext.extension                               |
      | CDEX-ARP-059 | input:QuestionnaireContext.value[x].extension:questionnaireDisplay |

  @until:2.0.0
  Scenario Outline: Requests for attachments may have <element>, as the first version wants it
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And some cdex-task-attachment-request record among them has <element>, and it always fits

    Examples:
      | requirement  | element                                                     |
      | CDEX-ARP-020 | code.coding.system                                          |
      | CDEX-ARP-041 | input:code                                                  |
      | CDEX-ARP-042 | input:code.extension                                        |
      | CDEX-ARP-050 | input:questionnaire.extension                               |
      | CDEX-ARP-059 | input:questionnaire.value[x].extension:questionnaireDisplay |
      | CDEX-ARP-085 | input:questionnaire                                         |

  Scenario Outline: What asks for attachments keeps the rule: <meaning>
    When the payer asks for attachments by Tasks
    Then every Task it submits is taken for a cdex-task-attachment-request
    And no cdex-task-attachment-request record among them breaks the rule <rule>

    Examples:
      | requirement  | rule   | meaning                         |
      | CDEX-ARP-088 | cdex-4 | by code, it says which          |
      | CDEX-ARP-089 | cdex-5 | by Questionnaire, it says which |
      | CDEX-ARP-090 | cdex-6 | it asks in one way              |

  Scenario Outline: The patient of a request has <element>
    When the payer asks for attachments by Tasks
    Then every Patient it submits is taken for a cdex-patient-demographics
    And every cdex-patient-demographics record among them has <element>, and it fits

    Examples:
      | requirement  | element          |
      | CDEX-ARP-093 | id               |
      | CDEX-ARP-094 | identifier.value |
      | CDEX-ARP-095 | name             |
      | CDEX-ARP-096 | birthDate        |

  @since:2.1.0 @req:CDEX-ARP-098
  Scenario Outline: The patient of a request has <element>, a member number
    When the payer asks for attachments by Tasks
    Then every Patient it submits is taken for a cdex-patient-demographics
    And every cdex-patient-demographics record among them has <element>, and it fits

    Examples:
      | element       |
      | identifier:mb |

  @until:2.0.0 @req:CDEX-ARP-099
  Scenario Outline: The patient of a request has <element>, a unique member number
    When the payer asks for attachments by Tasks
    Then every Patient it submits is taken for a cdex-patient-demographics
    And every cdex-patient-demographics record among them has <element>, and it fits

    Examples:
      | element        |
      | identifier:umb |

  @req:CDEX-CAP-043
  Scenario: The patient of a request is what the profile wants
    When the payer asks for attachments by Tasks
    Then every Patient it submits is taken for a cdex-patient-demographics
    And every cdex-patient-demographics record among them holds to that profile

  @req:CDEX-CAP-046
  Scenario: The practitioner of a request is what the profile wants
    When the payer asks for attachments by Tasks
    Then every PractitionerRole it submits is taken for a cdex-practitionerrole
    And every cdex-practitionerrole record among them holds to that profile

  Scenario Outline: The practitioner of a request has <element>
    When the payer asks for attachments by Tasks
    Then every PractitionerRole it submits is taken for a cdex-practitionerrole
    And every cdex-practitionerrole record among them has <element>, and it fits

    Examples:
      | requirement  | element                 |
      | CDEX-ARP-100 | id                      |
      | CDEX-ARP-102 | practitioner.identifier |
      | CDEX-ARP-103 | organization.identifier |

  @req:CDEX-ARP-101
  Scenario: The practitioner of a request is known by a number, or the organization is
    When the payer asks for attachments by Tasks
    Then every PractitionerRole it submits is taken for a cdex-practitionerrole
    And no cdex-practitionerrole record among them breaks the rule cdex-3

  @since:3.0.0-ballot
  Scenario Outline: An administrative reference number <rule>
    When the payer asks for attachments by Tasks
    Then an administrative reference number <rule>

    Examples:
      | requirement  | rule               |
      | CDEX-ARP-009 | comes once at most |
      | CDEX-ARP-010 | has a system       |
      | CDEX-ARP-011 | has a value        |

  @req:CDEX-AR-008
  Scenario: A request for attachments is a new order
    When the payer asks for attachments by Tasks
    Then in each of them status is requested
    And in each of them intent is order

  @req:CDEX-AR-009
  Scenario Outline: The member is known by <what>
    When the payer asks for attachments by Tasks
    Then each of them has contained.<what>

    Examples:
      | what             |
      | identifier.value |
      | name.family      |
      | birthDate        |

  @req:CDEX-AR-011
  Scenario: The provider is known by a number of its own or of its organization
    When the payer asks for attachments by Tasks
    Then each of them has contained.practitioner.identifier.value or contained.organization.identifier.value

  @req:CDEX-AR-012
  Scenario: The payer gives a tracking id
    When the payer asks for attachments by Tasks
    Then each of them has identifier.value

  @req:CDEX-AR-016
  Scenario Outline: The <party> is named by a number
    When the payer asks for attachments by Tasks
    Then each of them has <place>

    Examples:
      | party   | place                      |
      | payer   | requester.identifier.value |
      | patient | contained.identifier.value |

  @req:CDEX-AR-017
  Scenario: The claim or prior authorization is named by its number
    When the payer asks for attachments by Tasks
    Then each of them has reasonReference.identifier.value

  @req:CDEX-AR-018
  Scenario: What is needed by a day says by which
    When the payer asks for attachments by Tasks
    And the Tasks that have restriction
    Then each of them has restriction.period.end

  @req:CDEX-AR-020
  Scenario: What is needed is said by code
    When the payer asks for attachments by code
    Then each of them has input.valueCodeableConcept.coding.code

  @req:CDEX-AR-021
  Scenario: Whether a signature is needed is said in the request
    When the payer asks for attachments by Tasks
    Then one of them has input.valueBoolean

  @req:CDEX-AR-022
  Scenario: The request says where to send attachments
    When the payer asks for attachments by Tasks
    Then each of them has input.valueUrl

  @req:CDEX-AR-025
  Scenario Outline: The purpose of use fits a <use>
    When the payer asks for attachments by Tasks
    And the Tasks in which reasonCode.coding.code is <use>
    Then their purpose of use is <purpose>, where it is said

    Examples:
      | use              | purpose  |
      | claim            | CLMATTCH |
      | preauthorization | COVAUTH  |

@role:data-source-client
Feature: A provider submits documentation
  A provider sends a payer what it needs to decide on a claim or a prior authorization, because the payer has asked
  for it, or because it will be needed. It says what the documentation is for, whose it is, and who sends it.

  @listening @req:CDEX-GEN-026
  Scenario: The provider goes through the whole exchange
    When the provider has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  @req:CDEX-GEN-026 @req:CDEX-AR-026
  Scenario: The payer takes documentation
    When the provider submits documentation
    Then one of them is taken

  @req:CDEX-GEN-024
  Scenario: JSON is spoken
    When the client asks for something
    Then it speaks and understands JSON

  @req:CDEX-CAP-099 @req:CDEX-SA-026
  Scenario: Documentation goes to the place for attachments
    When the provider submits documentation
    Then each goes to the place for attachments

  @req:CDEX-SA-006
  Scenario: It is said who submits
    When the provider submits documentation
    Then each of the submissions names ProviderId or OrganizationId

  @req:CDEX-SA-008
  Scenario: The day of the service comes with the documentation of a claim
    When the provider submits documentation of a claim
    Then each of the submissions tells the day of the service

  @req:CDEX-SAP-021
  Scenario Outline: The provider can say <what>
    When the provider submits documentation
    Then one of the submissions says <what>

    Examples:
      | what           |
      | PayerId        |
      | OrganizationId |
      | ProviderId     |
      | ServiceDate    |
      | LineItem       |
      | Code           |
      | Final          |

  @until:2.0.0 @req:CDEX-SAP-019
  Scenario: Submissions have the parameters of the operation
    When the provider submits documentation
    Then each of the submissions has the parameters of the operation

  @since:2.1.0
  Scenario Outline: Submissions have <element>
    When the provider submits documentation
    Then every Parameters it submits is taken for a cdex-parameters-submit-attachment
    And every cdex-parameters-submit-attachment record among them has <element>, and it fits

    Examples:
      | requirement  | element              |
      | CDEX-SAP-001 | parameter:TrackingId |
      | CDEX-SAP-004 | parameter:AttachTo   |
      | CDEX-SAP-009 | parameter:MemberId   |

  @since:2.1.0
  Scenario Outline: Submissions have <element>, whatever documentation it holds
    When the provider submits documentation
    Then every Parameters it submits is taken for a cdex-parameters-submit-attachment
    And every cdex-parameters-submit-attachment record among them has <element>, whatever resources it holds

    Examples:
      | requirement  | element                   |
      | CDEX-SAP-012 | parameter:Attachment      |
      | CDEX-SAP-017 | parameter:Attachment.part |

  @since:2.1.0
  Scenario Outline: Submissions may have <element>
    When the provider submits documentation
    Then every Parameters it submits is taken for a cdex-parameters-submit-attachment
    And some cdex-parameters-submit-attachment record among them has <element>, and it always fits

    Examples:
      | requirement  | element                  |
      | CDEX-SAP-006 | parameter:PayerId        |
      | CDEX-SAP-007 | parameter:OrganizationId |
      | CDEX-SAP-008 | parameter:ProviderId     |
      | CDEX-SAP-011 | parameter:ServiceDate    |
      | CDEX-SAP-014 | parameter:Final          |

  @since:2.1.0 @req:CDEX-SAP-016
  Scenario: Submissions say nothing but what the guide names
    When the provider submits documentation
    Then each of the submissions says what the guide names and nothing else

  @since:2.1.0
  Scenario Outline: Documents are what US Core <version> wants
    When the provider submits documentation
    Then every DocumentReference it submits is taken for a us-core-documentreference
    And every us-core-documentreference record among them also holds to us-core-documentreference of US Core <version>

    Examples:
      | requirement  | version |
      | CDEX-CAP-106 | 3.1.1   |
      | CDEX-CAP-107 | 6.1.0   |
      | CDEX-CAP-108 | 7.0.0   |

  @since:3.0.0-ballot @req:CDEX-SAP-003
  Scenario: An administrative reference number is given once, as an identifier
    When the provider submits documentation
    Then an administrative reference number is one identifier

  @req:CDEX-SA-018
  Scenario: More is announced where more follows
    When the provider submits documentation
    Then of several under one tracking id only the last may be the last

  @req:CDEX-SA-021
  Scenario: What is refused is not sent again as it is
    When the payer refuses documentation
    Then none of it comes again as it is

  @req:CDEX-SA-022
  Scenario: What a payer had no time for is sent again
    When the payer has no time for documentation
    Then it comes again

  @req:CDEX-ROB-003
  Scenario: The provider has another token given
    When the token of the provider has expired
    Then it asks for another token, and once more with that

  @req:CDEX-SA-037
  Scenario: What nobody has asked for says what it is
    When the provider submits documentation that nobody has asked for
    Then each attachment has a code

  Scenario Outline: What the payer has asked for comes with its <what>
    When the provider submits documentation that the payer has asked for
    Then they repeat the <what> of what was asked

    Examples:
      | requirement | what        |
      | CDEX-SA-028 | tracking id |
      | CDEX-SA-039 | lines       |
      | CDEX-SA-040 | use         |
      | CDEX-SA-041 | payer       |
      | CDEX-SA-041 | member      |

  @req:CDEX-DTR-006
  Scenario: Answers to a Questionnaire are completed when they are submitted
    When the provider submits answers to a Questionnaire
    Then the answers are completed

  @req:CDEX-SA-035
  Scenario: What must be signed is signed
    When the provider submits documentation that must be signed
    Then each attachment is signed

  @req:CDEX-GEN-027
  Scenario: Signatures hold
    When the provider submits documentation that must be signed
    Then the signatures on the documentation hold

  @req:CDEX-CAP-117
  Scenario: Signed answers have the form that the guide gives them
    When the provider submits documentation that must be signed
    Then the signatures on submitted answers have the form that the guide gives them

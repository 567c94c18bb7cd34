@role:data-consumer-server
Feature: What a payer declares to providers
  A payer's declaration tells providers whether documentation can be submitted, what it may be, and
  which records they can read or keep with the payer.

  @req:CDEX-GEN-023
  Scenario: The payer declares what it can do
    When an app reads what the payer declares
    Then it is the declaration of a running server

  @req:CDEX-GEN-019
  Scenario: FHIR JSON is declared
    Given the payer's declaration
    Then it names FHIR JSON as a format

  @req:CDEX-GEN-019 @req:CDEX-GEN-031
  Scenario: The declaration comes as FHIR JSON
    When an app reads what the payer declares
    Then the answer is FHIR JSON

  @req:CDEX-GEN-019 @req:CDEX-GEN-031 @writes
  Scenario: Refusals come as FHIR JSON
    Given a claim that lacks documentation
    And a progress note as its documentation
    And the submission is spoilt: it has no tracking id
    When the provider submits it
    Then the answer is FHIR JSON

  @req:CDEX-GEN-020
  Scenario: XML is had where it is declared
    Given the payer's declaration
    Then it can be had as XML, where that is declared

  @req:CDEX-GEN-032
  Scenario: FHIR R4 is declared by the payer
    Given the payer's declaration
    Then it is of FHIR R4

  @req:CDEX-GEN-021
  Scenario: One way of exchange at least is offered
    Given the payer's declaration
    Then it offers attachments or formal authorizations

  @req:CDEX-GEN-029 @req:CDEX-SA-016
  Scenario: What can be submitted is told
    Given the payer's declaration
    Then it tells what documentation can be submitted

  @req:CDEX-SA-029 @since:3.0.0-ballot
  Scenario: Limits of submissions are told
    Given the payer's declaration
    Then it tells how large a submission may be and whether more may follow

  @req:CDEX-CAP-067 @since:2.1.0
  Scenario Outline: The payer follows <package> <version>
    Given the payer's declaration
    Then it says that it follows <package> <version>

    Examples:
      | package                  | version |
      | hl7.fhir.us.core         | 3.1.1   |
      | hl7.fhir.us.core         | 6.1.0   |
      | hl7.fhir.us.core         | 7.0.0   |
      | hl7.fhir.us.davinci-hrex | 1.1.0   |

  @req:CDEX-CAP-068 @until:2.0.0
  Scenario: The payer is a data consumer
    Given the payer's declaration
    Then it says that it is a data consumer of CDex

  @req:CDEX-CAP-069 @writes
  Scenario: What is offered for the whole works
    Then what is offered for the system as a whole works

  @req:CDEX-CAP-070
  Scenario: The operation is declared
    Given the payer's declaration
    Then it says that documentation can be submitted

  @req:CDEX-SA-005 @since:2.1.0
  Scenario: Whoever looks for the place for attachments finds it
    When a partner looks for the payer's endpoints
    Then it leads to the place for attachments

  @req:CDEX-HRX-005 @since:2.1.0
  Scenario: The list of endpoints can be read
    Given a payer that publishes a list of its endpoints
    Then the list is there and can be read by a program

  @req:CDEX-CAP-072
  Scenario: CommunicationRequests are offered
    Given the payer's declaration
    Then it offers CommunicationRequest records

  @req:CDEX-CAP-073
  Scenario: CommunicationRequests can be searched and read by declaration
    Given the payer's declaration
    Then CommunicationRequest records can be searched, read, read by version by declaration

  @req:CDEX-CAP-076 @since:2.1.0
  Scenario: Documents are offered
    Given the payer's declaration
    Then it offers DocumentReference records
    And it supports the US Core profile us-core-documentreference of DocumentReference records

  @req:CDEX-CAP-077 @until:2.0.0
  Scenario: Documents are offered, in the first version
    Given the payer's declaration
    Then it offers DocumentReference records
    And it supports the US Core profile us-core-documentreference of DocumentReference records

  @req:CDEX-CAP-081
  Scenario: Documents can be created, read and changed by declaration
    Given the payer's declaration
    Then DocumentReference records can be created, read, read by version, updated by declaration

  @req:CDEX-CAP-083
  Scenario: Submissions are offered as they came
    Given the payer's declaration
    Then it offers Parameters records

  @req:CDEX-CAP-084
  Scenario: Submissions can be searched and read by declaration
    Given the payer's declaration
    Then Parameters records can be searched, read, read by version by declaration

  @req:CDEX-CAP-086
  Scenario: Answers to questionnaires are offered
    Given the payer's declaration
    Then it offers QuestionnaireResponse records
    And it supports the CDex profile cdex-sdc-questionnaireresponse of QuestionnaireResponse records

  @req:CDEX-CAP-087
  Scenario: Answers to questionnaires can be searched and read by declaration
    Given the payer's declaration
    Then QuestionnaireResponse records can be searched, read, read by version by declaration

  @req:CDEX-CAP-090
  Scenario: ServiceRequests are offered
    Given the payer's declaration
    Then it offers ServiceRequest records

  @req:CDEX-CAP-091
  Scenario: ServiceRequests can be searched and read by declaration
    Given the payer's declaration
    Then ServiceRequest records can be searched, read, read by version by declaration

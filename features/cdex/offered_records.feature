@role:data-consumer-server
Feature: Records that a payer offers to providers
  What a payer declares must work: authorizations and what was submitted can be found and read, and
  documents can be kept.

  @req:CDEX-CAP-073
  Scenario: CommunicationRequests can be found and read
    Then CommunicationRequest records that are offered can be found and read

  @req:CDEX-CAP-091
  Scenario: ServiceRequests can be found and read
    Then ServiceRequest records that are offered can be found and read

  @req:CDEX-CAP-084 @writes
  Scenario: Submissions can be found and read
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then Parameters records that are offered can be found and read

  @req:CDEX-CAP-087 @writes
  Scenario: Answers to questionnaires can be found and read
    Given a prior authorization that lacks documentation
    And answers to a questionnaire as its documentation
    When the provider submits it
    Then QuestionnaireResponse records that are offered can be found and read

  @req:CDEX-CAP-081 @writes
  Scenario: Documents can be kept with the payer
    Given a claim that lacks documentation
    Then a document can be kept with the payer, as far as that is offered

  @req:CDEX-CAP-074
  Scenario: Histories of CommunicationRequests can be read
    Then histories of CommunicationRequest records can be read where they are offered

  @req:CDEX-CAP-082 @writes
  Scenario: Histories of documents can be read
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then histories of DocumentReference records can be read where they are offered

  @req:CDEX-CAP-085 @writes
  Scenario: Histories of submissions can be read
    Given a claim that lacks documentation
    And a progress note as its documentation
    When the provider submits it
    Then histories of Parameters records can be read where they are offered

  @req:CDEX-CAP-088 @writes
  Scenario: Histories of answers to questionnaires can be read
    Given a prior authorization that lacks documentation
    And answers to a questionnaire as its documentation
    When the provider submits it
    Then histories of QuestionnaireResponse records can be read where they are offered

  @req:CDEX-CAP-092
  Scenario: Histories of ServiceRequests can be read
    Then histories of ServiceRequest records can be read where they are offered

  @req:CDEX-TB-043
  Scenario Outline: The payer serves a formal authorization as <kind>
    Given a formal authorization of the payer as <kind>
    When the provider reads the authorization
    Then the authorization is in force
    And the authorization says whom it is about
    And the authorization says what is asked for

    Examples:
      | kind                  |
      | communication request |
      | service request       |

  @req:CDEX-CAP-075
  Scenario: An authorization can be read as CommunicationRequest, or otherwise
    Given a formal authorization of the payer
    When the provider reads the authorization
    Then the authorization is in force
    And the authorization says whom it is about

  @req:CDEX-CAP-093
  Scenario: An authorization can be read as ServiceRequest
    Given a formal authorization of the payer as service request
    When the provider reads the authorization
    Then the authorization is in force
    And the authorization says whom it is about

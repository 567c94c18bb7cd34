@role:payer-server
Feature: Documents
  Notes, summaries and the papers behind a decision travel as documents. Whoever gets a reference to one
  must be able to fetch its content and see who answers for it.

  @req:PDEX-CAP-027
  Scenario: Documents bring their content or say where it is
    Given a member of the payer
    When an app reads the member's documents
    Then each has its content or says where it is
    And the contents can be fetched

  @req:PDEX-CAP-028
  Scenario: Documents name the organisation responsible for them
    Given a member of the payer
    When an app reads the member's documents
    Then each names the organisation responsible for it

  @req:PDEX-CAP-029
  Scenario: The common kinds of notes can be told by their type
    Given a member of the payer
    When an app reads the member's documents
    Then the five common kinds of notes are among them

  @req:PDEX-PA-013
  Scenario: Unstructured contents are kept as Binary
    Given a member of the payer
    When an app reads the member's documents
    Then contents with an address are kept as Binary

  @req:PDEX-CAP-013
  Scenario: Clinical summaries can be asked for by sending the request
    Given a member of the payer
    When an app asks for the member's clinical summaries by sending the request
    Then the summaries come as references to documents

  @req:PDEX-CAP-014
  Scenario: Clinical summaries of a day can be asked for
    Given a member of the payer
    When an app asks for the summaries of one day
    Then the documents of that day come, and no others

  @req:PDEX-CAP-014
  Scenario: Without a day, the latest summary comes
    Given a member of the payer
    Then without a day, the latest summary comes

  @req:PDEX-PA-003
  Scenario: The documents behind a prior authorization can be read
    Given a member of the payer
    When an app reads the documents behind the member's prior authorizations
    Then each of those documents can be read

  @req:PDEX-PA-008
  Scenario: The documents behind a prior authorization are linked as additional information
    Given a member of the payer
    When an app reads the documents behind the member's prior authorizations
    Then each is linked as additional information

  @req:PDEX-PA-009
  Scenario: The contents behind a prior authorization are inside or can be fetched
    Given a member of the payer
    When an app reads the documents behind the member's prior authorizations
    Then each has its content or says where it is
    And the contents can be fetched

  @req:PDEX-PA-014
  Scenario: Another payer gets the documents behind a prior authorization
    Given a member of the payer
    When an app reads the documents behind the member's prior authorizations
    Then everything about the member holds them, too

@role:provider-client
Feature: A provider has the data of its patients exported
  A provider asks a payer for what it holds of the provider's patients: of a group that the payer keeps, or of those it
  had matched. It says what the data is for, waits for the files and fetches them.

  @listening @req:PDEX-PRV-001
  Scenario: The provider goes through the whole exchange
    When the provider has said all it has to say
    Then all of it could be heard
    And it has done all it was asked to do

  Rule: Exports are asked for as the payer expects

    Background:
      When the provider has the data of a group exported

    @req:PDEX-PRV-001 @req:PDEX-PMM-009
    Scenario: Exports are asked for by POST
      Then it posts every request for that

    @req:PDEX-PRV-002 @req:PDEX-PMM-010
    Scenario: The provider says that it can wait
      Then it asks to be answered later

    @req:PDEX-PRV-043
    Scenario: The provider says what the data is for
      Then it says each time which of a provider's purposes this is for

  Rule: Exports ask for what they may

    @req:PDEX-PRV-045 @req:PDEX-PRV-048
    Scenario: Who keeps a record up to date says since when
      When the provider exports for the purpose provider-delta
      Then it says each time since when

    @req:PDEX-PRV-054
    Scenario: Filters are searches
      When the provider narrows an export by filters
      Then each filter is a search for one kind of record

    @req:PDEX-PRV-055
    Scenario: Filters use known search parameters
      When the provider narrows an export by filters
      Then each filter asks by what the guides let records be found by

  Rule: Tokens are asked for by somebody

    @req:PDEX-UDP-005
    Scenario: The token request says which provider acts, or for which group
      When the provider says who acts when it asks for a token
      Then it is told by the number of a provider, or by a group

    @req:PDEX-UDP-006 @req:PDEX-PMM-030
    Scenario: The token request says which provider acts
      When the provider says who acts when it asks for a token
      Then it is told by the number of a provider

@role:payer-client
Feature: A new payer has the data of its members exported
  Once many members are matched, the new payer has the data of their group exported. It says what for, waits until the
  files are there, fetches them, and leaves nothing behind.

  @req:PDEX-GRP-007
  Scenario: Groups are looked for by what they are for
    When the new payer searches groups
    Then it looks for them by what they are for

  @req:PDEX-BMM-004
  Scenario: The new payer says that it can wait for the export
    When the new payer has the data of a group exported
    Then it asks to be answered later

  @req:PDEX-EXP-005
  Scenario: The new payer says what the export is for
    When the new payer has the data of a group exported
    Then it says each time that this is for an exchange between payers

  @req:PDEX-EXP-012
  Scenario: The first export covers five years
    When the new payer has the data of a group exported
    Then the first of a group leaves out nothing of the last five years

  @req:PDEX-EXP-027 @req:PDEX-EXP-033
  Scenario: Later exports are for what has changed
    When the new payer has the data of a group exported
    Then it asks for everything first, and later for what has changed since

  @req:PDEX-EXP-041
  Scenario: The new payer knows whether it can filter
    When the new payer narrows an export by filters
    Then it has looked at what the payer declares before

  @req:PDEX-EXP-044
  Scenario: Filters are searches
    When the new payer narrows an export by filters
    Then each filter is a search for one kind of record

  @req:PDEX-EXP-045
  Scenario: Filters use known search parameters
    When the new payer narrows an export by filters
    Then each filter asks by what the guides let records be found by

  @req:PDEX-BLK-022
  Scenario: The new payer is patient
    When the new payer is told to wait for an export
    Then it never asks sooner than it was told to
    And where it is not told how long, it waits longer each time

  @req:PDEX-BLK-023
  Scenario: Jobs that are done are done away with
    When the new payer is told to wait for anything
    Then it has the job forgotten once it is done

  @req:PDEX-BLK-024
  Scenario: The token goes only where it is asked for
    When the new payer is told to wait for anything
    Then it shows its token for files only where they ask for it

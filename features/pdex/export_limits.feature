@role:payer-server
Feature: How far back an export goes, and how it is narrowed
  The new payer can count on the last five years of claims and clinical records, and on the prior
  authorizations that still matter. It can narrow an export by time, kind and content, and gets neither
  less nor more than it asks for.

  @req:PDEX-EXP-010 @until:2.1.0 @writes
  Scenario: Care of more than five years ago is left out
    Given a group of matched members
    When the new payer has had their data exported
    Then nothing in it tells of care more than five years ago

  @req:PDEX-EXP-026 @until:2.1.0 @writes
  Scenario: Care of the last five years can be had
    Given a group of matched members
    When the new payer has had their data exported
    Then everything that was done for the members in the last five years is in it

  @req:PDEX-EXP-011 @req:PDEX-EXP-013 @since:2.2.0 @writes
  Scenario: Five years of care are the least that can be had
    Given a group of matched members
    When the new payer has had their data exported
    Then everything that was done for the members in the last five years is in it

  @req:PDEX-EXP-029 @until:2.1.0 @writes
  Scenario: What was not updated for five years is left out
    Given a group of matched members
    When the new payer has had their data exported
    Then nothing in it was last updated more than five years ago

  @req:PDEX-EXP-030 @until:2.1.0 @writes
  Scenario: A wish for older changes is taken as one for five years
    Given a group of matched members
    And the export is limited to what changed since five years ago
    When the new payer has had their data exported
    Given the export is not limited any more
    And the export is limited to what changed since 2010
    When the new payer has had their data exported
    Then both exports hold the same records

  @req:PDEX-EXP-031 @since:2.2.0 @writes
  Scenario: A wish for older changes is taken as it is
    Given a group of matched members
    When the new payer has had their data exported
    Given the export is limited to what changed since 2010
    When the new payer has had their data exported
    Then both exports hold the same records

  @req:PDEX-EXP-032 @since:2.2.0 @writes
  Scenario: A filter by date does not lift the limit on old records
    Given a group of matched members
    When the new payer has had their data exported
    Given the export is limited to encounters since 2000
    When the new payer has had their data exported
    Then both exports hold the same encounters

  @req:PDEX-EXP-014 @writes
  Scenario: Prior authorizations that were closed long ago are left out
    Given a group of matched members
    When the new payer has had their data exported
    Then prior authorizations in it are open, or were closed within a year

  @req:PDEX-EXP-015 @writes
  Scenario: Prior authorizations that were decided or ran out within a year are exported
    Given a group of matched members
    When the new payer has had their data exported
    Then every prior authorization that was decided or ran out within a year is in it

  @req:PDEX-EXP-035 @writes
  Scenario: Only what changed since then is exported
    Given a group of matched members
    When the new payer has had their data exported
    Given the export is limited to what changed in the later half
    When the new payer has had their data exported
    Then only what changed in the later half is in it, and all of that

  @req:PDEX-EXP-003 @writes
  Scenario: Only what changed until then is exported
    Given a group of matched members
    When the new payer has had their data exported
    Given the export is limited to what changed in the earlier half
    When the new payer has had their data exported
    Then only what changed in the earlier half is in it, and all of that

  @req:PDEX-EXP-003 @writes
  Scenario: Only the kinds of records that are wanted are exported
    Given a group of matched members
    When the new payer has had their data exported
    Given the export is limited to patients and conditions
    When the new payer has had their data exported
    Then only patients and conditions are in it, and all of them

  @req:PDEX-EXP-042 @since:2.2.0 @writes
  Scenario: A filter on content is applied
    Given a group of matched members
    And the export is limited to observations from the laboratory
    When the new payer has had their data exported
    Then only observations from the laboratory are in it, and all of them

  @req:PDEX-EXP-043 @since:2.2.0 @writes
  Scenario: A filter the payer does not know is not passed over in silence
    Given a group of matched members
    And the export is limited to observations of a sort that does not exist
    When the new payer asks for their data
    Then the payer does not pass over the filter in silence

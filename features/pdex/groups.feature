@role:payer-server
Feature: Groups of matched members as records
  A match leaves groups. The payer they were made for finds them again by what they say, reads them, and
  sees no others.

  @writes
  Scenario Outline: The group is found by its <property>
    Given a group of matched members
    When the new payer looks for the group by its <property>
    Then the group is found by it, and not by another

    Examples:
      | property                   | requirement                 |
      | code                       | PDEX-GRP-001 PDEX-GRP-003   |
      | identifier                 | PDEX-GRP-003 PDEX-GRP-004   |
      | characteristic             | PDEX-GRP-003 PDEX-GRP-004   |
      | reference to the new payer | PDEX-GRP-006                |
      | member                     | PDEX-GRP-003                |
      | managing organization      | PDEX-GRP-003                |
      | type                       | PDEX-GRP-003                |
      | being actual               | PDEX-GRP-003                |
      | exclusions                 | PDEX-GRP-003                |
      | number                     | PDEX-GRP-008                |

  @req:PDEX-GRP-005 @since:2.2.0 @writes
  Scenario Outline: The group is found by its <property>, where that is offered
    Given a group of matched members
    When the new payer looks for the group by its <property>
    And the payer declares that this is possible
    Then the group is found by it, and not by another

    Examples:
      | property              |
      | member                |
      | managing organization |
      | type                  |
      | being actual          |
      | exclusions            |

  @req:PDEX-EXP-022 @req:PDEX-GRP-008 @writes
  Scenario: Groups can be searched
    Given a group of matched members
    When the new payer looks at all groups it can see
    Then the group is among them

  @req:PDEX-EXP-023 @req:PDEX-GRP-011 @writes
  Scenario: A payer sees only groups that were made for it
    Given a group of matched members
    When the new payer looks at all groups it can see
    Then none of them was made for another payer

  @req:PDEX-EXP-024 @req:PDEX-GRP-008 @writes
  Scenario: Each group that is found can be read
    Given a group of matched members
    When the new payer looks at all groups it can see
    Then each of them can be read

  @req:PDEX-GRP-009 @writes
  Scenario: A group can be read as it was
    Given a group of matched members
    Then earlier versions and the history of the group can be read

  @req:PDEX-GRP-010 @writes
  Scenario: All groups have a history
    Given a group of matched members
    Then the history of all Group records goes from the newest to the oldest

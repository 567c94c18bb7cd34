@role:payer-server
Feature: Matching many members at once
  A payer that takes over many members asks their earlier payer about all of them together. The answer
  comes later, and sorts everybody: matched, not matched, or matched with a consent that cannot be
  honoured. What is wrong with one of them must not touch the others.

  @req:PDEX-BMM-001 @req:PDEX-BMM-025 @req:PDEX-MMC-005 @writes
  Scenario: Members are sorted by whether they are known and whether their consent can be honoured
    Given these people to be matched:
      | who            | consent             | outcome                |
      | a member       | for everything      | matched                |
      | another member | ended last month    | constrained by consent |
      | a stranger     | for everything      | not matched            |
    When the new payer has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-MMC-006 @writes
  Scenario: A single member can be matched in this way, too
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-BMM-002 @writes
  Scenario Outline: The match of many is asked of groups as such: <wrong way> does not work
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    Then the payer takes the job on and says where to ask about it
    When the new payer tries the match of many <wrong way>
    Then the payer does not offer that

    Examples:
      | wrong way            |
      | on one group         |
      | by merely reading it |

  @req:PDEX-BMM-005 @writes
  Scenario: Nobody gets the outcome without waiting for it
    Given a payer that takes on many at once
    And these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched at once, without waiting
    Then the payer refuses it or answers later all the same

  @req:PDEX-BMM-006 @req:PDEX-BLK-002 @writes
  Scenario: The payer takes the match on and says where to ask about it
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    Then the payer takes the job on and says where to ask about it

  @req:PDEX-BMM-008 @req:PDEX-BLK-006 @writes
  Scenario: The payer says that it works on the match
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job until it is done
    Then every answer until then says that the job is running

  @req:PDEX-BMM-008 @req:PDEX-BLK-008 @writes
  Scenario: The payer says what came of the match
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job until it is done
    Then the last answer lists what there is to fetch

  @req:PDEX-BLK-009 @writes
  Scenario: The payer says until when the outcome can be fetched
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job until it is done
    Then it says until when that can be fetched

  @req:PDEX-BMM-009 @req:PDEX-BLK-016 @writes
  Scenario Outline: A match that <state> can be called off
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job <how long>
    And the new payer calls the job off
    Then the payer agrees

    Examples:
      | state      | how long         |
      | is running | at once          |
      | is done    | until it is done |

  @req:PDEX-BMM-009 @req:PDEX-BLK-017 @writes
  Scenario Outline: Nothing is left of a match that was called off when it <state>
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer asks for all of them to be matched
    And the new payer asks about the job <how long>
    And the new payer calls the job off
    Then nothing is left of the job

    Examples:
      | state       | how long         |
      | was running | at once          |
      | was done    | until it is done |

  @req:PDEX-BMM-013 @writes
  Scenario: A request about nobody is refused
    Given a payer that takes on many at once
    When the new payer asks for nobody to be matched
    Then the payer refuses it or reports it among the errors

  @req:PDEX-BMM-013 @writes
  Scenario Outline: A member without <part> is refused or reported
    Given a payer that takes on many at once
    And these people to be matched:
      | who            | consent        | outcome |
      | a member       | for everything | matched |
      | another member | for everything | matched |
    And the first of them is submitted without <part>
    When the new payer asks for all of them to be matched
    Then the payer refuses it or reports it among the errors

    Examples:
      | part         |
      | coverage     |
      | demographics |
      | consent      |

  @req:PDEX-BMM-014 @writes
  Scenario: Something that the operation does not define does no harm
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    And the request for many carries something the operation does not define
    When the new payer asks for all of them to be matched
    Then the payer takes no offence at it

  @req:PDEX-BMM-016 @until:2.1.0 @writes
  Scenario: The outcome is one set of parameters
    Given these people to be matched:
      | who            | consent          | outcome                |
      | a member       | for everything   | matched                |
      | another member | ended last month | constrained by consent |
      | a stranger     | for everything   | not matched            |
    When the new payer has had all of them matched
    Then the outcome is one set of parameters with a group each

  @req:PDEX-BMM-017 @writes
  Scenario: The outcome is a file of groups
    Given these people to be matched:
      | who        | consent        | outcome     |
      | a member   | for everything | matched     |
      | a stranger | for everything | not matched |
    When the new payer has had all of them matched
    Then the outcome is a file of groups

  @req:PDEX-BMM-018 @writes
  Scenario: Parameters that come along say the same as the groups
    Given these people to be matched:
      | who        | consent        | outcome     |
      | a member   | for everything | matched     |
      | a stranger | for everything | not matched |
    When the new payer has had all of them matched
    Then parameters that come with the groups say the same

  @req:PDEX-BMM-020 @req:PDEX-BMM-043 @writes
  Scenario: There is a group for those who matched even when nobody did
    Given these people to be matched:
      | who        | consent        | outcome     |
      | a stranger | for everything | not matched |
    When the new payer has had all of them matched
    Then there is a group for those who matched, even without anybody in it
    And each of them is sorted as it should be

  @req:PDEX-BMM-021 @writes
  Scenario Outline: There are other groups only for those who are sorted there: <whom>
    Given these people to be matched:
      | who   | consent        | outcome   |
      | <who> | for everything | <outcome> |
    When the new payer has had all of them matched
    Then the other groups are there only if somebody is in them

    Examples:
      | whom               | who        | outcome     |
      | everybody matches  | a member   | matched     |
      | nobody matches     | a stranger | not matched |

  @req:PDEX-BMM-022 @writes
  Scenario: Everybody is sorted exactly once
    Given these people to be matched:
      | who            | consent             | outcome                |
      | a member       | for everything      | matched                |
      | another member | names another payer | constrained by consent |
      | a stranger     | for everything      | not matched            |
    When the new payer has had all of them matched
    Then each of them is sorted exactly once

  @req:PDEX-BMM-023 @writes
  Scenario: A consent without sensitive data is honoured only where that data can be kept apart
    Given these people to be matched:
      | who                                                | consent                | outcome                |
      | a member whose sensitive data cannot be kept apart | without sensitive data | constrained by consent |
      | a member                                           | for everything         | matched                |
    When the new payer has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-BMM-024 @writes
  Scenario: One bad consent touches nobody else
    Given these people to be matched:
      | who                           | consent          | outcome                |
      | a member                      | for everything   | matched                |
      | another member                | ended last month | constrained by consent |
      | a member with sensitive data  | for everything   | matched                |
    When the new payer has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-BMM-027 @writes
  Scenario Outline: Consent is weighed in the right order: <who>, consent <consent>
    Given these people to be matched:
      | who   | consent   | outcome   |
      | <who> | <consent> | <outcome> |
    When the new payer has had all of them matched
    Then each of them is sorted as it should be

    Examples:
      | who                                                | consent                | outcome                |
      | a stranger                                         | ended last month       | not matched            |
      | a stranger with a member's card                    | for everything         | not matched            |
      | somebody who fits two members                      | for everything         | not matched            |
      | a member                                           | starts next month      | constrained by consent |
      | a member                                           | names another payer    | constrained by consent |
      | a member                                           | no longer active       | constrained by consent |
      | a member                                           | forbids the exchange   | constrained by consent |
      | a member                                           | about somebody else    | constrained by consent |
      | a member whose sensitive data cannot be kept apart | without sensitive data | constrained by consent |
      | a member whose sensitive data cannot be kept apart | for everything         | matched                |

  @req:PDEX-BMM-026 @writes
  Scenario: The group of those constrained by consent gives no reason
    Given these people to be matched:
      | who            | consent             | outcome                |
      | a member       | ended last month    | constrained by consent |
      | another member | names another payer | constrained by consent |
    When the new payer has had all of them matched
    Then the group of those constrained by consent gives no reason

  @req:PDEX-BMM-029 @writes
  Scenario: Each member points to a copy of what was submitted
    Given these people to be matched:
      | who            | consent          | outcome                |
      | a member       | for everything   | matched                |
      | another member | ended last month | constrained by consent |
      | a stranger     | for everything   | not matched            |
    When the new payer has had all of them matched
    Then each member points to a copy of what was submitted

  @req:PDEX-BMM-034 @until:2.1.0 @writes
  Scenario: Each member can be told by what was submitted
    Given these people to be matched:
      | who        | consent        | outcome     |
      | a member   | for everything | matched     |
      | a stranger | for everything | not matched |
    When the new payer has had all of them matched
    Then each member points to a copy of what was submitted

  @req:PDEX-BMM-030 @req:PDEX-BMM-032 @writes
  Scenario: The copies are unaltered
    Given these people to be matched:
      | who            | consent          | outcome                |
      | a member       | for everything   | matched                |
      | another member | ended last month | constrained by consent |
      | a stranger     | for everything   | not matched            |
    When the new payer has had all of them matched
    Then the copies say what was submitted, unaltered

  @req:PDEX-BMM-031 @writes
  Scenario: The copies hold nothing that contained records must not hold
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    And the submitted records carry versions, dates and labels of their own
    When the new payer has had all of them matched
    Then the copies hold nothing that a contained record must not hold
    And each member points to a copy of what was submitted

  @req:PDEX-BMM-033 @writes
  Scenario: Somebody who is submitted with two cards is sorted by each of them
    Given these people to be matched:
      | who                               | consent        | outcome     |
      | a member                          | for everything | matched     |
      | the same person with another card | for everything | not matched |
    When the new payer has had all of them matched
    Then each of them points to a copy of the coverage it is about
    And each of them is sorted as it should be

  @req:PDEX-BMM-035 @writes
  Scenario: The group of those who matched says for whom and since when
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer has had all of them matched
    Then the group of those who matched says for whom they were matched and since when

  @req:PDEX-BMM-036 @writes
  Scenario: The groups are groups of real people
    Given these people to be matched:
      | who        | consent        | outcome     |
      | a member   | for everything | matched     |
      | a stranger | for everything | not matched |
    When the new payer has had all of them matched
    Then the groups are groups of real people, managed by an organization

  @req:PDEX-BMM-037 @writes
  Scenario: The group of those who matched is there for what follows
    Given these people to be matched:
      | who            | consent        | outcome |
      | a member       | for everything | matched |
      | another member | for everything | matched |
    When the new payer has had all of them matched
    Then the group of those who matched can be read again
    And their data can be asked for with it

  @req:PDEX-BMM-040 @writes
  Scenario: One incomplete member among many does not stop the others
    Given these people to be matched:
      | who            | consent        | outcome     |
      | a member       | for everything | matched     |
      | another member | for everything | matched     |
      | a stranger     | for everything | not matched |
    And the first of them is submitted without coverage
    When the new payer has had all of them matched
    Then the others are sorted as they should be

  @req:PDEX-BMM-041 @writes
  Scenario Outline: <number> members at once are taken on, or it is said how many are too many
    Given a payer that takes on many at once
    And <number> made-up people to be matched
    When the new payer asks for all of them to be matched
    Then the payer takes all of them or says how many are too many

    Examples:
      | number |
      | 10     |
      | 150    |

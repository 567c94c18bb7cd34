@role:payer-server
Feature: What the outcome of matching many members is made of
  Those who asked find their people in groups. Each group says what became of its members, and tells them
  apart by copies of what was submitted.

  @writes
  Scenario Outline: Where members matched every <profile> has <element>
    Given these people to be matched:
      | who                               | consent        | outcome     |
      | a member                          | for everything | matched     |
      | the same person with another card | for everything | not matched |
      | a stranger                        | for everything | not matched |
    When the new payer reads the groups they were sorted into
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                | profile                 | element                               |
      | PDEX-PROF-103              | pdex-member-match-group | type                                  |
      | PDEX-PROF-104              | pdex-member-match-group | actual                                |
      | PDEX-PROF-106 PDEX-TRM-005 | pdex-member-match-group | code                                  |
      | PDEX-PROF-107              | pdex-member-match-group | characteristic.code                   |
      | PDEX-PROF-112              | pdex-member-match-group | member.entity.extension:matchedMember |

  @writes
  Scenario Outline: Where members matched <element> of a <profile> is supplied
    Given these people to be matched:
      | who                               | consent        | outcome     |
      | a member                          | for everything | matched     |
      | the same person with another card | for everything | not matched |
      | a stranger                        | for everything | not matched |
    When the new payer reads the groups they were sorted into
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile                 | element                                 |
      | PDEX-PROF-105 | pdex-member-match-group | managingEntity                          |
      | PDEX-PROF-108 | pdex-member-match-group | characteristic.value[x]:valueReference  |
      | PDEX-PROF-109 | pdex-member-match-group | characteristic.exclude                  |
      | PDEX-PROF-110 | pdex-member-match-group | characteristic.period                   |
      | PDEX-PROF-111 | pdex-member-match-group | member.entity.extension:matchedMember   |
      | PDEX-PROF-113 | pdex-member-match-group | member.entity.extension:matchedCoverage |

  @writes
  Scenario Outline: For all others every <profile> has <element>
    Given these people to be matched:
      | who                               | consent          | outcome                |
      | a member                          | for everything   | matched                |
      | the same person with another card | for everything   | not matched            |
      | another member                    | ended last month | constrained by consent |
      | a stranger                        | for everything   | not matched            |
    When the new payer reads the groups they were sorted into
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                | profile                    | element                                  |
      | PDEX-PROF-114              | pdex-member-no-match-group | type                                     |
      | PDEX-PROF-115              | pdex-member-no-match-group | actual                                   |
      | PDEX-PROF-117 PDEX-TRM-005 | pdex-member-no-match-group | code                                     |
      | PDEX-PROF-119              | pdex-member-no-match-group | member.entity.extension:nonMatchedMember |

  @writes
  Scenario Outline: For all others <element> of a <profile> is supplied
    Given these people to be matched:
      | who                               | consent          | outcome                |
      | a member                          | for everything   | matched                |
      | the same person with another card | for everything   | not matched            |
      | another member                    | ended last month | constrained by consent |
      | a stranger                        | for everything   | not matched            |
    When the new payer reads the groups they were sorted into
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile                    | element                                    |
      | PDEX-PROF-116 | pdex-member-no-match-group | managingEntity                             |
      | PDEX-PROF-118 | pdex-member-no-match-group | member.entity.extension:nonMatchedMember   |
      | PDEX-PROF-120 | pdex-member-no-match-group | member.entity.extension:nonMatchedCoverage |

  @req:PDEX-PROF-108 @writes
  Scenario: The group of those who matched names the payer that asked
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer reads the groups they were sorted into
    Then the group of those who matched is for the payer that asked

  @req:PDEX-PROF-110 @writes
  Scenario: The group of those who matched begins with the match
    Given these people to be matched:
      | who      | consent        | outcome |
      | a member | for everything | matched |
    When the new payer reads the groups they were sorted into
    Then the group of those who matched is as old as the match

  @req:PDEX-PROF-204 @writes
  Scenario: The parameters of the outcome are the groups and nothing else
    Given these people to be matched:
      | who                               | consent        | outcome     |
      | a member                          | for everything | matched     |
      | the same person with another card | for everything | not matched |
      | a stranger                        | for everything | not matched |
    When the new payer reads the groups they were sorted into
    Then every pdex-parameters-multi-member-match-bundle-out record among them has parameter, whatever resources it holds

  @req:PDEX-PROF-205 @writes
  Scenario: The parameters of the outcome hold those who matched
    Given these people to be matched:
      | who                               | consent        | outcome     |
      | a member                          | for everything | matched     |
      | the same person with another card | for everything | not matched |
      | a stranger                        | for everything | not matched |
    When the new payer reads the groups they were sorted into
    Then every pdex-parameters-multi-member-match-bundle-out record among them has parameter:MatchedMembers, and it fits

  @writes
  Scenario Outline: <element> of the outcome fits
    Given these people to be matched:
      | who                               | consent          | outcome                |
      | a member                          | for everything   | matched                |
      | the same person with another card | for everything   | not matched            |
      | another member                    | ended last month | constrained by consent |
      | a stranger                        | for everything   | not matched            |
    When the new payer reads the groups they were sorted into
    Then some pdex-parameters-multi-member-match-bundle-out record among them has <element>, and it always fits

    Examples:
      | requirement   | element                             |
      | PDEX-PROF-206 | parameter:NonMatchedMembers         |
      | PDEX-PROF-207 | parameter:ConsentConstrainedMembers |

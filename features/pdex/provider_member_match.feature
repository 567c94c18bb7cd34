@role:payer-server
Feature: Matching a provider's patients
  A provider asks a payer which of its patients are members, and attests that it treats them. The answer comes
  later and sorts everybody: matched, not matched, or opted out of sharing with providers. The payer looks at
  all of that for each of them alone: the choice of the member, the treatment, the attestation.

  @req:PDEX-PMM-001 @since:2.2.0 @writes
  Scenario: From the attested treatment to the last file
    Given a group of matched patients of the provider
    When the provider has had their data exported
    Then the files can be read
    And nobody outside the group is in it

  @req:PDEX-PMM-005 @since:2.2.0 @writes
  Scenario Outline: The match is asked of groups as such: <wrong way> does not work
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When the provider asks for all of them to be matched
    Then the payer takes the job on and says where to ask about it
    When the provider tries the match of many <wrong way>
    Then the payer does not offer that

    Examples:
      | wrong way            |
      | on one group         |
      | by merely reading it |

  @req:PDEX-PMM-006 @since:2.2.0 @writes
  Scenario: The payer takes the match on and says where to ask about it
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When the provider asks for all of them to be matched
    Then the payer takes the job on and says where to ask about it

  @req:PDEX-PMM-006 @since:2.2.0 @writes
  Scenario: Nobody gets the outcome without waiting for it
    Given a payer that takes on many patients of a provider at once
    And these patients of a provider to be matched:
      | who      |
      | a member |
    When the provider asks for all of them to be matched at once, without waiting
    Then the payer refuses it or answers later all the same

  @req:PDEX-PMM-006 @since:2.2.0 @writes
  Scenario: The payer says how it stands, and what came of it
    Given these patients of a provider to be matched:
      | who      |
      | a member |
    When the provider asks for all of them to be matched
    And the provider asks about the job until it is done
    Then every answer until then says that the job is running
    And the last answer lists what there is to fetch

  @req:PDEX-PMM-006 @since:2.2.0 @writes
  Scenario: The outcome is a file of groups
    Given these patients of a provider to be matched:
      | who        | attestation | outcome     |
      | a member   | in order    | matched     |
      | a stranger | in order    | not matched |
    When the provider has had all of them matched
    Then the outcome is a file of groups

  @req:PDEX-PMM-007 @since:2.2.0 @writes
  Scenario: Parameters that come along say the same as the groups
    Given these patients of a provider to be matched:
      | who        | attestation | outcome     |
      | a member   | in order    | matched     |
      | a stranger | in order    | not matched |
    When the provider has had all of them matched
    Then parameters that come with the groups say the same

  @req:PDEX-PMM-012 @since:2.2.0 @writes
  Scenario: A request about nobody is refused
    Given a payer that takes on many patients of a provider at once
    When the provider asks for nobody to be matched
    Then the payer refuses it or reports it among the errors

  @req:PDEX-PMM-012 @since:2.2.0 @writes
  Scenario Outline: A patient without <part> is refused or reported
    Given a payer that takes on many patients of a provider at once
    And these patients of a provider to be matched:
      | who            |
      | a member       |
      | another member |
    And the first of them is submitted without <part>
    When the provider asks for all of them to be matched
    Then the payer refuses it or reports it among the errors

    Examples:
      | part         |
      | coverage     |
      | demographics |
      | consent      |

  @req:PDEX-PMM-013 @since:2.2.0 @writes
  Scenario Outline: The outcome is what its profiles say: <profile>
    Given these patients of a provider to be matched:
      | who                        |
      | a member                   |
      | a stranger                 |
      | a member who has opted out |
    When the provider reads the groups they were sorted into
    Then every <profile> record among them holds to that profile

    Examples:
      | profile                       |
      | pdex-provider-member-match    |
      | pdex-provider-member-no-match |
      | pdex-member-opt-out           |

  @req:PDEX-PMM-014 @since:2.2.0 @writes
  Scenario Outline: The choice, the treatment and the attestation are looked at: <who>, attestation <attestation>
    Given these patients of a provider to be matched:
      | who   | attestation   | outcome   |
      | <who> | <attestation> | <outcome> |
    When the provider has had all of them matched
    Then each of them is sorted as it should be

    Examples:
      | who                                         | attestation          | outcome     |
      | a member                                    | in order             | matched     |
      | a stranger                                  | in order             | not matched |
      | a stranger with a member's card             | in order             | not matched |
      | somebody who fits two members               | in order             | not matched |
      | a member who has opted out                  | in order             | opted out   |
      | a member whom the provider does not treat   | in order             | not matched |
      | a member                                    | ended last month     | not matched |
      | a member                                    | starts next month    | not matched |
      | a member                                    | by another provider  | not matched |
      | a member                                    | entered in error     | not matched |
      | a member                                    | about somebody else  | not matched |
      | a member                                    | denies the treatment | not matched |

  @req:PDEX-PMM-015 @since:2.2.0 @writes
  Scenario: Those who pass are in the group of those who matched
    Given these patients of a provider to be matched:
      | who            | attestation | outcome |
      | a member       | in order    | matched |
      | another member | in order    | matched |
    When the provider has had all of them matched
    Then each of them is sorted as it should be
    And the group of those who matched is one for providers

  @req:PDEX-PMM-016 @req:PDEX-PMM-044 @since:2.2.0 @writes
  Scenario: The group of those who matched can be read
    Given these patients of a provider to be matched:
      | who            | attestation | outcome |
      | a member       | in order    | matched |
      | another member | in order    | matched |
    When the provider has had all of them matched
    Then there is a group for those who matched, even without anybody in it
    And the group of those who matched can be read again

  @req:PDEX-PMM-045 @since:2.2.0 @writes
  Scenario: The data of those who matched can be asked for
    Given these patients of a provider to be matched:
      | who      | attestation | outcome |
      | a member | in order    | matched |
    When the provider has had all of them matched
    Then their data can be asked for with it

  @req:PDEX-PMM-017 @since:2.2.0 @writes
  Scenario: The others are in groups that are told apart by their profiles
    Given these patients of a provider to be matched:
      | who                        | attestation | outcome     |
      | a member                   | in order    | matched     |
      | a stranger                 | in order    | not matched |
      | a member who has opted out | in order    | opted out   |
    When the provider has had all of them matched
    Then each of them is sorted as it should be
    And the groups are told apart by their profiles

  @req:PDEX-PMM-019 @since:2.2.0 @writes
  Scenario: Whoever has opted out is not given to a provider
    Given these patients of a provider to be matched:
      | who                        | attestation | outcome   |
      | a member                   | in order    | matched   |
      | a member who has opted out | in order    | opted out |
    When the provider has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-PMM-019 @req:PDEX-PMM-021 @req:PDEX-PMM-022 @req:PDEX-PMM-023 @req:PDEX-CON-006 @since:2.2.0 @writes
  Scenario: Whoever opts out does not match any more
    Given a member whose choice about providers may be changed
    And a group of matched patients of the provider with that member among them
    And the member has put on record that providers are not to have the data
    When the provider has had the member matched
    Then the member is not among those who matched

  @req:PDEX-PMM-020 @req:PDEX-PMM-024 @since:2.2.0 @writes
  Scenario: Whoever takes an opt-out back matches again
    Given a member whose choice about providers may be changed
    And the member has put on record that providers are not to have the data
    And the member has taken that back
    When the provider has had the member matched
    Then the member is among those who matched

  @req:PDEX-CON-012 @since:2.2.0 @writes
  Scenario: Whoever says nothing lets providers have the data
    Given a member who has said nothing about providers
    When the provider has had the member matched
    Then the member is among those who matched

  @req:PDEX-PRV-040 @since:2.2.0 @writes
  Scenario: An opt-out after the match keeps the data back
    Given a member whose choice about providers may be changed
    And a group of matched patients of the provider with that member among them
    And the member has put on record that providers are not to have the data
    When the provider has had their data exported
    Then the member who has opted out is not in it, and the others are

  @req:PDEX-PRV-022 @since:2.2.0 @writes
  Scenario: The data of those who have opted out cannot be had
    Given these patients of a provider to be matched:
      | who                        | attestation | outcome   |
      | a member                   | in order    | matched   |
      | a member who has opted out | in order    | opted out |
    When the provider has had all of them matched
    And the provider asks for the data of those who have opted out
    Then the payer gives out nothing about them

  @req:PDEX-PMM-027 @since:2.2.0 @writes
  Scenario: Only whoever treats a member gets the member matched
    Given these patients of a provider to be matched:
      | who                                       | attestation | outcome     |
      | a member                                  | in order    | matched     |
      | a member whom the provider does not treat | in order    | not matched |
    When the provider has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-PMM-026 @since:2.2.0
  Scenario: Groups of those who treat a member say whom and by whom
    When an app looks for the groups of those who treat a member
    Then every pdex-treatment-relationship record among them holds to that profile

  @req:PDEX-PMM-036 @since:2.2.0 @writes
  Scenario: The provider finds the group of those who matched
    Given a group of matched patients of the provider
    When the provider looks for the group by its number
    Then the group is found by it, and not by another
    When the provider looks at all groups it can see
    Then the group is among them
    And each of them can be read

  @req:PDEX-PMM-048 @since:2.2.0 @writes
  Scenario: The answer does not tell who treats whom
    Given these patients of a provider to be matched:
      | who        | attestation | outcome     |
      | a member   | in order    | matched     |
      | a stranger | in order    | not matched |
    When the provider has had all of them matched
    Then the provider is not told who treats whom

  @req:PDEX-PMM-051 @since:2.2.0 @writes
  Scenario: The group of those who have opted out gives no reason
    Given these patients of a provider to be matched:
      | who                        | attestation | outcome   |
      | a member                   | in order    | matched   |
      | a member who has opted out | in order    | opted out |
    When the provider has had all of them matched
    Then the group of those who have opted out gives no reason

  @req:PDEX-PMM-052 @since:2.2.0 @writes
  Scenario: One bad attestation touches nobody else
    Given these patients of a provider to be matched:
      | who                        | attestation      | outcome     |
      | another member             | ended last month | not matched |
      | a member                   | in order         | matched     |
      | a stranger                 | in order         | not matched |
      | a member who has opted out | in order         | opted out   |
    When the provider has had all of them matched
    Then each of them is sorted as it should be

  @req:PDEX-PMM-052 @since:2.2.0 @writes
  Scenario: One incomplete patient among many does not stop the others
    Given these patients of a provider to be matched:
      | who            | attestation | outcome     |
      | a member       | in order    | matched     |
      | another member | in order    | matched     |
      | a stranger     | in order    | not matched |
    And the first of them is submitted without coverage
    When the provider has had all of them matched
    Then the others are sorted as they should be

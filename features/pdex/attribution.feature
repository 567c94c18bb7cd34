@role:payer-server
Feature: Lists of members kept for a provider
  A payer keeps a list of the members that are attributed to a provider. The provider finds it, reads it and has
  the data of the members on it exported, all of it or a part. Nobody else sees the list, and members who opt out
  leave it.

  @req:PDEX-PRV-016 @req:PDEX-PRV-035 @writes
  Scenario: The provider finds its list
    Given a group of members attributed to the provider
    When the provider looks for the group by its characteristic
    Then the group is found by it, and not by another
    When the provider looks at all groups it can see
    Then the group is among them

  @req:PDEX-GRP-002 @writes
  Scenario: The list is found by its code
    Given a group of members attributed to the provider
    When the provider looks for the group by its code
    Then the group is found by it, and not by another

  @req:PDEX-PRV-036 @writes
  Scenario: A provider sees only lists that were made for it
    Given a group of members attributed to the provider
    When the provider looks at all groups it can see
    Then none of them was made for another provider

  @req:PDEX-PRV-037 @writes
  Scenario: The provider reads its lists
    Given a group of members attributed to the provider
    When the provider looks at all groups it can see
    Then each of them can be read

  @req:PDEX-PRV-017 @req:PDEX-PRV-037 @writes
  Scenario: Nobody else reads a list
    Given a group of members attributed to the provider
    When the provider tries to read the group of another provider
    Then the payer keeps the group to itself

  @req:PDEX-PRV-024 @writes
  Scenario: A list is what its profile says
    When a provider looks for the groups of its patients
    Then every pdex-provider-group record among them holds to that profile

  @req:PDEX-PRV-058
  Scenario: The payer declares that lists of members are kept
    Given the payer's declaration
    Then it declares that lists of members can be read, searched and exported

  @req:PDEX-PRV-059 @since:2.2.0
  Scenario: The payer declares the match for providers
    Given the payer's declaration
    Then it declares the provider member match operation

  @req:PDEX-ATR-005
  Scenario: Everybody on a list is a member
    When a provider looks for the groups of its patients
    Then every pdex-provider-group record among them has member.entity, and it fits

  @req:PDEX-PRV-003 @req:PDEX-PRV-004 @req:PDEX-PRV-038 @writes
  Scenario: The payer takes the export of a list on and says where to ask about it
    Given a group of members attributed to the provider
    When the provider asks for their data
    Then the payer takes the job on and says where to ask about it

  @req:PDEX-PRV-003 @req:PDEX-PRV-004 @writes
  Scenario: The data of the members on a list comes in files
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then the files can be read
    And each file holds records of the kind it is said to hold, one to a line

  @req:PDEX-PRV-005 @since:2.2.0 @writes
  Scenario: The payer says how the export stands, and what came of it
    Given a group of members attributed to the provider
    When the provider asks for their data
    And the provider asks about the job until it is done
    Then every answer until then says that the job is running
    And the last answer lists what there is to fetch

  @req:PDEX-PRV-005 @since:2.2.0 @writes
  Scenario: Nothing is left of an export that was called off
    Given a group of members attributed to the provider
    When the provider asks for their data
    And the provider asks about the job until it is done
    And the provider calls the job off
    Then nothing is left of the job

  @req:PDEX-PRV-057 @writes
  Scenario: The data is there soon
    Given a group of members attributed to the provider
    When the provider asks for their data
    Then the data is there within one business day

  @req:PDEX-PRV-038 @req:PDEX-ATR-007 @writes
  Scenario: The data of another provider's members cannot be had
    Given a group of members attributed to the provider
    When the provider asks for the data of another provider's group
    Then the payer refuses to give that data out and says why

  @req:PDEX-PRV-018 @writes
  Scenario: The provider has all data exported, that of one member, and some of that
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then the files can be read
    Given the export is limited to the first of them
    When the provider has had their data exported
    Then only the first of them is in it
    Given the export is limited to patients and conditions
    When the provider has had their data exported
    Then only patients and conditions are in it, and all of them

  @req:PDEX-PRV-033 @writes
  Scenario: Clinical records, claims and prior authorizations are exported for providers
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then clinical records, claims, prior authorizations and documents are in it

  @req:PDEX-PRV-039 @writes
  Scenario: The provider narrows an export by kinds of records
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Given the export is limited to patients and conditions
    When the provider has had their data exported
    Then only patients and conditions are in it, and all of them

  @req:PDEX-PRV-041 @writes
  Scenario: Whoever names nobody gets the data of all
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then every member of the group is in it, and nobody else

  @req:PDEX-PRV-042 @writes
  Scenario: Asking for somebody who is not on the list brings nothing
    Given a group of members attributed to the provider
    And the export is limited to the first of them
    And the export also asks for a member outside the group
    And the export also asks for somebody outside the group and for nobody
    When the provider has had their data exported
    Then only the first of them is in it

  @req:PDEX-PRV-052 @writes
  Scenario: Whoever does not choose gets every kind of record for providers
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then every kind of record that is found for the members is in it

  @req:PDEX-ATR-001 @writes
  Scenario Outline: The export can be narrowed by <what>
    Given a group of members attributed to the provider
    And the export names <what>
    When the provider asks for their data
    Then the payer accepts it

    Examples:
      | what             |
      | one member       |
      | a beginning      |
      | an end           |
      | kinds of records |
      | a filter         |

  @req:PDEX-ATR-001 @writes
  Scenario Outline: <what> must be named in the right way
    Given a group of members attributed to the provider
    When the provider asks for their data
    Then the payer accepts it
    Given the export names <what> in words
    When the provider asks for their data
    Then the payer refuses it and says why

    Examples:
      | what        |
      | one member  |
      | a beginning |

  @req:PDEX-ATR-002 @writes
  Scenario: What an export is for is said by its proper name
    Given a group of members attributed to the provider
    When the provider asks for their data
    Then the payer accepts it
    When the provider asks for their data and says in words what for
    Then the payer accepts it, or refuses it and says why

  @req:PDEX-PRV-011 @req:PDEX-PRV-040 @req:PDEX-CON-005 @writes
  Scenario: Whoever opts out is not exported for providers
    Given a member whose choice about providers may be changed
    And a group of members attributed to the provider
    And the member is one of them
    And the member has put on record that providers are not to have the data
    When the provider has had their data exported
    Then the member who has opted out is not in it, and the others are

  @req:PDEX-PRV-020 @writes
  Scenario: Whoever opts out leaves the list
    Given a member whose choice about providers may be changed
    And a group of members attributed to the provider
    And the member is one of them
    And the member has put on record that providers are not to have the data
    When the provider reads the list again
    Then the member is not on it any more

  @req:PDEX-PRV-010 @writes
  Scenario: Whoever takes an opt-out back is on the list again
    Given a member whose choice about providers may be changed
    And a group of members attributed to the provider
    And the member has put on record that providers are not to have the data
    And the member has taken that back
    When the provider reads the list again
    Then the member is on it again

  @req:PDEX-CON-012 @until:2.1.0 @writes
  Scenario: The data of whoever says nothing is given to providers
    Given a group of members attributed to the provider
    When the provider has had their data exported
    Then those who have said nothing about providers are in it

  @req:PDEX-PRV-022 @writes
  Scenario: The data of those who keep it back cannot be had
    Given a group of members attributed to the provider
    When the provider asks for the data of those who have opted out
    Then the payer gives out nothing about them

  @req:PDEX-PRV-028 @req:PDEX-PRV-029 @until:2.1.0 @writes
  Scenario: The list says when data was transmitted
    Given a group of members attributed to the provider
    When the provider has had their data exported
    And the provider reads the list again
    Then it says of every member that data was transmitted now

  @req:PDEX-PRV-028 @req:PDEX-PRV-030 @until:2.1.0 @writes
  Scenario: The list says which kinds of records were transmitted
    Given a group of members attributed to the provider
    And the export is limited to other kinds of records than last time
    When the provider has had their data exported
    And the provider reads the list again
    Then it says of every member which kinds of records were transmitted
    And it says of every member that data was transmitted now

  @req:PDEX-PRV-030 @until:2.1.0 @writes
  Scenario: The list says up to when data was transmitted
    Given a group of members attributed to the provider
    And the export is limited to other kinds of records than last time
    And the export is limited to what changed until the end of last year
    When the provider has had their data exported
    And the provider reads the list again
    Then it says of every member that data was transmitted as of that end

  @req:PDEX-PRV-028 @req:PDEX-PRV-031 @until:2.1.0 @writes
  Scenario: The list says by which filter data was transmitted
    Given a group of members attributed to the provider
    And the export is limited by another filter than last time
    When the provider has had their data exported
    And the provider reads the list again
    Then it says of every member by which filter
    And it says of every member that data was transmitted now

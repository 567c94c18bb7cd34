@role:payer-server
Feature: Elements that must be supported
  What a profile marks as must-support, a payer must be able to give out, and give out where it has it.
  What it does not have is left out or its absence explained, never filled with nothing.

  @req:PDEX-MS-001 @req:PDEX-MS-008 @req:PDEX-MAP-036
  Scenario: What the declared profiles must support is supplied
    Given a member of the payer
    And the payer's declaration
    When an app reads all of the member's records
    Then all that the declared profiles must support is among them and fits

  @req:PDEX-MS-009
  Scenario: What belongs to optional elements comes with them
    Given a member of the payer
    And the payer's declaration
    When an app reads all of the member's records
    Then what belongs to optional elements comes with them

  @req:PDEX-MS-007 @req:PDEX-MAP-036
  Scenario: What the profiles demand is there
    Given a member of the payer
    When an app reads all of the member's records
    Then none of them lacks what its profiles demand

  @req:PDEX-MS-011
  Scenario: What the profile of coverages must support is supplied
    Given a member of the payer
    When an app reads the member's Coverage records
    Then all that hrex-coverage must support is among them and fits

  @req:PDEX-MS-004
  Scenario: What the payer does not have is left out
    Given a member of the payer
    When an app reads all of the member's records
    Then none of them holds an empty element or a placeholder

  @req:PDEX-MS-006
  Scenario: Reasons of absence can be understood
    Given a member of the payer
    When an app reads all of the member's records
    Then reasons of absence are those that FHIR knows

  @req:PDEX-MS-015
  Scenario: Codes for missing values can be understood
    Given a member of the payer
    When an app reads all of the member's records
    Then codes for missing values are those that FHIR knows

  @req:PDEX-MS-013
  Scenario: Elements without a value say why
    Given a member of the payer
    When an app reads all of the member's records
    Then elements without a value say why

  @req:PDEX-MS-017
  Scenario: What records refer to is given as US Core says
    Given a member of the payer
    When an app reads all of the member's records
    Then what they refer to is there and holds to US Core

  Scenario Outline: Some <kind> has <one> or <other>
    Given a member of the payer
    When an app reads the member's <kind> records
    Then at least one of them has <one> or <other>

    Examples:
      | requirement  | kind      | one               | other           |
      | PDEX-CAP-030 | Encounter | reasonCode        | reasonReference |
      | PDEX-CAP-030 | Encounter | location.location | serviceProvider |
      | PDEX-CAP-031 | Goal      | startDate         | target.dueDate  |

  @req:PDEX-CAP-032
  Scenario: Results without a value say why
    Given a member of the payer
    And the payer serves US Core 6.1.0
    When an app reads the member's Observation records
    Then results without a value say why

  @req:PDEX-CAP-033
  Scenario: Organizations are identified by provider number
    Given a member of the payer
    When an app reads the member's Organization records
    Then at least one of them is identified by provider number

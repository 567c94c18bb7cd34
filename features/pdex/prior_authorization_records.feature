@role:payer-server
Feature: Prior authorizations as PDex describes them
  A member, an app or another payer learns from a prior authorization what was decided, by whom and on
  which grounds. Each must have what the PDex profile asks for.

  Scenario Outline: Every <profile> has <element>
    Given a member of the payer
    When an app reads the member's <kind> records
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                 | kind                 | profile                 | element                       |
      | PDEX-PROF-001               | ExplanationOfBenefit | pdex-priorauthorization | meta.profile                  |
      | PDEX-PROF-002 PDEX-PROF-003 | ExplanationOfBenefit | pdex-priorauthorization | meta.profile:supportedProfile |
      | PDEX-PROF-006               | ExplanationOfBenefit | pdex-priorauthorization | status                        |
      | PDEX-PROF-007               | ExplanationOfBenefit | pdex-priorauthorization | type                          |
      | PDEX-PROF-008               | ExplanationOfBenefit | pdex-priorauthorization | use                           |
      | PDEX-PROF-009               | ExplanationOfBenefit | pdex-priorauthorization | patient                       |
      | PDEX-PROF-011               | ExplanationOfBenefit | pdex-priorauthorization | insurer                       |
      | PDEX-PROF-012               | ExplanationOfBenefit | pdex-priorauthorization | provider                      |
      | PDEX-PROF-016               | ExplanationOfBenefit | pdex-priorauthorization | careTeam.provider             |
      | PDEX-PROF-040               | ExplanationOfBenefit | pdex-priorauthorization | adjudication.category         |
      | PDEX-PROF-047               | ExplanationOfBenefit | pdex-priorauthorization | total.category                |
      | PDEX-PROF-049               | ExplanationOfBenefit | pdex-priorauthorization | created                       |
      | PDEX-PROF-050               | ExplanationOfBenefit | pdex-priorauthorization | outcome                       |
      | PDEX-PROF-051               | ExplanationOfBenefit | pdex-priorauthorization | insurance                     |

  Scenario Outline: <element> of a <profile> is supplied
    Given a member of the payer
    When an app reads the member's <kind> records
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | kind                 | profile                 | element                                            |
      | PDEX-PROF-004 | ExplanationOfBenefit | pdex-priorauthorization | extension:levelOfServiceType                       |
      | PDEX-PROF-010 | ExplanationOfBenefit | pdex-priorauthorization | enterer                                            |
      | PDEX-PROF-014 | ExplanationOfBenefit | pdex-priorauthorization | facility                                           |
      | PDEX-PROF-015 | ExplanationOfBenefit | pdex-priorauthorization | preAuthRefPeriod                                   |
      | PDEX-PROF-027 | ExplanationOfBenefit | pdex-priorauthorization | item.category                                      |
      | PDEX-PROF-031 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication.extension:reviewAction           |
      | PDEX-PROF-032 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication.extension:adjudicationActionDate |
      | PDEX-PROF-034 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication:adjudicationamounttype           |
      | PDEX-PROF-035 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication:allowedunits                     |
      | PDEX-PROF-036 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication:denialreason                     |
      | PDEX-PROF-037 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication:consumedunits                    |
      | PDEX-PROF-039 | ExplanationOfBenefit | pdex-priorauthorization | adjudication                                       |
      | PDEX-PROF-041 | ExplanationOfBenefit | pdex-priorauthorization | adjudication.extension:reviewAction                |
      | PDEX-PROF-042 | ExplanationOfBenefit | pdex-priorauthorization | adjudication.extension:adjudicationActionDate      |
      | PDEX-PROF-043 | ExplanationOfBenefit | pdex-priorauthorization | adjudication:adjudicationamounttype                |
      | PDEX-PROF-045 | ExplanationOfBenefit | pdex-priorauthorization | adjudication:denialreason                          |
      | PDEX-PROF-048 | ExplanationOfBenefit | pdex-priorauthorization | total.extension:priorauth-utilization              |

  # In 2.0.0 the definitions of these extensions (PAS 2.0.1) do not let them stand where the profile wants them.
  @since:2.1.0
  Scenario Outline: <element> of a <profile> is supplied since PAS allows it
    Given a member of the payer
    When an app reads the member's <kind> records
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | kind                 | profile                 | element                                      |
      | PDEX-PROF-018 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:itemTraceNumber               |
      | PDEX-PROF-019 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:preAuthIssueDate              |
      | PDEX-PROF-020 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:preAuthPeriod                 |
      | PDEX-PROF-021 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:previousAuthorizationNumber   |
      | PDEX-PROF-022 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:administrationReferenceNumber |
      | PDEX-PROF-023 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:authorizedItemDetail          |
      | PDEX-PROF-024 | ExplanationOfBenefit | pdex-priorauthorization | item.extension:authorizedProvider            |

  Scenario Outline: <element> of a <profile> is as agreed
    Given a member of the payer
    When an app reads the member's <kind> records
    Then wherever a <profile> record among them has <element>, it fits

    Examples:
      | requirement   | kind                 | profile                 | element                         |
      | PDEX-PROF-013 | ExplanationOfBenefit | pdex-priorauthorization | priority                        |
      | PDEX-PROF-017 | ExplanationOfBenefit | pdex-priorauthorization | insurance.coverage              |
      | PDEX-PROF-028 | ExplanationOfBenefit | pdex-priorauthorization | item.productOrService           |
      | PDEX-PROF-029 | ExplanationOfBenefit | pdex-priorauthorization | item.encounter                  |
      | PDEX-PROF-030 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication               |
      | PDEX-PROF-033 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication.category      |
      | PDEX-PROF-038 | ExplanationOfBenefit | pdex-priorauthorization | item.adjudication:consumedunits |
      | PDEX-PROF-046 | ExplanationOfBenefit | pdex-priorauthorization | addItem.provider                |

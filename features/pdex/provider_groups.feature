@role:payer-server
Feature: Groups of a provider's patients
  A payer keeps a group of the members that are attributed to a provider, and tells a provider that asks about
  its patients in groups which of them are members, which are not, and which have opted out.

  Scenario Outline: Every <profile> has <element>
    When a provider looks for the groups of its patients
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                | profile             | element                         |
      | PDEX-PROF-121 PDEX-ATR-003              | pdex-provider-group | meta.lastUpdated                |
      | PDEX-PROF-122 PDEX-ATR-003              | pdex-provider-group | extension:attributionListStatus |
      | PDEX-PROF-127 PDEX-ATR-003              | pdex-provider-group | type                            |
      | PDEX-PROF-128 PDEX-ATR-003              | pdex-provider-group | actual                          |
      | PDEX-PROF-129 PDEX-ATR-003              | pdex-provider-group | managingEntity                  |
      | PDEX-PROF-130 PDEX-TRM-005 | pdex-provider-group | code                            |
      | PDEX-PROF-131              | pdex-provider-group | characteristic.code             |

  Scenario Outline: <element> of a <profile> is supplied
    When a provider looks for the groups of its patients
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile             | element                                |
      | PDEX-PROF-123 | pdex-provider-group | extension:contractValidityPeriod       |
      | PDEX-PROF-124 PDEX-PRV-025 | pdex-provider-group | extension:optedOut                     |
      | PDEX-PROF-125 PDEX-ATR-004 | pdex-provider-group | identifier:npi                         |
      | PDEX-PROF-126 PDEX-ATR-004 | pdex-provider-group | identifier:tin                         |
      | PDEX-PROF-132 | pdex-provider-group | characteristic.value[x]:valueReference |
      | PDEX-PROF-133 | pdex-provider-group | characteristic.exclude                 |
      | PDEX-PROF-134 | pdex-provider-group | characteristic.period                  |
      | PDEX-PROF-135 PDEX-ATR-005 | pdex-provider-group | member.extension:changeType            |
      | PDEX-PROF-136 PDEX-ATR-005 | pdex-provider-group | member.extension:coverageReference     |
      | PDEX-PROF-137 PDEX-ATR-005 | pdex-provider-group | member.extension:attributedProvider    |
      | PDEX-PROF-138 | pdex-provider-group | member.extension:lastTransmitted       |
      | PDEX-PROF-139 | pdex-provider-group | member.extension:lastResources         |
      | PDEX-PROF-140 | pdex-provider-group | member.extension:lastFilters           |

  @since:2.2.0 @writes
  Scenario Outline: In the answer to a provider every <profile> has <element>
    Given these patients of a provider to be matched:
      | who        |
      | a member   |
      | a stranger |
    When the provider reads the groups they were sorted into
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                | profile                       | element        |
      | PDEX-PROF-143 PDEX-TRM-005 | pdex-provider-member-match    | code           |
      | PDEX-PROF-144              | pdex-provider-member-match    | managingEntity |
      | PDEX-PROF-150              | pdex-provider-member-match    | member         |
      | PDEX-PROF-155 PDEX-TRM-005 | pdex-provider-member-no-match | code           |
      | PDEX-PROF-156              | pdex-provider-member-no-match | managingEntity |
      | PDEX-PROF-157              | pdex-provider-member-no-match | member         |

  @since:2.2.0 @writes
  Scenario Outline: In the answer to a provider <element> of a <profile> is supplied
    Given these patients of a provider to be matched:
      | who        |
      | a member   |
      | a stranger |
    When the provider reads the groups they were sorted into
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | profile                       | element                                  |
      | PDEX-PROF-141 | pdex-provider-member-match    | type                                     |
      | PDEX-PROF-142 | pdex-provider-member-match    | actual                                   |
      | PDEX-PROF-145 | pdex-provider-member-match    | identifier                               |
      | PDEX-PROF-146 | pdex-provider-member-match    | characteristic.code                      |
      | PDEX-PROF-147 | pdex-provider-member-match    | characteristic.value[x]:valueReference   |
      | PDEX-PROF-148 | pdex-provider-member-match    | characteristic.exclude                   |
      | PDEX-PROF-149 | pdex-provider-member-match    | characteristic.period                    |
      | PDEX-PROF-151 | pdex-provider-member-match    | member.entity                            |
      | PDEX-PROF-152 | pdex-provider-member-match    | member.entity.extension:matchedMember    |
      | PDEX-PROF-153 | pdex-provider-member-no-match | type                                     |
      | PDEX-PROF-154 | pdex-provider-member-no-match | actual                                   |
      | PDEX-PROF-158 | pdex-provider-member-no-match | member.entity.extension:nonMatchedMember |

  @since:2.2.0 @writes
  Scenario Outline: For those who have opted out every <profile> has <element>
    Given these patients of a provider to be matched:
      | who                        |
      | a member                   |
      | a member who has opted out |
    When the provider reads the groups they were sorted into
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                | profile             | element                 |
      | PDEX-PROF-161              | pdex-member-opt-out | type                    |
      | PDEX-PROF-162              | pdex-member-opt-out | actual                  |
      | PDEX-PROF-165              | pdex-member-opt-out | characteristic.code     |
      | PDEX-PROF-166 PDEX-TRM-007 | pdex-member-opt-out | characteristic.value[x] |
      | PDEX-PROF-170              | pdex-member-opt-out | member.entity           |

  @since:2.2.0 @writes
  Scenario Outline: For those who have opted out <element> of a <profile> is supplied
    Given these patients of a provider to be matched:
      | who                        |
      | a member                   |
      | a member who has opted out |
    When the provider reads the groups they were sorted into
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement                | profile             | element                               |
      | PDEX-PROF-159              | pdex-member-opt-out | identifier                            |
      | PDEX-PROF-160              | pdex-member-opt-out | active                                |
      | PDEX-PROF-163 PDEX-TRM-005 | pdex-member-opt-out | code                                  |
      | PDEX-PROF-164              | pdex-member-opt-out | managingEntity                        |
      | PDEX-PROF-167              | pdex-member-opt-out | characteristic.exclude                |
      | PDEX-PROF-168              | pdex-member-opt-out | characteristic.period.start           |
      | PDEX-PROF-169 PDEX-TRM-007 | pdex-member-opt-out | characteristic.extension:optOutReason |
      | PDEX-PROF-171              | pdex-member-opt-out | member.entity.extension:optOutDetails |
      | PDEX-PROF-172              | pdex-member-opt-out | quantity                              |

  @req:PDEX-PROF-212 @since:2.2.0 @writes
  Scenario: The parameters of the answer are the groups and nothing else
    Given these patients of a provider to be matched:
      | who        |
      | a member   |
      | a stranger |
    When the provider reads the groups they were sorted into
    Then every provider-parameters-multi-member-match-bundle-out record among them has parameter, whatever resources it holds

  @req:PDEX-PROF-213 @since:2.2.0 @writes
  Scenario: The parameters of the answer hold those who matched
    Given these patients of a provider to be matched:
      | who        |
      | a member   |
      | a stranger |
    When the provider reads the groups they were sorted into
    Then every provider-parameters-multi-member-match-bundle-out record among them has parameter:MatchedMembers, and it fits

  @req:PDEX-PROF-214 @since:2.2.0 @writes
  Scenario: The parameters of the answer may hold those who did not match
    Given these patients of a provider to be matched:
      | who        |
      | a member   |
      | a stranger |
    When the provider reads the groups they were sorted into
    Then some provider-parameters-multi-member-match-bundle-out record among them has parameter:NonMatchedMembers, and it always fits

  @req:PDEX-PROF-215 @since:2.2.0 @writes
  Scenario: The parameters of the answer may hold those who have opted out
    Given these patients of a provider to be matched:
      | who                        |
      | a member                   |
      | a member who has opted out |
    When the provider reads the groups they were sorted into
    Then some provider-parameters-multi-member-match-bundle-out record among them has parameter:ConsentConstrainedMembers, and it always fits

  @since:2.2.0
  Scenario Outline: Among those who treat a member every <profile> has <element>
    When an app looks for the groups of those who treat a member
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement   | profile                     | element                 |
      | PDEX-PROF-173 | pdex-treatment-relationship | type                    |
      | PDEX-PROF-174 | pdex-treatment-relationship | actual                  |
      | PDEX-PROF-178 | pdex-treatment-relationship | characteristic.code     |
      | PDEX-PROF-179 | pdex-treatment-relationship | characteristic.value[x] |
      | PDEX-PROF-181 | pdex-treatment-relationship | member.entity           |

  @since:2.2.0
  Scenario Outline: Among those who treat a member <element> of a <profile> is supplied
    When an app looks for the groups of those who treat a member
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement                | profile                     | element                                  |
      | PDEX-PROF-175              | pdex-treatment-relationship | active                                   |
      | PDEX-PROF-176 PDEX-TRM-005 | pdex-treatment-relationship | code                                     |
      | PDEX-PROF-177              | pdex-treatment-relationship | managingEntity                           |
      | PDEX-PROF-180              | pdex-treatment-relationship | characteristic.exclude                   |
      | PDEX-PROF-182              | pdex-treatment-relationship | member.entity.extension:treatmentDetails |

  @req:PDEX-CAP-040 @since:2.2.0
  Scenario: Groups are found by either of two codes
    Given groups of different codes
    Then a search by either code finds the groups of both

  @req:PDEX-CAP-040 @since:2.2.0
  Scenario: Groups are found by two codes at once
    Given groups of different codes
    Then a search by both codes finds no group that has only one

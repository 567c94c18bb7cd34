@role:provider-client
Feature: A provider has its patients matched
  Before a provider has data exported, it has its patients matched with the members of the payer, and attests that it
  treats them. The group of those who were matched is what it has exported, for a while.

  Rule: The match comes first

    @req:PDEX-PMM-004
    Scenario: Patients are matched before anything is exported
      When the provider has the data of a group exported
      Then it has had its patients matched before

    @req:PDEX-PMM-032
    Scenario: The group of the match is exported
      When the provider has the data of a group exported
      Then each group is one of those that a match has brought

    @req:PDEX-PMM-037
    Scenario: Patients are matched again before data is fetched later
      When the provider exports for the purpose provider-delta
      Then it has had its patients matched since the export before

    @req:PDEX-PMM-049
    Scenario: Groups are told apart by their profiles
      When the provider has the data of a group exported
      Then each group is one of those who matched, whatever the order of groups

    @req:PDEX-PMM-008
    Scenario: Groups are taken from their own file
      When the provider is told to wait for a match of many
      Then it takes the groups from their own file where there is one

  Rule: Each patient is submitted with an attestation

    Background:
      When the provider has many members matched at once

    @req:PDEX-PMM-011
    Scenario: Each patient comes with one record of each kind
      Then every member is submitted with one record of each kind

    Scenario Outline: The request has <element>
      Then every Parameters it submits is taken for a provider-parameters-multi-member-match-bundle-in
      And every provider-parameters-multi-member-match-bundle-in record among them has <element>, and it fits

      Examples:
        | requirement   | element                                     |
        | PDEX-PROF-208 | parameter:MemberBundle                      |
        | PDEX-PROF-209 | parameter:MemberBundle.part:MemberPatient   |
        | PDEX-PROF-210 | parameter:MemberBundle.part:CoverageToMatch |
        | PDEX-PROF-211 | parameter:MemberBundle.part:Consent         |

    Scenario Outline: Every attestation has <element>
      Then every Consent it submits is taken for a provider-treatment-relationship-consent
      And every provider-treatment-relationship-consent record among them has <element>, and it fits

      Examples:
        | requirement   | element   |
        | PDEX-PROF-183 | status    |
        | PDEX-PROF-184 | scope     |
        | PDEX-PROF-185 | category  |
        | PDEX-PROF-186 | patient   |
        | PDEX-PROF-187 | dateTime  |
        | PDEX-PROF-188 | performer |

    Scenario Outline: <element> of an attestation is supplied
      Then every Consent it submits is taken for a provider-treatment-relationship-consent
      And some provider-treatment-relationship-consent record among them has <element>, and it always fits

      Examples:
        | requirement   | element                       |
        | PDEX-PROF-189 | performer.identifier          |
        | PDEX-PROF-190 | organization                  |
        | PDEX-PROF-191 | source[x]                     |
        | PDEX-PROF-192 | policy                        |
        | PDEX-PROF-193 | provision                     |
        | PDEX-PROF-194 | provision.type                |
        | PDEX-PROF-195 | provision.period.start        |
        | PDEX-PROF-196 | provision.actor               |
        | PDEX-PROF-197 | provision.purpose             |
        | PDEX-PROF-198 | verification.verified         |
        | PDEX-PROF-198 | verification.verifiedWith     |
        | PDEX-PROF-198 | verification.verificationDate |

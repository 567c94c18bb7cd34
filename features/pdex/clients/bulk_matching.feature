@role:payer-client
Feature: A new payer has many members matched at once
  A payer that takes over many members submits all of them together. The answer takes a while: the new payer asks for it
  until it is there, and no sooner than it is told to.

  Rule: The request holds what is needed of every member

    Background:
      When the new payer has many members matched at once

    @req:PDEX-BMM-003
    Scenario: The match is asked for by POST
      Then it posts every request for that

    @req:PDEX-BMM-004
    Scenario: The new payer says that it can wait for the match
      Then it asks to be answered later

    @req:PDEX-BMM-010
    Scenario: Each member comes with one record of each kind
      Then every member is submitted with one record of each kind

    @req:PDEX-BMM-011
    Scenario: Each member comes with a consent that permits the exchange
      Then every member is submitted with demographics, coverage and a consent that permits

    @req:PDEX-BMM-042
    Scenario: Members are not mixed up in the request
      Then coverages and consent refer to the member by the id that is submitted
      And no two members are submitted under one id

    Scenario Outline: The request has <element>
      Then every Parameters it submits is taken for a pdex-parameters-multi-member-match-bundle-in
      And every pdex-parameters-multi-member-match-bundle-in record among them has <element>, and it fits

      Examples:
        | requirement   | element                                     |
        | PDEX-PROF-199 | parameter:MemberBundle                      |
        | PDEX-PROF-200 | parameter:MemberBundle.part:MemberPatient   |
        | PDEX-PROF-201 | parameter:MemberBundle.part:CoverageToMatch |
        | PDEX-PROF-203 | parameter:MemberBundle.part:Consent         |

    @req:PDEX-PROF-202
    Scenario: Coverages by the new payer hold to their profile
      Then every Parameters it submits is taken for a pdex-parameters-multi-member-match-bundle-in
      And wherever a pdex-parameters-multi-member-match-bundle-in record among them has parameter:MemberBundle.part:CoverageToLink, it fits

    @req:PDEX-PROF-259
    Scenario: The identifier by which the other payer knows the member is supplied
      Then every Patient it submits is taken for a hrex-patient-demographics
      And some hrex-patient-demographics record among them has identifier:umb, and it always fits

  Rule: The outcome is waited for

    @req:PDEX-BMM-007
    Scenario: The new payer waits for the outcome of the match
      When the new payer is told to wait for a match of many
      Then it asks for the outcome until that is there
      And it never asks sooner than it was told to

    @req:PDEX-BMM-019
    Scenario: Groups are taken from their own file
      When the new payer is told to wait for a match of many
      Then it takes the groups from their own file where there is one

@role:payer-server
Feature: What a payer declares
  A payer's declaration tells every partner what can be asked. It must exist, it must name what PDex
  asks for, and it must be true: what works is declared, and what is declared works.

  @req:PDEX-CAP-006
  Scenario: The payer declares what it can do
    When an app reads what the payer declares
    Then it is the declaration of a running server

  @req:PDEX-CAP-004
  Scenario: US Core Patient is among the declared profiles
    Given the payer's declaration
    Then it names the US Core patient profile

  @req:PDEX-CAP-005
  Scenario: A further profile is declared beside Patient
    Given the payer's declaration
    Then it names at least one further US Core or PDex profile

  @req:PDEX-CAP-002
  Scenario: Every kind of record on offer can be read and searched
    Given the payer's declaration
    Then every kind of record it offers can be read and searched

  @req:PDEX-CAP-002
  Scenario: What is on offer can really be searched and read
    Given a member whose records the payer holds
    And the payer's declaration
    Then the declared kinds of records can really be searched and read

  @req:PDEX-CAP-003
  Scenario: Declared versions and histories work
    Given a member whose records the payer holds
    And the payer's declaration
    When the new payer reads the member's record
    Then declared versions and histories of the member's record can be read

  @req:PDEX-CAP-001
  Scenario: What answers is declared
    Given a member whose records the payer holds
    And the payer's declaration
    Then everything that answers is declared

  @req:PDEX-CAP-007
  Scenario: Member match is declared
    Given the payer's declaration
    Then it declares the member match operation

  @req:PDEX-CAP-008
  Scenario: Bulk member match is declared
    Given the payer's declaration
    Then it declares the bulk member match operation

  @req:PDEX-CAP-009
  Scenario: Data export is declared
    Given the payer's declaration
    Then it declares the data export operation

  @req:PDEX-CAP-010
  Scenario: Provider member match is declared
    Given the payer's declaration
    Then it declares the provider member match operation

  @req:PDEX-CAP-011
  Scenario: Fetching everything at once is declared where it works
    Given a member whose records the payer holds
    And the payer's declaration
    Then fetching everything about the member is declared if it works

  @req:PDEX-CAP-012 @writes
  Scenario: Fetching records as files is declared where it works
    Given the payer's declaration
    Then fetching records as files is declared if it works

  @req:PDEX-CAP-013
  Scenario: Clinical summaries can be asked for
    Given a member whose records the payer holds
    When an app asks for the member's clinical summaries
    Then the summaries come as references to documents

  @req:PDEX-CAP-015
  Scenario: Apps can learn which kinds of notes there are
    Given the payer's declaration
    When an app asks which kinds of notes there are
    Then the payer lists them or says it cannot

  @req:PDEX-CAP-016
  Scenario: New diagnostic reports are accepted
    Given the payer's declaration
    Then it accepts new diagnostic reports

  @req:PDEX-CAP-018
  Scenario: The declaration says where apps get permission
    Given the payer's declaration
    Then it says where apps get permission

  @req:PDEX-CAP-034
  Scenario: Members are not identified by social security number
    Given a member whose records the payer holds
    When the new payer reads the member's record
    Then no social security number identifies the member

  @req:PDEX-CAP-038
  Scenario: Codes and record numbers are accepted in both their forms
    Given a member whose records the payer holds
    Then conditions are found by code alone as well as by system and code
    And conditions are found by record number alone as well as by type and number

@role:payer-client
Feature: What a new payer submits holds to HRex
  The records that a new payer submits to have a member matched are read by a machine of the other payer. Each must have
  what its profile asks for, and what the profile wants supported must be there where the new payer knows it.

  Background:
    When the new payer has a member matched

  Scenario Outline: Every <profile> has <element>
    Then every <kind> it submits is taken for a <profile>
    And every <profile> record among them has <element>, and it fits

    Examples:
      | requirement   | kind     | profile                   | element                   |
      | PDEX-PROF-232 | Consent  | hrex-consent              | status                    |
      | PDEX-PROF-233 | Consent  | hrex-consent              | scope                     |
      | PDEX-PROF-234 | Consent  | hrex-consent              | category:disclosure       |
      | PDEX-PROF-235 | Consent  | hrex-consent              | patient                   |
      | PDEX-PROF-236 | Consent  | hrex-consent              | performer                 |
      | PDEX-PROF-237 | Consent  | hrex-consent              | source[x]                 |
      | PDEX-PROF-238 | Consent  | hrex-consent              | policy:hrex               |
      | PDEX-PROF-239 | Consent  | hrex-consent              | provision.type            |
      | PDEX-PROF-240 | Consent  | hrex-consent              | provision.period.start    |
      | PDEX-PROF-240 | Consent  | hrex-consent              | provision.period.end      |
      | PDEX-PROF-241 | Consent  | hrex-consent              | provision.actor:source    |
      | PDEX-PROF-242 | Consent  | hrex-consent              | provision.actor:recipient |
      | PDEX-PROF-243 | Consent  | hrex-consent              | provision.action          |
      | PDEX-PROF-247 | Coverage | hrex-coverage             | status                    |
      | PDEX-PROF-251 | Coverage | hrex-coverage             | beneficiary               |
      | PDEX-PROF-253 | Coverage | hrex-coverage             | relationship              |
      | PDEX-PROF-255 | Coverage | hrex-coverage             | payor                     |
      | PDEX-PROF-260 | Patient  | hrex-patient-demographics | name                      |
      | PDEX-PROF-262 | Patient  | hrex-patient-demographics | birthDate                 |

  Scenario Outline: <element> of a <profile> is supplied
    Then every <kind> it submits is taken for a <profile>
    And some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement   | kind     | profile                   | element      |
      | PDEX-PROF-246 | Coverage | hrex-coverage             | identifier   |
      | PDEX-PROF-248 | Coverage | hrex-coverage             | type         |
      | PDEX-PROF-249 | Coverage | hrex-coverage             | policyHolder |
      | PDEX-PROF-250 | Coverage | hrex-coverage             | subscriberId |
      | PDEX-PROF-252 | Coverage | hrex-coverage             | dependent    |
      | PDEX-PROF-254 | Coverage | hrex-coverage             | period       |
      | PDEX-PROF-256 | Coverage | hrex-coverage             | class:group  |
      | PDEX-PROF-257 | Coverage | hrex-coverage             | class:plan   |
      | PDEX-PROF-261 | Patient  | hrex-patient-demographics | gender       |
      | PDEX-PROF-263 | Patient  | hrex-patient-demographics | address      |

  Scenario Outline: A <profile> has no <element>
    Then every <kind> it submits is taken for a <profile>
    And wherever a <profile> record among them has <element>, it fits

    Examples:
      | requirement   | kind    | profile      | element                 |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.securityLabel |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.purpose       |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.class         |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.code          |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.dataPeriod    |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.data          |
      | PDEX-PROF-244 | Consent | hrex-consent | provision.provision     |

  @req:PDEX-CON-014
  Scenario: The consent says whether sensitive data is part of it
    Then every Consent it submits is taken for a hrex-consent
    And every hrex-consent record among them has policy:hrex, and it fits

  @req:PDEX-PROF-245
  Scenario: Every card has a number
    Then every Coverage it submits is taken for a hrex-coverage
    And no hrex-coverage record among them breaks the rule us-core-15

  @req:PDEX-PROF-258
  Scenario: Every person's sex is told
    Then every Patient it submits is taken for a hrex-patient-demographics
    And no hrex-patient-demographics record among them breaks the rule hrex-pat-1

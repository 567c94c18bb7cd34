@role:payer-server
Feature: Devices, dispenses, provenance and consents as PDex describes them
  Where US Core has no profile, or one that leaves open what payers know, PDex has its own. Each record
  of these kinds must have what its profile asks for.

  Scenario Outline: Every <profile> has <element>
    Given a member of the payer
    When an app reads the member's <kind> records
    Then every <profile> record among them has <element>, and it fits

    Examples:
      | requirement                 | kind               | profile                 | element                                 |
      | PDEX-PROF-053               | Device             | pdex-device             | udiCarrier.deviceIdentifier             |
      | PDEX-PROF-061               | Device             | pdex-device             | type                                    |
      | PDEX-PROF-062               | Device             | pdex-device             | patient                                 |
      | PDEX-PROF-064               | MedicationDispense | pdex-medicationdispense | status                                  |
      | PDEX-PROF-066               | MedicationDispense | pdex-medicationdispense | medication[x]:medicationCodeableConcept |
      | PDEX-PROF-067               | MedicationDispense | pdex-medicationdispense | subject                                 |
      | PDEX-PROF-068               | MedicationDispense | pdex-medicationdispense | performer.actor                         |
      | PDEX-PROF-074               | MedicationDispense | pdex-medicationdispense | substitution.wasSubstituted             |
      | PDEX-PROF-076               | Provenance         | pdex-provenance         | target                                  |
      | PDEX-PROF-077               | Provenance         | pdex-provenance         | recorded                                |
      | PDEX-PROF-078               | Provenance         | pdex-provenance         | agent                                   |
      | PDEX-PROF-081               | Provenance         | pdex-provenance         | agent.who                               |
      | PDEX-PROF-086               | Consent            | pdex-provider-consent   | status                                  |
      | PDEX-PROF-087               | Consent            | pdex-provider-consent   | scope                                   |
      | PDEX-PROF-088               | Consent            | pdex-provider-consent   | category:disclosure                     |
      | PDEX-PROF-089               | Consent            | pdex-provider-consent   | category:apiPurpose                     |
      | PDEX-PROF-090               | Consent            | pdex-provider-consent   | patient                                 |
      | PDEX-PROF-091 PDEX-PROF-092 | Consent            | pdex-provider-consent   | performer                               |
      | PDEX-PROF-093               | Consent            | pdex-provider-consent   | organization                            |
      | PDEX-PROF-095               | Consent            | pdex-provider-consent   | provision                               |
      | PDEX-PROF-096               | Consent            | pdex-provider-consent   | provision.type                          |
      | PDEX-PROF-097               | Consent            | pdex-provider-consent   | provision.period                        |
      | PDEX-PROF-098               | Consent            | pdex-provider-consent   | provision.period.start                  |
      | PDEX-PROF-099               | Consent            | pdex-provider-consent   | provision.actor:source                  |
      | PDEX-PROF-100 PDEX-PROF-101 | Consent            | pdex-provider-consent   | provision.action                        |

  Scenario Outline: <element> of a <profile> is supplied
    Given a member of the payer
    When an app reads the member's <kind> records
    Then some <profile> record among them has <element>, and it always fits

    Examples:
      | requirement                 | kind               | profile                 | element                                          |
      | PDEX-PROF-052               | Device             | pdex-device             | udiCarrier                                       |
      | PDEX-PROF-054               | Device             | pdex-device             | udiCarrier.carrierAIDC                           |
      | PDEX-PROF-055               | Device             | pdex-device             | udiCarrier.carrierHRF                            |
      | PDEX-PROF-056               | Device             | pdex-device             | status                                           |
      | PDEX-PROF-057               | Device             | pdex-device             | distinctIdentifier                               |
      | PDEX-PROF-058               | Device             | pdex-device             | expirationDate                                   |
      | PDEX-PROF-059               | Device             | pdex-device             | lotNumber                                        |
      | PDEX-PROF-060               | Device             | pdex-device             | serialNumber                                     |
      | PDEX-PROF-063               | Device             | pdex-device             | url                                              |
      | PDEX-PROF-073               | MedicationDispense | pdex-medicationdispense | substitution                                     |
      | PDEX-PROF-079 PDEX-PROF-080 | Provenance         | pdex-provenance         | agent.type                                       |
      | PDEX-PROF-082               | Provenance         | pdex-provenance         | agent:ProvenanceAuthor.type                      |
      | PDEX-PROF-083               | Provenance         | pdex-provenance         | agent:ProvenanceTransmitter                      |
      | PDEX-PROF-084               | Provenance         | pdex-provenance         | agent.onBehalfOf                                 |
      | PDEX-PROF-085               | Provenance         | pdex-provenance         | entity.extension:sourceFormat                    |
      | PDEX-PROF-102               | Consent            | pdex-provider-consent   | provision.action.extension:providerAccessUseCase |

  Scenario Outline: <element> of a <profile> is as agreed
    Given a member of the payer
    When an app reads the member's <kind> records
    Then wherever a <profile> record among them has <element>, it fits

    Examples:
      | requirement   | kind               | profile                 | element                 |
      | PDEX-PROF-065 | MedicationDispense | pdex-medicationdispense | category                |
      | PDEX-PROF-069 | MedicationDispense | pdex-medicationdispense | location                |
      | PDEX-PROF-070 | MedicationDispense | pdex-medicationdispense | authorizingPrescription |
      | PDEX-PROF-071 | MedicationDispense | pdex-medicationdispense | type                    |
      | PDEX-PROF-072 | MedicationDispense | pdex-medicationdispense | extension:refillNum     |
      | PDEX-PROF-094 | Consent            | pdex-provider-consent   | policyRule              |

  @req:PDEX-PROF-075
  Scenario: Dispenses also hold to the profile that PDex builds on
    Given a member of the payer
    When an app reads the member's MedicationDispense records
    Then every pdex-medicationdispense record among them also holds to us-core-medicationdispense of US Core 7.0.0

  @req:PDEX-PROF-084
  Scenario: Provenance by a person says for which organization
    Given a member of the payer
    When an app reads the member's Provenance records
    Then no pdex-provenance record among them breaks the rule provenance-1

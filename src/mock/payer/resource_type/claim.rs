//! Coverage, claims, and what members allow.

use super::{
    Profile, ResourceType, carin_bb, date, newer_us_core, patient, pdex, reference, token,
};
use crate::mock::payer::version::Version;

const HREX: &str = "http://hl7.org/fhir/us/davinci-hrex";

const USE_CASE: &str = "provision.action.extension(http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-provider-access-use-case).valueBoolean";

const PROVIDERS: &[&str] = &["Practitioner", "PractitionerRole", "Organization"];
const PAYORS: &[&str] = &["Organization", "Patient"];
const MANAGERS: &[&str] = &[
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "RelatedPerson",
];
const MEMBERS: &[&str] = &["Patient", "Practitioner", "PractitionerRole"];
const ORGANIZATION: &[&str] = &["Organization"];

/// Types of insurance, consent and Groups.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new("Binary", &[], &[]).not_searched(),
    ResourceType::new(
        "Consent",
        &[
            Profile::of(HREX, "hrex-consent"),
            pdex("pdex-provider-consent").since(Version::V2_1_0),
        ],
        &[
            patient(&["patient"]),
            token("status", &["status"]),
            token("category", &["category"]),
            token("provision-type", &["provision.type"]),
            token("provision-action", &["provision.action"]),
            token("provider-access", &[USE_CASE]),
        ],
    )
    .created_since(Version::V2_1_0),
    ResourceType::new(
        "Coverage",
        &[
            Profile::of(HREX, "hrex-coverage"),
            newer_us_core("us-core-coverage"),
        ],
        &[
            patient(&["beneficiary"]),
            token("identifier", &["identifier"]),
            token("status", &["status"]),
            reference("payor", PAYORS, &["payor"]),
        ],
    ),
    ResourceType::new(
        "ExplanationOfBenefit",
        &[
            pdex("pdex-priorauthorization"),
            carin_bb("C4BB-ExplanationOfBenefit-Inpatient-Institutional-Basis"),
            carin_bb("C4BB-ExplanationOfBenefit-Outpatient-Institutional-Basis"),
            carin_bb("C4BB-ExplanationOfBenefit-Professional-NonClinician-Basis"),
            carin_bb("C4BB-ExplanationOfBenefit-Oral-Basis"),
            carin_bb("C4BB-ExplanationOfBenefit-Pharmacy-Basis"),
        ],
        &[
            patient(&["patient"]),
            token("identifier", &["identifier"]),
            token("type", &["type"]),
            token("use", &["use"]),
            date("service-date", &["billablePeriod"]),
            reference("provider", PROVIDERS, &["provider"]),
            reference("insurer", ORGANIZATION, &["insurer"]),
            reference("coverage", &["Coverage"], &["insurance.coverage"]),
            reference("care-team", PROVIDERS, &["careTeam.provider"]),
        ],
    )
    .needing_patient(&["service-date", "_lastUpdated", "type"]),
    ResourceType::new(
        "Group",
        &[
            Profile::of("http://hl7.org/fhir/us/davinci-atr", "atr-group"),
            pdex("pdex-provider-group"),
            pdex("pdex-member-match-group"),
            pdex("pdex-member-no-match-group"),
            pdex("pdex-provider-member-match").since(Version::V2_2_0),
            pdex("pdex-provider-member-no-match").since(Version::V2_2_0),
            pdex("pdex-member-opt-out").since(Version::V2_2_0),
        ],
        &[
            token("identifier", &["identifier"]),
            token("code", &["code"]),
            token("characteristic", &["characteristic.code"]),
            token("exclude", &["characteristic.exclude"]),
            token("type", &["type"]),
            token("actual", &["actual"]),
            token(
                "value",
                &[
                    "characteristic.valueCodeableConcept",
                    "characteristic.valueBoolean",
                ],
            ),
            reference("managing-entity", MANAGERS, &["managingEntity"]),
            reference("member", MEMBERS, &["member.entity"]),
            reference(
                "characteristic-value-reference",
                ORGANIZATION,
                &["characteristic.valueReference"],
            ),
        ],
    )
    .since(Version::V2_1_0),
];

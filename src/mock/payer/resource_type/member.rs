//! Who the records are about.

use super::{ResourceType, date, newer_us_core, patient, pdex, reference, string, token, us_core};
use crate::mock::payer::version::Version;

/// Types about persons, and where what is known of them comes from.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "Patient",
        &[us_core("us-core-patient")],
        &[
            token("identifier", &["identifier"]),
            string("name", &["name"]),
            string("family", &["name.family"]),
            string("given", &["name.given"]),
            date("birthdate", &["birthDate"]),
            date("death-date", &["deceasedDateTime"]),
            token("gender", &["gender"]),
        ],
    ),
    ResourceType::new(
        "Provenance",
        &[us_core("us-core-provenance"), pdex("pdex-provenance")],
        &[
            reference("target", &[], &["target"]),
            date("recorded", &["recorded"]),
            reference("agent", &["Organization", "Practitioner"], &["agent.who"]),
        ],
    ),
    ResourceType::new(
        "RelatedPerson",
        &[newer_us_core("us-core-relatedperson")],
        &[patient(&["patient"]), string("name", &["name"])],
    )
    .since(Version::V2_1_0),
];

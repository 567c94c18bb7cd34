//! Medicines: what they are, who ordered them, and what was handed over.

use super::{ResourceType, date, newer_us_core, patient, pdex, reference, token, us_core};

/// Types of medicines.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "Medication",
        &[us_core("us-core-medication")],
        &[token("code", &["code"]), token("status", &["status"])],
    ),
    ResourceType::new(
        "MedicationDispense",
        &[
            pdex("pdex-medicationdispense"),
            newer_us_core("us-core-medicationdispense"),
        ],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            token("type", &["type"]),
            reference("medication", &["Medication"], &["medicationReference"]),
        ],
    ),
    ResourceType::new(
        "MedicationRequest",
        &[us_core("us-core-medicationrequest")],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            token("intent", &["intent"]),
            date("authoredon", &["authoredOn"]),
            reference("encounter", &["Encounter"], &["encounter"]),
            reference("medication", &["Medication"], &["medicationReference"]),
        ],
    ),
];

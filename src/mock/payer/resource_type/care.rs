//! What was done, and with what.

use super::{ResourceType, date, newer_us_core, patient, pdex, reference, token, us_core};

/// Types of visits, procedures, orders, devices and immunizations.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "Device",
        &[us_core("us-core-implantable-device"), pdex("pdex-device")],
        &[
            patient(&["patient"]),
            token("type", &["type"]),
            token("status", &["status"]),
        ],
    ),
    ResourceType::new(
        "Encounter",
        &[us_core("us-core-encounter")],
        &[
            patient(&["subject"]),
            token("identifier", &["identifier"]),
            token("class", &["class"]),
            token("type", &["type"]),
            token("status", &["status"]),
            date("date", &["period"]),
            reference("location", &["Location"], &["location.location"]),
            token(
                "discharge-disposition",
                &["hospitalization.dischargeDisposition"],
            ),
        ],
    ),
    ResourceType::new(
        "Immunization",
        &[us_core("us-core-immunization")],
        &[
            patient(&["patient"]),
            token("status", &["status"]),
            date("date", &["occurrenceDateTime"]),
        ],
    ),
    ResourceType::new(
        "Procedure",
        &[us_core("us-core-procedure")],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            token("code", &["code"]),
            date("date", &["performedDateTime", "performedPeriod"]),
        ],
    ),
    ResourceType::new(
        "ServiceRequest",
        &[newer_us_core("us-core-servicerequest")],
        &[
            patient(&["subject"]),
            token("status", &["status"]),
            token("category", &["category"]),
            token("code", &["code"]),
            date("authored", &["authoredOn"]),
        ],
    ),
];

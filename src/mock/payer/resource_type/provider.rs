//! Who gives care, and where.

use super::{ResourceType, reference, string, token, us_core};

/// Types of people, organisations and places that give care.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "Endpoint",
        &[],
        &[
            token("identifier", &["identifier"]),
            token("status", &["status"]),
            token("connection-type", &["connectionType"]),
            reference("organization", &["Organization"], &["managingOrganization"]),
        ],
    ),
    ResourceType::new(
        "Location",
        &[us_core("us-core-location")],
        &[
            string("name", &["name", "alias"]),
            string("address", &["address"]),
            string("address-city", &["address.city"]),
            string("address-state", &["address.state"]),
            string("address-postalcode", &["address.postalCode"]),
            reference("organization", &["Organization"], &["managingOrganization"]),
        ],
    ),
    ResourceType::new(
        "Organization",
        &[us_core("us-core-organization")],
        &[
            string("name", &["name"]),
            string("address", &["address"]),
            token("identifier", &["identifier"]),
        ],
    ),
    ResourceType::new(
        "Practitioner",
        &[us_core("us-core-practitioner")],
        &[
            string("name", &["name"]),
            token("identifier", &["identifier"]),
        ],
    ),
    ResourceType::new(
        "PractitionerRole",
        &[us_core("us-core-practitionerrole")],
        &[
            token("specialty", &["specialty"]),
            reference("practitioner", &["Practitioner"], &["practitioner"]),
            reference("organization", &["Organization"], &["organization"]),
            reference("endpoint", &["Endpoint"], &["endpoint"]),
        ],
    ),
];

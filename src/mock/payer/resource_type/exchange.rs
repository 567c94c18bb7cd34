//! What the stand-in provider alone serves: requests for data, and what is exchanged about them.

use super::{PATIENT, ResourceType, date, patient, reference, token, uri};

const PARTIES: &[&str] = &["Organization", "Practitioner", "PractitionerRole"];

/// Types of the provider that the payer does not have.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "Task",
        &[],
        &[
            token("identifier", &["identifier"]),
            token("status", &["status"]),
            token("code", &["code"]),
            token("_tag", &["meta.tag"]),
            patient(&["for"]),
            reference("subject", PATIENT, &["for"]),
            reference("owner", PARTIES, &["owner"]),
            reference("requester", PARTIES, &["requester"]),
            date("authored-on", &["authoredOn"]),
        ],
    )
    .of_the_provider(),
    ResourceType::new("Bundle", &[], &[token("type", &["type"])]).of_the_provider(),
    ResourceType::new(
        "Subscription",
        &[],
        &[
            token("status", &["status"]),
            uri("url", &["channel.endpoint"]),
        ],
    )
    .of_the_provider(),
];

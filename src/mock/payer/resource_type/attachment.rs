//! What the payer serves for the sake of attachments: what was submitted, and what authorizes a request.

use super::{PATIENT, ResourceType, patient, reference, token};

pub(super) static TYPES: &[ResourceType] = &[
    ResourceType::new(
        "CommunicationRequest",
        &[],
        &[
            patient(&["subject"]),
            reference("subject", PATIENT, &["subject"]),
            token("status", &["status"]),
        ],
    ),
    ResourceType::new("Parameters", &[], &[]),
];

//! Formal authorizations to release data, which Tasks of the payer may refer to (CDex): CommunicationRequests and
//! ServiceRequests, read and searched like any other record.

use super::settings::{FormalAuthorization, Settings};
use serde_json::{Value, json};

/// Each as a resource, with the id of the member it is about.
pub(super) fn resources(settings: &Settings) -> impl Iterator<Item = (Value, &str)> {
    let all = settings.formal_authorization.iter();
    all.map(|one| (resource(one, settings), one.member.as_str()))
}

fn resource(one: &FormalAuthorization, settings: &Settings) -> Value {
    let mut resource = json!({
        "resourceType": one.kind,
        "id": one.id,
        "status": "active",
        "subject": {"reference": format!("Patient/{}", one.member)},
        "authoredOn": "2025-05-20",
        "requester": {"reference": format!("Organization/{}", settings.payer.id)},
    });
    if one.kind == "ServiceRequest" {
        resource["intent"] = "order".into();
        resource["code"] = json!({"text": one.text});
    } else {
        resource["payload"] = json!([{"contentString": one.text}]);
    }
    resource
}

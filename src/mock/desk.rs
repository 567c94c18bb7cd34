//! The payer's desk: where a provider that is asked sends attachments and notifications, and reads authorizations.

use super::response::FHIR_JSON;
use super::{Request, Response, StandIn};
use http::Method;
use serde_json::{Value, json};

/// Takes whatever is sent to it. Every path begins with a word that tells whose it is.
///
/// `POST /{word}/$submit-attachment` and `POST /{word}/hook` are answered with 200, below `/{word}/refuse/` with 400;
/// `GET /{word}/note` is answered with a note, `GET /{word}/{type}/{id}` of a CommunicationRequest or ServiceRequest with an active authorization.
#[derive(Clone, Copy, Debug, Default)]
pub struct Desk;

impl StandIn for Desk {
    fn respond(&mut self, request: &Request) -> Response {
        let path = request.path.replace("%24", "$");
        let segments: Vec<&str> = path.split('/').filter(|one| !one.is_empty()).collect();
        match segments[..] {
            [_, "refuse", _] if request.method == Method::POST => {
                Response::refusal(400, "business-rule", "refused on purpose")
            }
            [_, "$submit-attachment" | "hook"] if request.method == Method::POST => {
                Response::new(200, FHIR_JSON, "")
            }
            [_, "note"] if request.method == Method::GET => Response::new(
                200,
                "text/plain",
                "Sample note: the patient of this test is well.",
            ),
            [_, kind @ ("CommunicationRequest" | "ServiceRequest"), id]
                if request.method == Method::GET =>
            {
                Response::fhir(200, &authorization(kind, id))
            }
            _ => Response::refusal(404, "not-found", "nothing is kept here"),
        }
    }
}

/// A formal authorization.
fn authorization(kind: &str, id: &str) -> Value {
    let mut resource = json!({
        "resourceType": kind,
        "id": id,
        "status": "active",
        "subject": {"display": "the patient of the Task"},
    });
    const WHAT: &str = "release of clinical data to the payer";
    if kind == "ServiceRequest" {
        resource["intent"] = "order".into();
        resource["code"] = json!({"text": WHAT});
    } else {
        resource["payload"] = json!([{"contentString": WHAT}]);
    }
    resource
}

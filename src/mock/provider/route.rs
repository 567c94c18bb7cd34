//! Who answers which path.

use super::Provider;
use crate::mock::cdex_version::Version;
use crate::mock::deviation::Deviation;
use crate::mock::payer::negotiation::check_accept;
use crate::mock::payer::refusal::Refusal;
use crate::mock::payer::resource_type::ResourceType;
use crate::mock::payer::route::{only, segments};
use crate::mock::{Request, Response};
use http::Method;
use http::header::RETRY_AFTER;

/// The types the provider serves.
pub(super) const TYPES: [&str; 16] = [
    "Binary",
    "Bundle",
    "Condition",
    "DocumentReference",
    "Encounter",
    "MedicationRequest",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "Subscription",
    "Task",
];

/// The types clients may create.
pub(super) const CREATED: [&str; 4] = ["Bundle", "QuestionnaireResponse", "Subscription", "Task"];

/// A type by name, if the provider serves it.
pub(super) fn served(name: &str) -> Option<&'static ResourceType> {
    ResourceType::find(name).filter(|kind| TYPES.contains(&kind.name))
}

impl Provider {
    /// Answers a request.
    pub(super) fn route(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let segments = segments(&request.path)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let Some(response) = self.records.guarded(&segments, request, deviation) {
            return Ok(response);
        }
        if let [kind, id, ..] = segments[..] {
            self.records.check_shown(kind, id, deviation)?;
        }
        let is_text = segments.first() == Some(&"Binary");
        check_accept(request, is_text.then_some("text/plain"), deviation)?;
        match segments[..] {
            ["metadata"] => only(request, &Method::GET).map(|()| self.metadata(request)),
            ["Patient", "$match"] => {
                only(request, &Method::POST)?;
                self.patient_match(request, deviation)
            }
            ["Task"] if request.method == Method::POST => self.create_task(request, deviation),
            ["Task", id] if request.method == Method::PUT => {
                self.update_task(id, request, deviation)
            }
            ["Subscription"] if request.method == Method::POST => {
                self.subscribe(request, deviation)
            }
            ["Subscription", id] if request.method == Method::PUT => {
                self.change_subscription(id, request, deviation)
            }
            ["Subscription", id, "$status"] if self.version > Version::V2_0_0 => {
                self.subscription_status(id, request)
            }
            [kind] if request.method == Method::POST && CREATED.contains(&kind) => {
                self.create(kind, request, deviation)
            }
            [kind, ref rest @ ..] => {
                let kind = served(kind).ok_or_else(Refusal::not_found)?;
                self.check_read(kind, rest, deviation)?;
                if kind.name == "Task" {
                    self.look(rest, request, deviation);
                }
                let response = self.records.route_type(kind, rest, request, deviation)?;
                Ok(match (kind.name, rest) {
                    ("Binary", [_]) => super::answer::as_text(request, response),
                    ("Task", [id]) if self.is_open(id) => response.with(RETRY_AFTER, "0"),
                    _ => response,
                })
            }
            [] => Err(Refusal::not_found()),
        }
    }
}

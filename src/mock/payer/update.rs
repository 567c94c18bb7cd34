//! Changing a resource: `PUT /{type}/{id}`.

use super::Payer;
use super::negotiation::check_json_body;
use super::read::with_version;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use serde_json::Value;

impl Payer {
    /// Stores a new version of a resource about a known member. Nothing comes into being this way.
    pub(super) fn update(
        &mut self,
        kind: &ResourceType,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        self.find(kind, id, deviation)?;
        let mut resource: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        if resource["resourceType"] != kind.name || resource["id"] != id {
            return Err(Refusal::bad_request(
                "type and id of the body are those of the address",
            ));
        }
        let patient = self.subject(&resource)?;
        self.check_written(&patient, deviation)?;
        if !resource["meta"].is_object() {
            resource["meta"] = serde_json::json!({});
        }
        resource["meta"]["lastUpdated"] = format!("{}T00:00:00Z", self.date()).into();
        self.store.put(resource, Some(&patient));
        let stored = self.find(kind, id, deviation)?;
        let response = Response::fhir(200, &stored.resource);
        Ok(with_version(response, &stored.resource))
    }
}

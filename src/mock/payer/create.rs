//! Creating a resource: `POST /{type}`.

use super::Payer;
use super::choice::CREATED;
use super::negotiation::check_json_body;
use super::read::with_version;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use crate::fhir::Reference;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use http::header::LOCATION;
use serde_json::Value;

impl Payer {
    /// Stores a resource about a known member under an id of the server's choice.
    pub(super) fn create(
        &mut self,
        kind: &ResourceType,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        let mut resource: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        if resource["resourceType"] != kind.name {
            return Err(Refusal::bad_request(format!(
                "send a resource of type {}",
                kind.name
            )));
        }
        let patient = self.subject(&resource)?;
        self.check_written(&patient, deviation)?;
        let is_choice = kind.name == "Consent";
        if is_choice {
            self.check_choice(&resource, &patient, deviation)?;
        }
        self.number_created += 1;
        let id = format!("{CREATED}{}", self.number_created);
        resource["id"] = Value::from(id.clone());
        resource["meta"]["lastUpdated"] = format!("{}T00:00:00Z", self.date()).into();
        let told = self.received(&resource, "a record sent by another system");
        for record in [resource, told] {
            let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
            self.created.push_back((text("resourceType"), text("id")));
            self.store.put(record, Some(&patient));
        }
        // The oldest of what clients have created makes room.
        while self.created.len() > self.settings.limits.created {
            if let Some((kind, id)) = self.created.pop_front() {
                self.store.remove(&kind, &id);
            }
        }
        if is_choice {
            self.update_attribution(deviation);
        }
        let stored = self
            .store
            .get(kind.name, &id)
            .ok_or_else(Refusal::not_found)?;
        let location = format!("{}/{}/{id}/_history/1", request.base, kind.name);
        let response = Response::fhir(201, &stored.resource).with(LOCATION, &location);
        Ok(with_version(response, &stored.resource))
    }

    /// Id of the member a resource is about.
    pub(super) fn subject(&self, resource: &Value) -> Result<String, Refusal> {
        let subject = resource.get("subject").or_else(|| resource.get("patient"));
        let reference = subject.and_then(|subject| subject["reference"].as_str());
        let parsed = reference.map(Reference::parse);
        let id = parsed
            .as_ref()
            .and_then(Reference::target)
            .filter(|(kind, _)| *kind == "Patient")
            .map(|(_, id)| id.to_owned());
        let number = subject.map(|subject| &subject["identifier"]);
        let text = |part: &str| number.and_then(|number| number[part].as_str());
        let by_number = || {
            let value = text("value")?;
            self.recipient((text("system").unwrap_or_default(), value))
        };
        id.or_else(by_number)
            .filter(|id| self.store.get("Patient", id).is_some())
            .ok_or_else(|| {
                Refusal::new(
                    422,
                    "not-found",
                    "the subject must be a Patient of this server",
                )
            })
    }
}

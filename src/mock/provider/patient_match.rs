//! `Patient/$match`: who is meant by these details.

use super::Provider;
use super::task::json_body;
use crate::fhir::{bundle, fold};
use crate::mock::deviation::Deviation;
use crate::mock::payer::refusal::Refusal;
use crate::mock::{Request, Response};
use serde_json::{Value, json};

impl Provider {
    /// Finds the one patient with the same identifier, or the same name and birth date.
    pub(super) fn patient_match(
        &self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let body = json_body(request, deviation)?;
        let parameters = body["parameter"].as_array();
        let asked = parameters
            .into_iter()
            .flatten()
            .find(|one| one["name"] == "resource")
            .map(|one| &one["resource"])
            .filter(|one| one["resourceType"] == "Patient")
            .ok_or_else(|| Refusal::bad_request("send the Patient to be found as resource"))?;
        let found: Vec<Value> = self
            .records
            .store
            .all("Patient")
            .filter(|stored| self.records.is_granted(stored, false, deviation))
            .map(|stored| &stored.resource)
            .filter(|patient| is_same(patient, asked))
            .map(|patient| {
                let mut entry = bundle::entry(&request.base, patient, "match");
                entry["search"]["score"] = json!(1);
                entry
            })
            .collect();
        let own = format!("{}/Patient/$match", request.base);
        Ok(Response::fhir(
            200,
            &bundle::searchset(found.len(), &own, None, found),
        ))
    }
}

fn is_same(patient: &Value, asked: &Value) -> bool {
    let identifiers = |one: &Value| -> Vec<(String, String)> {
        let all = one["identifier"].as_array().into_iter().flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        all.map(|one| (text(&one["system"]), text(&one["value"])))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    };
    let name = |one: &Value| {
        let family = one["name"][0]["family"].as_str().unwrap_or_default();
        fold::text(family)
    };
    let known = identifiers(patient);
    let is_known = identifiers(asked).iter().any(|one| known.contains(one));
    let is_born_then = asked["birthDate"].is_null() || asked["birthDate"] == patient["birthDate"];
    let is_named_so = name(asked) == name(patient);
    is_born_then && (is_known || (is_named_so && asked["birthDate"].is_string()))
}

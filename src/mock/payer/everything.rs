//! `Patient/{id}/$everything`.

use super::page::{OFFSET, Page};
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::selection::Selection;
use super::{Payer, Visibility};
use crate::fhir::search::Parameter;
use crate::fhir::{bundle, parameters, search};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use serde_json::Value;
use url::form_urlencoded::Serializer;

/// The operation's parameters that choose; `_count` and the offset page through what is chosen.
const CHOOSING: [&str; 4] = ["_type", "_since", "start", "end"];

impl Payer {
    /// All of a member's data the caller may see, the Patient first, with what they refer to.
    pub(super) fn everything(
        &self,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let kind = ResourceType::find("Patient").ok_or_else(Refusal::not_found)?;
        let patient = &self.find(kind, id, deviation)?.resource;
        let mut asked = asked(request)?;
        asked.retain(|one| !deviation.ignored.contains(&one.name));
        let texts: Vec<(&str, String)> = asked
            .iter()
            .map(|one| (one.name.as_str(), one.values.join(",")))
            .collect();
        let text = |name: &str| {
            texts
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, text)| text.as_str())
        };
        self.check_types_asked(text("_type"), deviation)?;
        let selection = Selection::read(&text, false)?;
        let page = if text("_count").is_some() {
            Some(Page::read(&asked, &self.settings.limits)?)
        } else {
            None
        };
        let chosen = self.choose(id, patient, &selection, deviation);
        let range = page.map_or(0..chosen.len(), |page| {
            page.range(chosen.len(), deviation.page)
        });
        let entries: Vec<Value> = chosen[range]
            .iter()
            .map(|one| bundle::entry(&request.base, one, "match"))
            .collect();
        let own = format!("{}/Patient/{id}/$everything", request.base);
        let next = page.and_then(|page| Some((page, page.next(chosen.len(), deviation.page)?)));
        let next = next.map(|(page, offset)| {
            let mut query = Serializer::new(String::new());
            for name in CHOOSING {
                text(name).map(|value| query.append_pair(name, value));
            }
            query
                .append_pair("_count", &page.count.to_string())
                .append_pair(OFFSET, &offset.to_string());
            format!("{own}?{}", query.finish())
        });
        Ok(Response::fhir(
            200,
            &bundle::searchset(chosen.len(), &own, next.as_deref(), entries),
        ))
    }

    fn choose<'a>(
        &'a self,
        id: &'a str,
        patient: &'a Value,
        selection: &Selection,
        deviation: &Deviation,
    ) -> Vec<&'a Value> {
        let has_claims = self.version.everything_has_claims();
        let compartment = self
            .store
            .compartment(id)
            .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
            .map(|stored| &stored.resource)
            .filter(|resource| resource["resourceType"] != "Patient")
            .filter(|resource| has_claims || resource["use"] != "claim");
        let mut chosen: Vec<&Value> = std::iter::once(patient)
            .chain(compartment)
            .filter(|resource| selection.takes(resource))
            .collect();
        let around = self.around(&chosen);
        let granted = around.filter(|one| self.is_type_granted(one, deviation));
        chosen.extend(granted.filter(|resource| selection.takes(resource)));
        // A Provenance of what is not sent would point nowhere.
        let sent: Vec<String> = chosen.iter().map(|one| reference_to(one)).collect();
        chosen.retain(|one| {
            let target = one["target"][0]["reference"].as_str();
            one["resourceType"] != "Provenance"
                || target.is_some_and(|target| sent.iter().any(|one| one == target))
        });
        chosen
    }
}

/// The parameters, from the query or from a Parameters resource.
fn asked(request: &Request) -> Result<Vec<Parameter>, Refusal> {
    let mut asked = search::parse(request.query.as_deref().unwrap_or_default());
    if request.body.is_empty() {
        return Ok(asked);
    }
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
    for name in CHOOSING.into_iter().chain(["_count"]) {
        let text = match parameters::value(&body, name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        asked.push(Parameter {
            name: name.to_owned(),
            modifier: None,
            values: vec![text],
        });
    }
    Ok(asked)
}

fn reference_to(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

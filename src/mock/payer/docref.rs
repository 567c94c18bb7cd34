//! `DocumentReference/$docref`.

use super::negotiation::check_json_body;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::{Payer, Visibility};
use crate::fhir::search::token_matches;
use crate::fhir::{Reference, Span, bundle, parameters, path, search};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use http::Method;
use serde_json::Value;

/// What is asked for.
#[derive(Debug, Default)]
struct Asked {
    patient: Option<String>,
    start: Option<String>,
    end: Option<String>,
    kind: Option<String>,
}

impl Payer {
    /// Documents of a member: those of a time, or the latest one when no time is given.
    pub(super) fn docref(
        &self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let asked = if request.method == Method::POST {
            check_json_body(request, deviation)?;
            from_body(&request.body)?
        } else {
            from_query(request.query.as_deref().unwrap_or_default())
        };
        let id = asked
            .patient
            .as_deref()
            .ok_or_else(|| Refusal::new(400, "required", "the parameter patient is missing"))?;
        let patient = ResourceType::find("Patient").ok_or_else(Refusal::not_found)?;
        self.find(patient, id, deviation)?;
        let period = period(&asked)?;
        let mut documents: Vec<(Span, &Value)> = self
            .store
            .all("DocumentReference")
            .filter(|stored| stored.patient.as_deref() == Some(id))
            .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
            .map(|stored| &stored.resource)
            .filter(|document| {
                asked
                    .kind
                    .as_deref()
                    .is_none_or(|kind| is_of_type(document, kind))
            })
            .filter_map(|document| Some((Span::period(&document["context"]["period"])?, document)))
            .collect();
        documents.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        match period {
            Some(period) if deviation.enforces(Rule::DocumentDates) => {
                documents.retain(|(span, _)| span.overlaps(&period));
            }
            Some(_) => {}
            None => documents.truncate(1),
        }
        let base = &request.base;
        let entries: Vec<Value> = documents
            .iter()
            .map(|(_, document)| bundle::entry(base, document, "match"))
            .collect();
        let own = format!("{base}/DocumentReference/$docref");
        Ok(Response::fhir(
            200,
            &bundle::searchset(entries.len(), &own, None, entries),
        ))
    }
}

fn from_query(query: &str) -> Asked {
    let found = search::parse(query);
    let value = |name: &str| {
        found
            .iter()
            .find(|one| one.name == name)
            .map(|one| one.values.join(","))
    };
    Asked {
        patient: value("patient").map(|patient| id_of(&patient)),
        start: value("start"),
        end: value("end"),
        kind: value("type"),
    }
}

fn from_body(body: &[u8]) -> Result<Asked, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
    if body["resourceType"] != "Parameters" {
        return Err(Refusal::bad_request("the body is no Parameters resource"));
    }
    let value = |name: &str| parameters::value(&body, name);
    let text = |name: &str| value(name).and_then(Value::as_str).map(str::to_owned);
    let coding = value("type").map(|concept| concept["coding"].get(0).unwrap_or(concept));
    Ok(Asked {
        patient: text("patient").map(|patient| id_of(&patient)),
        start: text("start"),
        end: text("end"),
        kind: coding
            .and_then(|coding| coding["code"].as_str())
            .map(str::to_owned),
    })
}

fn id_of(patient: &str) -> String {
    match Reference::parse(patient).target() {
        Some(("Patient", id)) => id.to_owned(),
        _ => patient.to_owned(),
    }
}

/// The time asked for; `None` when no bound is given.
fn period(asked: &Asked) -> Result<Option<Span>, Refusal> {
    let bound = |text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => Span::parse_search(text)
            .map(Some)
            .map_err(|_| Refusal::bad_request("start and end are dates")),
    };
    let (start, end) = (bound(&asked.start)?, bound(&asked.end)?);
    Ok((start.is_some() || end.is_some()).then(|| Span {
        start: start.map_or(i128::MIN, |span| span.start),
        end: end.map_or(i128::MAX, |span| span.end),
    }))
}

fn is_of_type(document: &Value, wanted: &str) -> bool {
    path::elements(document, "type.coding")
        .into_iter()
        .any(|coding| {
            coding["code"]
                .as_str()
                .is_some_and(|code| token_matches(wanted, coding["system"].as_str(), code))
        })
}

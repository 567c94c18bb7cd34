//! `Group/{id}/$davinci-data-export` and `Patient/$export`: members' data as files.

use super::filter::Filter;
use super::group::PROVIDER_MATCH;
use super::job::{Output, check_async};
use super::negotiation::check_json_body;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::selection::Selection;
use super::version::Version;
use super::{Payer, Visibility};
use crate::fhir::{Reference, Span, parameters, path, search};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use serde_json::Value;
use std::collections::BTreeSet;
use time::OffsetDateTime;

const PAYER_TO_PAYER: &str = "hl7.fhir.us.davinci-pdex#payertopayer";
const PROVIDER_DELTA: &str = "hl7.fhir.us.davinci-pdex#provider-delta";
const PROVIDER: [&str; 3] = [
    PROVIDER_DELTA,
    "hl7.fhir.us.davinci-pdex#provider-download",
    "hl7.fhir.us.davinci-pdex#provider-snapshot",
];

impl Payer {
    /// `POST Group/{id}/$davinci-data-export`: data of the members of a Group of matched members.
    pub(super) fn group_export(
        &mut self,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        check_async(request)?;
        let kind = ResourceType::find("Group").ok_or_else(Refusal::not_found)?;
        let group = self.find(kind, id, deviation)?.resource.clone();
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        let text = |name: &str| parameters::value(&body, name).and_then(Value::as_str);
        let is_for_provider = path::elements(&group, "meta.profile")
            .iter()
            .any(|one| *one == PROVIDER_MATCH);
        check_export_type(&group, is_for_provider, &text)?;
        let mut asked = Selection::read(&text)?;
        if self.version == Version::V2_1_0 && !is_for_provider {
            asked.services_since(self.years_ago(5));
        }
        let only: Vec<&str> = parameters::all(&body)
            .iter()
            .filter(|one| one["name"] == "patient")
            .filter_map(|one| one["valueReference"]["reference"].as_str())
            .collect();
        let members = path::elements(&group, "member.entity.reference");
        let chosen: BTreeSet<String> = members
            .into_iter()
            .filter_map(Value::as_str)
            .filter(|member| only.is_empty() || only.contains(member))
            .filter_map(|member| {
                Reference::parse(member)
                    .target()
                    .map(|(_, id)| id.to_owned())
            })
            .collect();
        let output = self.collect(&chosen, &asked, request, deviation)?;
        Ok(self.jobs.start(request, output))
    }

    /// `GET Patient/$export`: data of all members that were matched with an honoured consent.
    pub(super) fn patient_export(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_async(request)?;
        let query = search::parse(request.query.as_deref().unwrap_or_default());
        let raw: Vec<(&str, String)> = query
            .iter()
            .map(|one| (one.name.as_str(), one.values.join(",")))
            .collect();
        let text = |name: &str| {
            raw.iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.as_str())
        };
        let format = text("_outputFormat").map(|format| format.replace(' ', "+"));
        let formats = ["application/fhir+ndjson", "application/ndjson", "ndjson"];
        if format.is_some_and(|format| !formats.contains(&format.as_str())) {
            return Err(Refusal::bad_request(
                "files are application/fhir+ndjson only",
            ));
        }
        let asked = Selection::read(&text)?;
        let chosen = self.disclosures.keys().cloned().collect();
        let output = self.collect(&chosen, &asked, request, deviation)?;
        Ok(self.jobs.start(request, output))
    }

    /// Collects the members' data the caller may see now, with what it refers to.
    fn collect(
        &self,
        patients: &BTreeSet<String>,
        asked: &Selection,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Output, Refusal> {
        let mut filters = Vec::new();
        for (kind, parameters) in &asked.filters {
            let known = parameters
                .iter()
                .map(|one| match kind.parameter(&one.name) {
                    Some(definition) => {
                        Filter::new(definition, one, false, &request.base, deviation)
                    }
                    None => Err(Refusal::bad_request(
                        "a parameter in _typeFilter is not supported",
                    )),
                });
            filters.push((kind.name, known.collect::<Result<Vec<_>, _>>()?));
        }
        let is_wanted = |resource: &&Value| {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            // Filters for one type are alternatives; a type without any is not filtered.
            let mut of_kind = filters.iter().filter(|(name, _)| *name == kind).peekable();
            asked.takes(resource)
                && (of_kind.peek().is_none()
                    || of_kind.any(|(_, all)| all.iter().all(|filter| filter.matches(resource))))
        };
        let of_members: Vec<&Value> = patients
            .iter()
            .flat_map(|patient| self.store.compartment(patient))
            .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
            .map(|stored| &stored.resource)
            .filter(is_wanted)
            .collect();
        let around = self.around(&of_members).filter(is_wanted);
        let mut output = Output::default();
        for resource in of_members.iter().copied().chain(around) {
            output.add(resource);
        }
        Ok(output)
    }

    fn years_ago(&self, years: i32) -> i128 {
        let today =
            OffsetDateTime::from_unix_timestamp_nanos(self.today.start).map(OffsetDateTime::date);
        let then = today.ok().and_then(|today| {
            // The 29th of February becomes the 28th.
            let year = today.year() - years;
            today
                .replace_year(year)
                .or_else(|_| today.replace_day(28).and_then(|day| day.replace_year(year)))
                .ok()
        });
        then.map_or(i128::MIN, |then| Span::day(then).start)
    }
}

/// Refuses an export type that is not for the kind of Group, and Groups of members that were not matched.
fn check_export_type<'a>(
    group: &Value,
    is_for_provider: bool,
    text: &impl Fn(&str) -> Option<&'a str>,
) -> Result<(), Refusal> {
    let given = text("exportType").unwrap_or_default();
    let is_fitting = if is_for_provider {
        PROVIDER.contains(&given)
    } else {
        given == PAYER_TO_PAYER
    };
    if !is_fitting || group["code"]["coding"][0]["code"] != "match" {
        let text = "a Group of matched members is exported with the exportType of its audience";
        return Err(Refusal::new(422, "business-rule", text));
    }
    if given == PROVIDER_DELTA && text("_since").is_none() {
        return Err(Refusal::new(422, "required", "provider-delta needs _since"));
    }
    Ok(())
}

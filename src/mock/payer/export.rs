//! `Group/{id}/$davinci-data-export` and `Patient/$export`: members' data as files.

use super::filter::Filter;
use super::group::Audience;
use super::job::{Output, check_async};
use super::negotiation::{check_json_body, is_lenient};
use super::order::{audience, check_export_type, check_format, check_group, check_types};
use super::refusal::Refusal;
use super::selection::Selection;
use super::transmission::Asked;
use super::version::Version;
use super::{Payer, Visibility};
use crate::fhir::{Reference, Span, outcome, parameters, path, search};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use serde_json::Value;
use std::collections::BTreeSet;
use time::OffsetDateTime;

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
        let group = self.exported_group(id, deviation)?.resource.clone();
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        let given = |name: &str| parameters::value(&body, name).and_then(Value::as_str);
        let audience = audience(&group);
        check_group(&group, deviation)?;
        let mut output = Output::default();
        self.check_parameters(&body, request, &mut output, deviation)?;
        if deviation.enforces(Rule::ExportType) {
            check_export_type(audience, &given)?;
        }
        let text = |name: &str| given(name).filter(|_| !deviation.ignores(name));
        check_format(&text)?;
        self.check_types_asked(text("_type"), deviation)?;
        let mut asked = Selection::read(
            &text,
            is_lenient(request) || !deviation.enforces(Rule::KnownKinds),
        )?;
        let is_for_payer = audience == Audience::Payer;
        if is_for_payer {
            self.limit(&mut asked, deviation);
        }
        let mut chosen = self.cohort(&group, &body, &mut output, deviation);
        if !is_for_payer {
            self.leave_out_opted_out(&mut chosen, &mut output, deviation);
        }
        let is_wanted = |resource: &Value| !is_for_payer || self.is_current(resource, deviation);
        self.collect(&chosen, &asked, &is_wanted, request, &mut output, deviation)?;
        let noted = Asked {
            types: given("_type"),
            filters: given("_typeFilter"),
            until: given("_until"),
        };
        self.note_transmission(id, &chosen, noted, deviation);
        let starter = self.starter(request);
        Ok(self.jobs.start(request, output, starter))
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
                .find(|(known, _)| *known == name && !deviation.ignores(name))
                .map(|(_, value)| value.as_str())
        };
        check_format(&text)?;
        self.check_types_asked(text("_type"), deviation)?;
        let asked = Selection::read(&text, is_lenient(request))?;
        let members = self.disclosures.keys();
        let chosen = members
            .filter(|id| self.is_matched_for_caller(id, deviation))
            .cloned()
            .collect();
        let mut output = Output::default();
        self.collect(&chosen, &asked, &|_| true, request, &mut output, deviation)?;
        let starter = self.starter(request);
        Ok(self.jobs.start(request, output, starter))
    }

    /// Refuses parameters the operation does not have; tells of them when the client asks for lenience.
    fn check_parameters(
        &self,
        body: &Value,
        request: &Request,
        output: &mut Output,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let is_unknown = check_types(body, deviation)?;
        if is_unknown && !is_lenient(request) {
            return Err(Refusal::bad_request(
                "the export has a parameter it does not know",
            ));
        }
        if is_unknown {
            let text = "a parameter that the export does not know was ignored";
            output.add_error(&outcome::error("not-supported", text));
        }
        Ok(())
    }

    /// What an exchange between payers leaves out by its age.
    fn limit(&self, asked: &mut Selection, deviation: &Deviation) {
        let years = match self.version {
            _ if !deviation.enforces(Rule::FiveYears) => 3,
            Version::V2_0_0 | Version::V2_1_0 => 5,
            Version::V2_2_0 => 10,
        };
        let is_lifted = !asked.filters.is_empty() && !deviation.enforces(Rule::BoundaryOnFilters);
        if deviation.enforces(Rule::Boundary) && !is_lifted {
            asked.services_since(self.years_ago(years));
        }
        let is_first = self.version == Version::V2_1_0;
        let is_capped = if asked.has_since() {
            is_first == deviation.enforces(Rule::SinceOfVersion)
        } else {
            is_first && deviation.enforces(Rule::RecentUpdates)
        };
        if is_capped {
            asked.updated_since(self.years_ago(5));
        }
    }

    /// The members whose data is asked for. Those who are no members of the Group, or whose consent was
    /// revoked since, are told of.
    fn cohort(
        &self,
        group: &Value,
        body: &Value,
        output: &mut Output,
        deviation: &Deviation,
    ) -> BTreeSet<String> {
        let patient = |reference: &str| {
            let reference = Reference::parse(reference);
            let target = reference.target().filter(|(kind, _)| *kind == "Patient");
            target.map(|(_, id)| id.to_owned())
        };
        let members: BTreeSet<String> = path::elements(group, "member.entity.reference")
            .into_iter()
            .filter_map(|member| patient(member.as_str()?))
            .collect();
        let asked: Vec<&Value> = parameters::all(body)
            .iter()
            .filter(|one| one["name"] == "patient" && !deviation.ignores("patient"))
            .collect();
        let mut chosen = BTreeSet::new();
        for one in &asked {
            let reference = one["valueReference"]["reference"].as_str();
            match reference
                .and_then(patient)
                .filter(|id| members.contains(id) || !deviation.enforces(Rule::OwnMembers))
            {
                Some(id) => {
                    chosen.insert(id);
                }
                None if deviation.enforces(Rule::ReportPatients) => {
                    let text = "a reference in patient leads to no member of the Group";
                    output.add_error(&outcome::error("not-found", text));
                }
                None => {}
            }
        }
        if asked.is_empty() {
            let all = deviation.enforces(Rule::AllMembers);
            let count = if all { members.len() } else { 1 };
            chosen = members.into_iter().take(count).collect();
        }
        for _ in chosen.iter().filter(|id| self.is_revoked(id, deviation)) {
            let text = "the consent of a member is not in force any more";
            output.add_error(&outcome::error("suppressed", text));
        }
        chosen
    }

    /// Leaves out those who have opted out of sharing with providers by now, and tells of it.
    fn leave_out_opted_out(
        &self,
        chosen: &mut BTreeSet<String>,
        output: &mut Output,
        deviation: &Deviation,
    ) {
        let before = chosen.len();
        chosen.retain(|id| !self.keeps_from_providers(id, deviation));
        for _ in chosen.len()..before {
            let text = "the data of a member is not given to providers";
            output.add_error(&outcome::error("suppressed", text));
        }
    }

    /// Collects the members' data the caller may see now, with what it refers to.
    fn collect(
        &self,
        patients: &BTreeSet<String>,
        asked: &Selection,
        is_part: &dyn Fn(&Value) -> bool,
        request: &Request,
        output: &mut Output,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let filters = filters(asked, request, output, deviation)?;
        for kind in &asked.unknown {
            let text = format!("records of the kind {kind} are not served");
            output.add_error(&outcome::error("not-supported", &text));
        }
        let is_wanted = |resource: &&Value| {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            // Filters for one type are alternatives; a type without any is not filtered.
            let mut of_kind = filters.iter().filter(|(name, _)| *name == kind).peekable();
            asked.takes(resource)
                && is_part(resource)
                && (of_kind.peek().is_none()
                    || of_kind.any(|(_, all)| all.iter().all(|filter| filter.matches(resource))))
        };
        let mut of_members: Vec<&Value> = patients
            .iter()
            .flat_map(|patient| self.store.compartment(patient))
            .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown)
            .map(|stored| &stored.resource)
            .filter(is_wanted)
            .collect();
        if deviation.other_member {
            self.mix_in(patients, &mut of_members);
        }
        let around = self
            .around(&of_members)
            .filter(|one| self.is_type_granted(one, deviation))
            .filter(is_wanted);
        let chosen: Vec<&Value> = of_members.iter().copied().chain(around).collect();
        let sent: BTreeSet<String> = chosen.iter().map(|one| address(one)).collect();
        for resource in chosen {
            // A Provenance of what is not sent would point nowhere.
            let target = resource["target"][0]["reference"].as_str();
            if resource["resourceType"] != "Provenance"
                || asked.is_limited_to_types()
                || target.is_some_and(|target| sent.contains(target))
            {
                output.add(&with_addresses(resource, &request.base));
            }
        }
        Ok(())
    }

    /// Puts a record of somebody else into the middle.
    fn mix_in<'a>(&'a self, patients: &BTreeSet<String>, resources: &mut Vec<&'a Value>) {
        let other = patients
            .iter()
            .next_back()
            .and_then(|id| self.other_member(id));
        let record = other.and_then(|other| {
            let mut all = self.store.all("Condition");
            all.find(|stored| stored.patient.as_deref() == Some(other))
        });
        if let Some(record) = record {
            resources.insert(resources.len() / 2, &record.resource);
        }
    }

    /// The beginning of the day so many years before today.
    pub(super) fn years_ago(&self, years: i32) -> i128 {
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

/// A type and all that is asked of it.
type TypeFilter<'a> = (&'static str, Vec<Filter<'a>>);

/// The searches of `_typeFilter`. One that is not known is refused, or, when the client asks for lenience, told of.
fn filters<'a>(
    asked: &'a Selection,
    request: &'a Request,
    output: &mut Output,
    deviation: &Deviation,
) -> Result<Vec<TypeFilter<'a>>, Refusal> {
    let mut filters = Vec::new();
    for (kind, parameters) in &asked.filters {
        let mut all = Vec::new();
        for one in parameters {
            match kind.parameter(&one.name) {
                Some(definition) => {
                    all.push(Filter::new(
                        definition,
                        one,
                        false,
                        &request.base,
                        deviation,
                    )?);
                }
                None if !deviation.enforces(Rule::KnownFilters) => {}
                None if is_lenient(request) => {
                    let text = "a parameter in _typeFilter is not supported and was ignored";
                    output.add_error(&outcome::error("not-supported", text));
                }
                None => {
                    let text = "a parameter in _typeFilter is not supported";
                    return Err(Refusal::bad_request(text));
                }
            }
        }
        filters.push((kind.name, all));
    }
    Ok(filters)
}

fn address(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

/// A copy whose attachments can be fetched from wherever the file is read.
fn with_addresses(resource: &Value, base: &str) -> Value {
    let mut copy = resource.clone();
    let contents = copy.get_mut("content").and_then(Value::as_array_mut);
    for content in contents.into_iter().flatten() {
        if let Some(Value::String(url)) = content.pointer_mut("/attachment/url")
            && !url.contains(':')
        {
            *url = format!("{base}/{url}");
        }
    }
    copy
}

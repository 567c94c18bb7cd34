//! Searching a type.

use super::negotiation::check_form_body;
use super::query::Query;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::search::Parameter;
use crate::fhir::{Reference, bundle, search};
use crate::mock::deviation::Deviation;
use crate::mock::{PageFault, Request, Response, Rule};
use serde_json::Value;

impl Payer {
    /// `GET /{type}?…`.
    pub(super) fn search(
        &self,
        kind: &'static ResourceType,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let query = request.query.as_deref().unwrap_or_default();
        self.answer_search(kind, search::parse(query), request, deviation)
    }

    /// `POST /{type}/_search`, with parameters in the body and the query.
    pub(super) fn search_by_form(
        &self,
        kind: &'static ResourceType,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_form_body(request, deviation)?;
        let mut parameters = search::parse(request.query.as_deref().unwrap_or_default());
        parameters.extend(search::parse(&String::from_utf8_lossy(&request.body)));
        self.answer_search(kind, parameters, request, deviation)
    }

    fn answer_search(
        &self,
        kind: &'static ResourceType,
        mut asked: Vec<Parameter>,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        // A parameter without a value asks for nothing.
        asked.retain(|one| one.values.iter().any(|value| !value.is_empty()));
        misread(&mut asked, deviation);
        if deviation.other_member {
            self.ask_for_another(&mut asked);
        }
        self.check_revoked(&asked, deviation)?;
        let query = Query::read(kind, &asked, request, &self.settings.limits, deviation)?;
        let criteria = query.criteria(deviation)?;
        let matches = |stored: &&Stored| {
            criteria
                .iter()
                .all(|one| one.matches(&stored.resource, &self.store))
        };
        let all: Vec<&Stored> = self.store.all(kind.name).filter(matches).collect();
        let is = |stored: &Stored, wanted| self.visibility(stored, deviation) == wanted;
        let found: Vec<&Stored> = all
            .iter()
            .copied()
            .filter(|one| is(one, Visibility::Shown))
            .skip(usize::from(
                deviation.page == Some(PageFault::LeaveOutFirst),
            ))
            .collect();
        if found.is_empty()
            && !criteria.is_empty()
            && all.iter().any(|one| is(one, Visibility::Revoked))
        {
            return Err(Refusal::revoked());
        }
        Ok(Response::fhir(
            200,
            &self.page_of(&query, &found, deviation),
        ))
    }

    fn page_of(&self, query: &Query<'_>, found: &[&Stored], deviation: &Deviation) -> Value {
        let matches = &found[query.page.range(found.len(), deviation.page)];
        let of_mode = |resource, mode| bundle::entry(query.base, resource, mode);
        let matching = matches.iter().map(|one| of_mode(&one.resource, "match"));
        let included = self.included(&query.includes, matches, deviation);
        let entries = matching
            .chain(included.into_iter().map(|one| of_mode(one, "include")))
            .collect();
        let next =
            query
                .page
                .next(found.len(), deviation.page)
                .map(|offset| match deviation.page {
                    Some(PageFault::DeadNext) => format!("{}/gone?page={offset}", query.base),
                    _ => query.link(Some(offset)),
                });
        let total = match deviation.page {
            Some(PageFault::WrongTotal) => matches.len(),
            _ => found.len(),
        };
        bundle::searchset(total, &query.link(None), next.as_deref(), entries)
    }

    /// A search for a member whose consent was revoked is refused, not answered with nothing.
    fn check_revoked(&self, asked: &[Parameter], deviation: &Deviation) -> Result<(), Refusal> {
        let mut patients = asked
            .iter()
            .filter(|one| one.name == "patient")
            .flat_map(|one| &one.values);
        if patients.any(|value| self.is_revoked(id_of(value), deviation)) {
            return Err(Refusal::revoked());
        }
        Ok(())
    }

    fn ask_for_another(&self, asked: &mut [Parameter]) {
        for parameter in asked.iter_mut().filter(|one| one.name == "patient") {
            for value in &mut parameter.values {
                if let Some(other) = self.other_member(id_of(value)) {
                    *value = other.to_owned();
                }
            }
        }
    }
}

/// What a server makes of a repeated parameter that takes it for a choice, or of a choice of which it sees the
/// first value alone.
fn misread(asked: &mut Vec<Parameter>, deviation: &Deviation) {
    if !deviation.enforces(Rule::AlternativeValues) {
        for one in asked.iter_mut() {
            one.values.truncate(1);
        }
    }
    if deviation.enforces(Rule::RepeatedParameters) {
        return;
    }
    let mut merged: Vec<Parameter> = Vec::new();
    for one in asked.drain(..) {
        let is_same =
            |known: &&mut Parameter| known.name == one.name && known.modifier == one.modifier;
        match merged.iter_mut().find(is_same) {
            Some(known) => known.values.extend(one.values),
            None => merged.push(one),
        }
    }
    *asked = merged;
}

/// The id in the value of a reference parameter.
fn id_of(value: &str) -> &str {
    match Reference::parse(value).target() {
        Some(_) => value.rsplit('/').next().unwrap_or(value),
        None => value,
    }
}

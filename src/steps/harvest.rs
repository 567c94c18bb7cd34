//! A member's records of one kind, read to the last page.

use super::World;
use super::drive::Halt;
use super::expect::{describe, expect_resource, expect_status};
use crate::fhir::{Reference, bundle};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Pages read of one search at most.
const PAGE_LIMIT: usize = 50;
/// Records kept of one kind at most.
const RECORD_LIMIT: usize = 5_000;
/// References followed at most to find records of one kind.
const REFERENCE_LIMIT: usize = 20;

/// A member's records of one kind, as the payer gives them out.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Harvest {
    /// The records, each once, in the order they came.
    pub(super) records: Vec<Value>,
    /// The searches that found them; empty when references led to them.
    pub(super) searches: Vec<String>,
}

/// A search read to its last page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pages {
    /// Resources that match the search, as they came.
    pub(super) matches: Vec<Value>,
    /// Resources that were included.
    pub(super) includes: Vec<Value>,
}

/// Kinds that are found by the member they are about, and the further parameters a payer may insist on
/// (required combinations of US Core).
const ABOUT_MEMBER: [(&str, &[&str]); 22] = [
    ("AllergyIntolerance", &[]),
    ("CarePlan", &["category=assess-plan"]),
    (
        "CareTeam",
        &[
            "status=active",
            "status=proposed,active,suspended,inactive,entered-in-error",
        ],
    ),
    (
        "Condition",
        &["category=problem-list-item,health-concern,encounter-diagnosis"],
    ),
    ("Consent", &[]),
    ("Coverage", &[]),
    ("Device", &[]),
    (
        "DiagnosticReport",
        &["category=LAB,LP29684-5,LP29708-2,LP7839-6"],
    ),
    (
        "DocumentReference",
        &["category=clinical-note", "status=current"],
    ),
    ("Encounter", &[]),
    ("ExplanationOfBenefit", &[]),
    ("Goal", &[]),
    ("Immunization", &[]),
    ("MedicationDispense", &[]),
    (
        "MedicationRequest",
        &[
            "intent=proposal,plan,order,original-order,reflex-order,filler-order,instance-order,option",
        ],
    ),
    (
        "Observation",
        &[
            "category=laboratory,vital-signs,social-history,survey,imaging,procedure,exam,therapy,activity,sdoh",
        ],
    ),
    ("Procedure", &[]),
    ("Provenance", &[]),
    ("QuestionnaireResponse", &[]),
    ("RelatedPerson", &[]),
    ("ServiceRequest", &[]),
    ("Specimen", &[]),
];

/// Kinds that are found by following what a member's records refer to, and the kinds that do.
const REFERRED_TO: [(&str, &[&str]); 6] = [
    ("Endpoint", &["PractitionerRole", "Organization"]),
    (
        "Location",
        &["Encounter", "Procedure", "Immunization", "PractitionerRole"],
    ),
    ("Medication", &["MedicationRequest", "MedicationDispense"]),
    (
        "Organization",
        &["Coverage", "Encounter", "ExplanationOfBenefit"],
    ),
    (
        "Practitioner",
        &[
            "Encounter",
            "CareTeam",
            "ExplanationOfBenefit",
            "MedicationRequest",
        ],
    ),
    (
        "PractitionerRole",
        &["CareTeam", "Encounter", "ExplanationOfBenefit"],
    ),
];

impl World {
    /// The member's records of a kind, or those of that kind that the member's records refer to. Read
    /// once in a run; a kind the payer does not let search or read is a skip, because other scenarios
    /// judge that.
    pub(super) async fn harvest(&mut self, kind: &str) -> Result<Arc<Harvest>, Halt> {
        let member = self.member_record().await?;
        self.harvest_of(&member, kind).await
    }

    /// The same of any member, by the number of the record.
    pub(super) async fn harvest_of(
        &mut self,
        member: &str,
        kind: &str,
    ) -> Result<Arc<Harvest>, Halt> {
        let about = format!("{} {member} {kind}", self.ig()?);
        let context = self.context()?;
        let learn = async { Box::pin(self.gather(member, kind)).await.map(Arc::new) };
        let harvest = context.memory.harvest(about, learn).await?;
        self.note(format!(
            "{} {kind} records of the member",
            harvest.records.len()
        ));
        Ok(harvest)
    }

    async fn gather(&mut self, member: &str, kind: &str) -> Result<Harvest, Halt> {
        let mut harvest = Harvest::default();
        if kind == "Patient" {
            harvest
                .records
                .extend(self.read_known(&format!("Patient/{member}"), kind).await?);
        } else if let Some((_, further)) = ABOUT_MEMBER.iter().find(|(name, _)| *name == kind) {
            self.gather_by_search(member, kind, further, &mut harvest)
                .await?;
        } else if let Some((_, referrers)) = REFERRED_TO.iter().find(|(name, _)| *name == kind) {
            self.gather_by_reference(member, kind, referrers, &mut harvest)
                .await?;
        } else {
            return Err(Halt::Error(format!("there is no way to a member's {kind}")));
        }
        let mut seen = BTreeSet::new();
        harvest
            .records
            .retain(|record| seen.insert(record["id"].as_str().unwrap_or_default().to_owned()));
        Ok(harvest)
    }

    async fn gather_by_search(
        &mut self,
        member: &str,
        kind: &str,
        further: &[&str],
        harvest: &mut Harvest,
    ) -> Result<(), Halt> {
        let plain = format!("{kind}?patient={member}");
        let mut found = self
            .read_pages(&plain)
            .await?
            .map(|pages| (plain.clone(), pages));
        let mut alternatives = further.iter();
        while found.is_none() {
            let Some(parameter) = alternatives.next() else {
                break;
            };
            let query = format!("{plain}&{parameter}");
            found = self.read_pages(&query).await?.map(|pages| (query, pages));
        }
        let Some((query, pages)) = found else {
            let reply = describe(self.reply()?);
            return Err(Halt::Skip(format!(
                "the member's {kind} records cannot be searched: {reply}"
            )));
        };
        let of_kind = |record: &Value| record["resourceType"] == kind;
        harvest
            .records
            .extend(pages.matches.into_iter().filter(of_kind));
        harvest.searches.push(query);
        Ok(())
    }

    async fn gather_by_reference(
        &mut self,
        member: &str,
        kind: &str,
        referrers: &[&str],
        harvest: &mut Harvest,
    ) -> Result<(), Halt> {
        let mut references = BTreeSet::new();
        for referrer in referrers {
            // A kind of record that is not served refers to nothing.
            let Ok(source) = Box::pin(self.harvest_of(member, referrer)).await else {
                continue;
            };
            for record in &source.records {
                references_to(record, kind, &mut references);
            }
        }
        for reference in references.into_iter().take(REFERENCE_LIMIT) {
            if self.is_own(&reference) {
                harvest
                    .records
                    .extend(self.read_known(&reference, kind).await?);
            }
        }
        Ok(())
    }

    /// Reads a record that should be there; `None` when it is not.
    async fn read_known(&mut self, address: &str, kind: &str) -> Result<Option<Value>, Halt> {
        self.prepare(Request::get(address)).await?;
        let reply = self.reply()?;
        Ok(expect_status(reply, &[200], "")
            .and_then(|()| expect_resource(reply, kind))
            .ok())
    }

    /// Reads a search to its last page, or as far as it is reasonable; `None` when it, or a page of it,
    /// is not answered with a Bundle.
    pub(super) async fn read_pages(&mut self, query: &str) -> Result<Option<Pages>, Halt> {
        let mut pages = Pages::default();
        let mut next = Some(query.to_owned());
        let mut seen = BTreeSet::new();
        while let Some(address) = next.take() {
            if !seen.insert(address.clone())
                || seen.len() > PAGE_LIMIT
                || pages.matches.len() > RECORD_LIMIT
            {
                self.note("the search was not read to its end: it is too long, or its pages go round in circles");
                break;
            }
            self.prepare(Request::get(&address)).await?;
            let reply = self.reply()?;
            let page =
                expect_status(reply, &[200], "").and_then(|()| expect_resource(reply, "Bundle"));
            let Ok(page) = page else { return Ok(None) };
            pages.matches.extend(
                bundle::matches(&page)
                    .filter(|record| record["resourceType"] != "OperationOutcome")
                    .cloned(),
            );
            pages.includes.extend(bundle::includes(&page).cloned());
            next = bundle::link(&page, "next")
                .filter(|next| self.is_own(next))
                .map(str::to_owned);
        }
        Ok(Some(pages))
    }
}

/// Collects literal references to resources of a kind.
fn references_to(value: &Value, kind: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("reference")
                && Reference::parse(reference)
                    .target()
                    .is_some_and(|(target, _)| target == kind)
            {
                found.insert(reference.clone());
            }
            members
                .values()
                .for_each(|member| references_to(member, kind, found));
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| references_to(item, kind, found)),
        _ => {}
    }
}

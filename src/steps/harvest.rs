//! A member's records of one kind, read to the last page.

use super::World;
use super::audience::Audience;
use super::drive::Halt;
use super::expect::{describe, expect_resource, expect_status};
use crate::config::Expectation;
use crate::fhir::Reference;
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Further members whose own records are read.
const MEMBER_LIMIT: usize = 5;
/// References followed at most to find records of one kind.
const REFERENCE_LIMIT: usize = 20;

/// A member's records of one kind, as the payer gives them out.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Harvest {
    /// The records, each once, in the order they came.
    pub(super) records: Vec<Value>,
    /// What each of them is told by.
    pub(super) prints: Vec<super::judge::Print>,
    /// The searches that found them; empty when references led to them.
    pub(super) searches: Vec<String>,
    /// The profile each of them is an instance of by where it came from, whatever it claims; empty when that
    /// is told by the records themselves.
    pub(super) origins: Vec<&'static str>,
}

/// Kinds that are found by the member they are about, and the further parameters a payer may insist on
/// (required combinations of US Core).
pub(super) const ABOUT_MEMBER: [(&str, &[&str]); 21] = [
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
    ("QuestionnaireResponse", &[]),
    ("RelatedPerson", &[]),
    ("ServiceRequest", &[]),
    ("Specimen", &[]),
];

/// Kinds that are found by following what a member's records refer to, and the kinds that do.
const REFERRED_TO: [(&str, &[&str]); 7] = [
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
    ("Questionnaire", &["QuestionnaireResponse"]),
];

/// The kinds of records there is a way to, the member's own record first.
pub(super) fn kinds() -> impl Iterator<Item = &'static str> {
    let about = ABOUT_MEMBER.iter().map(|(kind, _)| *kind);
    let referred = REFERRED_TO.iter().map(|(kind, _)| *kind);
    ["Patient", "Provenance"]
        .into_iter()
        .chain(about)
        .chain(referred.filter(|kind| *kind != "Questionnaire"))
}

/// Kinds whose search brings Provenance along.
const TOLD_OF: [&str; 4] = [
    "Observation",
    "Condition",
    "Encounter",
    "AllergyIntolerance",
];

/// The searches that find a member's records of a kind, plain first; none for kinds that are not found so.
pub(super) fn searches_by_member(kind: &str, member: &str) -> Vec<String> {
    let plain = format!("{kind}?patient={member}");
    let about = ABOUT_MEMBER.iter().find(|(name, _)| *name == kind);
    about.map_or_else(Vec::new, |(_, further)| {
        let further = further
            .iter()
            .map(|parameter| format!("{plain}&{parameter}"));
        std::iter::once(plain.clone()).chain(further).collect()
    })
}

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
        let about = format!("{} {member} {kind}", self.system()?);
        let context = self.context()?;
        let is_for_provider = self
            .cohort
            .as_ref()
            .is_some_and(|cohort| cohort.audience == Audience::Provider);
        // What a provider finds before a payer has had the member matched lacks what comes with that match.
        let about = match is_for_provider {
            true => format!("{about} for a provider"),
            false => about,
        };
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
            self.gather_patients(member, &mut harvest).await?;
        } else if kind == "Provenance" {
            self.gather_provenance(&mut harvest).await?;
        } else if kind == "Group" {
            self.gather_groups(&mut harvest).await?;
        } else if ABOUT_MEMBER.iter().any(|(name, _)| *name == kind) {
            self.gather_by_search(member, kind, &mut harvest).await?;
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
        let judge = self.target()?.judge;
        harvest.prints = harvest
            .records
            .iter()
            .map(|record| judge.print(record))
            .collect();
        Ok(harvest)
    }

    /// The member's own record first, then those of the other test members, as far as they are given out.
    async fn gather_patients(&mut self, member: &str, harvest: &mut Harvest) -> Result<(), Halt> {
        let own = self
            .read_known(&format!("Patient/{member}"), "Patient")
            .await?;
        harvest.records.extend(own);
        let others = self.target()?.members;
        let cards = others
            .iter()
            .filter(|one| one.expect == Expectation::Match)
            .filter_map(|one| one.card().cloned())
            .take(MEMBER_LIMIT);
        for card in cards.collect::<Vec<_>>() {
            let token = format!("{}|{}", card.system, card.value);
            harvest
                .records
                .extend(self.search_by("Patient", "identifier", &token).await?);
        }
        Ok(())
    }

    /// Provenance is found with the records it tells of.
    async fn gather_provenance(&mut self, harvest: &mut Harvest) -> Result<(), Halt> {
        for kind in TOLD_OF {
            let Ok(source) = Box::pin(self.harvest(kind)).await else {
                continue;
            };
            for search in &source.searches {
                let query = format!("{search}&_revinclude=Provenance:target");
                let pages = self.read_pages(&query).await?.unwrap_or_default();
                let told = pages.includes.into_iter();
                harvest
                    .records
                    .extend(told.filter(|one| one["resourceType"] == "Provenance"));
            }
            if !harvest.records.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Groups are about many members: those the caller may see.
    async fn gather_groups(&mut self, harvest: &mut Harvest) -> Result<(), Halt> {
        const FORMS: [&str; 2] = [
            "Group",
            "Group?code=match,nomatch,consentconstraint,pdexprovidergroup",
        ];
        for query in FORMS {
            let pages = self.read_pages(query).await?.unwrap_or_default();
            let groups = pages
                .matches
                .into_iter()
                .filter(|one| one["resourceType"] == "Group");
            harvest.records.extend(groups);
            if !harvest.records.is_empty() {
                harvest.searches.push(query.to_owned());
                break;
            }
        }
        Ok(())
    }

    async fn gather_by_search(
        &mut self,
        member: &str,
        kind: &str,
        harvest: &mut Harvest,
    ) -> Result<(), Halt> {
        let mut found = None;
        for query in searches_by_member(kind, member) {
            found = self.read_pages(&query).await?.map(|pages| (query, pages));
            if found.is_some() {
                break;
            }
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
                if kind == "Questionnaire"
                    && let Some(canonical) = record["questionnaire"].as_str()
                {
                    references.extend(canonical.split('|').next().map(str::to_owned));
                }
            }
        }
        for reference in references.into_iter().take(REFERENCE_LIMIT) {
            let is_literal = Reference::parse(&reference).target().is_some();
            if is_literal && self.is_own(&reference) {
                harvest
                    .records
                    .extend(self.read_known(&reference, kind).await?);
            } else if kind == "Questionnaire" {
                let found = self.search_by(kind, "url", &reference).await?;
                harvest.records.extend(found);
            }
        }
        if kind == "PractitionerRole" && harvest.records.is_empty() {
            self.gather_roles(harvest).await?;
        }
        Ok(())
    }

    /// The roles of the member's practitioners, when no record refers to them.
    async fn gather_roles(&mut self, harvest: &mut Harvest) -> Result<(), Halt> {
        let practitioners = Box::pin(self.harvest("Practitioner")).await?;
        for practitioner in practitioners.records.iter().take(MEMBER_LIMIT) {
            let id = practitioner["id"].as_str().unwrap_or_default();
            let found = self
                .search_by("PractitionerRole", "practitioner", id)
                .await?;
            harvest.records.extend(found);
        }
        Ok(())
    }

    /// What a search of a kind by one parameter finds; nothing when it is not answered.
    async fn search_by(&mut self, kind: &str, name: &str, value: &str) -> Result<Vec<Value>, Halt> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(name, value)
            .finish();
        let pages = self
            .read_pages(&format!("{kind}?{query}"))
            .await?
            .unwrap_or_default();
        let found = pages.matches.into_iter();
        Ok(found.filter(|one| one["resourceType"] == kind).collect())
    }

    /// Reads a record that should be there; `None` when it is not.
    async fn read_known(&mut self, address: &str, kind: &str) -> Result<Option<Value>, Halt> {
        self.prepare(Request::get(address)).await?;
        let reply = self.reply()?;
        Ok(expect_status(reply, &[200], "")
            .and_then(|()| expect_resource(reply, kind))
            .ok())
    }
}

/// Collects literal references to resources of a kind.
pub(super) fn references_to(value: &Value, kind: &str, found: &mut BTreeSet<String>) {
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

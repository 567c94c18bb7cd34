//! What an exchange gives out, and the Provenance that comes with it.

use super::World;
use super::drive::Halt;
use super::expect::{expect_resource, expect_status};
use super::harvest::ABOUT_MEMBER;
use super::mismatch::name_of;
use crate::fhir::{Reference, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Organisations read at most to find the plan among them.
const MOST_ORGANISATIONS: usize = 20;

/// One exchange: what was sent, and the Provenance with it.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    /// Kind of record that was searched, or `$everything`.
    pub(super) name: String,
    pub(super) records: Vec<Value>,
    pub(super) provenances: Vec<Value>,
    /// Provenance that came as if it had been asked for.
    pub(super) unmarked: Vec<Value>,
}

/// Exchanges, and who the plan is in them.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub(super) exchanges: Arc<Vec<Exchange>>,
    /// Ids of the Organizations that are the plan.
    plan: BTreeSet<String>,
    /// National provider identifier of the plan.
    npi: String,
}

/// `Type/id` of the targets of a Provenance.
pub(super) fn targets(provenance: &Value) -> impl Iterator<Item = String> {
    path::elements(provenance, "target.reference")
        .into_iter()
        .filter_map(|reference| {
            let parsed = Reference::parse(reference.as_str()?);
            parsed.target().map(|(kind, id)| format!("{kind}/{id}"))
        })
}

/// The agents of a Provenance.
pub(super) fn agents(provenance: &Value) -> &[Value] {
    provenance["agent"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Whether an agent has that type, whatever the system of the code.
pub(super) fn is_of_type(agent: &Value, code: &str) -> bool {
    path::elements(agent, "type.coding.code")
        .iter()
        .any(|found| **found == code)
}

/// The formats of sources that a Provenance tells.
pub(super) fn source_formats(provenance: &Value) -> Vec<&Value> {
    const URL: &str =
        "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/ProvenanceSourceFrom";
    path::elements(provenance, "entity.extension")
        .into_iter()
        .filter(|extension| extension["url"] == URL)
        .map(|extension| &extension["valueCodeableConcept"])
        .collect()
}

impl Exchange {
    /// The Provenance of one record.
    pub(super) fn of<'a>(&'a self, record: &Value) -> impl Iterator<Item = &'a Value> {
        let name = name_of(record);
        self.provenances
            .iter()
            .filter(move |one| targets(one).any(|target| target == name))
    }
}

impl Told {
    /// Whether this reference (`agent.who`, `agent.onBehalfOf`) is to the plan.
    pub(super) fn is_plan(&self, who: &Value) -> bool {
        let by_reference = who["reference"].as_str().is_some_and(|text| {
            let parsed = Reference::parse(text);
            parsed
                .target()
                .is_some_and(|(kind, id)| kind == "Organization" && self.plan.contains(id))
        });
        by_reference || !self.npi.is_empty() && who["identifier"]["value"] == self.npi.as_str()
    }

    /// Whether a Provenance has the plan as an agent of that type.
    pub(super) fn has_plan_as(&self, provenance: &Value, code: &str) -> bool {
        agents(provenance)
            .iter()
            .any(|agent| is_of_type(agent, code) && self.is_plan(&agent["who"]))
    }

    /// All Provenance of all exchanges, each once.
    pub(super) fn provenances(&self) -> Vec<&Value> {
        let mut seen = BTreeSet::new();
        let all = self
            .exchanges
            .iter()
            .flat_map(|exchange| &exchange.provenances);
        all.filter(|one| seen.insert(one["id"].as_str().unwrap_or_default()))
            .collect()
    }
}

impl World {
    /// The member's records of these kinds with their Provenance, one search each.
    pub(super) async fn search_with_provenance(
        &mut self,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Exchange>, Halt> {
        let id = self.member_record().await?;
        let mut exchanges = Vec::new();
        for (kind, _) in ABOUT_MEMBER.into_iter().chain([("Patient", &[][..])]) {
            if matches!(kind, "Provenance" | "Consent") || !is_wanted(kind) {
                continue;
            }
            let by = if kind == "Patient" { "_id" } else { "patient" };
            let short = format!("{kind}?{by}={id}&_revinclude=Provenance:target");
            let mut pages = self.read_pages(&short).await?;
            if pages.is_none() {
                // It may insist on a further parameter, or not know the include.
                let harvest = match self.harvest(kind).await {
                    Ok(harvest) => harvest,
                    Err(Halt::Skip(_)) => continue,
                    Err(halt) => return Err(halt),
                };
                if let Some(search) = harvest.searches.first() {
                    pages = self
                        .read_pages(&format!("{search}&_revinclude=Provenance:target"))
                        .await?;
                }
                if pages.is_none() {
                    exchanges.push(Exchange {
                        name: kind.to_owned(),
                        records: harvest.records.clone(),
                        ..Exchange::default()
                    });
                }
            }
            let Some(pages) = pages else { continue };
            let is_provenance = |one: &Value| one["resourceType"] == "Provenance";
            let (unmarked, records) = pages.matches.into_iter().partition(is_provenance);
            let provenances = pages.includes.into_iter().filter(is_provenance).collect();
            exchanges.push(Exchange {
                name: kind.to_owned(),
                records,
                provenances,
                unmarked,
            });
        }
        exchanges.retain(|exchange| !exchange.records.is_empty());
        Ok(exchanges)
    }

    /// Everything about the member as one exchange.
    pub(super) async fn everything_with_provenance(&mut self) -> Result<Exchange, Halt> {
        let all = self.everything_or_skip().await?;
        let (provenances, records) = Arc::unwrap_or_clone(all)
            .into_iter()
            .partition(|one| one["resourceType"] == "Provenance");
        Ok(Exchange {
            name: "$everything".to_owned(),
            records,
            provenances,
            unmarked: Vec::new(),
        })
    }

    /// Keeps exchanges, and finds out who the plan is in them; skips when there are none.
    pub(super) async fn keep_told(&mut self, exchanges: Arc<Vec<Exchange>>) -> Result<(), Halt> {
        let records: usize = exchanges
            .iter()
            .map(|exchange| exchange.records.len())
            .sum();
        if records == 0 {
            return Err(Halt::Skip(
                "the member has no records; give a test member who has some".into(),
            ));
        }
        let mut told = Told {
            exchanges,
            ..Told::default()
        };
        self.note(format!(
            "{records} records with {} of Provenance",
            told.provenances().len()
        ));
        told.plan = self.plan_among(&told).await?;
        told.npi = self.target()?.payer.npi;
        self.told = told;
        Ok(())
    }

    /// Ids of the Organizations among the agents that are the plan: by national provider identifier or
    /// name, or, where the configuration gives neither, the payor of the member's coverage.
    async fn plan_among(&mut self, told: &Told) -> Result<BTreeSet<String>, Halt> {
        let payer = self.target()?.payer;
        let mut candidates = BTreeSet::new();
        for provenance in told.provenances() {
            for agent in agents(provenance) {
                for role in ["who", "onBehalfOf"] {
                    let text = agent[role]["reference"].as_str().unwrap_or_default();
                    let parsed = Reference::parse(text);
                    if let Some(("Organization", id)) = parsed.target()
                        && self.is_own(text)
                    {
                        candidates.insert(id.to_owned());
                    }
                }
            }
        }
        if payer.npi.is_empty() && payer.name.is_empty() {
            let coverages = self.harvest("Coverage").await?;
            let payors = coverages
                .records
                .iter()
                .flat_map(|one| path::elements(one, "payor.reference"));
            let payors = payors.filter_map(|text| {
                Reference::parse(text.as_str()?)
                    .target()
                    .map(|(_, id)| id.to_owned())
            });
            return Ok(payors.collect());
        }
        let mut plan = BTreeSet::new();
        for id in candidates.into_iter().take(MOST_ORGANISATIONS) {
            self.prepare(Request::get(format!("Organization/{id}")))
                .await?;
            let reply = self.reply()?;
            let found = expect_status(reply, &[200], "")
                .and_then(|()| expect_resource(reply, "Organization"));
            let Ok(organization) = found else { continue };
            let has_npi = path::elements(&organization, "identifier.value")
                .iter()
                .any(|value| **value == payer.npi);
            if has_npi && !payer.npi.is_empty() || organization["name"] == payer.name.as_str() {
                plan.insert(id);
            }
        }
        Ok(plan)
    }
}

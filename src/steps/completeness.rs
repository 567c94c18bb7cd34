//! What must-support and mandatory elements ask: that they are there, or that their absence is told well.

use super::absence::walk;
use super::drive::{Arguments, Halt, Outcome};
use super::instance::{Profile, name_of, split};
use super::support::supported;
use super::{Mismatch, World, capability};
use crate::fhir::{Reference, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// For each declared profile: must-support elements hold what they may; skips when one is never seen.
    r"^all that the declared profiles must support is among them and fits$" => declared_support;
    /// The same for elements within optional elements, as far as those are there.
    r"^what belongs to optional elements comes with them$" => nested_support;
    /// No record lacks an element that a profile it claims demands.
    r"^none of them lacks what its profiles demand$" => nothing_lacks;
    /// What they refer to can be read and holds to a profile of US Core for its type.
    r"^what they refer to is there and holds to US Core$" => targets_hold;
    /// At least one of the records has one of two elements.
    r"^at least one of them has (\S+) or (\S+)$" => one_has_either;
    /// At least one of the records has an NPI.
    r"^at least one of them is identified by provider number$" => one_has_npi;
    /// Every listed kind of record that is declared can be searched; skips when one has no records.
    r"^every kind of the member health history is given out$" => history_given;
    /// The declaration instantiates a statement of PDex, or names guides with versions.
    r"^it tells which version of US Core the payer serves$" => flavour_told;
}

const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
/// Records that lack something, from which on it is held against the payer.
const FEW: usize = 3;
/// Targets read in one scenario at most.
const TARGET_LIMIT: usize = 40;

/// The kinds of the member health history that hold clinical or plan data.
const HISTORY: [&str; 19] = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Coverage",
    "Device",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "ExplanationOfBenefit",
    "Goal",
    "Immunization",
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Patient",
    "Procedure",
    "Provenance",
    "Practitioner",
];

impl World {
    /// The declared profiles for kinds that were read, in each version of US Core they may be of.
    async fn declared_profiles(&mut self) -> Result<Vec<Profile>, Halt> {
        let flavours = self.flavours().await?;
        let statement = self.capabilities.clone().unwrap_or_default();
        let mut found: Vec<Profile> = Vec::new();
        let resources = capability::resources(&statement);
        for claim in resources.iter().flat_map(capability::profiles) {
            let (url, version) = split(claim);
            if url.contains("/us/carin-bb/") {
                // What CARIN means by must-support, its own guide says.
                continue;
            }
            if url.contains("/us/davinci-cdex/") {
                // What is submitted for claims need not be part of anybody's record yet.
                continue;
            }
            let name = url.rsplit('/').next().unwrap_or(url);
            let versions: Vec<Option<&'static str>> = if url.contains("/us/core/") {
                let served = flavours.served().iter().map(|flavour| flavour.as_str());
                served
                    .filter(|one| version.is_none_or(|version| version == *one))
                    .map(Some)
                    .collect()
            } else {
                vec![None]
            };
            for version in versions {
                if let Ok(profile) = self.profile_in(name, version)
                    && self.harvested(&profile.definition.type_name).is_ok()
                    && profile.definition.url == url
                    && !found
                        .iter()
                        .any(|other| other.canonical == profile.canonical)
                {
                    found.push(profile);
                }
            }
        }
        if found.is_empty() {
            return Err(Halt::Skip(
                "the payer declares no profile that is known here".into(),
            ));
        }
        Ok(found)
    }

    /// Judges the must-support elements of the declared profiles that `wanted` picks.
    async fn support(&mut self, wanted: impl Fn(&Profile, &str) -> bool) -> Outcome {
        let (mut missing, mut mismatches) = (Vec::new(), Vec::new());
        let (mut seen, mut all) = (0, 0);
        for profile in self.declared_profiles().await? {
            let instances = self.instances_if_any(&profile)?;
            if instances.is_empty() {
                missing.push(format!("{} (no record)", profile.name));
                continue;
            }
            let mut elements = self.needed(&profile)?;
            elements.retain(|element| wanted(&profile, &element.id));
            let (unseen, wrong) = supported(&instances, &elements);
            all += elements.len();
            seen += elements.len() - unseen.len();
            if !unseen.is_empty() {
                missing.push(format!("{}: {}", profile.name, unseen.join(", ")));
            }
            mismatches.extend(wrong);
        }
        self.note(format!("{seen} of {all} must-support elements were seen"));
        self.judge_all(mismatches)?;
        if missing.is_empty() {
            return Ok(());
        }
        Err(Halt::Skip(format!(
            "never seen: {}; give a test member who has them",
            missing.join("; ")
        )))
    }
}

async fn declared_support(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.support(|_, _| true).await
}

async fn nested_support(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_within_optional = |profile: &Profile, id: &str| {
        let parent = id.rsplit_once('.').map(|(parent, _)| parent);
        let mut elements = profile.definition.elements.iter();
        elements.any(|element| Some(element.id.as_str()) == parent && element.min == 0)
            && parent.is_some_and(|parent| parent.contains('.'))
    };
    world.support(is_within_optional).await
}

async fn nothing_lacks(world: &mut World, _: Arguments<'_>) -> Outcome {
    const LACKS: [&str; 2] = ["min", "slice-min"];
    let judge = world.target()?.judge;
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let report = judge.validate(&record);
        for issue in report
            .errors()
            .filter(|issue| LACKS.contains(&issue.rule.as_str()))
        {
            let profile = issue.profile.as_deref().unwrap_or("FHIR R4");
            mismatches.push(
                Mismatch::new(format!("what {profile} demands"), issue.message.clone())
                    .at(issue.expression.clone())
                    .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

async fn targets_hold(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut references = BTreeSet::new();
    let records = world.records_read();
    let known: BTreeSet<String> = records
        .iter()
        .map(|record| name_of(record).replace(' ', "/"))
        .collect();
    for record in &records {
        walk(record, "", &mut |value, _| {
            if let Some(reference) = value["reference"].as_str() {
                references.insert(reference.to_owned());
            }
        });
    }
    let is_literal =
        |reference: &String| !reference.starts_with('#') && !reference.starts_with("urn:");
    let wanted: Vec<String> = references
        .into_iter()
        .filter(is_literal)
        .filter(|reference| world.is_own(reference))
        .filter(|reference| {
            let target = Reference::parse(reference);
            // What was read already is judged as what it is.
            target
                .target()
                .is_some_and(|(kind, id)| !known.contains(&format!("{kind}/{id}")))
        })
        .collect();
    if wanted.len() > TARGET_LIMIT {
        world.note(format!(
            "{} references were not followed",
            wanted.len() - TARGET_LIMIT
        ));
    }
    let mut targets = records;
    for reference in wanted.into_iter().take(TARGET_LIMIT) {
        world.send(Request::get(&reference)).await?;
        let reply = world.reply()?;
        let found =
            super::expect::expect_status(reply, &[200], "what a record refers to can be read")
                .and_then(|()| super::expect::expect_json(reply))
                .map_err(|mismatch| mismatch.at(format!("reference {reference}")));
        match found {
            Ok(target) => targets.push(target),
            Err(mismatch) => world.judge(Err(mismatch))?,
        }
    }
    world.hold_to_us_core(&targets).await
}

async fn one_has_either(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (one, other) = (arguments.word(1), arguments.word(2));
    let records = world.records_read();
    let has = |record: &Value| {
        !path::elements(record, one).is_empty() || !path::elements(record, other).is_empty()
    };
    if records.iter().any(has) {
        return Ok(());
    }
    let result = none_has(&records, &format!("{one} or {other}"))?;
    world.judge(Err(result))
}

/// What is missing in all of these records, each of which could have it. Skips when there are too few: that one
/// record lacks something says little about what the payer can give.
fn none_has(records: &[Value], what: &str) -> Result<Mismatch, Halt> {
    let kind = records.first().map(|record| &record["resourceType"]);
    let kind = kind.and_then(Value::as_str).unwrap_or("such");
    if records.len() < FEW {
        let count = records.len();
        return Err(Halt::Skip(format!(
            "of the {count} {kind} records of the test member none has {what}, and they are too few to tell: give a test member with more"
        )));
    }
    Ok(Mismatch::new(
        format!("{what}, in some {kind} at least"),
        format!("none of the {} {kind} records has it", records.len()),
    )
    .at(kind)
    .hint("where the payer holds it and this member has none, name another test member"))
}

async fn one_has_npi(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = world.records_read();
    let has = |record: &Value| {
        let systems = path::elements(record, "identifier.system");
        systems.into_iter().any(|found| found == NPI)
    };
    if records.iter().any(has) {
        return Ok(());
    }
    let result = none_has(&records, &format!("an identifier of {NPI}"))?;
    world.judge(Err(result))
}

async fn history_given(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.capabilities.clone().unwrap_or_default();
    let declared = |kind: &&&str| {
        let mut resources = capability::resources(&statement).iter();
        resources.any(|resource| resource["type"] == ***kind)
    };
    let mut empty = Vec::new();
    for kind in HISTORY.iter().filter(declared) {
        match world.harvest(kind).await {
            Ok(harvest) if harvest.records.is_empty() => empty.push(*kind),
            Ok(_) => {}
            Err(Halt::Skip(reason)) => {
                let expected = format!("the member's {kind} records can be fetched");
                world.judge(Err(Mismatch::new(expected, reason)))?;
            }
            Err(halt) => return Err(halt),
        }
    }
    if empty.is_empty() {
        return Ok(());
    }
    Err(Halt::Skip(format!(
        "the payer gives out no {}: give a test member who has some, or see to it that none is held",
        empty.join(", ")
    )))
}

async fn flavour_told(world: &mut World, _: Arguments<'_>) -> Outcome {
    let flavours = world.flavours().await?;
    if flavours.is_told() {
        return Ok(());
    }
    let expected =
        "instantiates or implementationGuide tells which US Core and PDex statement is followed";
    let mismatch = Mismatch::new(expected, flavours.told_by());
    world.judge(Err(mismatch.at("CapabilityStatement.instantiates")))
}

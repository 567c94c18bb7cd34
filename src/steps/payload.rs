//! What an export must hold: kinds of records, claims without prices, where records come from, and the same as
//! single searches find.

use super::drive::{Arguments, Halt, Outcome};
use super::export::address;
use super::file::{FileSeen, TroubleKind};
use super::price::prices;
use super::{Mismatch, World};
use crate::fhir::{Reference, path};
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// Every type of which searches find records is among the files.
    r"^every kind of record that is found for the members is in it$" => kinds;
    /// Clinical records, claims, prior authorizations and documents, as far as the members have them.
    r"^clinical records, claims, prior authorizations and documents are in it$" => payload;
    /// No price in a claim.
    r"^no claim in it tells a price$" => priceless;
    /// A Provenance whose target is in the export.
    r"^it says where its records come from$" => provenance;
    /// The records of both, as long as they did not change since; nothing twice.
    r"^it holds what single searches find, and nothing else$" => same_as_searches;
    /// Nothing in it breaks a rule of FHIR or of a profile it names, and US Core is among the profiles.
    r"^every record in it holds to FHIR and to the profiles it names$" => valid;
    /// Only those types, and all of theirs that the export before held.
    r"^only patients and conditions are in it, and all of them$" => only_kinds;
    /// Only Observations of the category, and all that a search for it finds.
    r"^only observations from the laboratory are in it, and all of them$" => only_laboratory;
}

/// Clinical kinds of US Core that are found by the member they are about.
const CLINICAL: [&str; 14] = [
    "AllergyIntolerance",
    "CarePlan",
    "CareTeam",
    "Condition",
    "Device",
    "DiagnosticReport",
    "Encounter",
    "Goal",
    "Immunization",
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ServiceRequest",
];
/// Others that are found by the member they are about. Not Consent: every match adds one.
const OTHERS: [&str; 6] = [
    "Coverage",
    "DocumentReference",
    "ExplanationOfBenefit",
    "QuestionnaireResponse",
    "RelatedPerson",
    "Specimen",
];
/// Findings in one step at most; more say nothing new.
const FINDINGS: usize = 25;

async fn kinds(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let mut is_any = false;
    for kind in CLINICAL.into_iter().chain(OTHERS) {
        let mut held = 0;
        for patient in world.cohort()?.patients.clone() {
            let found = world.records_of(&patient, kind).await?;
            held += found.map_or(0, |found| found.records.len());
        }
        if held == 0 {
            continue;
        }
        is_any = true;
        if !export.counts.contains_key(kind) {
            let mismatch = Mismatch::new(
                format!("{kind} records, of which a search finds {held}"),
                "there are none",
            );
            world.judge(Err(mismatch.at("$.output[*].type")))?;
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip("searches find no record of the members".into()))
    }
}

async fn payload(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let is_benefit = |one: &Value, usage: &str| {
        one["resourceType"] == "ExplanationOfBenefit" && one["use"] == usage
    };
    let is_clinical = |one: &Value| CLINICAL.iter().any(|kind| one["resourceType"] == *kind);
    let is_document = |one: &Value| one["resourceType"] == "DocumentReference";
    type Sort<'a> = (&'a str, &'a [&'a str], &'a dyn Fn(&Value) -> bool);
    let sorts: [Sort<'_>; 4] = [
        (
            "clinical records",
            &["Condition", "Encounter", "Observation"],
            &is_clinical,
        ),
        ("claims", &["ExplanationOfBenefit"], &|one| {
            is_benefit(one, "claim")
        }),
        ("prior authorizations", &["ExplanationOfBenefit"], &|one| {
            is_benefit(one, "preauthorization")
        }),
        ("documents", &["DocumentReference"], &is_document),
    ];
    let mut is_any = false;
    for (sort, kinds, is_of_sort) in sorts {
        let mut is_held = false;
        for patient in world.cohort()?.patients.clone() {
            for kind in kinds {
                let found = world.records_of(&patient, kind).await?;
                is_held |= found.is_some_and(|found| found.records.iter().any(is_of_sort));
            }
        }
        is_any |= is_held;
        let is_there = export.resources.iter().any(is_of_sort);
        if is_held && !is_there && !export.is_cut {
            let mismatch = Mismatch::new(format!("{sort}, which a search finds"), "there are none");
            world.judge(Err(mismatch.at("$.output")))?;
        }
        if !is_held {
            world.note(format!("the members have no {sort}"));
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip(
            "searches find nothing of that for the members".into(),
        ))
    }
}

async fn priceless(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let claims: Vec<&Value> = export
        .of_type("ExplanationOfBenefit")
        .filter(|one| one["use"] == "claim")
        .collect();
    // Those that are not kept were looked at when they came.
    if claims.is_empty() && export.priced.is_empty() {
        return Err(Halt::Skip(
            "there are no claims in the export; give a test member who has some".into(),
        ));
    }
    let mut mismatches = Vec::new();
    for claim in claims {
        for place in prices(claim)? {
            let mismatch = Mismatch::new("claims without prices", "a price");
            mismatches.push(mismatch.at(format!("{}: {place}", address(claim))));
        }
    }
    let beyond = export.priced.iter();
    mismatches.extend(
        beyond.map(|place| Mismatch::new("claims without prices", "a price").at(place.clone())),
    );
    mismatches.truncate(FINDINGS);
    world.judge_each(mismatches)
}

async fn provenance(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let leads_in = |one: &Value| {
        path::elements(one, "target.reference")
            .iter()
            .any(|reference| {
                let reference = Reference::parse(reference.as_str().unwrap_or_default());
                let target = reference.target();
                target.is_some_and(|(kind, id)| export.has(&format!("{kind}/{id}")))
            })
    };
    let count = export.counts.get("Provenance").copied().unwrap_or_default();
    let result = if count == 0 {
        Err(Mismatch::new("Provenance of the records", "there is none").at("$.output[*].type"))
    } else if !export.of_type("Provenance").any(leads_in)
        && !export.told.iter().any(|address| export.has(address))
    {
        let expected = "Provenance whose target is a record of the export";
        Err(Mismatch::new(expected, format!("none of {count} has one")).at("Provenance.target"))
    } else {
        Ok(())
    };
    world.judge(result)
}

/// The address of a file that is listed more than once.
fn listed_twice(files: &[FileSeen]) -> Option<String> {
    let mut seen = BTreeSet::new();
    let again = files.iter().find(|file| !seen.insert(file.url.as_str()));
    again.map(|file| file.url.clone())
}

async fn same_as_searches(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (export, time) = (world.export()?, world.transaction_time()?);
    let today = world.context()?.today;
    let exempt = super::exchanged_authorization::Exemption::new(today, time.start);
    let troubles = export.files.iter().flat_map(|file| &file.troubles);
    let repeated = troubles.filter_map(|trouble| match &trouble.kind {
        TroubleKind::Repeated(address) => Some(address.clone()),
        _ => None,
    });
    let repeated: Vec<String> = repeated.take(FINDINGS).collect();
    let twice = listed_twice(&export.files);
    for address in repeated {
        let mismatch = Mismatch::new("every record once", "one that comes again").at(address);
        world.judge(Err(match &twice {
            Some(url) => mismatch.hint(format!("the list names the file {url} twice")),
            None => mismatch,
        }))?;
    }
    let mut is_any = false;
    for kind in CLINICAL.into_iter().chain(OTHERS) {
        let mut found = BTreeSet::new();
        let mut is_served = false;
        for patient in world.cohort()?.patients.clone() {
            let Some(held) = world.records_of(&patient, kind).await? else {
                continue;
            };
            is_served = true;
            for record in &held.records {
                found.insert(address(record));
                if !exempt.covers(record) && !export.has(&address(record)) {
                    let mismatch =
                        Mismatch::new("every record that a search finds", "one is missing");
                    world.judge(Err(mismatch.at(address(record))))?;
                }
            }
        }
        is_any |= !found.is_empty();
        let more = export
            .of_type(kind)
            .find(|record| is_served && !found.contains(&address(record)));
        if let Some(more) = more {
            let mismatch = Mismatch::new(
                "only records that a search finds",
                "one that no search finds",
            );
            world.judge(Err(mismatch.at(address(more))))?;
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip("searches find no record of the members".into()))
    }
}

async fn valid(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    if export.total() == 0 {
        return Err(Halt::Skip("nothing was exported".into()));
    }
    world.note(format!(
        "{} resources held against their profiles; {} rules undecided offline",
        export.total(),
        export.undecided
    ));
    let names_us_core = |one: &Value| {
        let profiles = path::elements(one, "meta.profile");
        let mut profiles = profiles.iter().filter_map(|one| one.as_str());
        profiles.any(|one| one.starts_with("http://hl7.org/fhir/us/core/"))
    };
    if !export.resources.iter().any(names_us_core) {
        let mismatch = Mismatch::new("records that name profiles of US Core", "none does");
        world.judge(Err(mismatch.at("meta.profile")))?;
    }
    let mut outcome = Ok(());
    for (count, mismatch) in export.broken.values().take(FINDINGS) {
        let mut mismatch = mismatch.clone();
        mismatch.actual = format!("{} ({count} times)", mismatch.actual);
        // All of them are worth knowing, so the first does not end it.
        outcome = outcome.and(world.judge(Err(mismatch)));
    }
    outcome
}

async fn only_kinds(world: &mut World, _: Arguments<'_>) -> Outcome {
    // Provenance comes along by default (Bulk Data Access).
    const KINDS: [&str; 3] = ["Patient", "Condition", "Provenance"];
    let (before, after) = (world.export_before()?, world.export()?);
    let stray = after
        .counts
        .keys()
        .find(|kind| !KINDS.contains(&kind.as_str()));
    let wanted = before.addresses(&KINDS[..2]);
    let missing = wanted.iter().find(|address| !after.has(address));
    let result = match (stray, missing) {
        _ if wanted.is_empty() => {
            return Err(Halt::Skip(
                "the members have neither records nor conditions".into(),
            ));
        }
        (Some(kind), _) => Err(Mismatch::new(
            "patients and conditions only",
            format!("{kind} records"),
        )
        .at("$.output[*].type")),
        (None, Some(missing)) => {
            Err(Mismatch::new("all of them", "one is missing").at(missing.clone()))
        }
        (None, None) => Ok(()),
    };
    world.judge(result)
}

async fn only_laboratory(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (export, time) = (world.export()?, world.transaction_time()?);
    let is_laboratory = |one: &Value| {
        let codings = path::elements(one, "category.coding");
        codings.iter().any(|coding| coding["code"] == "laboratory")
    };
    let stray = export
        .of_type("Observation")
        .find(|one| !is_laboratory(one));
    if let Some(stray) = stray {
        let mismatch = Mismatch::new("observations of the category laboratory", "another one");
        world.judge(Err(mismatch.at(format!("{}: category", address(stray)))))?;
    }
    let exempt = super::exchanged_authorization::Exemption::new(world.context()?.today, time.start);
    let mut is_any = false;
    for patient in world.cohort()?.patients.clone() {
        let Some(held) = world.records_of(&patient, "Observation").await? else {
            continue;
        };
        for record in held
            .records
            .iter()
            .filter(|one| is_laboratory(one) && !exempt.covers(one))
        {
            is_any = true;
            if !export.has(&address(record)) {
                let mismatch = Mismatch::new("every observation of the category", "one is missing");
                world.judge(Err(mismatch.at(address(record))))?;
            }
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip(
            "the members have no observations from the laboratory".into(),
        ))
    }
}

//! What the data mapping of PDex says of single elements: numbers, procedures, relationships.

use super::drive::{Arguments, Outcome};
use super::instance::name_of;
use super::mapping::has;
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// One of the member's identifiers is typed as member number, with system and value.
    r"^one of the member's identifiers is the member number$" => member_number;
    /// Each Procedure has a code of a system for clinical procedures.
    r"^each of them is coded as a clinical procedure$" => clinical_procedure;
    /// No Procedure has a code of a drug, a supply or a facility charge.
    r"^none of them is a drug, a supply or a facility charge$" => no_supply;
    /// Every identifier of a Coverage that is typed as member number has a value.
    r"^member numbers among their identifiers have a value$" => number_has_value;
    /// The relationship of a Coverage whose beneficiary is its subscriber is `self`.
    r"^the subscriber's own coverage says so$" => own_coverage;
}

const HCPCS: [&str; 2] = [
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
];
/// Systems of clinical procedures: CPT, ICD-10-PCS, SNOMED CT, CDT.
const PROCEDURES: [&str; 5] = [
    "http://www.ama-assn.org/go/cpt",
    "http://www.cms.gov/Medicare/Coding/ICD10",
    "http://hl7.org/fhir/sid/icd-10-pcs",
    "http://snomed.info/sct",
    "http://www.ada.org/cdt",
];
/// Systems of what is no procedure: drugs and revenue.
const OTHERS: [&str; 3] = [
    "http://hl7.org/fhir/sid/ndc",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "https://www.nubc.org/CodeSystem/RevenueCodes",
];

async fn member_number(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let is_number = |identifier: &&Value| {
            is_member_number(identifier)
                && identifier["system"].is_string()
                && identifier["value"].is_string()
        };
        if !path::elements(&record, "identifier").iter().any(is_number) {
            mismatches.push(
                Mismatch::new(
                    "an identifier of type MB with system and value",
                    "there is none",
                )
                .at("Patient.identifier")
                .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

fn is_member_number(identifier: &Value) -> bool {
    path::elements(identifier, "type.coding")
        .iter()
        .any(|coding| {
            coding["code"] == "MB"
                && coding["system"] == "http://terminology.hl7.org/CodeSystem/v2-0203"
        })
}

/// Systems and codes of a record's code.
fn codings(record: &Value) -> Vec<(&str, &str)> {
    let codings = path::elements(record, "code.coding");
    let text = |value: &Value, name: &str| -> Option<usize> { value[name].as_str().map(str::len) };
    codings
        .into_iter()
        .filter(|coding| text(coding, "system").is_some())
        .map(|coding| {
            (
                coding["system"].as_str().unwrap_or_default(),
                coding["code"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

/// Whether a code stands for a drug, a supply or a facility charge: of another system, or a HCPCS code of
/// the chapters for transport and supplies (A), equipment (E) and drugs (J).
fn is_supply((system, code): &(&str, &str)) -> bool {
    OTHERS.contains(system) || HCPCS.contains(system) && code.starts_with(['A', 'E', 'J'])
}

async fn clinical_procedure(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let codings = codings(&record);
        let is_clinical = |coding: &(&str, &str)| {
            PROCEDURES.contains(&coding.0) || HCPCS.contains(&coding.0) && !is_supply(coding)
        };
        if !codings.is_empty() && !codings.iter().any(is_clinical) {
            let found: Vec<&str> = codings.iter().map(|(system, _)| *system).collect();
            mismatches.push(
                Mismatch::new(
                    "a code of CPT, HCPCS, ICD-10-PCS, SNOMED CT or CDT",
                    found.join(", "),
                )
                .at("Procedure.code.coding")
                .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

async fn no_supply(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        for (system, code) in codings(&record).iter().filter(|coding| is_supply(coding)) {
            mismatches.push(
                Mismatch::new(
                    "no drug, supply or facility charge",
                    format!("{code} of {system}"),
                )
                .at("Procedure.code.coding")
                .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

async fn number_has_value(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let identifiers = path::elements(&record, "identifier");
        let mut numbers = identifiers.into_iter().filter(|one| is_member_number(one));
        if numbers.any(|number| !number["value"].is_string()) {
            mismatches.push(
                Mismatch::new("a member number with a value", "one without")
                    .at("Coverage.identifier.value")
                    .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

async fn own_coverage(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_own = |record: &Value| {
        let subscriber = record["subscriber"]["reference"].as_str();
        subscriber.is_some() && subscriber == record["beneficiary"]["reference"].as_str()
    };
    let records = world.those("a Coverage whose subscriber is the member", is_own)?;
    let mut mismatches = Vec::new();
    for record in &records {
        if !has(record, "relationship", "self") {
            mismatches.push(
                Mismatch::new("relationship self", record["relationship"].to_string())
                    .at("Coverage.relationship")
                    .hint(format!("in {}", name_of(record))),
            );
        }
    }
    world.judge_all(mismatches)
}

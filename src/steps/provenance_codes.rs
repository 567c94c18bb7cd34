//! The words in which provenance is told: formats of sources, and roles of those who took part.

use super::World;
use super::authorization::codes_of;
use super::drive::{Arguments, Halt, Outcome};
use super::provenance::judge_provenances;
use super::told::{agents, source_formats};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Formats are codes of ProvenancePayerDataSource.
    r"^the formats are those of PDex$" => format_codes;
    /// Types of agents are of the value set ProvenanceAgentType.
    r"^the roles of those who took part are those of PDex$" => agent_codes;
}

/// Codes of ProvenancePayerDataSource.
const FORMATS: [&str; 26] = [
    "hl7v2other",
    "hl7v2oru",
    "hl7v2adt",
    "hl7v2r01",
    "hl7v2rsp",
    "hl7v2orm",
    "hl7v2mdm",
    "hl7v2vxu",
    "hl7v3",
    "hl7ccda",
    "hl7cda",
    "hl7cdaqrda",
    "hl7fhirdstu2",
    "hl7fhirdstu3",
    "hl7fhirr4",
    "x12837",
    "x12278",
    "x12275",
    "x12other",
    "script",
    "ncpdp",
    "capture",
    "customtx",
    "image",
    "unstructured",
    "other",
];

async fn format_codes(world: &mut World, _: Arguments<'_>) -> Outcome {
    const SYSTEM: &str = "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/ProvenancePayerDataSource";
    if world
        .told
        .provenances()
        .iter()
        .all(|one| source_formats(one).is_empty())
    {
        return Err(Halt::Skip(
            "no Provenance tells the format of a source; give a test member with records that have it".into(),
        ));
    }
    judge_provenances(world, |_, provenance| {
        source_formats(provenance)
            .into_iter()
            .filter(|concept| {
                let mut codes = codes_of(concept, SYSTEM).peekable();
                codes.peek().is_none() || !codes.all(|code| FORMATS.contains(&code))
            })
            .map(|concept| (format!("a code of {SYSTEM}"), concept["coding"].to_string()))
            .collect()
    })
}

/// The systems of the value set ProvenanceAgentType, with their codes.
const ROLES: [(&str, &[&str]); 3] = [
    (
        "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/ProvenanceAgentRoleType",
        &["source", "author"],
    ),
    (
        "http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
        &["transmitter"],
    ),
    (
        "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
        &[
            "enterer",
            "performer",
            "author",
            "verifier",
            "legal",
            "attester",
            "informant",
            "custodian",
            "assembler",
            "composer",
        ],
    ),
];

async fn agent_codes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_known = |coding: &Value| {
        ROLES.iter().any(|(system, codes)| {
            coding["system"] == *system
                && coding["code"]
                    .as_str()
                    .is_some_and(|code| codes.contains(&code))
        })
    };
    judge_provenances(world, |_, provenance| {
        agents(provenance)
            .iter()
            .filter(|agent| {
                !path::elements(agent, "type.coding")
                    .into_iter()
                    .any(is_known)
            })
            .map(|agent| {
                (
                    "a role of the value set ProvenanceAgentType".to_owned(),
                    agent["type"].to_string(),
                )
            })
            .collect()
    })
}

//! What the publisher of official guides found in them: its errors are found, and nothing else, or it is
//! explained why not.

use super::packages::{Chain, shared};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use vitruvian::profile::Validator;

/// Guides, and the packages they are judged by, their own first.
const GUIDES: &[&[&str]] = &[
    &[
        "hl7.fhir.us.carin-bb-2.0.0",
        "hl7.fhir.us.core-3.1.1",
        "hl7.fhir.us.core-6.1.0",
    ],
    &["hl7.fhir.us.core-6.1.0"],
    &["hl7.fhir.us.core-7.0.0", "hl7.fhir.uv.sdc-3.0.0-assembled"],
    &["hl7.fhir.us.davinci-hrex-1.0.0", "hl7.fhir.us.core-3.1.1"],
    &[
        "hl7.fhir.us.davinci-pdex-2.0.0",
        "hl7.fhir.us.davinci-hrex-1.0.0",
        "hl7.fhir.us.davinci-pas-2.0.1",
        "hl7.fhir.us.core-3.1.1",
    ],
];

/// Errors of the publisher that are not found here, and why: guide, resource, reason.
const NOT_OURS: &[(&str, &str, &str)] = &[
    (
        "hl7.fhir.us.core-6.1.0",
        "StructureDefinition-us-core-vital-signs",
        "that a profile may not weaken its base is a rule on definitions, not on what they define",
    ),
    (
        "hl7.fhir.us.core-6.1.0",
        "ValueSet-simple-language",
        "a terminology server that could not expand it",
    ),
    (
        "hl7.fhir.us.core-7.0.0",
        "ImplementationGuide-hl7.fhir.us.core",
        "extensions of a tool whose package is not at hand",
    ),
    (
        "hl7.fhir.us.core-7.0.0",
        "Observation-satO2-fiO2",
        "a known defect of R4: units of components of vital signs",
    ),
    (
        "hl7.fhir.us.davinci-hrex-1.0.0",
        "Parameters-member-match-in",
        "a URL that did not answer",
    ),
    (
        "hl7.fhir.us.davinci-hrex-1.0.0",
        "Parameters-member-match-in-provider",
        "a URL that did not answer",
    ),
];

/// Errors found here that the publisher did not report, and the clause that is broken.
const OURS_ALONE: &[(&str, &str, &str)] = &[
    (
        "hl7.fhir.us.carin-bb-2.0.0",
        "ExplanationOfBenefit-EOBInpatient2",
        "Narrative: HTML entities are not supported, Unicode characters SHALL be used",
    ),
    (
        "hl7.fhir.us.carin-bb-2.0.0",
        "ExplanationOfBenefit-EOBOutpatient2",
        "Narrative: HTML entities are not supported, Unicode characters SHALL be used",
    ),
    (
        "hl7.fhir.us.carin-bb-2.0.0",
        "ExplanationOfBenefit-EOBProfessional1",
        "Narrative: HTML entities are not supported, Unicode characters SHALL be used",
    ),
    (
        "hl7.fhir.us.carin-bb-2.0.0",
        "ExplanationOfBenefit-EOBProfessional2",
        "Narrative: HTML entities are not supported, Unicode characters SHALL be used",
    ),
    (
        "hl7.fhir.us.carin-bb-2.0.0",
        "ExplanationOfBenefit-EOBProfessionalTransportation1",
        "a HCPCS code that is said to be of CPT; HTML entities",
    ),
    (
        "hl7.fhir.us.core-6.1.0",
        "Bundle-66c8856b-ba11-4876-8aa8-467aad8c11a2",
        "Bundle.entry.fullUrl: SHALL NOT disagree with the id in the resource",
    ),
    (
        "hl7.fhir.us.core-6.1.0",
        "Bundle-docref-example-2",
        "Bundle.entry.fullUrl: SHALL NOT disagree with the id in the resource",
    ),
    (
        "hl7.fhir.us.davinci-hrex-1.0.0",
        "Bundle-task-poll-response",
        "Bundle.entry.fullUrl: SHALL NOT disagree with the id in the resource",
    ),
    (
        "hl7.fhir.us.core-6.1.0",
        "CapabilityStatement-us-core-client",
        "the extension names the elements it may stand in, and not this one",
    ),
    (
        "hl7.fhir.us.core-6.1.0",
        "CapabilityStatement-us-core-server",
        "the extension names the elements it may stand in, and not this one",
    ),
];

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// The resources of a guide by type and id: of its package, and of its examples if they are kept apart.
fn resources(shared: &Path, guide: &str) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let mut add = |resource: Value| {
        if let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str())
        {
            found.insert(format!("{kind}-{id}"), resource);
        }
    };
    let file = std::fs::File::open(shared.join(format!("packages/{guide}.tgz"))).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if entry
            .path()
            .unwrap()
            .extension()
            .is_some_and(|kind| kind == "json")
        {
            let mut text = Vec::new();
            entry.read_to_end(&mut text).unwrap();
            // What is no JSON, whatever its name, is no resource.
            if let Ok(resource) = serde_json::from_slice(&text) {
                add(resource);
            }
        }
    }
    let examples = std::fs::read_dir(shared.join("data/ig-examples").join(guide));
    for file in examples.into_iter().flatten() {
        add(json(&file.unwrap().path()));
    }
    found
}

/// The errors of the publisher by type and id of the resource; of resources without, an empty list.
fn theirs(path: &Path) -> BTreeMap<String, Vec<String>> {
    let outcomes = json(path);
    let entries = outcomes["entry"].as_array().unwrap().iter();
    let mut found = BTreeMap::new();
    for entry in entries {
        let outcome = &entry["resource"];
        let issues = outcome["issue"].as_array().into_iter().flatten();
        let errors = issues
            .filter(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")))
            .map(|issue| format!("{} {}", issue["expression"], issue["details"]["text"]));
        found.insert(
            outcome["id"].as_str().unwrap().to_owned(),
            errors.collect::<Vec<_>>(),
        );
    }
    found
}

#[test]
#[expect(clippy::print_stdout, reason = "a table for whoever asks for it")]
fn the_errors_of_the_publisher_are_found_and_no_others() {
    let Some(shared) = shared() else { return };
    let (mut wrong, mut agreed, mut absent) = (Vec::new(), 0, 0);
    let mut used = BTreeSet::new();
    for packages in GUIDES {
        let guide = packages[0];
        let folder = shared.join("data/validation-outcomes").join(guide);
        // Where extensions may stand in definitions is said in full only later than the guides.
        let packages = [packages, &["hl7.fhir.uv.extensions.r4-5.3.0"][..]].concat();
        let validator = Validator::new(Arc::new(Chain::new(&packages)));
        let resources = resources(&shared, guide);
        for (name, theirs) in theirs(&folder.join("validation-oo.json")) {
            let Some(resource) = resources.get(&name) else {
                absent += 1;
                continue;
            };
            let report = validator.validate(resource, &[]);
            let ours: Vec<String> = report.errors().map(ToString::to_string).collect();
            if ours.is_empty() == theirs.is_empty() {
                agreed += 1;
                continue;
            }
            let list = if ours.is_empty() {
                NOT_OURS
            } else {
                OURS_ALONE
            };
            match list
                .iter()
                .find(|(of, which, _)| *of == guide && *which == name)
            {
                Some(known) => {
                    used.insert(known);
                }
                None => wrong.push(format!(
                    "{guide} {name}\n  theirs {theirs:#?}\n  ours {ours:#?}"
                )),
            }
        }
    }
    println!(
        "agree on {agreed} resources, {} explained, {absent} not at hand",
        used.len()
    );
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(
        used.len(),
        NOT_OURS.len() + OURS_ALONE.len(),
        "explained in vain"
    );
    assert!(agreed > 900, "only {agreed} resources agree");
}

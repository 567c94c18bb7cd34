//! The cases of HL7's own validator, as far as they can be decided offline and are about what this
//! validator does: agree on whether the resource is valid.

use super::packages::{Chain, opened_folder, shared};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use vitruvian::profile::{Document, Limits, Severity, Validator};

/// Modules about structure, profiles and references. The others are about questionnaires, terminology
/// servers, signatures, other versions and formats, and the validation of definitions themselves.
const MODULES: &[&str] = &[
    "bundle",
    "extensions",
    "general",
    "invariants",
    "profile",
    "references",
    "xhtml",
];

/// Packages that cases name, and those at hand that hold the same profiles.
const PACKAGES: &[(&str, &str)] = &[("hl7.fhir.us.core#3.1.1", "hl7.fhir.us.core-3.1.1")];

/// Settings of the reference validator that change what it looks at; such cases are about them.
const SETTINGS: &[&str] = &[
    "validateContains",
    "examples",
    "security-checks",
    "noHtmlInMarkdown",
];

/// Words in the messages of errors that take a terminology server, a network, a CDA or R5 definition, or
/// are about display texts and markup for people.
const BEYOND: &[&str] = &[
    "display",
    "Display",
    "tx-dev",
    "server",
    "Server",
    "does not resolve",
    "could not be found",
    "Error from",
    "markdown",
    "snomed",
    "HTML",
];

struct Run {
    name: String,
    profile: Option<String>,
    file: String,
    supporting: Vec<String>,
    packages: Vec<String>,
    outcome: String,
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

fn runs(manifest: &Value) -> Vec<Run> {
    let mut runs = Vec::new();
    for case in manifest["test-cases"].as_array().unwrap() {
        let version = case["version"].as_str().unwrap_or_default();
        if !version.starts_with("4.0")
            || SETTINGS.iter().any(|setting| case.get(setting).is_some())
            || !MODULES.contains(&case["module"].as_str().unwrap_or_default())
        {
            continue;
        }
        let mut supporting = texts(&case["supporting"]);
        supporting.extend(texts(&case["profiles"]));
        let base = Run {
            name: case["name"].as_str().unwrap().to_owned(),
            profile: None,
            file: case["file"].as_str().unwrap().to_owned(),
            supporting,
            packages: texts(&case["packages"]),
            outcome: case["java"].as_str().unwrap().to_owned(),
        };
        if let Some(source) = case["profile"]["source"].as_str() {
            let mut supporting = base.supporting.clone();
            supporting.push(source.to_owned());
            supporting.extend(texts(&case["profile"]["supporting"]));
            let mut packages = base.packages.clone();
            packages.extend(texts(&case["profile"]["packages"]));
            runs.push(Run {
                name: format!("{} with {source}", base.name),
                profile: Some(source.to_owned()),
                file: base.file.clone(),
                supporting,
                packages,
                outcome: case["profile"]["java"].as_str().unwrap().to_owned(),
            });
        }
        runs.push(base);
    }
    runs
}

/// What supports a case, as JSON; or why it cannot be used.
fn support(folder: &Path, run: &Run) -> Result<Vec<Value>, String> {
    let mut found = Vec::new();
    for name in &run.supporting {
        let bytes =
            std::fs::read(folder.join(name)).map_err(|_| format!("{name} is not at hand"))?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|_| format!("{name} is not JSON"))?;
        if value["resourceType"] == "StructureDefinition" && value.get("snapshot").is_none() {
            return Err(format!("{name} has no snapshot"));
        }
        found.push(value);
    }
    Ok(found)
}

fn is_beyond(issue: &Value) -> bool {
    let text = issue["details"]["text"].as_str().unwrap_or_default();
    BEYOND.iter().any(|word| text.contains(word))
}

#[test]
fn the_cases_of_the_reference_validator_agree() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/validator-cases");
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap();
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    let (mut right, mut wrong) = ((0, 0), Vec::new());
    for run in runs(&manifest) {
        let mut skip = |why: &str| *skipped.entry(why.to_owned()).or_default() += 1;
        let supporting = match support(&folder, &run) {
            Ok(supporting) => supporting,
            Err(why) => {
                skip(if why.ends_with("snapshot") {
                    "differential only"
                } else {
                    "support is not JSON at hand"
                });
                continue;
            }
        };
        let known = |name: &String| {
            PACKAGES
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, file)| *file)
        };
        let Some(packages) = run.packages.iter().map(known).collect::<Option<Vec<_>>>() else {
            skip("a package is not at hand");
            continue;
        };
        let outcome: Value = serde_json::from_slice(
            &std::fs::read(folder.join("outcomes").join(&run.outcome)).unwrap(),
        )
        .unwrap();
        let errors: Vec<&Value> = outcome["issue"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")))
            .collect();
        if !errors.is_empty() && errors.iter().all(|issue| is_beyond(issue)) {
            skip("only errors that take a server, or are about display");
            continue;
        }
        let mut chain = Chain::new(&packages);
        let held = opened_folder(&supporting);
        chain.parts.insert(0, held.1);
        let profiles: Vec<String> = run
            .profile
            .iter()
            .map(|source| {
                serde_json::from_slice::<Value>(&std::fs::read(folder.join(source)).unwrap())
                    .unwrap()
            })
            .filter_map(|profile| Some(profile["url"].as_str()?.to_owned()))
            .collect();
        let bytes = std::fs::read(folder.join(&run.file)).unwrap();
        let ours: Vec<String> = match Document::read(&bytes, Limits::default()) {
            Err(error) => vec![error.to_string()],
            Ok(document) => {
                let report = Validator::new(Arc::new(chain)).validate(&document.value, &profiles);
                let all = document.issues.iter().chain(&report.issues);
                all.filter(|issue| issue.severity == Severity::Error)
                    .map(|issue| format!("{issue} {:?} {:?}", issue.expected, issue.actual))
                    .collect()
            }
        };
        if ours.is_empty() == errors.is_empty() {
            if errors.is_empty() {
                right.0 += 1
            } else {
                right.1 += 1
            }
        } else {
            let theirs: Vec<String> = errors
                .iter()
                .map(|issue| format!("{} {}", issue["expression"], issue["details"]["text"]))
                .collect();
            wrong.push(format!(
                "{}\n  theirs {theirs:#?}\n  ours {ours:#?}",
                run.name
            ));
        }
    }
    let total = right.0 + right.1 + wrong.len();
    println!(
        "agree on {} of {total}: {} valid, {} invalid; not in scope: {skipped:#?}",
        right.0 + right.1,
        right.0,
        right.1
    );
    println!("{}", wrong.join("\n"));
    let agreed = right.0 + right.1;
    assert!(
        agreed * 100 >= total * 95 && total >= 60,
        "agree on {agreed} of {total} only"
    );
}

//! The cases of HL7's own validator, as far as they can be decided offline and are about what this
//! validator does: agree on whether the resource is valid.

use super::packages::{Chain, opened_folder, shared};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use vitruvian::profile::{Document, Limits, Severity, Validator};

/// Modules about structure, profiles and references. The others are about terminology
/// servers, signatures, other versions and formats, and the validation of definitions themselves.
const MODULES: &[&str] = &[
    "bundle",
    "extensions",
    "general",
    "invariants",
    "profile",
    "questionnaire",
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

/// What became of a case.
enum Judged {
    NotInScope(&'static str),
    Agreed { is_valid: bool },
    Differs(String),
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn judge(folder: &Path, run: &Run) -> Judged {
    let supporting = match support(folder, run) {
        Ok(supporting) => supporting,
        Err(why) if why.ends_with("snapshot") => return Judged::NotInScope("differential only"),
        Err(_) => return Judged::NotInScope("support is not JSON at hand"),
    };
    let known = |name: &String| {
        PACKAGES
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, file)| *file)
    };
    let Some(packages) = run.packages.iter().map(known).collect::<Option<Vec<_>>>() else {
        return Judged::NotInScope("a package is not at hand");
    };
    let outcome = json(&folder.join("outcomes").join(&run.outcome));
    let theirs: Vec<&Value> = outcome["issue"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")))
        .collect();
    if !theirs.is_empty() && theirs.iter().all(|issue| is_beyond(issue)) {
        return Judged::NotInScope("only errors that take a server, or are about display");
    }
    let ours = errors(folder, run, &packages, &supporting);
    if ours.is_empty() == theirs.is_empty() {
        return Judged::Agreed {
            is_valid: ours.is_empty(),
        };
    }
    let theirs: Vec<&Value> = theirs
        .iter()
        .map(|issue| &issue["details"]["text"])
        .collect();
    Judged::Differs(format!(
        "{}\n  theirs {theirs:#?}\n  ours {ours:#?}",
        run.name
    ))
}

fn errors(folder: &Path, run: &Run, packages: &[&str], supporting: &[Value]) -> Vec<String> {
    let bytes = std::fs::read(folder.join(&run.file)).unwrap();
    let document = match Document::read(&bytes, Limits::default()) {
        Ok(document) => document,
        Err(error) => return vec![error.to_string()],
    };
    let mut chain = Chain::new(packages);
    let (_guard, own) = opened_folder(supporting);
    chain.parts.insert(0, own);
    let profile = run.profile.iter().map(|source| json(&folder.join(source)));
    let profiles: Vec<String> = profile
        .filter_map(|profile| Some(profile["url"].as_str()?.to_owned()))
        .collect();
    let report = Validator::new(Arc::new(chain)).validate(&document.value, &profiles);
    document
        .issues
        .iter()
        .chain(&report.issues)
        .filter(|issue| issue.severity == Severity::Error)
        .map(ToString::to_string)
        .collect()
}

#[test]
#[expect(clippy::print_stdout, reason = "a table for whoever asks for it")]
fn the_cases_of_the_reference_validator_agree() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("data/validator-cases");
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for run in runs(&json(&folder.join("manifest.json"))) {
        match judge(&folder, &run) {
            Judged::NotInScope(why) => *skipped.entry(why).or_default() += 1,
            Judged::Agreed { is_valid: true } => valid += 1,
            Judged::Agreed { is_valid: false } => invalid += 1,
            Judged::Differs(how) => wrong.push(how),
        }
    }
    let (agreed, total) = (valid + invalid, valid + invalid + wrong.len());
    println!(
        "agree on {agreed} of {total}: {valid} valid, {invalid} invalid; not in scope: {skipped:#?}"
    );
    println!("{}", wrong.join("\n"));
    assert!(
        agreed * 100 >= total * 95 && total >= 60,
        "agree on {agreed} of {total} only"
    );
}

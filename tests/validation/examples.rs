//! Official examples hold to the profiles they claim, but for those with mistakes of their own.

use super::packages::{Chain, shared};
use std::collections::BTreeSet;
use std::sync::Arc;
use vitruvian::profile::Validator;

/// A folder of examples, and the packages it is judged by.
struct Guide {
    folder: &'static str,
    packages: &'static [&'static str],
}

const GUIDES: &[Guide] = &[
    Guide {
        folder: "hl7.fhir.us.core-3.1.1",
        packages: &["hl7.fhir.us.core-3.1.1"],
    },
    Guide {
        folder: "hl7.fhir.us.core-6.1.0",
        packages: &["hl7.fhir.us.core-6.1.0"],
    },
    Guide {
        folder: "hl7.fhir.us.core-7.0.0",
        packages: &["hl7.fhir.us.core-7.0.0", "hl7.fhir.uv.sdc-3.0.0-assembled"],
    },
    Guide {
        folder: "hl7.fhir.us.carin-bb-2.1.0-assembled",
        packages: &[
            "hl7.fhir.us.carin-bb-2.1.0-assembled",
            "hl7.fhir.us.core-6.1.0",
            "hl7.fhir.us.core-3.1.1",
        ],
    },
    Guide {
        folder: "hl7.fhir.us.davinci-cdex-2.1.0-assembled",
        packages: &[
            "hl7.fhir.us.davinci-cdex-2.1.0-assembled",
            "hl7.fhir.us.davinci-hrex-1.1.0-assembled",
            "hl7.fhir.us.davinci-pas-2.2.1",
            "hl7.fhir.us.davinci-dtr-2.0.1",
            "hl7.fhir.us.core-7.0.0",
            "hl7.fhir.us.core-6.1.0",
            "hl7.fhir.us.core-3.1.1",
            "hl7.fhir.us.carin-bb-2.0.0",
            "hl7.fhir.uv.sdc-3.0.0-assembled",
            "hl7.fhir.uv.subscriptions-backport.r4-1.1.0-assembled",
        ],
    },
    Guide {
        folder: "hl7.fhir.us.davinci-hrex-1.1.0-assembled",
        packages: &[
            "hl7.fhir.us.davinci-hrex-1.1.0-assembled",
            "hl7.fhir.us.core-7.0.0",
            "hl7.fhir.us.core-6.1.0",
            "hl7.fhir.us.core-3.1.1",
            "hl7.fhir.uv.subscriptions-backport.r4-1.1.0-assembled",
        ],
    },
    Guide {
        folder: "hl7.fhir.us.davinci-pas-2.0.1",
        packages: &[
            "hl7.fhir.us.davinci-pas-2.0.1",
            "hl7.fhir.us.davinci-crd-2.0.1",
            "hl7.fhir.us.core-3.1.1",
            "hl7.fhir.uv.subscriptions-backport.r4-1.1.0-assembled",
        ],
    },
    Guide {
        folder: "hl7.fhir.us.davinci-pdex-2.0.0",
        packages: &[
            "hl7.fhir.us.davinci-pdex-2.0.0",
            "hl7.fhir.us.davinci-hrex-1.0.0",
            "hl7.fhir.us.davinci-pas-2.0.1",
            "hl7.fhir.us.core-3.1.1",
        ],
    },
    Guide {
        folder: "hl7.fhir.us.davinci-pdex-2.1.0-assembled",
        packages: &[
            "hl7.fhir.us.davinci-pdex-2.1.0-assembled",
            "hl7.fhir.us.davinci-hrex-1.1.0-assembled",
            "hl7.fhir.us.davinci-pas-2.2.1",
            "hl7.fhir.us.davinci-atr-2.1.0-assembled",
            "hl7.fhir.us.davinci-dtr-2.0.1",
            "hl7.fhir.us.davinci-crd-2.0.1",
            "hl7.fhir.us.davinci-pdex-plan-net-1.2.0-assembled",
            "hl7.fhir.us.ndh-1.0.0-assembled",
            "hl7.fhir.us.core-7.0.0",
            "hl7.fhir.us.core-6.1.0",
            "hl7.fhir.us.core-3.1.1",
            "hl7.fhir.us.carin-bb-2.1.0-assembled",
        ],
    },
];

/// Examples that are not valid, and the clause they break.
const DISPUTED: &[(&str, &str)] = &[
    (
        "Bundle-66c8856b-ba11-4876-8aa8-467aad8c11a2",
        "Bundle.entry.fullUrl: must not disagree with the id of the resource",
    ),
    (
        "Bundle-docref-example-2",
        "Bundle.entry.fullUrl: must not disagree with the id of the resource",
    ),
    ("Bundle-uscore-mo3", "Bundle.entry.fullUrl: an absolute URL"),
    (
        "DiagnosticReport-cardiology-report",
        "base64Binary: the hash is not base64",
    ),
];

#[test]
#[expect(clippy::print_stdout, reason = "a table for whoever asks for it")]
fn official_examples_are_valid() {
    let Some(shared) = shared() else { return };
    let mut table = Vec::new();
    let mut wrong: Vec<String> = Vec::new();
    let mut total = 0;
    let mut disputed: BTreeSet<String> = BTreeSet::new();
    for guide in GUIDES {
        let validator = Validator::new(Arc::new(Chain::new(guide.packages)));
        let folder = shared.join("data/ig-examples").join(guide.folder);
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let (mut right, mut undecided) = (0, 0);
        for file in &files {
            let value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let report = validator.validate(&value, &[]);
            undecided += report.undecided;
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            let is_disputed = DISPUTED.iter().any(|(disputed, _)| *disputed == name);
            if report.errors().next().is_none() {
                right += 1;
            } else if is_disputed {
                disputed.insert(name);
            } else {
                let errors: Vec<String> = report
                    .errors()
                    .map(|issue| format!("    {issue}"))
                    .collect();
                wrong.push(format!("{}/{name}\n{}", guide.folder, errors.join("\n")));
            }
        }
        total += right;
        let row = format!(
            "{:45} {right:4} of {:4} valid, {undecided:4} rules undecided",
            guide.folder,
            files.len()
        );
        table.push(row);
    }
    println!("{}", table.join("\n"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(total >= 740, "only {total} examples are valid");
    let expected = DISPUTED.iter().map(|(name, _)| (*name).to_owned());
    assert_eq!(
        disputed,
        expected.collect(),
        "examples that broke no rule, or should not"
    );
}

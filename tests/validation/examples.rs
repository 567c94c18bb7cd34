//! Official examples hold to the profiles they claim, but for those with mistakes of their own.

use super::packages::{Chain, shared};
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

#[test]
fn official_examples_are_valid() {
    let Some(shared) = shared() else { return };
    let only = std::env::var("VITRUVIAN_GUIDE").ok();
    let mut table = String::new();
    let mut wrong = Vec::new();
    for guide in GUIDES {
        if only
            .as_ref()
            .is_some_and(|only| !guide.folder.contains(only))
        {
            continue;
        }
        let validator = Validator::new(Arc::new(Chain::new(guide.packages)));
        let mut files: Vec<_> =
            std::fs::read_dir(shared.join("data/ig-examples").join(guide.folder))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
        files.sort();
        let (mut right, mut undecided) = (0, 0);
        for file in &files {
            let value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let report = validator.validate(&value, &[]);
            undecided += report.undecided;
            let errors: Vec<String> = report
                .errors()
                .map(|issue| {
                    format!(
                        "    {issue} | expected {:?} actual {:?} | {:?}",
                        issue.expected, issue.actual, issue.profile
                    )
                })
                .collect();
            if std::env::var("VITRUVIAN_NOTES").is_ok() {
                for issue in &report.issues {
                    println!("NOTE {issue}");
                }
            }
            if errors.is_empty() {
                right += 1;
            } else {
                let name = file.file_name().unwrap().to_string_lossy();
                wrong.push(format!("{}/{name}\n{}", guide.folder, errors.join("\n")));
            }
        }
        table.push_str(&format!(
            "{:50} {right:4} of {:4} valid, {undecided:5} rules undecided\n",
            guide.folder,
            files.len()
        ));
    }
    println!("{table}\n{}", wrong.join("\n"));
}

//! The guide's own signed examples: the ones that verify, verify; of the others it is said what is wrong.

use crate::packages::{kept, say};
use flate2::read::GzDecoder;
use std::io::Read as _;
use vitruvian::signature::{Edition, Outcome, Trust, verify};

/// The examples of a package whose names contain this, by name.
fn examples(package: &str, part: &str) -> Vec<(String, Vec<u8>)> {
    let Some(path) = kept(&format!("packages/{package}.tgz")) else {
        return Vec::new();
    };
    let mut archive = tar::Archive::new(GzDecoder::new(std::fs::File::open(path).unwrap()));
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if name.contains("/example/") && name.contains(part) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            found.push((name, bytes));
        }
    }
    found
}

/// Whether the signature of the one example is over its bytes, by the key of its certificate.
fn holds(package: &str, part: &str, edition: Edition) -> Option<bool> {
    let found = examples(package, part);
    let (name, bytes) = found.first()?;
    let report = verify(bytes, edition, &Trust::now(Vec::new())).unwrap();
    let examined = &report.signatures[0];
    say(&format!(
        "{name}: {:?}",
        examined.broken().map(|step| step.id).collect::<Vec<_>>()
    ));
    // Short-lived and self-signed: whatever else is said of it, these are not in force any more.
    assert_eq!(examined.step("valid-now").unwrap().outcome, Outcome::Broken);
    assert_eq!(
        examined.step("certificates").unwrap().outcome,
        Outcome::Holds
    );
    Some(examined.step("signature").unwrap().outcome == Outcome::Holds)
}

#[test]
fn the_example_that_was_signed_right_verifies() {
    let package = "hl7.fhir.us.davinci-cdex-2.0.0-assembled";
    let found = holds(
        package,
        "QuestionnaireResponse-cdex-questionnaireresponse-example4",
        Edition::V2_0_0,
    );
    assert_ne!(found, Some(false));
}

#[test]
fn the_examples_that_were_changed_after_signing_do_not_verify() {
    for (package, part, edition) in [
        (
            "hl7.fhir.us.davinci-cdex-2.0.0-assembled",
            "cdex-document-digital-sig",
            Edition::V2_0_0,
        ),
        (
            "hl7.fhir.us.davinci-cdex-2.1.0-assembled",
            "cdex-document-digital-sig",
            Edition::V2_1_0,
        ),
        (
            "hl7.fhir.us.davinci-cdex-2.1.0-assembled",
            "cdex-searchbundle-digital-sig",
            Edition::V2_1_0,
        ),
        (
            "hl7.fhir.us.davinci-cdex-2.1.0-assembled",
            "QuestionnaireResponse-cdex-questionnaireresponse-example4",
            Edition::V2_1_0,
        ),
    ] {
        assert_ne!(holds(package, part, edition), Some(true), "{part}");
    }
}

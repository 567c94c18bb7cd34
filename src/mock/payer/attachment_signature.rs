//! Signatures of documentation that is submitted (CDex, Signatures; The Payer Requirements, CONF-025).

use super::refusal::Refusal;
use crate::signature::{Edition, Outcome, Report, Step, Trust, Weight, verify};
use serde_json::Value;

/// What a certificate must be good for, which the verifier only warns of.
const OF_CERTIFICATES: &str = "CDEX-VER-009";

/// Refuses documentation with a signature that does not hold. Nobody is trusted more than others. With
/// `of_any_algorithm` it does not matter by which algorithm it is said to be signed, `none` among them.
pub(super) fn check(
    contents: &[&Value],
    edition: Edition,
    of_any_algorithm: bool,
) -> Result<(), Refusal> {
    for report in reports(contents, edition) {
        let steps = report.signatures.iter().flat_map(|one| &one.steps);
        let mut steps = steps.filter(|step| !of_any_algorithm || step.id != "algorithm");
        if let Some(broken) = steps.find(|step| counts(step)) {
            let text = format!("a signature does not hold: {}", broken.id);
            return Err(Refusal::new(400, "business-rule", text));
        }
    }
    Ok(())
}

/// Refuses documentation of which no part is signed.
pub(super) fn check_presence(contents: &[&Value], edition: Edition) -> Result<(), Refusal> {
    let is_signed = reports(contents, edition).any(|report| !report.signatures.is_empty());
    match is_signed {
        true => Ok(()),
        false => Err(Refusal::new(
            400,
            "business-rule",
            "signed documentation was asked for, and this has no signature",
        )),
    }
}

/// Whether content carries a signature.
pub(super) fn is_signed(content: &Value, edition: Edition) -> bool {
    let content = [content];
    let mut found = reports(&content, edition);
    found.any(|report| !report.signatures.is_empty())
}

fn reports<'a>(contents: &'a [&Value], edition: Edition) -> impl Iterator<Item = Report> + 'a {
    let texts = contents.iter().map(|content| content.to_string());
    let trust = Trust::now(Vec::new());
    texts.filter_map(move |text| verify(text.as_bytes(), edition, &trust).ok())
}

fn counts(step: &Step) -> bool {
    let is_of_certificate = || step.requirements.contains(&OF_CERTIFICATES);
    step.outcome == Outcome::Broken && (step.weight == Weight::Must || is_of_certificate())
}

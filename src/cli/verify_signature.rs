//! `vitruvian verify-signature`: what holds of the signatures of a document, step by step.

use super::arguments::{ListFormat, VerifySignatureOptions};
use super::sign::{certificates, document};
use super::terminal::Style;
use super::wrap::wrap;
use super::{Exit, Failure, Terminal};
use crate::signature::{
    Bytes, Examined, NearMiss, Outcome, Report, Step, Trust, Verdict, Weight, verify_json,
};
use serde_json::{Value, json};
use time::OffsetDateTime;

pub(super) fn verify_signature(
    options: &VerifySignatureOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let document = document(&options.file)?;
    let mut anchors = Vec::new();
    for path in &options.ca {
        anchors.extend(certificates(path)?);
    }
    let trust = Trust {
        anchors,
        at: options.at.unwrap_or_else(OffsetDateTime::now_utc),
    };
    let report = verify_json(&document, options.ig, &trust);
    let can_be_signed = matches!(
        document.text_at(&["resourceType"]),
        Some("Bundle" | "QuestionnaireResponse")
    );
    if report.signatures.is_empty() && !can_be_signed {
        return Err(Failure::new(
            format!(
                "{} holds no signature, and nothing that CDex signs",
                options.file.display()
            ),
            "name a Bundle or a QuestionnaireResponse, or what holds one",
        ));
    }
    match options.format {
        ListFormat::Json => terminal.say(&as_json(&report)?.to_string()),
        ListFormat::Text => terminal.say(&as_text(&report, options.verbose, *terminal)),
    }
    Ok(match report.verdict() {
        Verdict::Valid => Exit::Conformant,
        Verdict::Invalid => Exit::NotConformant,
        Verdict::Undecided => Exit::Incomplete,
    })
}

/// The report, with the verdicts that follow from it.
fn as_json(report: &Report) -> Result<Value, Failure> {
    let mut signatures = Vec::new();
    for examined in &report.signatures {
        let mut value = serde_json::to_value(examined)?;
        value["verdict"] = serde_json::to_value(examined.verdict())?;
        signatures.push(value);
    }
    Ok(json!({
        "ig": format!("cdex@{}", report.edition),
        "resource": report.resource,
        "verdict": report.verdict(),
        "signatures": signatures,
    }))
}

fn as_text(report: &Report, is_verbose: bool, terminal: Terminal) -> String {
    let mut text = String::new();
    for examined in &report.signatures {
        signature(&mut text, examined, is_verbose, terminal);
    }
    if report.signatures.is_empty() {
        let told = format!("{} carries no signature", report.resource);
        wrap(&mut text, &terminal.paint(Style::Red, "broken  "), &told);
    }
    let verdict = match report.verdict() {
        Verdict::Valid => terminal.paint(Style::Green, "VALID"),
        Verdict::Undecided => terminal.paint(Style::Yellow, "UNDECIDED"),
        Verdict::Invalid => terminal.paint(Style::Red, "INVALID"),
    };
    text + &format!("{verdict} by the rules of cdex@{}", report.edition)
}

fn signature(text: &mut String, examined: &Examined, is_verbose: bool, terminal: Terminal) {
    let by = examined.certificate.as_deref();
    let by = by.map_or_else(String::new, |subject| {
        format!(", with the certificate of {subject}")
    });
    wrap(text, "", &format!("{}{by}", examined.place));
    let is_other = examined
        .step("signature")
        .is_some_and(|step| step.outcome == Outcome::Broken);
    for step in &examined.steps {
        // When the signature is over other bytes, these are the ones to compare.
        let compares = is_other && matches!(step.id, "canonical" | "signing-input");
        line(text, step, is_verbose || compares, terminal);
    }
    for miss in &examined.near_misses {
        near_miss(text, miss, is_verbose, terminal);
    }
}

fn line(text: &mut String, step: &Step, is_verbose: bool, terminal: Terminal) {
    let mark = match (step.outcome, step.weight) {
        (Outcome::Holds, _) => terminal.paint(Style::Green, "  holds  "),
        (Outcome::NotJudged, _) => terminal.paint(Style::Blue, "  open   "),
        (Outcome::Broken, Weight::Should) => terminal.paint(Style::Yellow, "  warn   "),
        (Outcome::Broken, Weight::Must) => terminal.paint(Style::Red, "  broken "),
    };
    wrap(text, &format!("{mark}{:<24}", step.id), &step.told);
    let indent = " ".repeat(33);
    if is_verbose || step.outcome == Outcome::Broken {
        let ids = step.requirements.join(" ");
        wrap(text, &indent, &format!("{ids} · {}", step.clause));
    }
    if let Some(bytes) = &step.bytes
        && is_verbose
    {
        hashed(text, &indent, bytes);
    }
}

fn hashed(text: &mut String, indent: &str, bytes: &Bytes) {
    let told = format!("{} bytes, SHA-256 {}", bytes.length, bytes.sha256);
    wrap(text, indent, &told);
    wrap(text, indent, &bytes.excerpt);
}

fn near_miss(text: &mut String, miss: &NearMiss, is_verbose: bool, terminal: Terminal) {
    let head = terminal.paint(Style::Bold, "  it verifies if  ");
    let mut told = miss.verifies_if.join(", and ");
    if let Some(note) = &miss.note {
        told = format!("{told}; {note}");
    }
    wrap(
        text,
        &head,
        &format!("{told} ({})", miss.requirements.join(" ")),
    );
    if is_verbose {
        hashed(text, &" ".repeat(18), &miss.payload);
    }
}

//! `vitruvian verify`: what holds of a bundle, and what was touched.

use super::arguments::{ListFormat, VerifyOptions};
use super::bundle::{key_file, reports};
use super::terminal::Style;
use super::wrap::wrap;
use super::{Exit, Failure, Terminal};
use crate::data::Data;
use crate::evidence::bundle::{PublicKey, Verification, verify as verified};
use serde_json::json;

pub(super) fn verify(
    data: &Data,
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let key = match &options.key {
        None => None,
        Some(path) => Some(PublicKey::parse(&key_file(path)?).map_err(|error| {
            Failure::new(
                format!("{}: {error}", path.display()),
                "name another file with --key",
            )
        })?),
    };
    let shown = options.bundle.display().to_string();
    let bytes = std::fs::read(&options.bundle)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), "name a bundle"))?;
    let verification = verified(&bytes, &shown, key)?;
    let findings = findings(&verification, data)?;
    match options.format {
        ListFormat::Text => terminal.say(&text(&verification, &findings, *terminal)),
        ListFormat::Json => terminal.say(&document(&verification, &findings).to_string()),
    }
    Ok(if findings.doubts.is_empty() {
        Exit::Conformant
    } else {
        Exit::NotConformant
    })
}

/// What was found, in sentences.
struct Findings {
    doubts: Vec<String>,
    /// How many reports are, byte for byte, what this tool renders from the log; none when another version
    /// has made them.
    same_reports: Option<usize>,
}

/// The doubts, and whether the reports are what the log says. That can be told only when the same version
/// has made them.
fn findings(verification: &Verification, data: &Data) -> Result<Findings, Failure> {
    let mut doubts: Vec<String> = verification
        .doubts
        .iter()
        .map(ToString::to_string)
        .collect();
    let is_same_version = verification.manifest.version == env!("CARGO_PKG_VERSION");
    let mut same = None;
    match &verification.run {
        None => doubts.push("the log cannot be read".to_owned()),
        Some(run) if is_same_version => {
            let mut count = 0;
            for (name, bytes) in reports(run, data)? {
                let told = verification.files.iter().find(|(known, _)| *known == name);
                match told {
                    Some((_, told)) if *told == bytes => count += 1,
                    Some(_) => doubts.push(format!("{name} is not what the log says")),
                    None => {}
                }
            }
            same = Some(count);
        }
        Some(_) => {}
    }
    Ok(Findings {
        doubts,
        same_reports: same,
    })
}

fn document(verification: &Verification, findings: &Findings) -> serde_json::Value {
    json!({
        "holds": findings.doubts.is_empty(),
        "doubts": findings.doubts,
        "signed_by": verification.signed_by.map(PublicKey::fingerprint),
        "reports_rendered_again": findings.same_reports,
        "manifest": verification.manifest,
    })
}

fn text(verification: &Verification, findings: &Findings, terminal: Terminal) -> String {
    let manifest = &verification.manifest;
    let mut text = String::new();
    let igs: Vec<String> = manifest
        .igs
        .iter()
        .map(|ig| format!("{}@{}", ig.id, ig.version))
        .collect();
    let signature = match verification.signed_by {
        Some(key) => format!("by the key {}", key.fingerprint()),
        None => "none that holds; whoever has the file can have made it".to_owned(),
    };
    let reports = match findings.same_reports {
        Some(count) => format!("{count} are, byte for byte, what the log says"),
        None => format!(
            "made by version {}; this version renders others",
            manifest.version
        ),
    };
    let files = format!(
        "{} files, each compared with its hash",
        manifest.files.len()
    );
    let facts = [
        ("tested      ", &manifest.target),
        ("against     ", &igs.join(", ")),
        ("started     ", &manifest.started),
        (
            "tool        ",
            &format!("{} {}", manifest.tool, manifest.version),
        ),
        ("conclusion  ", &manifest.conclusion),
        ("content     ", &files),
        ("reports     ", &reports),
        ("signature   ", &signature),
    ];
    for (head, fact) in facts {
        wrap(&mut text, head, fact);
    }
    for doubt in &findings.doubts {
        let head = format!("{}  ", terminal.paint(Style::Red, "does not hold"));
        wrap(&mut text, &head, doubt);
    }
    let end = if findings.doubts.is_empty() {
        terminal.paint(Style::Green, "HOLDS")
    } else {
        terminal.paint(Style::Red, "DOES NOT HOLD")
    };
    text + &end
}

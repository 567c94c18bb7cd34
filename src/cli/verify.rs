//! `vitruvian verify`: what holds of a bundle, and what was touched.

use super::arguments::{ListFormat, VerifyOptions};
use super::bundle::{key_file, reports};
use super::sign::certificates;
use super::terminal::Style;
use super::wrap::wrap;
use super::{Exit, Failure, Terminal};
use crate::bundle::{
    Believed, SignedBy, Verification, Voucher, fingerprint_of, verify as verified,
};
use crate::data::Data;
use serde_json::json;
use time::OffsetDateTime;

pub(super) fn verify(
    data: &Data,
    options: &VerifyOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let believed = believed(options)?;
    let shown = options.bundle.display().to_string();
    let bytes = std::fs::read(&options.bundle)
        .map_err(|error| Failure::new(format!("cannot read {shown}: {error}"), "name a bundle"))?;
    let verification = verified(&bytes, &shown, &believed)?;
    let findings = findings(&verification, data)?;
    match options.format {
        ListFormat::Text => terminal.say(&text(&verification, &findings, believed.now, *terminal)),
        ListFormat::Json => terminal.say(&document(&verification, &findings).to_string()),
    }
    Ok(if findings.doubts.is_empty() {
        Exit::Conformant
    } else {
        Exit::NotConformant
    })
}

/// Whose signature counts.
fn believed(options: &VerifyOptions) -> Result<Believed, Failure> {
    let mut believed = Believed::anybody(OffsetDateTime::now_utc());
    if let Some(path) = &options.key {
        let found = fingerprint_of(&key_file(path)?).map_err(|error| {
            Failure::new(
                format!("{}: {error}", path.display()),
                "name another file with --key",
            )
        })?;
        believed.fingerprint = Some(found);
    }
    if let Some(text) = &options.fingerprint {
        let digits: String = text.chars().filter(|one| *one != ':').collect();
        if digits.len() != 64 || !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(Failure::new(
                "--fingerprint is no SHA-256: those have 64 hexadecimal digits",
                "`vitruvian verify FILE` prints that of the key that has signed",
            ));
        }
        believed.fingerprint = Some(digits.to_lowercase());
    }
    for path in &options.trust {
        believed.anchors.extend(certificates(path)?);
    }
    Ok(believed)
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
        "signed_by": verification.signed_by.as_ref().map(|one| &one.fingerprint),
        "signer": verification.signed_by,
        "reports_rendered_again": findings.same_reports,
        "manifest": verification.manifest,
    })
}

/// The lines about who has signed.
fn signature(signed_by: Option<&SignedBy>, now: OffsetDateTime) -> Vec<(&'static str, String)> {
    let Some(signer) = signed_by else {
        let told = "none that holds; whoever has the file can have made it";
        return vec![("signature   ", told.to_owned())];
    };
    let by = format!("{}, by the key {}", signer.algorithm, signer.fingerprint);
    let mut lines = vec![("signature   ", by)];
    if let Some(credential) = &signer.credential {
        let expired = match credential.has_expired_since(now) {
            true => ", expired since",
            false => "",
        };
        lines.push(("signer      ", credential.subject.clone()));
        lines.push((
            "certificate ",
            format!(
                "of {}, valid from {} until {}{expired}; signed, as the signer says, at {}",
                credential.issuer,
                credential.valid_from.date(),
                credential.valid_until.date(),
                credential.signed_at
            ),
        ));
    }
    let vouchers = signer.vouchers.iter().map(|voucher| match voucher {
        Voucher::Key => "by you, who named this key".to_owned(),
        Voucher::Authority(subjects) => {
            format!("by an authority you named: {}", subjects.join(" ← "))
        }
    });
    let mut vouchers: Vec<String> = vouchers.collect();
    if vouchers.is_empty() {
        let told = "by nobody: it is a key nobody vouches for. Name the authority with --trust, or the key \
                    with --key or --fingerprint";
        vouchers.push(told.to_owned());
    }
    lines.push(("vouched for ", vouchers.join("; and ")));
    lines
}

fn text(
    verification: &Verification,
    findings: &Findings,
    now: OffsetDateTime,
    terminal: Terminal,
) -> String {
    let manifest = &verification.manifest;
    let mut text = String::new();
    let igs: Vec<String> = manifest
        .igs
        .iter()
        .map(|ig| format!("{}@{}", ig.id, ig.version))
        .collect();
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
    ];
    for (head, fact) in facts {
        wrap(&mut text, head, fact);
    }
    for (head, fact) in signature(verification.signed_by.as_ref(), now) {
        wrap(&mut text, head, &fact);
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

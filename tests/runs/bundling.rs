//! A bundle is what was made, by whom it says; whatever byte is touched is found.

use crate::support::command::vitruvian;
use crate::support::golden_run::{GoldenRun, attestation, golden, small};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::Value;
use std::path::{Path, PathBuf};
use time::OffsetDateTime;
use vitruvian::bundle::{Believed, Doubt, Pen, PublicKey, SigningKey, Voucher, bundle, verify};
use vitruvian::evidence::{Coverage, Level, Run, log};

/// A private key in PEM as OpenSSL writes it, and its public key.
pub(super) fn keys(seed: u8) -> (String, String) {
    let head = [
        0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
    ];
    let pair = Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap();
    let spki = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0];
    let public = [&spki[..], pair.public_key().as_ref()].concat();
    let armour = |label: &str, der: &[u8]| {
        let text = STANDARD.encode(der);
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    (
        armour("PRIVATE KEY", &[&head[..], &[seed; 32]].concat()),
        armour("PUBLIC KEY", &public),
    )
}

/// A bundle of a run, with one report that is not one of ours.
pub(super) fn made(run: &Run, folder: &Path, pen: Option<&Pen>) -> Vec<u8> {
    log::write(run, folder).unwrap();
    let report = ("note.txt".to_owned(), b"a note, a note, a note".to_vec());
    bundle(folder, run, vec![report], pen).unwrap()
}

/// A bare key.
pub(super) fn bare(seed: u8) -> Pen {
    Pen::Bare(SigningKey::parse(&keys(seed).0).unwrap())
}

fn public(seed: u8) -> PublicKey {
    PublicKey::parse(&keys(seed).1).unwrap()
}

pub(super) fn anybody() -> Believed {
    Believed::anybody(OffsetDateTime::now_utc())
}

fn only(seed: u8) -> Believed {
    Believed::key(public(seed).fingerprint(), OffsetDateTime::now_utc())
}

/// A run of one requirement and nothing else.
pub(super) fn smallest() -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .build()
}

/// Every byte of a bundle is touched, one after the other, and each time its file is named.
pub(super) fn each_byte_is_named(bytes: &[u8]) {
    assert!(bytes.len() < 10_000, "{} bytes take too long", bytes.len());
    let content = find(bytes, b"PK\x01\x02").unwrap();
    for at in 0..bytes.len() {
        let mut touched = bytes.to_vec();
        touched[at] ^= 1 << (at % 8);
        let found = told(&touched);
        assert!(
            !found.is_empty(),
            "byte {at} was touched, and nothing is said"
        );
        if at < content {
            let name = name_at(bytes, at);
            assert!(found.contains(&name), "byte {at} is of {name}: {found}");
        }
    }
}

/// All doubts about a bundle, or why it is none.
pub(super) fn told(bytes: &[u8]) -> String {
    match verify(bytes, "x", &anybody()) {
        Ok(verification) => verification
            .doubts
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("; "),
        Err(error) => error.to_string(),
    }
}

#[test]
fn what_was_bundled_holds_and_is_the_same_bytes_again() {
    let folder = tempfile::tempdir().unwrap();
    for run in [small(), golden()] {
        let run = Run {
            attestations: Vec::new(),
            ..run
        };
        let bytes = made(&run, folder.path(), Some(&bare(1)));
        assert_eq!(bytes, made(&run, folder.path(), Some(&bare(1))));
        let verification = verify(&bytes, "x", &only(1)).unwrap();
        assert_eq!(verification.doubts, []);
        let signed_by = verification.signed_by.unwrap();
        assert_eq!(signed_by.fingerprint, public(1).fingerprint());
        assert_eq!(signed_by.vouchers, [Voucher::Key]);
        let read = verification.run.unwrap();
        assert_eq!(format!("{read:?}"), format!("{run:?}"));
        assert_eq!(verification.files[1].1, b"a note, a note, a note");
    }
}

#[test]
fn every_byte_that_is_touched_is_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let run = smallest();
    for pen in [None, Some(bare(1))] {
        each_byte_is_named(&made(&run, folder.path(), pen.as_ref()));
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Name of the file that a byte before the directory belongs to.
pub(super) fn name_at(bytes: &[u8], at: usize) -> String {
    let mut start = 0;
    loop {
        let number = |from: usize, length: usize| {
            let digits = bytes[start + from..start + from + length].iter().rev();
            digits.fold(0_usize, |sum, digit| (sum << 8) + usize::from(*digit))
        };
        let length = number(26, 2);
        let end = start + 30 + length + number(18, 4);
        if at < end {
            return String::from_utf8(bytes[start + 30..start + 30 + length].to_vec()).unwrap();
        }
        start = end;
    }
}

#[test]
fn who_signs_anew_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = made(&small(), folder.path(), Some(&bare(2)));
    let verification = verify(&bytes, "x", &only(1)).unwrap();
    assert_eq!(
        verification.doubts,
        [Doubt::OtherKey(public(2).fingerprint())]
    );
    assert_eq!(verification.signed_by.unwrap().vouchers, []);
    let unsigned = made(&small(), folder.path(), None);
    assert_eq!(
        verify(&unsigned, "x", &only(1)).unwrap().doubts,
        [Doubt::Unsigned]
    );
    assert_eq!(verify(&unsigned, "x", &anybody()).unwrap().doubts, []);
}

#[test]
fn what_is_no_bundle_is_refused_without_harm() {
    let bytes = made(
        &small(),
        tempfile::tempdir().unwrap().path(),
        Some(&bare(1)),
    );
    for length in (0..bytes.len()).step_by(97) {
        assert!(verify(&bytes[..length], "x", &anybody()).is_err());
    }
    let mut twice = bytes.clone();
    twice.extend(&bytes);
    assert!(verify(&twice, "x", &anybody()).map_or(true, |found| !found.doubts.is_empty()));
}

#[test]
fn a_key_of_another_kind_is_refused() {
    assert!(
        SigningKey::parse("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_err()
    );
    assert!(SigningKey::parse("").is_err());
    assert!(PublicKey::parse(&keys(1).0).is_err());
}

#[test]
fn the_commands_make_a_bundle_that_holds_and_name_what_was_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let text = |path: PathBuf| path.display().to_string();
    let run = Run {
        attestations: Vec::new(),
        ..golden()
    };
    log::write(&run, &path("run")).unwrap();
    let (private, public) = keys(1);
    std::fs::write(path("key.pem"), private).unwrap();
    std::fs::write(path("public.pem"), public).unwrap();
    let [run, zip, key, public] =
        ["run", "run.zip", "key.pem", "public.pem"].map(|n| text(path(n)));
    let output = vitruvian(["bundle", &run, "-o", &zip, "--key"], [&key]);
    assert_eq!(output.code, 0, "{output:?}");
    let output = vitruvian(["verify", &zip, "--key", &public], ["--format", "json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let found: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(found["holds"], true);
    assert_eq!(found["reports_rendered_again"], 9);
    assert_eq!(found["manifest"]["conclusion"], "not conformant");
    let mut bytes = std::fs::read(&zip).unwrap();
    let at = (0..).find(|at| name_at(&bytes, *at) == "reports/junit.xml");
    bytes[at.unwrap() + 60] ^= 4;
    std::fs::write(&zip, bytes).unwrap();
    let output = vitruvian(["verify", &zip], [""; 0]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(
        output.stdout.contains("reports/junit.xml was touched"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.ends_with("DOES NOT HOLD\n"));
    assert_eq!(vitruvian(["verify", &key], [""; 0]).code, 2);
}

#[test]
fn a_document_of_an_answer_goes_along() {
    let folder = tempfile::tempdir().unwrap();
    let mut run = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Attested)
        .edit(|run| run.attestations = vec![attestation("PDEX-MMC-001", true)])
        .build();
    std::fs::create_dir(folder.path().join("attachments")).unwrap();
    std::fs::write(folder.path().join("attachments/policy.pdf"), "a policy").unwrap();
    let bytes = made(&run, folder.path(), None);
    let files = verify(&bytes, "x", &anybody()).unwrap().files;
    assert!(
        files
            .iter()
            .any(|(name, bytes)| name == "attachments/policy.pdf" && bytes == b"a policy")
    );
    // What leads out of the folder is not followed.
    run.attestations[0].attachment.as_mut().unwrap().name = "../secret".into();
    let files = verify(&made(&run, folder.path(), None), "x", &anybody())
        .unwrap()
        .files;
    assert_eq!(files.len(), 2);
}

//! `vitruvian sign` and `vitruvian verify-signature` from outside.

use super::{BUNDLE, NPI_VALUE, RESPONSE, WORLD, request};
use crate::support::command::{Output, vitruvian, vitruvian_reading};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// Runs a command in words, with files of this folder for words that begin with `@`.
fn run(folder: &Path, words: &[&str]) -> Output {
    let words = words.iter().map(|word| match word.strip_prefix('@') {
        Some(name) => folder.join(name).display().to_string(),
        None => (*word).to_owned(),
    });
    vitruvian(words, [""; 0])
}

/// A folder with documents, keys and certificates.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    write(path, "bundle.json", BUNDLE);
    write(path, "response.json", RESPONSE);
    write(path, "key.pem", &WORLD.rsa.to_pem());
    let chain = WORLD.chain(&request(), &WORLD.rsa);
    let pem: String = chain
        .iter()
        .map(|certificate| certificate.to_pem())
        .collect();
    write(path, "cert.pem", &pem);
    write(path, "other.pem", &WORLD.p256.to_pem());
    let chain = WORLD.chain(&request(), &WORLD.p256);
    write(path, "other-cert.pem", &chain[0].to_pem());
    write(path, "ca.pem", &WORLD.root.certificate().to_pem());
    folder
}

#[test]
fn what_is_signed_with_a_key_verifies_against_its_authority() {
    let folder = folder();
    for ig in ["cdex@2.0.0", "cdex@2.1.0", "cdex@3.0.0-ballot"] {
        let output = run(
            folder.path(),
            &[
                "sign",
                "@bundle.json",
                "--ig",
                ig,
                "--key",
                "@key.pem",
                "--cert",
                "@cert.pem",
                "-o",
                "@signed.json",
            ],
        );
        assert_eq!(output.code, 0, "{output:?}");
        assert!(output.stderr.contains("with RS256"), "{output:?}");
        assert!(
            output.stderr.contains(&format!("us-npi|{NPI_VALUE}")),
            "{output:?}"
        );
        assert_eq!(output.stdout, "");
        let output = run(
            folder.path(),
            &[
                "verify-signature",
                "@signed.json",
                "--ig",
                ig,
                "--ca",
                "@ca.pem",
            ],
        );
        assert_eq!(output.code, 0, "{output:?}");
        assert!(
            output
                .stdout
                .ends_with(&format!("VALID by the rules of {ig}\n")),
            "{output:?}"
        );
        assert!(!output.stdout.contains("warn"), "{output:?}");
        assert!(
            output
                .stdout
                .lines()
                .all(|line| line.chars().count() <= 100),
            "{output:?}"
        );
    }
}

#[test]
fn a_throw_away_key_is_made_and_said_to_be_one() {
    let folder = folder();
    let output = run(
        folder.path(),
        &[
            "sign",
            "@response.json",
            "--item",
            "1.1",
            "--alg",
            "ES256",
            "--ca-out",
            "@own.pem",
            "-o",
            "@signed.json",
        ],
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stderr.contains("throw-away key"), "{output:?}");
    let trusted = run(
        folder.path(),
        &["verify-signature", "@signed.json", "--ca", "@own.pem"],
    );
    assert_eq!(trusted.code, 0, "{trusted:?}");
    assert!(
        trusted
            .stdout
            .starts_with("QuestionnaireResponse.item[0].answer[0].item[0], with"),
        "{trusted:?}"
    );
    let stranger = run(
        folder.path(),
        &["verify-signature", "@signed.json", "--ca", "@ca.pem"],
    );
    assert_eq!(stranger.code, 1, "{stranger:?}");
    let nobody = run(folder.path(), &["verify-signature", "@signed.json"]);
    assert_eq!(nobody.code, 0, "{nobody:?}");
    assert!(
        nobody.stdout.contains("nobody to trust was named"),
        "{nobody:?}"
    );
    let later = run(
        folder.path(),
        &[
            "verify-signature",
            "@signed.json",
            "--ca",
            "@own.pem",
            "--at",
            "2099-01-01",
        ],
    );
    assert_eq!(later.code, 1, "{later:?}");
    assert!(later.stdout.contains("valid-now"), "{later:?}");
}

#[test]
fn standard_input_and_output_take_the_place_of_files() {
    let signed = vitruvian_reading(["sign", "-", "--alg", "ES384"], BUNDLE.as_bytes());
    assert_eq!(signed.code, 0, "{signed:?}");
    let verified = vitruvian_reading(
        ["verify-signature", "-", "--format", "json"],
        signed.stdout.as_bytes(),
    );
    assert_eq!(verified.code, 0, "{verified:?}");
    let report: Value = serde_json::from_str(&verified.stdout).unwrap();
    assert_eq!(report["verdict"], "valid");
    assert_eq!(report["ig"], "cdex@2.1.0");
    let signature = &report["signatures"][0];
    assert_eq!(signature["place"], "Bundle");
    let steps = signature["steps"].as_array().unwrap();
    let canonical = steps.iter().find(|step| step["id"] == "canonical").unwrap();
    assert_eq!(canonical["outcome"], "holds");
    assert_eq!(canonical["requirements"][0], "CDEX-SIG-012");
    assert_eq!(canonical["bytes"]["sha256"].as_str().unwrap().len(), 64);
    assert!(
        canonical["bytes"]["excerpt"]
            .as_str()
            .unwrap()
            .starts_with("{\"entry\":[")
    );
    assert_eq!(steps.last().unwrap()["id"], "signature");
}

#[test]
fn what_was_touched_or_is_not_signed_is_invalid() {
    let folder = folder();
    let path = folder.path();
    run(
        path,
        &[
            "sign",
            "@bundle.json",
            "--key",
            "@other.pem",
            "--cert",
            "@other-cert.pem",
            "-o",
            "@signed.json",
        ],
    );
    let text = std::fs::read_to_string(path.join("signed.json")).unwrap();
    write(path, "touched.json", &text.replace("1.50", "1.51"));
    let output = run(path, &["verify-signature", "@touched.json"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("broken signature"), "{output:?}");
    assert!(output.stdout.contains("CDEX-SIG-012"), "{output:?}");
    assert!(
        output
            .stdout
            .ends_with("INVALID by the rules of cdex@2.1.0\n")
    );
    write(path, "unsigned.json", BUNDLE);
    let output = run(path, &["verify-signature", "@unsigned.json"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.stdout.contains("carries no signature"), "{output:?}");
    write(
        path,
        "image.json",
        &text.replace("application/jose", "image/png"),
    );
    assert_eq!(run(path, &["verify-signature", "@image.json"]).code, 3);
}

#[test]
fn two_sign_at_once() {
    let folder = folder();
    let output = run(
        folder.path(),
        &[
            "sign",
            "@bundle.json",
            "--key",
            "@key.pem",
            "--cert",
            "@cert.pem",
            "--key",
            "@other.pem",
            "--cert",
            "@other-cert.pem",
            "-o",
            "@signed.json",
        ],
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stderr.contains("with RS256 and ES256"), "{output:?}");
    let output = run(
        folder.path(),
        &["verify-signature", "@signed.json", "--format", "json"],
    );
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(report["signatures"].as_array().unwrap().len(), 2);
    assert_eq!(report["verdict"], "valid", "{report:#}");
}

/// What is refused, and what is said of it.
const REFUSED: &str = "\
sign @none.json => cannot read
sign @patient.json => not Patient
sign @twice.json => twice
sign @response.json --item 9 => \"9\"
sign @bundle.json --item 1 => only a QuestionnaireResponse has items
sign @bundle.json --who somebody => is no identifier
sign @bundle.json --ig pdex@2.1.0 => only CDex
sign @bundle.json --ig cdex@9.9.9 => choose 2.0.0
sign @bundle.json --alg HS256 => no algorithm to sign with
sign @bundle.json --key @key.pem => --cert
sign @bundle.json --key @cert.pem --cert @cert.pem => openssl pkcs8
sign @bundle.json --key @key.pem --cert @key.pem => holds no certificate
sign @bundle.json --key @key.pem --cert @other-cert.pem => not that of the key
sign @bundle.json --key @key.pem --cert @ca.pem => --who
sign @bundle.json --key @other.pem --cert @other-cert.pem --alg RS256 => sign with ES256
verify-signature @patient.json => nothing that CDex signs
verify-signature @none.json => cannot read
verify-signature @bundle.json --ca @key.pem => holds no certificate
verify-signature @bundle.json --at soon => write a time";

#[test]
fn what_cannot_be_done_exits_2_and_says_what_to_do() {
    let folder = folder();
    let path = folder.path();
    write(path, "patient.json", r#"{"resourceType":"Patient"}"#);
    write(
        path,
        "twice.json",
        r#"{"resourceType":"Bundle","type":"searchset","type":"document"}"#,
    );
    for line in REFUSED.lines() {
        let (words, told) = line.split_once(" => ").unwrap();
        let words: Vec<&str> = words.split(' ').collect();
        let output = run(path, &words);
        assert_eq!(output.code, 2, "{words:?} {output:?}");
        // Lines may be wrapped.
        let said: Vec<&str> = output.stderr.split_whitespace().collect();
        assert!(said.join(" ").contains(told), "{words:?} {output:?}");
    }
}

#[test]
fn no_private_key_is_ever_shown() {
    let folder = folder();
    let secret: String = WORLD.rsa.to_pem().lines().skip(1).take(3).collect();
    let output = run(
        folder.path(),
        &[
            "sign",
            "@bundle.json",
            "--key",
            "@key.pem",
            "--cert",
            "@cert.pem",
        ],
    );
    assert!(!format!("{output:?}").contains(&secret[..64]));
}

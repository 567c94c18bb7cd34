//! A bundle that is signed with a certificate says who signed it, and whoever forges that is found out.

use super::bundling::{anybody, each_byte_is_named, keys, made, name_at, smallest, told};
use crate::packages::say;
use crate::support::command::vitruvian;
use crate::support::golden_run::golden;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::{Engine as _, engine::GeneralPurpose};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use time::{Duration, OffsetDateTime};
use vitruvian::bundle::{Believed, Certified, Doubt, Pen, PenError, Voucher, verify};
use vitruvian::evidence::{Run, log};
use vitruvian::signature::{
    Algorithm, Authority, Certificate, Json, Kind, PrivateKey, Request, Signer, Usage,
};

fn now() -> OffsetDateTime {
    OffsetDateTime::now_utc()
}

/// A key and its certificate, by an authority.
struct Owner {
    authority: Authority,
    key: PrivateKey,
    certificate: Certificate,
}

impl Owner {
    fn new(kind: Kind) -> Self {
        Self::asking(kind, &Request::signer("Pat Tester", "1234567893"))
    }

    fn asking(kind: Kind, request: &Request) -> Self {
        let authority = Authority::root("Example Authority").unwrap();
        let key = PrivateKey::generate(kind).unwrap();
        let certificate = authority.issue(request, &key).unwrap();
        Self {
            authority,
            key,
            certificate,
        }
    }

    fn key(&self) -> PrivateKey {
        PrivateKey::parse(&self.key.to_pem()).unwrap()
    }

    fn certified(&self, algorithm: Option<Algorithm>) -> Result<Certified, PenError> {
        Certified::new(self.key(), vec![self.certificate.clone()], algorithm, now())
    }

    fn pen(&self) -> Pen {
        Pen::Certified(self.certified(None).unwrap())
    }

    /// A signature with this header, after it was edited.
    fn jws(&self, manifest: &[u8], edit: impl FnOnce(&mut Json)) -> Vec<u8> {
        let algorithm = Algorithm::preferred(self.key.kind());
        let mut header = Json::object([
            ("alg", Json::text(algorithm.as_str())),
            ("b64", Json::Bool(false)),
            ("crit", Json::Array(vec![Json::text("b64")])),
            ("sigT", Json::text(stamp(now()))),
            ("x5c", chain(&[&self.certificate])),
        ]);
        edit(&mut header);
        let signer = Signer {
            header,
            key: &self.key,
            algorithm,
        };
        signer.detached(manifest).unwrap().into_bytes()
    }
}

fn chain(certificates: &[&Certificate]) -> Json {
    let entry = |one: &&Certificate| Json::Text(STANDARD.encode(one.der()));
    Json::Array(certificates.iter().map(entry).collect())
}

fn stamp(at: OffsetDateTime) -> String {
    use time::format_description::well_known::Rfc3339;
    at.format(&Rfc3339).unwrap()
}

/// The files of a bundle up to its directory, each with its header of 30 bytes and its name.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let end = bytes.len() - 22;
    let number = bytes[end + 16..end + 20].iter().rev();
    let directory = number.fold(0, |sum, byte| (sum << 8) + usize::from(*byte));
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for at in 0..directory {
        let name = name_at(bytes, at);
        match parts.last_mut() {
            Some((last, content)) if *last == name => content.push(bytes[at]),
            _ => parts.push((name, vec![bytes[at]])),
        }
    }
    parts
}

/// The content of a file that is stored as it is.
fn stored(bytes: &[u8], name: &str) -> Vec<u8> {
    let (_, part) = parts(bytes).into_iter().find(|one| one.0 == name).unwrap();
    part[30 + name.len()..].to_vec()
}

/// The same bundle with another content of a file, or without it: a proper archive in every other respect.
fn forged(bytes: &[u8], name: &str, content: Option<&[u8]>) -> Vec<u8> {
    let (mut all, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for (own, mut part) in parts(bytes) {
        if own == name {
            let Some(content) = content else { continue };
            part.truncate(30 + name.len());
            let mut crc = flate2::Crc::new();
            crc.update(content);
            let size = u32::try_from(content.len()).unwrap().to_le_bytes();
            part.splice(14..18, crc.sum().to_le_bytes());
            part.splice(18..22, size);
            part.splice(22..26, size);
            part.extend(content);
        }
        let offset = u32::try_from(all.len()).unwrap().to_le_bytes();
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&part[4..30]);
        directory.extend([0; 10]);
        directory.extend(offset);
        directory.extend(own.as_bytes());
        all.extend(part);
        count += 1;
    }
    let start = u32::try_from(all.len()).unwrap().to_le_bytes();
    let length = u32::try_from(directory.len()).unwrap().to_le_bytes();
    all.extend(directory);
    all.extend(b"PK\x05\x06\0\0\0\0");
    all.extend(count.to_le_bytes());
    all.extend(count.to_le_bytes());
    all.extend(length);
    all.extend(start);
    all.extend([0; 2]);
    all
}

const JWS: &str = "manifest.jws";

#[test]
fn each_kind_of_key_signs_and_its_owner_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (kind, algorithm) in [
        (Kind::Rsa, Algorithm::Rs256),
        (Kind::Rsa, Algorithm::Ps256),
        (Kind::P256, Algorithm::Es256),
        (Kind::P384, Algorithm::Es384),
    ] {
        let owner = Owner::new(kind);
        let pen = Pen::Certified(owner.certified(Some(algorithm)).unwrap());
        let bytes = made(&smallest(), folder.path(), Some(&pen));
        assert_eq!(
            forged(&bytes, "no such file", None),
            bytes,
            "the forger is exact"
        );
        let found = verify(&bytes, "x", &anybody()).unwrap();
        assert_eq!(found.doubts, [], "{algorithm}");
        let signer = found.signed_by.unwrap();
        assert_eq!(signer.algorithm, algorithm.as_str());
        assert_eq!(signer.vouchers, [], "nobody vouches for it");
        let credential = signer.credential.unwrap();
        assert!(credential.subject.contains("CN=Pat Tester"));
        assert!(credential.issuer.contains("CN=Example Authority"));
        assert!((now() - credential.signed_at) < Duration::MINUTE);
        let anchors = vec![owner.authority.certificate().clone()];
        let found = verify(&bytes, "x", &Believed::certified(anchors, now())).unwrap();
        assert_eq!(found.doubts, []);
        let vouchers = found.signed_by.unwrap().vouchers;
        let [Voucher::Authority(subjects)] = &vouchers[..] else {
            panic!("{vouchers:?}")
        };
        assert_eq!(subjects.len(), 2);
        let key = Believed::key(signer.fingerprint.clone(), now());
        let found = verify(&bytes, "x", &key).unwrap();
        assert_eq!(found.doubts, []);
        assert_eq!(found.signed_by.unwrap().vouchers, [Voucher::Key]);
    }
}

#[test]
fn every_byte_of_a_bundle_with_a_certificate_is_named_when_it_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let pen = Owner::new(Kind::P256).pen();
    each_byte_is_named(&made(&smallest(), folder.path(), Some(&pen)));
}

#[test]
fn a_forger_who_keeps_the_archive_whole_is_found_out_by_the_signature() {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner::new(Kind::P256);
    let bytes = made(&smallest(), folder.path(), Some(&owner.pen()));
    for name in ["manifest.json", JWS] {
        let content = stored(&bytes, name);
        for at in (0..content.len()).step_by(7) {
            let mut other = content.clone();
            other[at] ^= 1;
            let found = told(&forged(&bytes, name, Some(&other)));
            // Another number of the format leads nowhere.
            let is_named = [JWS, name, "it has format"]
                .iter()
                .any(|one| found.contains(one));
            assert!(is_named, "{at}: {found}");
        }
        for odd in [
            [&content[..], b"\n"].concat(),
            [b" ", &content[..]].concat(),
        ] {
            let found = told(&forged(&bytes, name, Some(&odd)));
            assert!(found.contains(JWS), "{name}: {found}");
        }
    }
    let without = told(&forged(&bytes, JWS, None));
    assert!(without.contains("manifest.jws is missing"), "{without}");
    // The manifest made to say that nobody has signed.
    let manifest = String::from_utf8(stored(&bytes, "manifest.json")).unwrap();
    let at = manifest.find("\"signer\": {").unwrap();
    let unsigned = format!("{}\"signer\": null\n}}\n", &manifest[..at]);
    let bytes = forged(&bytes, "manifest.json", Some(unsigned.as_bytes()));
    assert!(told(&bytes).contains("manifest.jws was added"));
    let bytes = forged(&bytes, JWS, None);
    let wanted = Believed::certified(vec![owner.authority.certificate().clone()], now());
    let found = verify(&bytes, "x", &wanted).unwrap();
    assert_eq!(found.doubts, [Doubt::Unsigned]);
}

fn encoded(engine: &GeneralPurpose, text: &str) -> String {
    engine.encode(text)
}

#[test]
fn a_header_never_chooses_how_a_signature_is_believed() {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner::new(Kind::P256);
    let bytes = made(&smallest(), folder.path(), Some(&owner.pen()));
    let manifest = stored(&bytes, "manifest.json");
    let with = |jws: &[u8]| told(&forged(&bytes, JWS, Some(jws)));
    assert_eq!(
        with(&owner.jws(&manifest, |_| {})),
        "",
        "the signer is exact"
    );
    for (name, value) in [
        ("alg", Json::text("none")),
        ("alg", Json::text("HS256")),
        ("alg", Json::text("RS256")),
        ("alg", Json::text("ES384")),
        ("alg", Json::Null),
        ("b64", Json::Bool(true)),
        ("crit", Json::Array(Vec::new())),
        (
            "crit",
            Json::Array(vec![Json::text("b64"), Json::text("x")]),
        ),
        ("sigT", Json::text("yesterday")),
        ("x5c", Json::Array(Vec::new())),
        ("x5c", Json::Array(vec![Json::text("AAAA")])),
        ("x5c", Json::text("AAAA")),
    ] {
        let jws = owner.jws(&manifest, |header| header.set(name, value.clone()));
        let found = with(&jws);
        assert!(found.contains(JWS), "{name} {value:?}: {found}");
    }
    // Unsigned tokens, and what is no signature at all.
    let header = encoded(
        &URL_SAFE_NO_PAD,
        r#"{"alg":"none","b64":false,"crit":["b64"]}"#,
    );
    for text in [
        format!("{header}.."),
        format!("{header}..AAAA"),
        "..".to_owned(),
        String::new(),
        "{}".to_owned(),
        format!("{header}.e30.AAAA"),
        "a".repeat(300_000),
    ] {
        assert!(with(text.as_bytes()).contains(JWS));
    }
    // A bare key's algorithm in the manifest asks for the other file, which is not there.
    let text = String::from_utf8(manifest).unwrap();
    let bare = text.replace("\"ES256\"", "\"Ed25519\"");
    let found = told(&forged(&bytes, "manifest.json", Some(bare.as_bytes())));
    assert!(found.contains("manifest.sig is missing"), "{found}");
}

#[test]
fn a_certificate_of_another_does_not_go_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let [owner, other] = [Owner::new(Kind::P256), Owner::new(Kind::P256)];
    let refused = Certified::new(owner.key(), vec![other.certificate.clone()], None, now());
    assert!(matches!(refused, Err(PenError::OtherKey(_))));
    let bytes = made(&smallest(), folder.path(), Some(&owner.pen()));
    let manifest = stored(&bytes, "manifest.json");
    let swap = |header: &mut Json| header.set("x5c", chain(&[&other.certificate]));
    let found = told(&forged(&bytes, JWS, Some(&owner.jws(&manifest, swap))));
    assert!(found.contains("another key than the manifest"), "{found}");
    // Also where the manifest names the other's key: the signature is not by it.
    let key = |owner: &Owner| STANDARD.encode(owner.certificate.key_info());
    let text = String::from_utf8(manifest).unwrap();
    let text = text.replace(&key(&owner), &key(&other));
    let changed = forged(&bytes, "manifest.json", Some(text.as_bytes()));
    let jws = owner.jws(text.as_bytes(), swap);
    let found = told(&forged(&changed, JWS, Some(&jws)));
    assert!(found.contains("manifest.jws does not hold"), "{found}");
    // Whoever signs all of it anew is somebody else, for whom nobody vouches.
    let anew = made(&smallest(), folder.path(), Some(&other.pen()));
    let anchors = vec![owner.authority.certificate().clone()];
    let found = verify(&anew, "x", &Believed::certified(anchors, now())).unwrap();
    assert!(matches!(found.doubts[..], [Doubt::Untrusted(_)]));
    assert_eq!(found.signed_by.unwrap().vouchers, []);
}

#[test]
fn what_nobody_could_believe_is_not_signed() {
    let ask = || Request::signer("Pat Tester", "1234567893");
    let [past, lately] = [now() - 30 * Duration::DAY, now() - Duration::DAY];
    let expired = Owner::asking(Kind::P256, &ask().valid(past, lately));
    assert!(matches!(
        expired.certified(None),
        Err(PenError::NotValid { .. })
    ));
    let usage = Usage::Encipherment;
    let other = Owner::asking(Kind::P256, &Request { usage, ..ask() });
    assert!(matches!(other.certified(None), Err(PenError::Usage(_))));
    let owner = Owner::new(Kind::P256);
    assert!(matches!(
        owner.certified(Some(Algorithm::Es384)),
        Err(PenError::Key(_))
    ));
    assert!(matches!(
        Certified::new(owner.key(), Vec::new(), None, now()),
        Err(PenError::NoCertificate)
    ));
    let stranger = Authority::root("Another Authority").unwrap();
    let chain = vec![owner.certificate.clone(), stranger.certificate().clone()];
    let refused = Certified::new(owner.key(), chain, None, now());
    assert!(matches!(refused, Err(PenError::Order(2))));
    let chain = vec![
        owner.certificate.clone(),
        owner.authority.certificate().clone(),
    ];
    assert!(Certified::new(owner.key(), chain, None, now()).is_ok());
}

#[test]
fn the_time_of_signing_is_held_against_the_certificate_and_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let owner = Owner::new(Kind::P256);
    let bytes = made(&smallest(), folder.path(), Some(&owner.pen()));
    let manifest = stored(&bytes, "manifest.json");
    let at = |at: OffsetDateTime| {
        let jws = owner.jws(&manifest, |header| {
            header.set("sigT", Json::text(stamp(at)))
        });
        told(&forged(&bytes, JWS, Some(&jws)))
    };
    assert_eq!(at(now()), "");
    let early = at(now() - 40 * Duration::DAY);
    assert!(early.contains("it is valid from"), "{early}");
    let late = at(now() + 40 * Duration::DAY);
    assert!(late.contains("in the future"), "{late}");
    let before = at(OffsetDateTime::from_unix_timestamp(1_600_000_000).unwrap());
    assert!(before.contains("before the run had started"), "{before}");
    // What was signed in time stays signed; that the certificate has expired since is told.
    let later = Believed::anybody(now() + 1_000 * Duration::DAY);
    let found = verify(&bytes, "x", &later).unwrap();
    assert_eq!(found.doubts, []);
    let credential = found.signed_by.unwrap().credential.unwrap();
    assert!(credential.has_expired_since(later.now) && !credential.has_expired_since(now()));
}

/// A folder with a run, a key, its certificate, its authority and that of somebody else.
fn files(folder: &Path) -> Owner {
    let owner = Owner::new(Kind::Rsa);
    let run = Run {
        attestations: Vec::new(),
        ..golden()
    };
    log::write(&run, &folder.join("run")).unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write("key.pem", owner.key.to_pem());
    write("chain.pem", owner.certificate.to_pem());
    write("ca.pem", owner.authority.certificate().to_pem());
    let other = Authority::root("Another Authority").unwrap();
    write("other.pem", other.certificate().to_pem());
    write("bare.pem", keys(1).0);
    owner
}

#[test]
fn the_commands_sign_with_a_certificate_and_say_who_vouches() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let sign = |key: &str, more: &[&str]| {
        let [run, zip, key] = ["run", "run.zip", key].map(path);
        vitruvian(["bundle", &run, "-o", &zip, "--key", &key], more)
    };
    let chain = path("chain.pem");
    let output = sign("key.pem", &["--certificate", &chain, "--alg", "PS256"]);
    assert_eq!(output.code, 0, "{output:?}");
    let verified = |more: &[&str]| vitruvian(["verify", &path("run.zip")], more);
    let output = verified(&[]);
    assert_eq!(output.code, 0, "{output:?}");
    for told in [
        "CN=Pat Tester",
        "CN=Example Authority",
        "PS256",
        "a key nobody vouches for",
        "HOLDS",
    ] {
        assert!(output.stdout.contains(told), "{told}: {}", output.stdout);
    }
    let output = verified(&["--trust", &path("ca.pem")]);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("by an authority you named"));
    let output = verified(&["--trust", &path("other.pem")]);
    assert_eq!(output.code, 1, "{output:?}");
    let text: String = output
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("no authority that was named vouches"),
        "{text}"
    );
    let output = verified(&["--key", &chain, "--format", "json"]);
    let found: Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(found["holds"], true, "{found}");
    assert_eq!(found["signer"]["vouchers"], serde_json::json!(["key"]));
    let fingerprint = found["signed_by"].as_str().unwrap().to_uppercase();
    assert_eq!(verified(&["--fingerprint", &fingerprint]).code, 0);
    assert_eq!(verified(&["--fingerprint", &"0".repeat(64)]).code, 1);
    assert_eq!(verified(&["--fingerprint", "0"]).code, 2);
    // What cannot sign is told, and what to do instead.
    let output = sign("key.pem", &[]);
    assert_eq!(
        (output.code, output.stderr.contains("--certificate")),
        (2, true)
    );
    let other = path("ca.pem");
    for (key, more) in [
        ("key.pem", ["--certificate", &other]),
        ("bare.pem", ["--certificate", &chain]),
        ("chain.pem", ["--certificate", &chain]),
    ] {
        assert_eq!(sign(key, &more).code, 2, "{key}");
    }
}

#[test]
fn a_signature_with_a_certificate_can_be_checked_without_this_tool() {
    if Command::new("openssl").arg("version").output().is_err() {
        say("skipped: no openssl on the path");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let owner = files(folder.path());
    let bytes = made(&smallest(), folder.path(), Some(&owner.pen()));
    let jws = String::from_utf8(stored(&bytes, JWS)).unwrap();
    let [header, _, signature] = jws.split('.').collect::<Vec<_>>()[..] else {
        panic!("{jws}")
    };
    let input = [header.as_bytes(), b".", &stored(&bytes, "manifest.json")].concat();
    std::fs::write(folder.path().join("input"), input).unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    std::fs::write(folder.path().join("signature"), signature).unwrap();
    let script = "openssl x509 -in chain.pem -noout -pubkey > public.pem && \
                  openssl dgst -sha256 -verify public.pem -signature signature input";
    let output = Command::new("sh")
        .args(["-c", script])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

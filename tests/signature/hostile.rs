//! Whatever is sent as a signed document, nothing panics, and little is held or computed.

use super::{BUNDLE, RESPONSE, WORLD, examined, json, jws_of, request, signed, verified, with_jws};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::time::{Duration, Instant};
use vitruvian::signature::{
    Algorithm, Certificate, Edition, Outcome, PrivateKey, Trust, Verdict, verify,
};

const BALLOT: Edition = Edition::V3_0_0Ballot;

/// The JWS with this header, under whatever signature.
fn with_header(bundle: &str, header: &str) -> String {
    with_jws(bundle, &format!("{}..AAAA", URL_SAFE_NO_PAD.encode(header)))
}

#[test]
fn certificates_with_any_byte_changed_or_missing_do_not_panic() {
    let der = WORLD.chain(&request(), &WORLD.p256)[0].der().to_vec();
    let other = Certificate::from_der(&der).unwrap();
    let touch = |bytes: &[u8]| {
        if let Ok(certificate) = Certificate::from_der(bytes) {
            let _ = certificate.alternative_names();
            let _ = (
                certificate.subject(),
                certificate.issuer(),
                certificate.common_name(),
            );
            let _ = (certificate.may_sign(), certificate.why_no_authority(0));
            assert!(!certificate.is_signed_by(&other));
        }
    };
    for place in 0..der.len() {
        touch(&der[..place]);
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut changed = der.clone();
            changed[place] ^= change;
            touch(&changed);
        }
    }
    touch(&[]);
    touch(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]);
    touch(&[0x30; 70_000]);
}

#[test]
fn many_large_and_nested_certificates_are_bounded() {
    let bundle = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let der = STANDARD.encode(WORLD.chain(&request(), &WORLD.p256)[0].der());
    let many = vec![format!("\"{der}\""); 100].join(",");
    let text = with_header(&bundle, &format!("{{\"alg\":\"ES256\",\"x5c\":[{many}]}}"));
    let step = examined(&text, BALLOT);
    let step = step.step("certificates").unwrap();
    assert_eq!(step.outcome, Outcome::Broken);
    assert!(step.told.contains("more than 10"), "{}", step.told);
    let huge = STANDARD.encode(vec![0x30; 100_000]);
    let text = with_header(
        &bundle,
        &format!("{{\"alg\":\"ES256\",\"x5c\":[\"{huge}\"]}}"),
    );
    let step = examined(&text, BALLOT);
    assert!(
        step.step("certificates")
            .unwrap()
            .told
            .contains("longer than")
    );
    let vast = STANDARD.encode(vec![0x30; 1_000_000]);
    let text = with_header(
        &bundle,
        &format!("{{\"alg\":\"ES256\",\"x5c\":[\"{vast}\"]}}"),
    );
    assert!(
        examined(&text, BALLOT)
            .step("jws")
            .unwrap()
            .told
            .contains("header")
    );
    let nested = format!(
        "{{\"alg\":\"ES256\",\"x5c\":{}1{}}}",
        "[".repeat(5000),
        "]".repeat(5000)
    );
    let text = with_header(&bundle, &nested);
    assert!(
        examined(&text, BALLOT)
            .step("jws")
            .unwrap()
            .told
            .contains("nested")
    );
}

#[test]
fn headers_and_elements_of_the_wrong_types_do_not_panic() {
    let bundle = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    for value in [
        "null",
        "true",
        "17",
        "\"x\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "[{\"commId\":7}]",
        "{\"id\":[]}",
    ] {
        for name in [
            "alg", "x5c", "sigT", "srCms", "crit", "b64", "kty", "jwk", "x5t", "x5t#S256",
        ] {
            let text = with_header(&bundle, &format!("{{\"{name}\":{value}}}"));
            for edition in Edition::ALL {
                assert_eq!(
                    verified(&text, edition).verdict(),
                    Verdict::Invalid,
                    "{name} {value}"
                );
            }
        }
        for name in ["type", "when", "who", "targetFormat", "sigFormat", "data"] {
            let text = format!(
                "{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"signature\":{{\"{name}\":{value}}}}}"
            );
            for edition in Edition::ALL {
                assert_eq!(
                    verified(&text, edition).verdict(),
                    Verdict::Invalid,
                    "{name} {value}"
                );
            }
        }
        for text in [
            format!("{{\"resourceType\":\"Bundle\",\"signature\":{value}}}"),
            format!(
                "{{\"resourceType\":\"QuestionnaireResponse\",\"extension\":{value},\"item\":{value}}}"
            ),
            value.to_owned(),
        ] {
            let _ = verified(&text, BALLOT).verdict();
        }
    }
}

#[test]
fn a_jws_with_any_character_changed_does_not_verify() {
    let bundle = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let jws = jws_of(&bundle);
    let dots = jws.find("..").unwrap();
    let places = (0..jws.len()).filter(|place| place % 97 == 0 || *place > dots - 8);
    for place in places {
        let mut changed = jws.clone().into_bytes();
        // Four bits away: no bits that padding leaves out.
        changed[place] = match changed[place] {
            b'A' => b'Q',
            _ => b'A',
        };
        let changed = String::from_utf8(changed).unwrap();
        let verdict = verified(&with_jws(&bundle, &changed), BALLOT).verdict();
        assert_ne!(changed, jws);
        assert_ne!(verdict, Verdict::Valid, "{place}");
    }
}

#[test]
fn many_signatures_and_deep_items_are_bounded() {
    let one = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let entries = vec![format!("{{\"resource\":{one}}}"); 100].join(",");
    let text =
        format!("{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{entries}]}}");
    assert_eq!(verified(&text, BALLOT).signatures.len(), 32);
    let deep = format!(
        "{{\"resourceType\":\"QuestionnaireResponse\",\"item\":{}{}}}",
        "[{\"item\":".repeat(45),
        "[]".to_owned() + &"}]".repeat(45)
    );
    assert!(verified(&deep, BALLOT).signatures.is_empty());
    let too_deep = "{\"item\":".repeat(100_000);
    assert!(verify(too_deep.as_bytes(), BALLOT, &Trust::now(Vec::new())).is_err());
}

#[test]
fn searching_for_near_misses_of_a_long_document_ends_soon() {
    let entry = r#"{"resource":{"resourceType":"Basic","id":"b","code":{"text":"1.50 Höhe"}}}"#;
    let entries = vec![entry; 20_000].join(",");
    let long =
        format!("{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{entries}]}}");
    let text = signed(&long, BALLOT, Algorithm::Rs256, None);
    let changed = text.replacen("1.50", "1.51", 1);
    let started = Instant::now();
    let examined = examined(&changed, BALLOT);
    assert!(examined.near_misses.is_empty());
    assert_eq!(examined.step("signature").unwrap().outcome, Outcome::Broken);
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn keys_that_are_none_are_refused() {
    for text in [
        "",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n!!\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nMAA=\n-----END RSA PRIVATE KEY-----",
    ] {
        let error = PrivateKey::parse(text).unwrap_err().to_string();
        assert!(error.contains("openssl pkcs8"), "{error}");
    }
    assert!(Certificate::parse_all("nothing").unwrap().is_empty());
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";
    assert!(Certificate::parse_all(broken).is_err());
    let again = PrivateKey::parse(&WORLD.p256.to_pem()).unwrap();
    assert_eq!(again.public(), WORLD.p256.public());
    assert!(!format!("{again:?}").contains("MI"));
}

/// Numbers that look random and are the same in every run (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// The same bytes with some of them changed, doubled, cut out or swapped for others that JSON and base64 are made of.
fn mutated(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    const PIECES: [&[u8]; 8] = [
        b"{", b"]", b"\"", b"\\u0000", b"null", b"1e999", b"..", b"\xff",
    ];
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(4) {
        let from = numbers.below(bytes.len());
        let to = from + numbers.below((bytes.len() - from).min(64) + 1);
        match numbers.below(4) {
            0 => bytes[from] ^= 1 << numbers.below(8),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let piece = bytes[from..to].to_vec();
                bytes.splice(from..from, piece);
            }
            _ => drop(bytes.splice(from..to, PIECES[numbers.below(8)].iter().copied())),
        }
        if bytes.is_empty() {
            bytes.push(b' ');
        }
    }
    bytes
}

#[test]
fn signed_documents_with_anything_changed_never_panic_and_never_verify_by_chance() {
    let mut numbers = Numbers(0x5eed_0f17_1234_5678);
    let trust = WORLD.trust();
    let mut readable = 0;
    for (document, edition) in [
        (signed(BUNDLE, BALLOT, Algorithm::Es256, None), BALLOT),
        (
            signed(RESPONSE, Edition::V2_1_0, Algorithm::Rs256, None),
            Edition::V2_1_0,
        ),
    ] {
        let original: serde_json::Value = serde_json::from_str(&document).unwrap();
        for _ in 0..1_500 {
            let bytes = mutated(document.as_bytes(), &mut numbers);
            let started = Instant::now();
            let Ok(report) = verify(&bytes, edition, &trust) else {
                continue;
            };
            assert!(started.elapsed() < Duration::from_secs(5));
            readable += 1;
            let changed: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            let holds = report
                .signatures
                .iter()
                .any(|one| one.verdict() == Verdict::Valid);
            // What is not signed may change: id, meta, white space, escapes.
            let mut both = [original.clone(), changed];
            for one in &mut both {
                if let Some(fields) = one.as_object_mut() {
                    for name in ["id", "meta", "signature", "extension"] {
                        fields.remove(name);
                    }
                }
            }
            assert!(
                !holds || both[0] == both[1],
                "{}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
    assert!(readable > 100, "{readable}");
}

#[test]
fn a_document_is_not_changed_by_looking_at_it() {
    let text = signed(RESPONSE, BALLOT, Algorithm::Es256, Some("1"));
    let before = json(&text);
    let _ = verified(&text, BALLOT);
    assert_eq!(json(&text), before);
}

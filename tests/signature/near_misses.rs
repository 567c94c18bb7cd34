//! Each mistake that signers are known to make is named when it explains a signature that does not verify.

use super::{BUNDLE, RESPONSE, WORLD, examined, json, jws_of, signed, with_jws};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use vitruvian::signature::{Algorithm, EXTENSION, Edition, Gaps, Json, Style};

const BALLOT: Edition = Edition::V3_0_0Ballot;

/// A Bundle whose signature is over what `make` makes of the header (base64url) and the Bundle before it is signed.
fn badly(algorithm: Algorithm, make: impl FnOnce(&str, &Json) -> Vec<u8>) -> String {
    let fine = signed(BUNDLE, BALLOT, algorithm, None);
    let header = jws_of(&fine).split('.').next().unwrap().to_owned();
    let message = make(&header, &json(BUNDLE));
    let signature = WORLD.key(algorithm).sign(algorithm, &message).unwrap();
    with_jws(
        &fine,
        &format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)),
    )
}

/// What would verify, and which requirements are broken so.
fn named(text: &str) -> (Vec<Vec<&'static str>>, Vec<&'static str>) {
    let examined = examined(text, BALLOT);
    assert_eq!(
        examined.broken().map(|step| step.id).collect::<Vec<_>>(),
        ["signature"]
    );
    let requirements = examined
        .near_misses
        .iter()
        .flat_map(|miss| miss.requirements.clone());
    let requirements = requirements.collect();
    (
        examined
            .near_misses
            .into_iter()
            .map(|miss| miss.verifies_if)
            .collect(),
        requirements,
    )
}

fn without(document: &Json, names: &[&str]) -> Json {
    let members = document.members().iter();
    Json::Object(
        members
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .cloned()
            .collect(),
    )
}

fn usual(document: &Json) -> Json {
    without(document, &["id", "meta", "signature"])
}

fn encoded(header: &str, payload: &[u8]) -> Vec<u8> {
    format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload)).into_bytes()
}

fn kept(names: &'static [&'static str]) -> Vec<Vec<&'static str>> {
    let text = badly(Algorithm::Es256, |header, bundle| {
        encoded(header, &without(bundle, names).canonical().unwrap())
    });
    let (named, requirements) = named(&text);
    assert_eq!(requirements, ["CDEX-SIG-016"]);
    named
}

#[test]
fn what_is_kept_is_named() {
    assert_eq!(kept(&["meta"]), [["id is kept"]]);
    assert_eq!(kept(&["id"]), [["meta is kept"]]);
    assert_eq!(kept(&[]), [["id and meta are kept"]]);
}

#[test]
fn a_signature_that_is_kept_without_its_data_is_named() {
    for (kept, expected) in [
        (None, "the signature is kept without its data"),
        (Some(""), "the signature is kept with empty data"),
    ] {
        // The element says when: it has to be the one that is sent.
        let fine = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
        let document = json(&fine);
        let header = jws_of(&fine).split('.').next().unwrap().to_owned();
        let Json::Object(mut members) = without(&document, &["id", "meta"]) else {
            panic!("no object")
        };
        for (name, value) in &mut members {
            if name == "signature" {
                let mut element = without(value, &["data"]);
                if let (Json::Object(members), Some(kept)) = (&mut element, kept) {
                    members.push(("data".to_owned(), Json::text(kept)));
                }
                *value = element;
            }
        }
        let message = encoded(&header, &Json::Object(members).canonical().unwrap());
        let signature = WORLD.p256.sign(Algorithm::Es256, &message).unwrap();
        let text = with_jws(
            &fine,
            &format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)),
        );
        let (named, requirements) = named(&text);
        assert_eq!(named, [[expected]]);
        assert_eq!(requirements, ["CDEX-SIG-011"]);
    }
}

#[test]
fn json_that_is_not_canonical_is_named() {
    let sorted = Style {
        sorted: true,
        ..Style::WRITTEN
    };
    let styles = [
        (
            Style::WRITTEN,
            "the JSON stays as it was written, but for the blanks",
        ),
        (
            sorted,
            "numbers keep the digits they were written with (1.00, not 1)",
        ),
        (
            Style {
                ecmascript_numbers: true,
                ..Style::WRITTEN
            },
            "members stay in the order they were written in",
        ),
        (
            Style::READABLE,
            "the JSON is indented by two blanks, as it was written",
        ),
        (
            Style {
                gaps: Gaps::Lines(4),
                ..Style::WRITTEN
            },
            "the JSON is indented by four blanks, as it was written",
        ),
        (
            Style {
                gaps: Gaps::Blanks,
                ..Style::WRITTEN
            },
            "the JSON has a blank after commas and colons, as it was written",
        ),
        (
            Style {
                gaps: Gaps::Blanks,
                ..sorted
            },
            "the JSON is sorted, with a blank after commas and colons",
        ),
        (
            Style {
                gaps: Gaps::Blanks,
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, with blanks, and characters beyond ASCII are escaped",
        ),
        (
            Style {
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, and characters beyond ASCII are escaped",
        ),
    ];
    for (style, expected) in styles {
        let text = badly(Algorithm::Rs256, |header, bundle| {
            encoded(header, &usual(bundle).bytes(style).unwrap())
        });
        let (named, requirements) = named(&text);
        assert_eq!(named, [[expected]]);
        assert_eq!(requirements, ["CDEX-SIG-012"]);
    }
}

const PLAIN: &str = "the payload is plain base64, not base64url";
const PADDED: &str = "the payload is base64url with padding";

#[test]
fn payloads_that_are_not_base64url_are_named() {
    type Encode = fn(&[u8]) -> Vec<u8>;
    let ways: [(Encode, &str); 6] = [
        (
            |payload| payload.to_vec(),
            "the payload is signed as it is, not as base64url",
        ),
        (|payload| STANDARD.encode(payload).into_bytes(), PLAIN),
        (|payload| URL_SAFE.encode(payload).into_bytes(), PADDED),
        (
            |payload| {
                URL_SAFE_NO_PAD
                    .encode(URL_SAFE_NO_PAD.encode(payload))
                    .into_bytes()
            },
            "the payload is base64url twice over",
        ),
        (
            |payload| URL_SAFE_NO_PAD.encode(Sha256::digest(payload)).into_bytes(),
            "the payload is the SHA-256 of the JSON, not the JSON",
        ),
        (
            |payload| {
                let digest = Sha256::digest(payload);
                let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
                URL_SAFE_NO_PAD.encode(hex).into_bytes()
            },
            "the payload is the SHA-256 of the JSON in hexadecimal digits, not the JSON",
        ),
    ];
    for (encode, expected) in ways {
        // Long enough by one or two bytes that padding makes a difference.
        let text = badly(Algorithm::Es256, |header, bundle| {
            let payload = usual(bundle).canonical().unwrap();
            assert_ne!(payload.len() % 3, 0, "make the Bundle a letter longer");
            [header.as_bytes(), b".", &encode(&payload)].concat()
        });
        let (named, requirements) = named(&text);
        // Without + and / two ways come to the same, and the first of them is told.
        let is_same = expected == PADDED && named == [vec![PLAIN]];
        assert!(is_same || named.contains(&vec![expected]), "{named:?}");
        assert!(requirements.iter().all(|id| *id == "CDEX-SIG-036"));
    }
}

#[test]
fn a_header_that_is_left_out_or_not_encoded_is_named() {
    let text = badly(Algorithm::Es256, |_, bundle| {
        URL_SAFE_NO_PAD
            .encode(usual(bundle).canonical().unwrap())
            .into_bytes()
    });
    assert_eq!(
        named(&text).0,
        [["the payload is signed alone, without the header"]]
    );
    let text = badly(Algorithm::Es256, |header, bundle| {
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        encoded(
            &String::from_utf8(header).unwrap(),
            &usual(bundle).canonical().unwrap(),
        )
    });
    assert_eq!(
        named(&text).0,
        [["the header is signed as JSON, not as base64url"]]
    );
}

#[test]
fn an_ecdsa_signature_in_asn1_is_named() {
    let fine = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let jws = jws_of(&fine);
    let signature = URL_SAFE_NO_PAD
        .decode(jws.rsplit('.').next().unwrap())
        .unwrap();
    let header = jws.split('.').next().unwrap();
    let asn1 = format!("{header}..{}", URL_SAFE_NO_PAD.encode(asn1(&signature)));
    let (named, requirements) = named(&with_jws(&fine, &asn1));
    assert_eq!(
        named,
        [["the signature is ASN.1, not two numbers of fixed length (RFC 7518, 3.4)"]]
    );
    assert_eq!(requirements, ["CDEX-SIG-008"]);
}

/// Two numbers as ASN.1.
fn asn1(signature: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| {
        let start = bytes
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(bytes.len() - 1);
        let mut content = bytes[start..].to_vec();
        if content[0] >= 0x80 {
            content.insert(0, 0);
        }
        [&[2, content.len() as u8][..], &content].concat()
    };
    let both = [number(&signature[..32]), number(&signature[32..])].concat();
    [&[0x30, both.len() as u8][..], &both].concat()
}

#[test]
fn another_algorithm_than_the_header_names_is_named() {
    let fine = signed(BUNDLE, BALLOT, Algorithm::Rs256, None);
    let header = jws_of(&fine).split('.').next().unwrap().to_owned();
    let message = encoded(&header, &usual(&json(BUNDLE)).canonical().unwrap());
    let signature = WORLD.rsa.sign(Algorithm::Ps256, &message).unwrap();
    let text = with_jws(
        &fine,
        &format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)),
    );
    assert_eq!(
        named(&text).0,
        [["the algorithm is PS256, not the one that alg names"]]
    );
}

#[test]
fn certificates_in_the_wrong_order_are_named() {
    let fine = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let header = jws_of(&fine).split('.').next().unwrap().to_owned();
    let header = URL_SAFE_NO_PAD.decode(header).unwrap();
    let mut header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    header["x5c"].as_array_mut().unwrap().reverse();
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let message = encoded(&header, &usual(&json(BUNDLE)).canonical().unwrap());
    let signature = WORLD.p256.sign(Algorithm::Es256, &message).unwrap();
    let text = with_jws(
        &fine,
        &format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature)),
    );
    let examined = examined(&text, BALLOT);
    let miss = &examined.near_misses[0];
    assert_eq!(
        miss.verifies_if,
        ["the key is that of a later certificate of x5c"]
    );
    assert_eq!(miss.requirements, ["CDEX-SIG-024"]);
}

#[test]
fn two_and_three_mistakes_at_once_are_named() {
    let text = badly(Algorithm::Es256, |header, bundle| {
        encoded(
            header,
            &without(bundle, &["id"]).bytes(Style::WRITTEN).unwrap(),
        )
    });
    assert_eq!(
        named(&text).0,
        [[
            "meta is kept",
            "the JSON stays as it was written, but for the blanks"
        ]]
    );
    let text = badly(Algorithm::Rs256, |header, bundle| {
        let payload = bundle.bytes(Style::WRITTEN).unwrap();
        [header.as_bytes(), b".", &payload].concat()
    });
    assert_eq!(
        named(&text).0,
        [[
            "id and meta are kept",
            "the JSON stays as it was written, but for the blanks",
            "the payload is signed as it is, not as base64url",
        ]]
    );
}

#[test]
fn a_payload_of_another_document_is_told_with_the_place() {
    let fine = signed(BUNDLE, BALLOT, Algorithm::Es256, None);
    let payload = usual(&json(BUNDLE)).canonical().unwrap();
    let carrying = jws_of(&fine).replace("..", &format!(".{}.", URL_SAFE_NO_PAD.encode(payload)));
    let changed = with_jws(&fine.replace("1.50", "1.51"), &carrying);
    let examined = examined(&changed, BALLOT);
    let miss = &examined.near_misses[0];
    assert_eq!(
        miss.verifies_if,
        ["the payload that the JWS carries is taken, not what is here"]
    );
    let note = miss.note.as_deref().unwrap();
    assert!(
        note.ends_with("$.entry[0].resource.valueQuantity.value"),
        "{note}"
    );
}

/// A QuestionnaireResponse whose signature is over `payload`.
fn response(item: Option<&str>, payload: impl FnOnce(&Json) -> Json) -> String {
    let fine = signed(RESPONSE, BALLOT, Algorithm::Es256, item);
    let place = fine.find("\"data\": \"").unwrap() + 9;
    let data = fine[place..].split('"').next().unwrap().to_owned();
    let jws = String::from_utf8(STANDARD.decode(&data).unwrap()).unwrap();
    let header = jws.split('.').next().unwrap();
    let message = encoded(header, &payload(&json(RESPONSE)).canonical().unwrap());
    let signature = WORLD.p256.sign(Algorithm::Es256, &message).unwrap();
    let jws = format!("{header}..{}", URL_SAFE_NO_PAD.encode(signature));
    fine.replace(&data, &STANDARD.encode(jws))
}

#[test]
fn mistakes_in_questionnaire_responses_are_named() {
    let text = response(Some("2.1"), |whole| without(whole, &["id", "meta"]));
    let (found, requirements) = named(&text);
    assert_eq!(
        found,
        [["the whole QuestionnaireResponse is signed, not the item"]]
    );
    assert_eq!(requirements, ["CDEX-SIG-018"]);
    let text = response(Some("1"), |whole| whole.items_of("item")[0].clone());
    assert_eq!(named(&text).0, [["id is kept"]]);
    let text = response(None, |whole| {
        let Json::Object(mut members) = without(whole, &["id", "meta"]) else {
            panic!("no object")
        };
        members.push(("extension".to_owned(), Json::Array(Vec::new())));
        Json::Object(members)
    });
    assert_eq!(
        named(&text).0,
        [["the emptied array of extensions is kept"]]
    );
    assert!(text.contains(EXTENSION));
}

#[test]
fn a_signature_that_is_nothing_known_has_no_near_miss() {
    let text = badly(Algorithm::Rs256, |_, _| b"something else".to_vec());
    assert!(named(&text).0.is_empty());
}

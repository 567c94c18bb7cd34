//! Whatever is tampered with breaks the step that is about it.

use super::{
    BUNDLE, NPI_VALUE, RESPONSE, WORLD, broken, examined, json, jws_of, request, signed, verified,
    with_jws,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use vitruvian::signature::{
    Algorithm, Edition, Json, Outcome, PrivateKey, Style, Verdict, signing_input,
};

const BALLOT: Edition = Edition::V3_0_0Ballot;

fn fine() -> String {
    signed(BUNDLE, BALLOT, Algorithm::Es256, None)
}

/// The same Bundle, its JWS made anew by the right key with another header.
fn with_header(
    bundle: &str,
    change: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>),
) -> String {
    let jws = jws_of(bundle);
    let protected = jws.split('.').next().unwrap();
    let header = URL_SAFE_NO_PAD.decode(protected).unwrap();
    let mut header = serde_json::from_slice(&header).unwrap();
    change(&mut header);
    let header = serde_json::Value::Object(header);
    let protected = URL_SAFE_NO_PAD.encode(header.to_string());
    let payload = payload(bundle);
    let algorithm = header["alg"].as_str().and_then(|alg| alg.parse().ok());
    let algorithm = algorithm.unwrap_or(Algorithm::Es256);
    let input = signing_input(&protected, &payload, header["b64"] == false);
    let signature = WORLD.key(algorithm).sign(algorithm, &input).unwrap();
    with_jws(
        bundle,
        &format!("{protected}..{}", URL_SAFE_NO_PAD.encode(signature)),
    )
}

/// What the guide has signed of a Bundle.
fn payload(bundle: &str) -> Vec<u8> {
    let Json::Object(mut members) = json(bundle) else {
        panic!("no object")
    };
    members.retain(|(name, _)| !["id", "meta", "signature"].contains(&name.as_str()));
    Json::Object(members).canonical().unwrap()
}

#[test]
fn swapped_entries_a_removed_one_and_another_type_do_not_verify() {
    let two = BUNDLE.replace(
        "  }]\n}",
        "  }, {\"fullUrl\": \"http://example.org/fhir/Patient/p\"}]\n}",
    );
    let text = signed(&two, BALLOT, Algorithm::Es256, None);
    let mut swapped = serde_json::from_str::<serde_json::Value>(&text).unwrap();
    swapped["entry"].as_array_mut().unwrap().reverse();
    let mut removed = serde_json::from_str::<serde_json::Value>(&text).unwrap();
    removed["entry"].as_array_mut().unwrap().pop();
    let mut added = serde_json::from_str::<serde_json::Value>(&text).unwrap();
    added["link"] = serde_json::json!([{"relation": "self", "url": "http://example.org"}]);
    for tampered in [swapped, removed, added] {
        let examined = examined(&tampered.to_string(), BALLOT);
        assert_eq!(broken(&examined), ["signature"], "{examined:#?}");
        assert_eq!(examined.verdict(), Verdict::Invalid);
        assert!(examined.near_misses.is_empty(), "{examined:#?}");
        let step = examined.step("signature").unwrap();
        assert!(step.requirements.contains(&"CDEX-SIG-016"));
        assert!(step.requirements.contains(&"CDEX-VER-010"));
    }
}

#[test]
fn a_stripped_signature_is_missed() {
    let mut document = json(&fine());
    let report = verified(BUNDLE, BALLOT);
    assert!(report.signatures.is_empty());
    assert_eq!(report.verdict(), Verdict::Invalid);
    if let Json::Object(members) = &mut document {
        for (name, value) in members.iter_mut() {
            if let (true, Json::Object(inner)) = (name == "signature", value) {
                inner.retain(|(name, _)| name != "data");
            }
        }
    }
    let text = String::from_utf8(document.bytes(Style::READABLE).unwrap()).unwrap();
    assert_eq!(broken(&examined(&text, BALLOT)), ["data"]);
}

#[test]
fn a_signature_of_another_document_does_not_fit() {
    let other = signed(
        &BUNDLE.replace("1.50", "1.75"),
        BALLOT,
        Algorithm::Es256,
        None,
    );
    let moved = with_jws(&fine(), &jws_of(&other));
    assert_eq!(broken(&examined(&moved, BALLOT)), ["signature"]);
}

#[test]
fn alg_none_is_refused() {
    let header = |alg: &str| URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"{alg}\"}}"));
    for alg in ["none", "None", "NONE"] {
        for signature in ["", "AA"] {
            let text = with_jws(&fine(), &format!("{}..{signature}", header(alg)));
            let examined = examined(&text, BALLOT);
            assert_eq!(examined.step("algorithm").unwrap().outcome, Outcome::Broken);
            assert_eq!(examined.verdict(), Verdict::Invalid);
            assert!(
                examined
                    .step("algorithm")
                    .unwrap()
                    .told
                    .contains("nothing is signed")
            );
        }
    }
}

#[test]
fn the_public_key_as_an_hmac_secret_is_refused() {
    let text = signed(BUNDLE, BALLOT, Algorithm::Rs256, None);
    let jws = jws_of(&text);
    let header = URL_SAFE_NO_PAD
        .decode(jws.split('.').next().unwrap())
        .unwrap();
    let header = String::from_utf8(header).unwrap().replace("RS256", "HS256");
    let protected = URL_SAFE_NO_PAD.encode(header);
    let input = signing_input(&protected, &payload(&text), false);
    let public = WORLD.rsa.public();
    let pem = WORLD.chain(&request(), &WORLD.rsa)[0].to_pem();
    for secret in [public.material(), pem.as_bytes()] {
        let mut hmac = Hmac::<sha2::Sha256>::new_from_slice(secret).unwrap();
        hmac.update(&input);
        let signature = URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes());
        let forged = with_jws(&text, &format!("{protected}..{signature}"));
        let examined = examined(&forged, BALLOT);
        assert_eq!(broken(&examined), ["algorithm"]);
        assert_eq!(examined.verdict(), Verdict::Invalid);
        assert!(
            examined
                .step("algorithm")
                .unwrap()
                .told
                .starts_with("HS256: a secret")
        );
    }
}

#[test]
fn an_algorithm_of_another_kind_of_key_is_refused() {
    // Signed by the EC key, with the RSA certificate beside it.
    let rsa = WORLD.chain(&request(), &WORLD.rsa);
    let text = with_header(&fine(), |header| {
        header["x5c"] = serde_json::json!([STANDARD.encode(rsa[0].der())]);
    });
    let examined = examined(&text, BALLOT);
    let broken = broken(&examined);
    assert!(
        broken.contains(&"key") && broken.contains(&"signature"),
        "{examined:#?}"
    );
    assert!(examined.step("key").unwrap().told.contains("EC P-256"));
}

#[test]
fn an_algorithm_nobody_computes_here_is_undecided() {
    let text = with_header(&fine(), |header| header["alg"] = "ES512".into());
    assert_eq!(examined(&text, BALLOT).verdict(), Verdict::Undecided);
    let text = with_header(&fine(), |header| header["alg"] = "XY1".into());
    assert_eq!(examined(&text, BALLOT).verdict(), Verdict::Invalid);
    let text = with_header(&fine(), |header| drop(header.remove("alg")));
    assert_eq!(broken(&examined(&text, BALLOT)), ["algorithm"]);
}

#[test]
fn another_certificate_or_key_beside_the_signature_is_refused() {
    // Another's certificate, of the same kind of key.
    let stranger = PrivateKey::generate(vitruvian::signature::Kind::P256).unwrap();
    let chain = WORLD.chain(&request(), &stranger);
    let text = with_header(&fine(), |header| {
        header["x5c"] = serde_json::json!([
            STANDARD.encode(chain[0].der()),
            STANDARD.encode(chain[1].der())
        ]);
    });
    assert_eq!(broken(&examined(&text, BALLOT)), ["signature"]);
    // A stranger signs, and brings the key along; kid and jwk decide nothing.
    let point = stranger.public().material().to_vec();
    let jwk = serde_json::json!({"kty": "EC", "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]), "y": URL_SAFE_NO_PAD.encode(&point[33..])});
    let text = with_header(&fine(), |header| {
        header.insert("jwk".to_owned(), jwk);
        header.insert("kid".to_owned(), "another".into());
    });
    assert_eq!(broken(&examined(&text, BALLOT)), ["same-key"]);
    let own = WORLD.p256.public().material().to_vec();
    let jwk = serde_json::json!({"kty": "EC", "crv": "P-256",
        "x": URL_SAFE_NO_PAD.encode(&own[1..33]), "y": URL_SAFE_NO_PAD.encode(&own[33..])});
    let text = with_header(&fine(), |header| drop(header.insert("jwk".to_owned(), jwk)));
    assert_eq!(broken(&examined(&text, BALLOT)), [""; 0]);
    for thumbprint in ["x5t", "x5t#S256"] {
        let text = with_header(&fine(), |header| {
            drop(header.insert(thumbprint.to_owned(), "AAAA".into()))
        });
        assert_eq!(broken(&examined(&text, BALLOT)), ["same-key"]);
    }
}

#[test]
fn x5c_is_missing_empty_or_not_base64() {
    let told = |change: serde_json::Value| {
        let text = with_header(&fine(), |header| header["x5c"] = change);
        let examined = examined(&text, BALLOT);
        assert_eq!(examined.verdict(), Verdict::Invalid);
        let step = examined.step("certificates").unwrap();
        assert_eq!(step.outcome, Outcome::Broken);
        step.told.clone()
    };
    assert!(told(serde_json::json!([])).contains("no certificate"));
    assert!(told(serde_json::json!(["!"])).contains("no base64"));
    assert!(told(serde_json::json!([17])).contains("no string"));
    assert!(told(serde_json::json!(["AAAA"])).contains("no X.509"));
    let der = WORLD.chain(&request(), &WORLD.p256)[0].der().to_vec();
    let url = URL_SAFE_NO_PAD.encode(&der);
    if STANDARD.decode(&url).is_err() {
        assert!(told(serde_json::json!([url])).contains("base64url"));
    }
    let text = with_header(&fine(), |header| drop(header.remove("x5c")));
    assert_eq!(broken(&examined(&text, BALLOT)), ["certificates"]);
}

#[test]
fn headers_of_the_ballot_agree_with_the_element() {
    let change = |name: &str, value: serde_json::Value| {
        let text = with_header(&fine(), |header| {
            drop(header.insert(name.to_owned(), value))
        });
        broken(&examined(&text, BALLOT))
    };
    assert_eq!(
        change("sigT", "2020-01-01T00:00:00Z".into()),
        ["signing-time-is-when", "valid-when-signed"]
    );
    assert_eq!(
        change("sigT", "yesterday".into()),
        ["signing-time", "signing-time-is-when"]
    );
    let commitment = |id: &str| serde_json::json!([{"commId": {"id": id}}]);
    assert_eq!(
        change("srCms", commitment("urn:oid:1.2.840.10065.1.12.1.1")),
        ["verification-commitment", "commitments-are-types"]
    );
    assert_eq!(
        change("srCms", commitment("1.2.840.10065.1.12.1.5")),
        ["commitments"]
    );
    assert_eq!(
        change("srCms", serde_json::json!([])),
        [
            "commitments",
            "verification-commitment",
            "commitments-are-types"
        ]
    );
    assert_eq!(change("crit", serde_json::json!(["exp"])), ["critical"]);
    assert_eq!(change("crit", serde_json::json!([])), ["critical"]);
    assert_eq!(change("b64", false.into()), ["critical", "signing-input"]);
    assert_eq!(change("kty", "RS".into()), [""; 0]);
}

#[test]
fn headers_before_the_ballot_name_the_type_of_key() {
    let edition = Edition::V2_1_0;
    let text = signed(BUNDLE, edition, Algorithm::Rs256, None);
    let change = |value: Option<&str>| {
        let text = with_header(&text, |header| match value {
            Some(value) => header["kty"] = value.into(),
            None => drop(header.remove("kty")),
        });
        let examined = examined(&text, edition);
        assert_eq!(examined.verdict(), Verdict::Valid);
        broken(&examined)
    };
    assert_eq!(change(Some("RSA")), [""; 0]);
    assert_eq!(change(Some("EC")), ["key-type"]);
    assert_eq!(change(None), ["key-type"]);
}

#[test]
fn elements_that_miss_something_are_told() {
    let change = |edition: Edition, from: &str, to: &str| {
        let text = signed(BUNDLE, edition, Algorithm::Rs256, None);
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        broken(&examined(&changed, edition))
    };
    let published = Edition::V2_0_0;
    assert_eq!(
        change(
            BALLOT,
            "1.2.840.10065.1.12.1.5\"",
            "1.2.840.10065.1.12.1.1\""
        ),
        ["type", "commitments-are-types"]
    );
    assert_eq!(
        change(
            published,
            "1.2.840.10065.1.12.1.5\"",
            "1.2.840.10065.1.12.1.1\""
        ),
        ["type"]
    );
    assert_eq!(
        change(
            BALLOT,
            "\"type\": \"Organization\"",
            "\"type\": \"Patient\""
        ),
        ["who"]
    );
    assert_eq!(
        change(
            published,
            "\"display\": \"Example Hospital\"",
            "\"x\": \"\""
        ),
        ["who"]
    );
    assert_eq!(
        change(published, "\"code\": \"NPI\"", "\"code\": \"MR\""),
        ["who-identifier"]
    );
    assert_eq!(
        change(
            BALLOT,
            &format!("\"value\": \"{NPI_VALUE}\""),
            "\"value\": \"\""
        ),
        ["who-identifier", "name-is-signer"]
    );
    assert_eq!(
        change(BALLOT, "json#document", "json#other"),
        ["target-format"]
    );
    assert_eq!(
        change(BALLOT, "application/jose", "application/jwt"),
        ["sig-format"]
    );
    assert_eq!(
        change(published, "application/jose", "application/jwt"),
        [""; 0]
    );
    assert_eq!(
        change(published, "\"when\": \"", "\"when\": \"about "),
        ["when"]
    );
    let whole = signed(RESPONSE, BALLOT, Algorithm::Es256, None);
    let electronic = whole.replace("application/jose", "image/png");
    assert_eq!(examined(&electronic, BALLOT).verdict(), Verdict::Undecided);
}

#[test]
fn data_that_is_no_detached_jws_is_told() {
    let text = fine();
    let jws = jws_of(&text);
    let data = STANDARD.encode(&jws);
    let change = |to: &str| broken(&examined(&text.replace(&data, to), BALLOT));
    assert_eq!(change(&jws), ["base64"]);
    assert_eq!(change("%%"), ["base64"]);
    assert_eq!(change(&STANDARD.encode("no JWS")), ["jws"]);
    let [header, _, signature] = jws.split('.').collect::<Vec<_>>()[..] else {
        panic!("three parts")
    };
    let carrying = format!(
        "{header}.{}.{signature}",
        URL_SAFE_NO_PAD.encode(payload(&text))
    );
    assert_eq!(change(&STANDARD.encode(carrying)), ["detached"]);
    let plain = format!(
        "{header}..{}",
        STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap())
    );
    assert_eq!(change(&STANDARD.encode(plain)), ["jws"]);
    let as_json = format!(r#"{{"protected":"{header}","signature":"{signature}"}}"#);
    let examined = examined(&text.replace(&data, &STANDARD.encode(as_json)), BALLOT);
    assert_eq!(broken(&examined), ["serialization"]);
    assert_eq!(examined.verdict(), Verdict::Valid);
    // Lines and blanks are allowed in base64Binary.
    let lines = format!("{} \\n {}", &data[..64], &data[64..]);
    assert_eq!(change(&lines), [""; 0]);
}

//! JWS is what RFC 7515 and RFC 7797 say: their examples, byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rsa::BigUint;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::EncodePrivateKey as _;
use vitruvian::signature::{
    Algorithm, Json, Jws, Kind, PrivateKey, PublicKey, Serialization, Signer, detached_json,
    signing_input,
};

/// The payload of appendices A.1 to A.3, base64url.
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cn\
    VlfQ";

/// The secret of A.1 of RFC 7515, and of RFC 7797.
const SECRET: &str =
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";

/// The modulus of A.2.
const N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0B\
    m4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5\
    z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7\
    aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";

/// The private exponent of A.2.
const D: &str = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2N\
    XOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M\
    _V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x\
    _jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ";

/// The first prime of A.2.
const P: &str = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py\
    5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";

/// The second prime of A.2.
const Q: &str = "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQ\
    eZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";

/// The signature of A.2.
const A2: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2F\
    p5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQB\
    MHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeY\
    I2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

/// The signature of A.3.
const A3: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn number(text: &str) -> BigUint {
    BigUint::from_bytes_be(&bytes(text))
}

fn rsa_key() -> rsa::RsaPrivateKey {
    let primes = vec![number(P), number(Q)];
    rsa::RsaPrivateKey::from_components(number(N), number("AQAB"), number(D), primes).unwrap()
}

fn a2_key() -> PrivateKey {
    PrivateKey::from_pkcs8(rsa_key().to_pkcs8_der().unwrap().as_bytes().to_vec()).unwrap()
}

fn a3_key() -> PublicKey {
    let point = [
        &[4][..],
        &bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
        &bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"),
    ]
    .concat();
    PublicKey::new(Kind::P256, point)
}

fn hmac(message: &[u8]) -> String {
    let mut hmac = Hmac::<sha2::Sha256>::new_from_slice(&bytes(SECRET)).unwrap();
    hmac.update(message);
    URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes())
}

fn header(alg: &str) -> Json {
    Json::object([("alg", Json::text(alg))])
}

/// RFC 7515, A.1: what is signed. HMAC is no way to sign with a certificate, so the test computes it.
#[test]
fn the_signing_input_of_a_1_gives_its_signature() {
    let protected = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9";
    let input = signing_input(protected, &bytes(PAYLOAD), false);
    assert_eq!(
        String::from_utf8(input.clone()).unwrap(),
        format!("{protected}.{PAYLOAD}")
    );
    assert_eq!(hmac(&input), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert!("HS256".parse::<Algorithm>().is_err());
}

/// RFC 7515, A.2: RS256, both ways.
#[test]
fn a_2_is_verified_and_made() {
    let compact = format!("eyJhbGciOiJSUzI1NiJ9.{PAYLOAD}.{A2}");
    let jws = Jws::parse(&compact).unwrap().remove(0);
    let material = rsa_key().to_public_key().to_pkcs1_der().unwrap().into_vec();
    let key = PublicKey::new(Kind::Rsa, material);
    let input = jws.signing_input(&bytes(PAYLOAD));
    assert_eq!(jws.payload.as_deref(), Some(PAYLOAD));
    assert!(Algorithm::Rs256.verifies(&key, &input, &jws.signature));
    assert!(!Algorithm::Rs384.verifies(&key, &input, &jws.signature));
    assert!(!Algorithm::Ps256.verifies(&key, &input, &jws.signature));
    assert!(!Algorithm::Es256.verifies(&key, &input, &jws.signature));
    let signer = Signer {
        header: header("RS256"),
        key: &a2_key(),
        algorithm: Algorithm::Rs256,
    };
    let detached = signer.detached(&bytes(PAYLOAD)).unwrap();
    assert_eq!(detached, format!("eyJhbGciOiJSUzI1NiJ9..{A2}"));
}

/// RFC 7515, A.3: ES256, whose signatures differ each time.
#[test]
fn a_3_is_verified_and_a_changed_payload_is_not() {
    let compact = format!("eyJhbGciOiJFUzI1NiJ9.{PAYLOAD}.{A3}");
    let jws = Jws::parse(&compact).unwrap().remove(0);
    let mut payload = bytes(PAYLOAD);
    let verifies = |payload: &[u8]| {
        Algorithm::Es256.verifies(&a3_key(), &jws.signing_input(payload), &jws.signature)
    };
    assert!(verifies(&payload));
    payload[0] ^= 1;
    assert!(!verifies(&payload));
}

/// RFC 7515, A.6 and A.7: general and flattened JSON serialization.
#[test]
fn the_json_serializations_of_a_6_and_a_7_are_verified() {
    let general = format!(
        r#"{{"payload":"{PAYLOAD}","signatures":[
            {{"protected":"eyJhbGciOiJSUzI1NiJ9","header":{{"kid":"2010-12-29"}},"signature":"{A2}"}},
            {{"protected":"eyJhbGciOiJFUzI1NiJ9","header":{{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"}},
              "signature":"{A3}"}}]}}"#
    );
    let both = Jws::parse(&general).unwrap();
    assert_eq!(both.len(), 2);
    let rsa = a2_key().public();
    let payload = bytes(PAYLOAD);
    assert!(Algorithm::Rs256.verifies(&rsa, &both[0].signing_input(&payload), &both[0].signature));
    assert!(Algorithm::Es256.verifies(
        &a3_key(),
        &both[1].signing_input(&payload),
        &both[1].signature
    ));
    assert_eq!(both[1].serialization, Serialization::Json);
    let kid = both[0].parameter("kid").unwrap();
    assert_eq!(kid.as_text(), Some("2010-12-29"));
    let flattened = format!(
        r#"{{"payload":"{PAYLOAD}","protected":"eyJhbGciOiJFUzI1NiJ9",
            "header":{{"kid":"e9bc097a-ce51-4036-9562-d2ade882db0d"}},"signature":"{A3}"}}"#
    );
    assert_eq!(Jws::parse(&flattened).unwrap(), both[1..]);
}

/// RFC 7515, appendix F: the payload is taken out, and put back by who has it.
#[test]
fn a_detached_payload_is_put_back() {
    let compact = format!("eyJhbGciOiJSUzI1NiJ9..{A2}");
    let jws = Jws::parse(&compact).unwrap().remove(0);
    assert_eq!(jws.payload, None);
    let input = jws.signing_input(&bytes(PAYLOAD));
    assert!(Algorithm::Rs256.verifies(&a2_key().public(), &input, &jws.signature));
}

/// RFC 7797, 4.1 and 4.2: the same payload encoded and not encoded.
#[test]
fn unencoded_payloads_are_signed_as_they_are() {
    let jws = |protected: &str| Jws::parse(&format!("{protected}..AA")).unwrap().remove(0);
    let encoded = jws("eyJhbGciOiJIUzI1NiJ9");
    assert!(!encoded.is_unencoded());
    assert_eq!(
        hmac(&encoded.signing_input(b"$.02")),
        "5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ"
    );
    let plain = jws("eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19");
    assert!(plain.is_unencoded());
    assert_eq!(
        hmac(&plain.signing_input(b"$.02")),
        "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"
    );
}

#[test]
fn every_algorithm_signs_what_it_verifies_and_no_other_does() {
    let rsa = a2_key();
    let p256 = PrivateKey::generate(Kind::P256).unwrap();
    let p384 = PrivateKey::generate(Kind::P384).unwrap();
    for algorithm in Algorithm::ALL {
        let key = match algorithm.kind() {
            Kind::Rsa => &rsa,
            Kind::P256 => &p256,
            Kind::P384 => &p384,
        };
        let signature = key.sign(algorithm, b"message").unwrap();
        for other in Algorithm::ALL {
            let verifies = other.verifies(&key.public(), b"message", &signature);
            assert_eq!(verifies, other == algorithm, "{algorithm} {other}");
        }
        assert_eq!(algorithm.as_str().parse(), Ok(algorithm));
    }
    assert!(p256.sign(Algorithm::Rs256, b"").is_err());
    let error = rsa.sign(Algorithm::Es256, b"").unwrap_err();
    assert!(error.to_string().ends_with("sign with RS256"), "{error}");
}

#[test]
fn several_signers_go_into_one_jws() {
    let (one, other) = (a2_key(), PrivateKey::generate(Kind::P256).unwrap());
    let signers = [
        Signer {
            header: header("RS256"),
            key: &one,
            algorithm: Algorithm::Rs256,
        },
        Signer {
            header: header("ES256"),
            key: &other,
            algorithm: Algorithm::Es256,
        },
    ];
    let both = Jws::parse(&detached_json(&signers, b"{}").unwrap()).unwrap();
    assert_eq!(both[0].payload, None);
    assert!(Algorithm::Rs256.verifies(
        &one.public(),
        &both[0].signing_input(b"{}"),
        &both[0].signature
    ));
    assert!(Algorithm::Es256.verifies(
        &other.public(),
        &both[1].signing_input(b"{}"),
        &both[1].signature
    ));
}

#[test]
fn what_is_no_jws_is_refused() {
    let text = |header: &str| URL_SAFE_NO_PAD.encode(header);
    let refused = |jws: &str| Jws::parse(jws).unwrap_err().to_string();
    assert!(refused("").contains("0 dots"));
    assert!(refused("a.b.c.d").contains("3 dots"));
    assert!(refused("e30=..AA").contains("protected header"));
    assert!(refused(&format!("{}..A", text("{}"))).contains("signature"));
    assert!(refused(&format!("{}..AA", text("[]"))).contains("no object"));
    assert!(refused(&format!("{}..AA", text("{\"alg\":1,\"alg\":2}"))).contains("twice"));
    assert!(refused(&format!("{}..AA", text(&"[".repeat(10_000)))).contains("nested"));
    assert!(refused(r#"{"signatures":[]}"#).contains("empty"));
    let many = format!(r#"{{"signatures":[{}]}}"#, vec!["{}"; 17].join(","));
    assert!(refused(&many).contains("more than 16"));
    let twice = format!(
        r#"{{"protected":"{}","header":{{"alg":"RS256"}},"signature":"AA"}}"#,
        text("{\"alg\":\"none\"}")
    );
    assert!(refused(&twice).contains("\"alg\" stands in the protected"));
}

#[test]
fn an_oddly_encoded_signature_is_read_and_told() {
    let jws = |signature: &str| Jws::parse(&format!("e30..{signature}")).unwrap().remove(0);
    assert_eq!(jws("-_8").oddity, None);
    assert_eq!(
        jws("-_8=").oddity,
        Some("base64url with padding or stray bits")
    );
    assert_eq!(jws("+/8=").oddity, Some("plain base64"));
    assert_eq!(jws("+/8=").signature, jws("-_8").signature);
}

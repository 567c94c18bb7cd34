//! The header of a JWS (CDex Signatures, signer's step 1; RFC 7515, section 4).

use super::algorithm::Algorithm;
use super::certificate::Certificate;
use super::edition::Edition;
use super::element::{VERIFICATION, instant, short};
use super::json::Json;
use super::jws::Jws;
use super::report::{Steps, hex};
use super::rule;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::pkcs1::der::Decode as _;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// Most certificates that are read.
const MOST_CERTIFICATES: usize = 10;

/// What stands before the OIDs of signer commitments.
const COMMITMENT: &str = "urn:oid:1.2.840.10065.1.12.1.";

/// Algorithms that RFC 7518 and its like define, and that are not computed here.
const ELSEWHERE: [&str; 4] = ["ES512", "ES256K", "EdDSA", "Ed25519"];

/// What of a header is needed further on.
pub(super) struct Header {
    pub(super) algorithm: Option<Algorithm>,
    pub(super) certificates: Vec<Certificate>,
}

/// Everything but the certificates' contents.
pub(super) fn check(steps: &mut Steps, edition: Edition, jws: &Jws, signature: &Json) -> Header {
    steps.add(rule::CRITICAL, critical(jws));
    let algorithm = algorithm(steps, jws);
    if let Some(algorithm) = algorithm {
        steps.add(
            rule::HASH,
            if algorithm.is_sha_256() {
                Ok("SHA-256".to_owned())
            } else {
                Err(format!(
                    "{algorithm} hashes with something else than SHA-256"
                ))
            },
        );
    }
    if edition.is_ballot() {
        commitments(steps, jws, signature);
    } else {
        steps.add(rule::KEY_TYPE, key_type(jws));
    }
    let (certificates, told) = certificates(jws);
    steps.add(rule::CERTIFICATES, told);
    if let Some(first) = certificates.first() {
        steps.about(first.der());
        if let Some(told) = same_key(jws, first) {
            steps.add(rule::SAME_KEY, told);
        }
    }
    Header {
        algorithm,
        certificates,
    }
}

fn critical(jws: &Jws) -> Result<String, String> {
    if jws.unprotected.get("crit").is_some() || jws.unprotected.get("b64").is_some() {
        return Err("crit and b64 must be protected".to_owned());
    }
    let says_b64 = jws.header.get("b64").is_some();
    let Some(critical) = jws.header.get("crit") else {
        return if says_b64 {
            Err("b64 is used and not named in crit".to_owned())
        } else {
            Ok("no extension has to be understood".to_owned())
        };
    };
    let names: Vec<&str> = critical.items().iter().filter_map(Json::as_text).collect();
    match names.iter().find(|name| **name != "b64") {
        Some(name) => Err(format!("{} has to be understood, and is not", short(name))),
        None if names.is_empty() => Err("crit names nothing".to_owned()),
        None if says_b64 => Ok("b64 is understood".to_owned()),
        None => Err("crit names b64, which is not there".to_owned()),
    }
}

fn algorithm(steps: &mut Steps, jws: &Jws) -> Option<Algorithm> {
    let Some(name) = jws.header.text_at(&["alg"]) else {
        let told = if jws.unprotected.get("alg").is_some() {
            "alg stands in the unprotected header, where anybody can change it"
        } else {
            "there is no alg"
        };
        steps.add(rule::ALGORITHM, Err(told.to_owned()));
        return None;
    };
    if let Ok(algorithm) = name.parse::<Algorithm>() {
        let told = match algorithm {
            Algorithm::Rs256 => "RS256".to_owned(),
            other => format!("{other}; RS256 is preferred"),
        };
        steps.add(rule::ALGORITHM, Ok(told));
        return Some(algorithm);
    }
    if ELSEWHERE.contains(&name) {
        steps.skip(rule::ALGORITHM, format!("{name} is not computed here"));
        return None;
    }
    let told = if name.eq_ignore_ascii_case("none") {
        "none: nothing is signed".to_owned()
    } else if name.starts_with("HS") {
        format!(
            "{}: a secret that both sides share; with the public key as the secret, anybody could have made it",
            short(name)
        )
    } else {
        format!("{} is no algorithm to sign with", short(name))
    };
    steps.add(rule::ALGORITHM, Err(told));
    None
}

fn key_type(jws: &Jws) -> Result<String, String> {
    match jws.parameter("kty").map(Json::as_text) {
        Some(Some(kty @ ("RS" | "RSA"))) => Ok(kty.to_owned()),
        Some(Some(kty)) => Err(format!("{}, where RS is expected", short(kty))),
        Some(None) => Err("it is no string, where RS is expected".to_owned()),
        None => Err("there is none, where RS is expected".to_owned()),
    }
}

fn commitments(steps: &mut Steps, jws: &Jws, signature: &Json) {
    let signed_at = jws.header.text_at(&["sigT"]);
    let read = signed_at.and_then(instant);
    steps.add(
        rule::SIGNING_TIME,
        match (signed_at, read) {
            (Some(text), Some(_)) => Ok(short(text)),
            (Some(text), None) => Err(format!("sigT {} is no date and time", short(text))),
            (None, _) => Err("there is no sigT".to_owned()),
        },
    );
    if let (Some(signed_at), Some(when)) = (read, signature.text_at(&["when"]).and_then(instant)) {
        // One of them may be written without fractions.
        let either_whole = signed_at.nanosecond() == 0 || when.nanosecond() == 0;
        let is_same = signed_at == when
            || either_whole && signed_at.unix_timestamp() == when.unix_timestamp();
        steps.add(
            rule::SIGNING_TIME_IS_WHEN,
            if is_same {
                Ok("the same point in time".to_owned())
            } else {
                Err("sigT and Signature.when are different points in time".to_owned())
            },
        );
    } else {
        let why = "sigT or Signature.when cannot be read";
        steps.add(rule::SIGNING_TIME_IS_WHEN, Err(why.to_owned()));
    }
    let entries = jws.header.get("srCms").map_or(&[][..], Json::items);
    let ids: Vec<Option<&str>> = entries
        .iter()
        .map(|entry| entry.text_at(&["commId", "id"]))
        .collect();
    let strange = ids
        .iter()
        .find(|id| !id.is_some_and(|id| id.starts_with(COMMITMENT)));
    steps.add(
        rule::COMMITMENTS,
        match strange {
            _ if ids.is_empty() => Err("there is no srCms with an entry".to_owned()),
            Some(id) => Err(format!(
                "commId.id {} does not begin with {COMMITMENT}",
                id.map_or_else(|| "is missing and".to_owned(), short)
            )),
            None => Ok(format!("{} commitment(s)", ids.len())),
        },
    );
    let codes: BTreeSet<&str> = ids
        .iter()
        .flatten()
        .map(|id| id.strip_prefix("urn:oid:").unwrap_or(id))
        .collect();
    steps.add(
        rule::VERIFICATION_COMMITMENT,
        if codes.contains(VERIFICATION) {
            Ok(format!("urn:oid:{VERIFICATION}"))
        } else {
            Err(format!("no commitment urn:oid:{VERIFICATION}"))
        },
    );
    let types: BTreeSet<&str> = signature
        .items_of("type")
        .iter()
        .filter_map(|coding| coding.text_at(&["code"]))
        .collect();
    steps.add(
        rule::COMMITMENTS_ARE_TYPES,
        if codes == types {
            Ok("the same codes".to_owned())
        } else {
            Err(short(&format!(
                "srCms has {codes:?}, Signature.type {types:?}"
            )))
        },
    );
}

/// The certificates that can be read, signer's first, and what is to be said of them.
fn certificates(jws: &Jws) -> (Vec<Certificate>, Result<String, String>) {
    let Some(chain) = jws.parameter("x5c") else {
        let told = ["x5u", "jku", "jwk", "kid"]
            .into_iter()
            .find(|name| jws.parameter(name).is_some());
        let told = told.map_or_else(
            || "there is no x5c".to_owned(),
            |name| format!("there is no x5c; {name} is no way to name a signer here"),
        );
        return (Vec::new(), Err(told));
    };
    let entries = chain.items();
    let mut found = Vec::new();
    let mut told = None;
    for (index, entry) in entries.iter().enumerate().take(MOST_CERTIFICATES) {
        match certificate(entry) {
            Ok((certificate, None)) => found.push(certificate),
            Ok((certificate, Some(odd))) => {
                told.get_or_insert(format!("certificate {}: {odd}", index + 1));
                found.push(certificate);
            }
            Err(problem) => {
                told.get_or_insert(format!("certificate {}: {problem}", index + 1));
                // Without the signer's, the others are worth nothing.
                if index == 0 {
                    break;
                }
            }
        }
    }
    if entries.is_empty() {
        told = Some("x5c holds no certificate".to_owned());
    } else if entries.len() > MOST_CERTIFICATES {
        told = Some(format!(
            "more than {MOST_CERTIFICATES} certificates; the rest is not read"
        ));
    }
    let subjects: Vec<String> = found.iter().map(Certificate::subject).collect();
    let told = told.map_or_else(|| Ok(subjects.join(" ← ")), Err);
    (found, told)
}

/// One certificate, and what is odd about it.
fn certificate(entry: &Json) -> Result<(Certificate, Option<&'static str>), String> {
    let text = entry.as_text().ok_or("it is no string")?;
    let (der, odd) = if let Ok(der) = STANDARD.decode(text) {
        (der, None)
    } else if let Some(der) = super::pem::first(text, "CERTIFICATE") {
        (der, Some("PEM, where base64 over DER is expected"))
    } else if let Ok(der) = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')) {
        (der, Some("base64url, where base64 is expected"))
    } else {
        return Err("it is no base64".to_owned());
    };
    let certificate = Certificate::from_der(&der).map_err(|error| error.to_string())?;
    Ok((certificate, odd))
}

/// Whether what else the header says about the key agrees with the certificate; none when it says nothing.
fn same_key(jws: &Jws, certificate: &Certificate) -> Option<Result<String, String>> {
    let mut said = Vec::new();
    if let Some(told) = jws.parameter("x5t#S256") {
        let own = URL_SAFE_NO_PAD.encode(Sha256::digest(certificate.der()));
        said.push(("x5t#S256", told.as_text() == Some(&own)));
    }
    if let Some(told) = jws.parameter("x5t") {
        let own = URL_SAFE_NO_PAD.encode(Sha1::digest(certificate.der()));
        said.push(("x5t", told.as_text() == Some(&own)));
    }
    if let Some(jwk) = jws.parameter("jwk") {
        said.push(("jwk", is_key(jwk, certificate)));
    }
    let wrong = said.iter().find(|(_, agrees)| !agrees);
    match wrong {
        _ if said.is_empty() => None,
        Some((name, _)) => Some(Err(format!(
            "{name} is of another key than the first certificate {}",
            hex(&Sha256::digest(certificate.der())[..8])
        ))),
        None => Some(Ok("the header names the same key".to_owned())),
    }
}

/// Whether a JWK is the certificate's key (RFC 7517).
fn is_key(jwk: &Json, certificate: &Certificate) -> bool {
    let member = |name: &str| {
        let text = jwk.text_at(&[name])?;
        URL_SAFE_NO_PAD.decode(text).ok()
    };
    let material = certificate.key().material();
    if let (Some(modulus), Some(exponent)) = (member("n"), member("e")) {
        return rsa::pkcs1::RsaPublicKey::from_der(material).is_ok_and(|key| {
            key.modulus.as_bytes() == modulus && key.public_exponent.as_bytes() == exponent
        });
    }
    match (member("x"), member("y")) {
        (Some(x), Some(y)) => material == [&[4][..], &x, &y].concat(),
        _ => false,
    }
}

//! The Signature element itself (profiles cdex-signature and cdex-digital-signature).

use super::edition::Edition;
use super::json::Json;
use super::jws::{Jws, Serialization};
use super::report::Steps;
use super::rule;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The code system of signature types, ASTM E1762-95(2013).
pub(super) const TYPES: &str = "urn:iso-astm:E1762-95:2013";
/// The type that every digital signature of CDex has: verification.
pub(super) const VERIFICATION: &str = "1.2.840.10065.1.12.1.5";
/// What the type is called.
pub(super) const VERIFICATION_DISPLAY: &str = "Verification Signature";
/// The canonical form, as `targetFormat` names it.
pub(super) const TARGET_FORMAT: &str =
    "application/fhir+json;canonicalization=http://hl7.org/fhir/canonicalization/json#document";
/// A JWS, as `sigFormat` names it.
pub(super) const SIG_FORMAT: &str = "application/jose";

/// Type, time, signer and formats.
pub(super) fn check(steps: &mut Steps, edition: Edition, signature: &Json) {
    steps.add(rule::TYPE, one_verification(signature));
    let when = signature.text_at(&["when"]);
    let read = when.and_then(instant);
    steps.add(
        rule::WHEN,
        match (when, read) {
            (Some(when), Some(_)) => Ok(when.to_owned()),
            (Some(when), None) => Err(format!("{} is no instant with a time zone", short(when))),
            (None, _) => Err("there is none".to_owned()),
        },
    );
    let who = signature.get("who").unwrap_or(&Json::Null);
    steps.add(rule::WHO, signer(edition, who));
    steps.add(rule::WHO_IDENTIFIER, identifier(edition, who));
    formats(steps, signature);
}

fn one_verification(signature: &Json) -> Result<String, String> {
    let codings = signature.items_of("type").iter().filter(|coding| {
        coding.text_at(&["system"]) == Some(TYPES)
            && coding.text_at(&["code"]) == Some(VERIFICATION)
    });
    match codings.count() {
        1 => Ok("one verification coding".to_owned()),
        count => Err(format!(
            "{count} codings {TYPES}|{VERIFICATION}, where one is expected"
        )),
    }
}

fn signer(edition: Edition, who: &Json) -> Result<String, String> {
    let reference = who.text_at(&["reference"]);
    if !edition.is_ballot() {
        let display = who.text_at(&["display"]);
        return match (reference, who.get("identifier"), display) {
            (Some(reference), ..) => Ok(format!("the reference {}", short(reference))),
            (None, Some(_), Some(_)) => Ok("identifier and display".to_owned()),
            _ => Err("neither a reference, nor an identifier with a display".to_owned()),
        };
    }
    let named = who.text_at(&["type"]);
    let referred = reference.and_then(|reference| reference.rsplit('/').nth(1));
    match named.or(referred) {
        Some(kind @ ("Practitioner" | "PractitionerRole" | "Organization")) => Ok(kind.to_owned()),
        Some(kind) => Err(format!(
            "{}, where Practitioner, PractitionerRole or Organization is expected",
            short(kind)
        )),
        None if who.members().is_empty() => Err("there is none".to_owned()),
        None => Ok("a logical reference that does not tell the type".to_owned()),
    }
}

fn identifier(edition: Edition, who: &Json) -> Result<String, String> {
    let Some(identifier) = who.get("identifier") else {
        return if edition.is_ballot() {
            Err("there is no identifier".to_owned())
        } else {
            Ok("there is none, so that no rule on it applies".to_owned())
        };
    };
    let value = identifier
        .text_at(&["value"])
        .filter(|value| !value.is_empty());
    let Some(value) = value else {
        return Err("the identifier has no value".to_owned());
    };
    if edition.is_ballot() {
        return Ok(short(value));
    }
    let codings = identifier
        .get("type")
        .map_or(&[][..], |kind| kind.items_of("coding"));
    let code = codings
        .iter()
        .filter_map(|coding| coding.text_at(&["code"]))
        .find(|code| matches!(*code, "NPI" | "TAX"));
    match code {
        Some(code) => Ok(format!("{code} {}", short(value))),
        None => Err("identifier.type is neither NPI nor TAX".to_owned()),
    }
}

fn formats(steps: &mut Steps, signature: &Json) {
    let expected = |member: &str, wanted: &str| match signature.text_at(&[member]) {
        Some(format) if format == wanted => Ok(short(format)),
        Some(format) => Err(format!("{}, where {wanted} is expected", short(format))),
        None => Err(format!("there is none, where {wanted} is expected")),
    };
    let target = signature.text_at(&["targetFormat"]).unwrap_or_default();
    if target.ends_with("json+xml#document") {
        let why = "a cross-format signature: the canonical narrative is not computed here";
        steps.skip(rule::TARGET_FORMAT, why);
    } else {
        steps.add(rule::TARGET_FORMAT, expected("targetFormat", TARGET_FORMAT));
    }
    steps.add(rule::SIG_FORMAT, expected("sigFormat", SIG_FORMAT));
}

/// Whether it is an image or text instead of a digital signature.
pub(super) fn is_electronic(signature: &Json) -> bool {
    let format = signature.text_at(&["sigFormat"]).unwrap_or_default();
    ["image/", "text/", "application/pdf"]
        .iter()
        .any(|prefix| format.starts_with(prefix))
}

/// The JWS in `Signature.data`; none when there is nothing to go on with.
pub(super) fn jws(steps: &mut Steps, signature: &Json) -> Option<Vec<Jws>> {
    let data = signature.text_at(&["data"]).filter(|data| !data.is_empty());
    let Some(data) = data else {
        steps.add(rule::DATA, Err("there is none".to_owned()));
        return None;
    };
    steps.add(rule::DATA, Ok(format!("{} characters", data.len())));
    let bare: String = data.split_ascii_whitespace().collect();
    let (text, told) = decoded(&bare);
    steps.add(rule::BASE64, told);
    let text = text?;
    match Jws::parse(&text) {
        Err(error) => {
            steps.add(rule::JWS, Err(error.to_string()));
            steps.about(text.as_bytes());
            None
        }
        Ok(found) => {
            let odd = found.iter().find_map(|jws| jws.oddity);
            steps.add(
                rule::JWS,
                match odd {
                    None => Ok(format!("{} signature(s)", found.len())),
                    Some(oddity) => Err(format!(
                        "the signature part is {oddity}, where base64url is expected"
                    )),
                },
            );
            steps.about(text.as_bytes());
            let carried = found.iter().find_map(|jws| jws.payload.as_deref());
            steps.add(
                rule::DETACHED,
                match carried {
                    None => Ok("it carries no payload".to_owned()),
                    Some(payload) => Err(format!(
                        "it carries a payload of {} characters, where none is expected",
                        payload.len()
                    )),
                },
            );
            steps.add(rule::SERIALIZATION, serialization(&found));
            Some(found)
        }
    }
}

/// The text in base64; also what stands there instead, to go on with.
fn decoded(data: &str) -> (Option<String>, Result<String, String>) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).ok();
    if let Some(text) = STANDARD.decode(data).ok().and_then(text) {
        return (Some(text), Ok("base64".to_owned()));
    }
    if Jws::parse(data).is_ok() {
        let told = "the JWS itself stands in data, where base64 over it is expected";
        return (Some(data.to_owned()), Err(told.to_owned()));
    }
    if let Some(text) = URL_SAFE_NO_PAD
        .decode(data.trim_end_matches('='))
        .ok()
        .and_then(text)
    {
        return (
            Some(text),
            Err("base64url, where base64 is expected".to_owned()),
        );
    }
    (None, Err("it is no base64 over text".to_owned()))
}

/// The compact form for one signature; for several, headers that differ in their certificates alone.
fn serialization(found: &[Jws]) -> Result<String, String> {
    match found {
        [one] if one.serialization == Serialization::Compact => Ok("compact".to_owned()),
        [_] => Err("JSON, where the compact form is expected for one signature".to_owned()),
        [first, rest @ ..] => {
            let others = |jws: &Jws| {
                let members = jws.header.members().iter().chain(jws.unprotected.members());
                let mut rest: Vec<String> = members
                    .filter(|(name, _)| name != "x5c")
                    .map(|(name, value)| format!("{name}{value:?}"))
                    .collect();
                rest.sort_unstable();
                rest
            };
            if rest.iter().all(|jws| others(jws) == others(first)) {
                Ok(format!("JSON, {} signatures", found.len()))
            } else {
                Err("the headers differ in more than x5c".to_owned())
            }
        }
        [] => Err("it holds no signature".to_owned()),
    }
}

/// A point in time, with a zone.
pub(super) fn instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

/// Text of a stranger, cut.
pub(super) fn short(text: &str) -> String {
    text.chars().take(120).collect()
}

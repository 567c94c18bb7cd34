//! What a signature that does not verify would verify with: the mistakes that signers make.
//!
//! Each way to build the signed bytes is a few choices; the guide's is the first of each. All ways that differ in
//! one choice are tried, then those that differ in two, and for small documents three. The first number of
//! differences that leads to something is told.

use super::algorithm::{Algorithm, Form};
use super::carrier::{Carrier, Removal, Signatures, Signed, stripped};
use super::certificate::Certificate;
use super::json::{Gaps, Json, Style};
use super::jws::Jws;
use super::reader::{Limits, read};
use super::report::{Bytes, hex};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;

/// Most bytes that are hashed in search of a near miss.
const MOST_BYTES: usize = 192 << 20;
/// Longest content for which three differences are tried.
const SMALL: usize = 16 << 10;

/// What would verify.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NearMiss {
    /// Each difference from what the guide says.
    pub verifies_if: Vec<&'static str>,
    /// Something that this case alone can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The requirements that are broken so.
    pub requirements: Vec<&'static str>,
    /// The payload that verifies.
    pub payload: Bytes,
}

/// A signature that does not verify.
pub(super) struct Case<'a> {
    pub(super) signed: &'a Signed<'a>,
    pub(super) jws: &'a Jws,
    pub(super) algorithm: Algorithm,
    pub(super) certificates: &'a [Certificate],
}

/// A choice: what is done, how it differs from the guide, and which requirement it breaks.
#[derive(Clone, Copy)]
struct Choice<T> {
    value: T,
    told: Option<&'static str>,
    breaks: Option<&'static str>,
}

const fn right<T>(value: T) -> Choice<T> {
    Choice {
        value,
        told: None,
        breaks: None,
    }
}

const fn wrong<T>(value: T, told: &'static str, breaks: &'static str) -> Choice<T> {
    Choice {
        value,
        told: Some(told),
        breaks: Some(breaks),
    }
}

/// How the payload is put into the signing input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payload {
    Guide,
    Encoded,
    AsItIs,
    Base64,
    Padded,
    Twice,
    Digest,
    HexDigest,
}

/// What surrounds the payload in the signing input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Input {
    Guide,
    PayloadAlone,
    PlainHeader,
}

/// Ways to build what is signed.
struct Ways<'a> {
    contents: Vec<Choice<(Content, Removal)>>,
    styles: Vec<Choice<Style>>,
    payloads: Vec<Choice<Payload>>,
    inputs: Vec<Choice<Input>>,
    forms: Vec<Choice<(Algorithm, Form)>>,
    keys: Vec<Choice<&'a Certificate>>,
}

/// What is signed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Content {
    Own,
    Resource,
}

/// What would verify, closest first; nothing when nothing known does.
pub(super) fn search(case: &Case<'_>) -> Vec<NearMiss> {
    let mut found: Vec<NearMiss> = carried(case).into_iter().collect();
    let ways = ways(case);
    let mut kitchen = Kitchen::new(case);
    let small = kitchen.length() <= SMALL;
    for differences in 1..=if small { 3 } else { 2 } {
        attempt(case, &ways, &mut kitchen, differences, &mut found);
        if !found.is_empty() {
            break;
        }
    }
    found
}

/// The JWS verifies over the payload it carries, which is not what is here.
fn carried(case: &Case<'_>) -> Option<NearMiss> {
    let text = case.jws.payload.as_deref()?;
    let leaf = case.certificates.first()?;
    let payload = URL_SAFE_NO_PAD.decode(text).ok()?;
    let input = format!("{}.{text}", case.jws.protected);
    let verifies = case
        .algorithm
        .verifies(leaf.key(), input.as_bytes(), &case.jws.signature);
    let here = stripped(case.signed, Removal::GUIDE);
    let note = match read(&payload, Limits::default()) {
        Ok(carried) => difference(&carried, &here, "$")
            .map(|place| format!("the payload it carries first differs at {place}")),
        Err(error) => Some(format!("the payload it carries is no JSON: {error}")),
    };
    verifies.then(|| NearMiss {
        verifies_if: vec!["the payload that the JWS carries is taken, not what is here"],
        note,
        requirements: vec!["CDEX-SIG-008"],
        payload: Bytes::of(&payload),
    })
}

/// Where two values first differ.
fn difference(one: &Json, other: &Json, place: &str) -> Option<String> {
    match (one, other) {
        (Json::Object(members), Json::Object(others)) => {
            for (name, value) in members {
                let place = format!("{place}.{name}");
                match other.get(name) {
                    None => return Some(place),
                    Some(other) => {
                        if let Some(found) = difference(value, other, &place) {
                            return Some(found);
                        }
                    }
                }
            }
            let added = others.iter().find(|(name, _)| one.get(name).is_none());
            added.map(|(name, _)| format!("{place}.{name}"))
        }
        (Json::Array(items), Json::Array(others)) => {
            let pairs = items.iter().zip(others).enumerate();
            for (index, (item, other)) in pairs {
                if let Some(found) = difference(item, other, &format!("{place}[{index}]")) {
                    return Some(found);
                }
            }
            let shorter = items.len().min(others.len());
            (items.len() != others.len()).then(|| format!("{place}[{shorter}]"))
        }
        _ => (one != other).then(|| place.to_owned()),
    }
}

fn ways<'a>(case: &Case<'a>) -> Ways<'a> {
    Ways {
        contents: contents(case.signed.carrier),
        styles: styles(),
        payloads: payloads(),
        inputs: vec![
            right(Input::Guide),
            wrong(
                Input::PayloadAlone,
                "the payload is signed alone, without the header",
                "CDEX-SIG-036",
            ),
            wrong(
                Input::PlainHeader,
                "the header is signed as JSON, not as base64url",
                "CDEX-SIG-036",
            ),
        ],
        forms: forms(case.algorithm),
        keys: case
            .certificates
            .iter()
            .enumerate()
            .map(|(index, certificate)| match index {
                0 => right(certificate),
                _ => wrong(
                    certificate,
                    "the key is that of a later certificate of x5c",
                    "CDEX-SIG-024",
                ),
            })
            .collect(),
    }
}

fn contents(carrier: Carrier) -> Vec<Choice<(Content, Removal)>> {
    let guide = Removal::GUIDE;
    let stripping = carrier.requirement();
    let signature = |signatures| Removal {
        signatures,
        ..guide
    };
    let own = |removal| (Content::Own, removal);
    let with_id = Removal { id: false, ..guide };
    let with_both = Removal {
        meta: false,
        ..with_id
    };
    let mut found = vec![
        right(own(guide)),
        wrong(own(with_id), "id is kept", stripping),
        wrong(
            own(signature(Signatures::WithoutData)),
            "the signature is kept without its data",
            "CDEX-SIG-011",
        ),
        wrong(
            own(signature(Signatures::EmptyData)),
            "the signature is kept with empty data",
            "CDEX-SIG-011",
        ),
        wrong(
            own(Removal {
                signatures: Signatures::WithoutData,
                ..with_both
            }),
            "only the signature's data is removed, id and meta are kept",
            stripping,
        ),
        wrong(
            own(Removal {
                text: true,
                ..guide
            }),
            "the narrative is removed, too",
            stripping,
        ),
    ];
    if carrier != Carrier::Item {
        let with_meta = Removal {
            meta: false,
            ..guide
        };
        found.push(wrong(own(with_meta), "meta is kept", stripping));
        found.push(wrong(own(with_both), "id and meta are kept", stripping));
    }
    if carrier != Carrier::Bundle {
        let extension = [
            (
                Signatures::EmptyArray,
                "the emptied array of extensions is kept",
            ),
            (
                Signatures::OwnRemoved,
                "the other signatures beside it are kept",
            ),
            (
                Signatures::AllBelowRemoved,
                "the signatures of the items below are removed, too",
            ),
        ];
        for (signatures, told) in extension {
            found.push(wrong(own(signature(signatures)), told, "CDEX-SIG-011"));
        }
    }
    if carrier == Carrier::Item {
        let told = "the whole QuestionnaireResponse is signed, not the item";
        let whole = signature(Signatures::AllBelowRemoved);
        found.push(wrong((Content::Resource, whole), told, stripping));
    }
    found
}

fn styles() -> Vec<Choice<Style>> {
    let canonical = "CDEX-SIG-012";
    let sorted = Style {
        sorted: true,
        ..Style::WRITTEN
    };
    let style = |style, told| wrong(style, told, canonical);
    vec![
        right(Style::CANONICAL),
        style(
            Style::WRITTEN,
            "the JSON stays as it was written, but for the blanks",
        ),
        style(
            sorted,
            "numbers keep the digits they were written with (1.00, not 1)",
        ),
        style(
            Style {
                ecmascript_numbers: true,
                ..Style::WRITTEN
            },
            "members stay in the order they were written in",
        ),
        style(
            Style::READABLE,
            "the JSON is indented by two blanks, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Lines(4),
                ..Style::WRITTEN
            },
            "the JSON is indented by four blanks, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ..Style::WRITTEN
            },
            "the JSON has a blank after commas and colons, as it was written",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ..sorted
            },
            "the JSON is sorted, with a blank after commas and colons",
        ),
        style(
            Style {
                gaps: Gaps::Blanks,
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, with blanks, and characters beyond ASCII are escaped",
        ),
        style(
            Style {
                ascii: true,
                ..sorted
            },
            "the JSON is sorted, and characters beyond ASCII are escaped",
        ),
    ]
}

fn payloads() -> Vec<Choice<Payload>> {
    let input = |payload, told| wrong(payload, told, "CDEX-SIG-036");
    vec![
        right(Payload::Guide),
        input(
            Payload::Encoded,
            "the payload is base64url although b64 is false",
        ),
        input(
            Payload::AsItIs,
            "the payload is signed as it is, not as base64url",
        ),
        input(
            Payload::Base64,
            "the payload is plain base64, not base64url",
        ),
        input(Payload::Padded, "the payload is base64url with padding"),
        input(Payload::Twice, "the payload is base64url twice over"),
        input(
            Payload::Digest,
            "the payload is the SHA-256 of the JSON, not the JSON",
        ),
        input(
            Payload::HexDigest,
            "the payload is the SHA-256 of the JSON in hexadecimal digits, not the JSON",
        ),
    ]
}

fn forms(algorithm: Algorithm) -> Vec<Choice<(Algorithm, Form)>> {
    let mut found = vec![right((algorithm, Form::Jose))];
    if algorithm.encoding().is_none() {
        let told = "the signature is ASN.1, not two numbers of fixed length (RFC 7518, 3.4)";
        found.push(wrong((algorithm, Form::Asn1), told, "CDEX-SIG-008"));
        return found;
    }
    let others = Algorithm::ALL
        .into_iter()
        .filter(|other| *other != algorithm && other.kind() == algorithm.kind());
    let told = |other| match other {
        Algorithm::Rs256 => "the algorithm is RS256, not the one that alg names",
        Algorithm::Rs384 => "the algorithm is RS384, not the one that alg names",
        Algorithm::Rs512 => "the algorithm is RS512, not the one that alg names",
        Algorithm::Ps256 => "the algorithm is PS256, not the one that alg names",
        Algorithm::Ps384 => "the algorithm is PS384, not the one that alg names",
        _ => "the algorithm is PS512, not the one that alg names",
    };
    found.extend(others.map(|other| wrong((other, Form::Jose), told(other), "CDEX-SIG-008")));
    found
}

/// Contents as bytes, each made once.
struct Kitchen<'a> {
    signed: &'a Signed<'a>,
    made: HashMap<(usize, usize), Option<Vec<u8>>>,
    /// How many bytes may still be hashed.
    left: usize,
}

impl<'a> Kitchen<'a> {
    fn new(case: &Case<'a>) -> Self {
        Self {
            signed: case.signed,
            made: HashMap::new(),
            left: MOST_BYTES,
        }
    }

    /// About how long the content is.
    fn length(&self) -> usize {
        let bytes = self.signed.resource.bytes(Style::WRITTEN);
        bytes.map_or(0, |bytes| bytes.len())
    }

    fn bytes(
        &mut self,
        place: (usize, usize),
        (content, removal): (Content, Removal),
        style: Style,
    ) -> Option<&[u8]> {
        let signed = self.signed;
        // Only the contents in hand are kept: a long document is not held in fifty forms.
        if self.made.len() > 128 {
            self.made.clear();
        }
        self.made
            .entry(place)
            .or_insert_with(|| {
                let content = match content {
                    Content::Own => stripped(signed, removal),
                    Content::Resource => {
                        let whole = Signed {
                            carrier: Carrier::Response,
                            content: signed.resource,
                            ..signed.clone()
                        };
                        stripped(&whole, removal)
                    }
                };
                content.bytes(style).ok()
            })
            .as_deref()
    }
}

/// Tries every way with so many differences.
fn attempt(
    case: &Case<'_>,
    ways: &Ways<'_>,
    kitchen: &mut Kitchen<'_>,
    differences: usize,
    found: &mut Vec<NearMiss>,
) {
    for (row, content) in ways.contents.iter().enumerate() {
        for (column, style) in ways.styles.iter().enumerate() {
            if usize::from(content.told.is_some()) + usize::from(style.told.is_some()) > differences
            {
                continue;
            }
            let Some(bytes) = kitchen.bytes((row, column), content.value, style.value) else {
                continue;
            };
            let bytes = bytes.to_vec();
            for payload in &ways.payloads {
                let told = [content.told, style.told, payload.told];
                let breaks = [content.breaks, style.breaks, payload.breaks];
                let so_far = told.iter().flatten().count();
                if so_far > differences {
                    continue;
                }
                let Some(part) = encoded(case.jws, payload.value, &bytes) else {
                    continue;
                };
                for (told_more, broken) in
                    matching(case, ways, &part, differences - so_far, &mut kitchen.left)
                {
                    found.push(NearMiss {
                        verifies_if: told.into_iter().chain(told_more).flatten().collect(),
                        note: None,
                        requirements: unique(breaks.into_iter().chain(broken).flatten()),
                        payload: Bytes::of(&bytes),
                    });
                    if found.len() >= 3 {
                        return;
                    }
                }
            }
        }
    }
}

type Told = [Option<&'static str>; 3];

/// The ways with so many differences around this payload that verify.
fn matching(
    case: &Case<'_>,
    ways: &Ways<'_>,
    part: &[u8],
    differences: usize,
    left: &mut usize,
) -> Vec<(Told, Told)> {
    let mut found = Vec::new();
    for input in &ways.inputs {
        for form in &ways.forms {
            for key in &ways.keys {
                let told = [input.told, form.told, key.told];
                if told.iter().flatten().count() != differences || *left < part.len() {
                    continue;
                }
                let (algorithm, shape) = form.value;
                // A key of another kind verifies nothing: no need to hash.
                if key.value.key().kind() != Some(algorithm.kind()) {
                    continue;
                }
                *left -= part.len();
                let message = message(case.jws, input.value, part);
                if algorithm.verifies_in(shape, key.value.key(), &message, &case.jws.signature) {
                    found.push((told, [input.breaks, form.breaks, key.breaks]));
                }
            }
        }
    }
    found
}

/// The payload as it goes into the signing input; none when this is another choice under a different name.
fn encoded(jws: &Jws, payload: Payload, bytes: &[u8]) -> Option<Vec<u8>> {
    let text = |text: String| Some(text.into_bytes());
    match payload {
        Payload::Guide if jws.is_unencoded() => Some(bytes.to_vec()),
        Payload::Encoded if !jws.is_unencoded() => None,
        Payload::AsItIs if jws.is_unencoded() => None,
        Payload::Guide | Payload::Encoded => text(URL_SAFE_NO_PAD.encode(bytes)),
        Payload::AsItIs => Some(bytes.to_vec()),
        Payload::Base64 => text(STANDARD.encode(bytes)),
        // Without padding it is the same.
        Payload::Padded if bytes.len() % 3 == 0 => None,
        Payload::Padded => text(URL_SAFE.encode(bytes)),
        Payload::Twice => text(URL_SAFE_NO_PAD.encode(URL_SAFE_NO_PAD.encode(bytes))),
        Payload::Digest => text(URL_SAFE_NO_PAD.encode(Sha256::digest(bytes))),
        Payload::HexDigest => text(URL_SAFE_NO_PAD.encode(hex(&Sha256::digest(bytes)))),
    }
}

fn message(jws: &Jws, input: Input, part: &[u8]) -> Vec<u8> {
    let header = match input {
        Input::PayloadAlone => return part.to_vec(),
        Input::Guide => jws.protected.clone().into_bytes(),
        Input::PlainHeader => URL_SAFE_NO_PAD.decode(&jws.protected).unwrap_or_default(),
    };
    [&header, &b"."[..], part].concat()
}

fn unique(ids: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = ids.collect();
    found.sort_unstable();
    found.dedup();
    found
}

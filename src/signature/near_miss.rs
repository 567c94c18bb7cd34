//! What a signature that does not verify would verify with: the mistakes that signers make.
//!
//! Each way to build the signed bytes is a few choices; the guide's is the first of each. All ways that differ in
//! one choice are tried, then those that differ in two, and for small documents three. The first number of
//! differences that leads to something is told.

use super::algorithm::Algorithm;
use super::carrier::{Carrier, Removal, Signed, stripped};
use super::certificate::Certificate;
use super::json::{Json, Style};
use super::jws::Jws;
use super::reader::{Limits, read};
use super::report::{Bytes, hex};
use super::way::{Content, Input, Payload, Ways};
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

/// What would verify, closest first; nothing when nothing known does.
pub(super) fn search(case: &Case<'_>) -> Vec<NearMiss> {
    let mut found: Vec<NearMiss> = carried(case).into_iter().collect();
    let ways = Ways::new(case.signed.carrier, case.algorithm, case.certificates);
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
                    let payload = Bytes::of(&bytes);
                    // The same under another name: nothing is there that only one of them removes.
                    if found.iter().any(|one| one.payload == payload) {
                        continue;
                    }
                    found.push(NearMiss {
                        verifies_if: told.into_iter().chain(told_more).flatten().collect(),
                        note: None,
                        requirements: unique(breaks.into_iter().chain(broken).flatten()),
                        payload,
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
        Payload::Padded if bytes.len().is_multiple_of(3) => None,
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

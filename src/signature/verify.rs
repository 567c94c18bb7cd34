//! Verifies the signatures of a document (CDex Signatures, Receiver/Validation Steps).

use super::carrier::{Removal, Signed, find, stripped};
use super::certified;
use super::chain::Trust;
use super::edition::Edition;
use super::element;
use super::header;
use super::json::Json;
use super::jws::Jws;
use super::near_miss::{self, Case};
use super::reader::{Limits, Unreadable, read};
use super::report::{Examined, Report, Steps};
use super::rule;

/// Most signatures of a document that are looked at.
const MOST_SIGNATURES: usize = 32;

/// Verifies every signature of a document, by the rules of a version.
///
/// # Errors
/// When the document is no JSON that has one meaning, or too much of it.
pub fn verify(document: &[u8], edition: Edition, trust: &Trust) -> Result<Report, Unreadable> {
    let document = read(document, Limits::default())?;
    Ok(verify_json(&document, edition, trust))
}

/// Verifies every signature of a document that has been read.
#[must_use]
pub fn verify_json(document: &Json, edition: Edition, trust: &Trust) -> Report {
    let signatures = find(document, MOST_SIGNATURES)
        .iter()
        .flat_map(|signed| examine(signed, edition, trust))
        .collect();
    Report {
        edition,
        resource: element::short(document.text_at(&["resourceType"]).unwrap_or("JSON")),
        signatures,
    }
}

/// One element: as many signatures as its JWS holds.
fn examine(signed: &Signed<'_>, edition: Edition, trust: &Trust) -> Vec<Examined> {
    let is_strict = !trust.anchors.is_empty();
    let mut steps = Steps::new(edition, is_strict);
    if element::is_electronic(signed.signature) {
        let why = "an electronic signature: there is nothing to compute";
        steps.skip(rule::ELECTRONIC, why);
        return vec![examined(signed, None, steps)];
    }
    element::check(&mut steps, edition, signed.signature);
    let Some(found) = element::jws(&mut steps, signed.signature) else {
        return vec![examined(signed, None, steps)];
    };
    let taken = steps.taken;
    found
        .iter()
        .map(|jws| {
            let mut steps = Steps::new(edition, is_strict);
            steps.taken.clone_from(&taken);
            one(signed, jws, edition, trust, steps)
        })
        .collect()
}

/// One signature.
fn one(
    signed: &Signed<'_>,
    jws: &Jws,
    edition: Edition,
    trust: &Trust,
    mut steps: Steps,
) -> Examined {
    let header = header::check(&mut steps, edition, jws, signed.signature);
    certified::check(
        &mut steps,
        edition,
        &header.certificates,
        jws,
        signed.signature,
        trust,
    );
    let content = stripped(signed, Removal::GUIDE);
    removed(&mut steps, signed);
    let payload = match content.canonical() {
        Ok(payload) => payload,
        Err(error) => {
            steps.add(rule::CANONICAL, Err(error.to_string()));
            return examined(signed, header.certificates.first(), steps);
        }
    };
    steps.add(rule::CANONICAL, Ok(format!("{} bytes", payload.len())));
    steps.about(&payload);
    let input = jws.signing_input(&payload);
    steps.add(
        rule::SIGNING_INPUT,
        if jws.is_unencoded() {
            Err(
                "b64 is false: the payload is signed as it is, where base64url is expected"
                    .to_owned(),
            )
        } else {
            Ok("header as it stands, a dot, canonical JSON as base64url".to_owned())
        },
    );
    steps.about(&input);
    let leaf = header.certificates.first();
    let (Some(algorithm), Some(leaf)) = (header.algorithm, leaf) else {
        let why = "without an algorithm and a certificate nothing can be computed";
        steps.skip(rule::SIGNATURE, why);
        return examined(signed, leaf, steps);
    };
    let fits = certified::fits(&mut steps, algorithm, leaf);
    let holds = fits && algorithm.verifies(leaf.key(), &input, &jws.signature);
    steps.add(
        rule::SIGNATURE,
        if holds {
            Ok(format!("{algorithm}, by {}", leaf.subject()))
        } else {
            Err(format!(
                "it is not {algorithm} over these bytes by {}",
                leaf.subject()
            ))
        },
    );
    steps.about(&jws.signature);
    steps.also(signed.carrier.requirement());
    let mut examined = examined(signed, Some(leaf), steps);
    if !holds {
        examined.near_misses = near_miss::search(&Case {
            signed,
            jws,
            algorithm,
            certificates: &header.certificates,
        });
    }
    examined
}

/// What was taken off, and that it was there.
fn removed(steps: &mut Steps, signed: &Signed<'_>) {
    let there: Vec<&str> = ["id", "meta"]
        .into_iter()
        .filter(|name| signed.content.get(name).is_some())
        .collect();
    let there = if there.is_empty() {
        "neither id nor meta was there".to_owned()
    } else {
        format!("there were: {}", there.join(", "))
    };
    steps.add(
        rule::REMOVED,
        Ok(format!("{}; {there}", signed.carrier.removed())),
    );
    steps.also(signed.carrier.requirement());
}

fn examined(
    signed: &Signed<'_>,
    certificate: Option<&super::certificate::Certificate>,
    steps: Steps,
) -> Examined {
    Examined {
        place: signed.place.clone(),
        certificate: certificate.map(super::certificate::Certificate::subject),
        steps: steps.taken,
        near_misses: Vec::new(),
    }
}

//! The signer's certificate: whose it is, what it is for, when it is valid, and who vouches for it.

use super::algorithm::Algorithm;
use super::certificate::Certificate;
use super::chain::{Chain, Trust, follow};
use super::edition::Edition;
use super::element::{instant, short};
use super::json::Json;
use super::jws::Jws;
use super::name::AlternativeName;
use super::report::Steps;
use super::rule;

/// Everything that can be said of the certificates, the signer's first.
pub(super) fn check(
    steps: &mut Steps,
    edition: Edition,
    certificates: &[Certificate],
    jws: &Jws,
    signature: &Json,
    trust: &Trust,
) {
    let Some(leaf) = certificates.first() else {
        return;
    };
    names(steps, edition, leaf, signature);
    steps.add_trust(
        rule::USAGE,
        match (leaf.has_digital_signature(), leaf.may_sign()) {
            (true, _) => Ok("digitalSignature".to_owned()),
            (_, Some(true)) => Err("nonRepudiation alone, without digitalSignature".to_owned()),
            (_, Some(false)) => Err("its key is not for signatures".to_owned()),
            (_, None) => Err("it does not say what its key is for".to_owned()),
        },
    );
    let signed_at = jws.header.text_at(&["sigT"]).and_then(instant);
    let signed_at = signed_at.or_else(|| signature.text_at(&["when"]).and_then(instant));
    let [from, until] = leaf.validity();
    let valid = |at: time::OffsetDateTime| {
        let told = format!("valid from {} until {}", from.date(), until.date());
        if leaf.is_valid_at(at) {
            Ok(told)
        } else {
            Err(format!(
                "{told}, not on {}",
                at.to_offset(time::UtcOffset::UTC).date()
            ))
        }
    };
    match signed_at {
        Some(at) => steps.add_trust(rule::VALID_WHEN_SIGNED, valid(at)),
        None => steps.skip(rule::VALID_WHEN_SIGNED, "nobody says when it was signed"),
    }
    steps.add_trust(rule::VALID_NOW, valid(trust.at));
    match follow(certificates, trust) {
        Chain::Trusted(subjects) => steps.add_trust(rule::CHAIN, Ok(subjects.join(" ← "))),
        Chain::Untrusted(reason) => steps.add_trust(rule::CHAIN, Err(reason)),
        Chain::Unknown(reason) => {
            steps.skip(rule::CHAIN, format!("nobody to trust was named; {reason}"));
        }
    }
}

/// Whether the key is of the kind the algorithm needs: the header never decides how a key is used.
pub(super) fn fits(steps: &mut Steps, algorithm: Algorithm, leaf: &Certificate) -> bool {
    let key = leaf.key();
    steps.add(
        rule::KEY,
        if key.kind() == Some(algorithm.kind()) {
            Ok(format!("{key}, from the first certificate"))
        } else {
            Err(format!(
                "{algorithm} needs a key of kind {}, and the first certificate's is {key}",
                algorithm.kind()
            ))
        },
    )
}

fn names(steps: &mut Steps, edition: Edition, leaf: &Certificate, signature: &Json) {
    let who = signature.get("who").unwrap_or(&Json::Null);
    let system = who.text_at(&["identifier", "system"]);
    let value = who.text_at(&["identifier", "value"]);
    let (names, told) = match leaf.alternative_names() {
        Ok(Some(names)) => {
            let told = short(&shown(&names));
            (names, Ok(told))
        }
        Ok(None) => (Vec::new(), Err("it has no alternative name".to_owned())),
        Err(error) => (Vec::new(), Err(error.to_string())),
    };
    steps.add(rule::ALTERNATIVE_NAME, told);
    let found = value.and_then(|value| names.iter().find(|name| name.stands_for(system, value)));
    let signer = format!(
        "{}|{}",
        system.unwrap_or_default(),
        value.unwrap_or_default()
    );
    if edition.is_ballot() {
        steps.add(
            rule::NAME_IS_SIGNER,
            match (found, value) {
                (Some(name), _) => Ok(name.to_string()),
                (None, None) => Err("Signature.who has no identifier to compare with".to_owned()),
                (None, Some(_)) => Err(format!(
                    "none of its alternative names ({}) is {}",
                    short(&shown(&names)),
                    short(&signer)
                )),
            },
        );
        return;
    }
    let display = who.text_at(&["display"]).filter(|text| !text.is_empty());
    let subject = leaf.subject();
    let is_subject = [display, value]
        .into_iter()
        .flatten()
        .any(|text| subject.contains(text));
    steps.add(
        rule::NAME_FITS_SIGNER,
        match found {
            Some(name) => Ok(name.to_string()),
            None if is_subject => Ok(subject),
            None => Err(format!(
                "{subject} does not name the signer {}",
                short(&signer)
            )),
        },
    );
}

fn shown(names: &[AlternativeName]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}

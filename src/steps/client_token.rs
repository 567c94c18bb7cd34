//! How a client under test gets tokens, and shows them (SMART App Launch: Backend Services).

use super::client_retrieval::{brought, reads_records};
use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::given;
use super::{Mismatch, World};
use crate::mock::Heard;
use crate::oauth::{ASSERTION_TYPE, Jwt, LONGEST_LIFE};
use http::header::AUTHORIZATION;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

super::book::steps! {
    /// Turns to the token requests.
    r"^the (?:new payer|provider|member's app) asks for a token$" => asks;
    /// Each has the form of Backend Services: grant, scope, and an assertion that is signed and of the right claims.
    r"^it proves who it is by what it has signed$" => proves;
    /// Turns to the token requests that say who acts (`hl7-b2b`); skips without any.
    r"^the provider says who acts when it asks for a token$" => says_who;
    /// Who acts (`subject_id`) is told by a National Provider Identifier, or, for several, by a Group.
    r"^it is told by the number of a provider(, or by a group)?$" => by_number;
    /// After each match that was granted, a token is asked for whose subject is the member.
    r"^it asks for a token of its own for the member$" => for_member;
    /// Each of the requests carries a token that was given out before.
    r"^it shows each time a token that it was given$" => shows;
}

/// What a token request says; none for any other request.
fn form(heard: &Heard) -> Option<BTreeMap<String, String>> {
    let kind = heard.request.headers.get("content-type")?.to_str().ok()?;
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    if !is_form || heard.request.path.ends_with("/_search") {
        return None;
    }
    let pairs = url::form_urlencoded::parse(&heard.request.body);
    let form: BTreeMap<String, String> = pairs.into_owned().collect();
    form.contains_key("grant_type").then_some(form)
}

async fn asks(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("ask for a token", |heard| form(heard).is_some())
}

fn assertion(form: &BTreeMap<String, String>) -> Option<Jwt> {
    Jwt::parse(form.get("client_assertion")?).ok()
}

async fn proves(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let form = form(heard).unwrap_or_default();
        let says = |name: &str| form.get(name).map_or("", String::as_str);
        let wrong = |expected: &str, actual: &str| {
            let actual = if actual.is_empty() { "nothing" } else { actual };
            Err(Mismatch::new(expected, actual).at("form"))
        };
        if says("grant_type") != "client_credentials" {
            return wrong("grant_type=client_credentials", says("grant_type"));
        }
        if says("scope").is_empty() {
            return wrong("a scope", "");
        }
        if says("client_assertion_type") != ASSERTION_TYPE {
            return wrong(ASSERTION_TYPE, says("client_assertion_type"));
        }
        let Some(jwt) = assertion(&form) else {
            return wrong("client_assertion, a signed JWT", "none that can be read");
        };
        let endpoint = format!("{}{}", heard.request.base, heard.request.path);
        let life = jwt
            .seconds("exp")
            .zip(jwt.seconds("iat"))
            .map(|(end, start)| end - start);
        let is_algorithm = ["RS384", "ES384"].contains(
            &jwt.header
                .get("alg")
                .and_then(|one| one.as_str())
                .unwrap_or_default(),
        );
        let checks = [
            ("the algorithm RS384 or ES384", is_algorithm),
            ("the key's name in kid", jwt.key_id().is_some()),
            ("the client in iss", jwt.text("iss").is_some()),
            (
                "the client, or the member, in sub",
                jwt.text("sub").is_some(),
            ),
            ("the token endpoint in aud", jwt.is_for(&endpoint)),
            ("a jti", jwt.text("jti").is_some()),
            ("an exp", jwt.seconds("exp").is_some()),
            (
                "exp at most five minutes after iat",
                life.is_none_or(|life| life <= LONGEST_LIFE),
            ),
        ];
        match checks.iter().find(|(_, holds)| !holds) {
            None => Ok(()),
            Some((what, _)) => wrong(what, "it is not so"),
        }
    })
}

/// Who acts, as an assertion says.
fn acting(heard: &Heard) -> Option<Value> {
    let jwt = assertion(&form(heard)?)?;
    let extensions = jwt.claims.get("extensions")?;
    extensions.get("hl7-b2b").cloned()
}

async fn says_who(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("say who acts (hl7-b2b) when it asks for a token", |heard| {
        acting(heard).is_some()
    })
}

async fn by_number(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let may_be_group = !arguments.word(1).is_empty();
    let all = world.conversation()?.heard();
    let is_group = |text: &str| {
        let id = text.rsplit('/').next().unwrap_or(text);
        let start = format!("/Group/{id}/");
        may_be_group && all.iter().any(|one| one.request.path.starts_with(&start))
    };
    world.judge_heard(|heard| {
        let acting = acting(heard).unwrap_or_default();
        let subject = acting["subject_id"].as_str().unwrap_or_default();
        // A number may be written as a URI.
        let number = subject
            .rsplit(['#', '|', ':', '/'])
            .next()
            .unwrap_or(subject);
        if is_npi(number) || (!subject.is_empty() && is_group(subject)) {
            return Ok(());
        }
        let actual = if subject.is_empty() {
            "nothing"
        } else {
            subject
        };
        Err(Mismatch::new("a National Provider Identifier in subject_id", actual).at("hl7-b2b"))
    })
}

/// Whether a text is a National Provider Identifier: ten digits, of which the last checks the others together with the
/// prefix 80840 (ISO/IEC 7812, Luhn).
fn is_npi(text: &str) -> bool {
    let digits: Option<Vec<u32>> = text.chars().map(|letter| letter.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 10) else {
        return false;
    };
    // The prefix always adds 24.
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(position, digit)| match position % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    (sum + 24).is_multiple_of(10)
}

/// Ids of patients in the answers to searches that name one of the words: how FHIR ids are learnt from identifiers.
fn found_by(all: &[Arc<Heard>], words: &[String]) -> BTreeSet<String> {
    let asks = |one: &&Arc<Heard>| {
        let query = one.request.query.as_deref().unwrap_or_default();
        one.request.path == "/Patient" && words.iter().any(|word| query.contains(word.as_str()))
    };
    let bundles = all.iter().filter(asks).map(|one| given(one));
    let mut found = BTreeSet::new();
    for bundle in bundles {
        let entries = bundle["entry"].as_array().into_iter().flatten();
        let ids = entries.filter_map(|entry| entry["resource"]["id"].as_str());
        found.extend(ids.map(str::to_owned));
    }
    found
}

async fn for_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    if !all.iter().any(|one| form(one).is_some()) {
        return Err(Halt::Skip("nobody is asked for a token here".to_owned()));
    }
    let mut broken = Vec::new();
    for heard in world.heard() {
        let mut words = brought(&heard);
        let has_reference = words.len() > 1;
        words.extend(found_by(&all, &words));
        let subject = |form: &BTreeMap<String, String>| {
            let asserted = assertion(form).and_then(|jwt| jwt.text("sub").map(str::to_owned));
            let named = ["patient", "subject"]
                .iter()
                .filter_map(|name| form.get(*name).cloned());
            named.chain(asserted).collect::<Vec<_>>()
        };
        let is_about = |text: &String| {
            let text = text.strip_prefix("Patient/").unwrap_or(text);
            words
                .iter()
                .any(|word| text == word || text.ends_with(&format!("|{word}")))
        };
        let is_for = |one: &&Arc<Heard>| {
            let form = form(one).filter(|_| one.number > heard.number);
            let is_another = |form: &BTreeMap<String, String>| {
                let jwt = assertion(form);
                // The id of the Patient may have been found in other ways than by the identifier.
                !has_reference && jwt.is_some_and(|jwt| jwt.text("sub") != jwt.text("iss"))
            };
            form.is_some_and(|form| subject(&form).iter().any(is_about) || is_another(&form))
        };
        if !all.iter().any(|one| is_for(&one)) {
            let mismatch = Mismatch::new(
                "a later token request whose subject (sub) is the member of this match",
                "there was none",
            );
            broken.push((heard, mismatch));
        }
    }
    world.judge_unless_broken_off(broken)
}

async fn shows(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut issued: Vec<(usize, String)> = Vec::new();
    for one in all.iter().filter(|one| form(one).is_some()) {
        let token = given(one)["access_token"].as_str().map(str::to_owned);
        issued.extend(token.map(|token| (one.number, token)));
    }
    if issued.is_empty() {
        return Err(Halt::Skip(
            "no token was given out: let the client ask for one".to_owned(),
        ));
    }
    world.judge_heard(|heard| {
        let shown = heard.request.headers.get(AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok());
        let bearer = shown.and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token)
        });
        let is_known = |token: &str| {
            issued
                .iter()
                .any(|(number, known)| *number < heard.number && known == token)
        };
        match bearer {
            Some(token) if is_known(token) || !reads_records(heard) => Ok(()),
            Some(_) => Err(Mismatch::new("a token that was given out", "another one")
                .at("header Authorization")),
            None => {
                Err(Mismatch::new("Authorization: Bearer", "no token").at("header Authorization"))
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::is_npi;

    #[test]
    fn numbers_of_providers_check_themselves() {
        assert!(is_npi("1234567893"));
        for wrong in ["1234567890", "123456789", "12345678931", "123456789x", ""] {
            assert!(!is_npi(wrong), "{wrong}");
        }
    }
}

//! How a client under test gets tokens, and shows them (SMART App Launch: Backend Services).

use super::client_retrieval::{brought, reads_records};
use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::given;
use super::{Mismatch, World};
use crate::mock::Heard;
use crate::oauth::{ASSERTION_TYPE, Jwt, LONGEST_LIFE};
use http::header::AUTHORIZATION;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

super::book::steps! {
    /// Turns to the token requests.
    r"^the (?:new payer|provider|member's app) asks for a token$" => asks;
    /// Each has the form of Backend Services: grant, scope, and an assertion that is signed and of the right claims.
    r"^it proves who it is by what it has signed$" => proves;
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
    world.judge_cited(broken)
}

async fn shows(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut issued: Vec<(usize, String)> = Vec::new();
    for one in all.iter().filter(|one| form(one).is_some()) {
        let token = given(one)["access_token"].as_str().map(str::to_owned);
        issued.extend(token.map(|token| (one.number, token)));
    }
    if issued.is_empty() {
        return Err(Halt::Skip("no token was given out".to_owned()));
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

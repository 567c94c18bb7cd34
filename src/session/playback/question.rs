//! A request as it can be found again in evidence.

use crate::evidence::{Exchange, Run};
use crate::http::Asked;
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// Parameters that are another with each request, or that evidence never holds while a replay does.
const VOLATILE: [&str; 10] = [
    "assertion",
    "client_assertion",
    "client_secret",
    "code_challenge",
    "code_verifier",
    "nonce",
    "password",
    "secret",
    "software_statement",
    "state",
];

/// What the server sends back as it was sent.
const ECHOED: [&str; 2] = ["nonce", "state"];

/// What a request asks for, without what is another each time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) method: String,
    /// The URL; its volatile parameters are left out.
    pub(super) url: String,
    /// What a form holds, volatile parameters left out; the hash of any other body; empty for none.
    pub(super) body: String,
    pub(super) credential: Credential,
}

/// By what right something is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Credential {
    /// Nothing is shown.
    None,
    /// What the evidence calls it.
    Known(String),
    /// Something that never was in the evidence: the replay has it from somewhere else.
    Unknown,
}

/// How much alike two questions are, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same address.
    Address,
    /// The same address and body, by another right.
    Matter,
    /// The same address by the same right, with another body.
    Right,
    /// The same address and body, by what may be the same right.
    Likely,
    /// The same.
    Whole,
}

impl Question {
    pub(super) fn recorded(exchange: &Exchange, run: &Run) -> Self {
        let request = &exchange.request;
        let header = |name: &str| {
            let mut headers = request.headers.iter();
            headers.find(|(known, _)| known == name)
        };
        let is_form = header("content-type").is_some_and(|(_, value)| is_form(value));
        let stored = request.body.as_ref();
        let text = || run.bodies.get(&stored?.hash)?.text.as_deref();
        let body = match (stored, is_form.then(text).flatten()) {
            (_, Some(text)) => lasting(text),
            (Some(body), None) => body.hash.clone(),
            (None, None) => String::new(),
        };
        Self {
            method: request.method.clone(),
            url: address(&request.url),
            body,
            credential: match header("authorization") {
                None => Credential::None,
                Some((_, value)) => Credential::Known(value.clone()),
            },
        }
    }

    pub(super) fn asked(asked: &Asked<'_>) -> Self {
        let form = asked.content_type.filter(|kind| is_form(kind));
        let text = form.and_then(|_| std::str::from_utf8(asked.body).ok());
        Self {
            method: asked.method.to_owned(),
            url: address(asked.url),
            body: match (text, asked.body) {
                (_, []) => String::new(),
                (Some(text), _) => lasting(text),
                (None, body) => {
                    let digest = Sha256::digest(body);
                    digest.iter().map(|byte| format!("{byte:02x}")).collect()
                }
            },
            credential: match asked.authorization {
                None => Credential::None,
                Some(value) if value.contains("[secret:") => Credential::Known(value.to_owned()),
                Some(_) => Credential::Unknown,
            },
        }
    }

    /// How much a recorded question is like this one, if they ask for the same address.
    pub(super) fn likeness(&self, recorded: &Self) -> Option<Likeness> {
        if (&self.method, &self.url) != (&recorded.method, &recorded.url) {
            return None;
        }
        let body = self.body == recorded.body;
        let right = self.credential == recorded.credential;
        let may_be_right = matches!(
            (&self.credential, &recorded.credential),
            (Credential::Unknown, Credential::Known(_))
        );
        Some(match (body, right) {
            (true, true) => Likeness::Whole,
            (true, false) if may_be_right => Likeness::Likely,
            (false, true) => Likeness::Right,
            (true, false) => Likeness::Matter,
            (false, false) => Likeness::Address,
        })
    }
}

/// What was sent at random and comes back in the answer: as it was recorded, and as it is in the replay.
pub(super) fn echoes(recorded: &str, asked: &str) -> Vec<(String, String)> {
    let pairs = |text: &str| -> Vec<(String, String)> {
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes())
            .filter(|(name, _)| ECHOED.contains(&&**name))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    };
    let now = pairs(asked);
    let then = pairs(recorded).into_iter().filter_map(|(name, then)| {
        let (_, now) = now.iter().find(|(known, _)| *known == name)?;
        // What is short may be a part of anything.
        (then.len() >= 8 && then != *now).then(|| (then, now.clone()))
    });
    then.flat_map(|(then, now)| {
        let encoded = |text: &str| -> String {
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
        };
        [(encoded(&then), encoded(&now)), (then, now)]
    })
    .collect()
}

fn is_form(content_type: &str) -> bool {
    content_type.contains("x-www-form-urlencoded")
}

fn address(url: &str) -> String {
    match url.split_once('?') {
        Some((place, query)) if is_touched(query) => format!("{place}?{}", lasting(query)),
        _ => url.to_owned(),
    }
}

/// Whether a query holds anything that a replay may write in another way.
fn is_touched(query: &str) -> bool {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.any(|(name, value)| is_volatile(&name) || value.contains("[secret:"))
}

/// The pairs of a form that are the same each time, in plain.
fn lasting(form: &str) -> String {
    let pairs: Vec<String> = url::form_urlencoded::parse(form.as_bytes())
        .filter(|(name, _)| !is_volatile(name))
        .map(|(name, value): (Cow<'_, str>, Cow<'_, str>)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

fn is_volatile(name: &str) -> bool {
    VOLATILE.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::{Likeness, Question, echoes};
    use crate::http::Asked;

    const PLACE: &str = "https://payer.example/token";

    fn asked(url: &str, right: Option<&str>, body: &str) -> Question {
        Question::asked(&Asked {
            method: "POST",
            url,
            authorization: right,
            content_type: Some("application/x-www-form-urlencoded"),
            body: body.as_bytes(),
        })
    }

    #[test]
    fn what_is_another_each_time_is_left_out() {
        let one = "grant_type=x&client_assertion=abc&code=%5Bsecret%3A0a1b2c3d%5D";
        let another = "grant_type=x&client_assertion=def&code=[secret:0a1b2c3d]";
        let one = asked(&format!("{PLACE}?state=1&aud=a"), None, one);
        let another = asked(&format!("{PLACE}?state=2&aud=a"), None, another);
        assert_eq!(one.likeness(&another), Some(Likeness::Whole));
        let other_code = asked(
            &format!("{PLACE}?state=2&aud=a"),
            None,
            "grant_type=x&code=y",
        );
        assert_eq!(one.likeness(&other_code), Some(Likeness::Right));
        assert_eq!(one.likeness(&asked(PLACE, None, "")), None);
    }

    #[test]
    fn one_token_is_not_another() {
        let [one, another] = ["[secret:00000001]", "[secret:00000002]"]
            .map(|token| asked(PLACE, Some(&format!("Bearer {token}")), ""));
        assert_eq!(one.likeness(&one), Some(Likeness::Whole));
        assert_eq!(one.likeness(&another), Some(Likeness::Matter));
        let nobody = asked(PLACE, None, "");
        assert_eq!(one.likeness(&nobody), Some(Likeness::Matter));
        // What the evidence never held may be any of those it names, and is more than nothing.
        let unknown = asked(PLACE, Some("Bearer whatever"), "");
        assert_eq!(unknown.likeness(&one), Some(Likeness::Likely));
        assert!(unknown.likeness(&nobody) < unknown.likeness(&one));
    }

    #[test]
    fn what_comes_back_is_known_in_both_spellings() {
        let then = "https://payer.example/authorize?state=abc%26defgh&client_id=longenough";
        let now = "https://payer.example/authorize?state=123%264567&client_id=anotherone";
        let pairs = echoes(then, now);
        assert!(pairs.contains(&("abc%26defgh".into(), "123%264567".into())));
        assert!(pairs.contains(&("abc&defgh".into(), "123&4567".into())));
        assert_eq!(pairs.len(), 2);
        assert_eq!(echoes(then, then), []);
    }
}

//! When a fault applies: conditions on the request, and on the answer a conformant payer would give.

use super::{Request, Response};
use crate::fhir::{id, outcome, search};
use http::header::AUTHORIZATION;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// When a fault applies. Conditions that are not given always hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applies {
    /// IG versions (`2.0.0`) in which the fault exists; empty for all.
    #[serde(default)]
    pub versions: Vec<String>,
    /// HTTP method.
    pub method: Option<String>,
    /// Paths below the base, of which one must match; one may be written without a list. Empty for all.
    /// `{type}` stands for a resource type, `{id}` for an id, `*` at the end for the rest.
    #[serde(default, deserialize_with = "one_or_many")]
    pub path: Vec<String>,
    /// Name of a parameter that must be in the query or form body.
    pub query: Option<String>,
    /// Words in the body of the request, exactly as written.
    pub body: Option<String>,
    /// Whether it is about who may do what: a run tries it at the stand-ins for that and at no others, and all other
    /// faults everywhere else.
    #[serde(default)]
    pub guarded: bool,
    /// Whether it shows only where nobody asks for tokens: behind an authorization server others are refused before
    /// they come by it. A proof of protected stand-ins does not try it, and says so.
    #[serde(default)]
    pub unguarded: bool,
    /// Whether the request brings a token, or does not.
    pub authorized: Option<bool>,
    /// Status of the conformant answer.
    pub status: Option<u16>,
    /// Issue code in the OperationOutcome of the conformant answer.
    pub outcome: Option<String>,
    /// Words in the OperationOutcome of the conformant answer, whatever the case.
    pub text: Option<String>,
}

impl Applies {
    /// Whether the fault exists in that IG version.
    #[must_use]
    pub fn in_version(&self, version: &str) -> bool {
        self.versions.is_empty() || self.versions.iter().any(|one| one == version)
    }

    /// Whether a request of that method and address (path below the base, with its query) can meet the
    /// fault. What a body holds is not looked at.
    #[must_use]
    pub fn reaches(&self, method: &str, address: &str) -> bool {
        let address = address.split('#').next().unwrap_or_default();
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        // `$` is the one character of our paths that clients like to encode.
        let path = path.replace("%24", "$");
        let asks = |name: &String| {
            method != "GET" || search::parse(query).iter().any(|one| one.name == *name)
        };
        self.method.as_deref().is_none_or(|wanted| wanted == method)
            && (self.path.is_empty() || self.path.iter().any(|one| path_matches(one, &path)))
            && self.query.as_ref().is_none_or(asks)
    }

    /// Whether the conditions on the request hold.
    #[must_use]
    pub fn fits(&self, request: &Request) -> bool {
        self.to_request(request)
    }

    /// Whether the conditions on the request hold.
    pub(super) fn to_request(&self, request: &Request) -> bool {
        let asks = |name: &String| {
            let query = request.query.as_deref().unwrap_or_default();
            let form = if request.path.ends_with("/_search") {
                &request.body[..]
            } else {
                &[]
            };
            search::parse(query)
                .into_iter()
                .chain(search::parse(&String::from_utf8_lossy(form)))
                .any(|parameter| parameter.name == *name)
        };
        let address = match &request.query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.clone(),
        };
        let says = |words: &String| {
            let mut windows = request.body.windows(words.len().max(1));
            windows.any(|window| window == words.as_bytes())
        };
        self.reaches(request.method.as_str(), &address)
            && self.query.as_ref().is_none_or(asks)
            && self.body.as_ref().is_none_or(says)
            && self
                .authorized
                .is_none_or(|brings| brings == request.headers.contains_key(AUTHORIZATION))
    }

    /// Whether the conditions on the answer hold.
    pub(super) fn to_response(&self, response: &Response) -> bool {
        if self.status.is_some_and(|status| status != response.status) {
            return false;
        }
        if self.outcome.is_none() && self.text.is_none() {
            return true;
        }
        let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let has_code = |code: &str| outcome::codes(&body).any(|found| found == code);
        let has_text = |text: &str| {
            outcome::text(&body)
                .to_lowercase()
                .contains(&text.to_lowercase())
        };
        outcome::is_outcome(&body)
            && self.outcome.as_deref().is_none_or(has_code)
            && self.text.as_deref().is_none_or(has_text)
    }

    /// Whether anything depends on what is asked beyond method and path.
    pub(super) fn looks_at_content(&self) -> bool {
        self.query.is_some() || self.body.is_some()
    }

    /// Whether anything depends on the answer.
    pub(super) fn looks_at_response(&self) -> bool {
        self.status.is_some() || self.outcome.is_some() || self.text.is_some()
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(from)? {
        OneOrMany::One(path) => vec![path],
        OneOrMany::Many(paths) => paths,
    })
}

fn path_matches(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        if wanted == "*" {
            return true;
        }
        let Some(part) = parts.next() else {
            return false;
        };
        let is_match = match wanted {
            "{type}" => part.starts_with(|first: char| first.is_ascii_uppercase()),
            "{id}" => id::is_valid(part),
            _ => wanted == part,
        };
        if !is_match {
            return false;
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{Applies, Response, path_matches};

    #[test]
    fn paths_match_their_patterns() {
        assert!(path_matches("/Patient/{id}", "/Patient/a-1"));
        assert!(!path_matches("/Patient/{id}", "/Patient/$member-match"));
        assert!(!path_matches("/Patient/{id}", "/Patient"));
        assert!(path_matches("/{type}", "/Observation"));
        assert!(!path_matches("/{type}", "/metadata"));
        assert!(path_matches("/{type}/*", "/Group/1/$davinci-data-export"));
    }

    #[test]
    fn recorded_requests_find_their_fault() {
        let applies = Applies {
            method: Some("POST".into()),
            path: vec!["/Patient/$member-match".into()],
            ..Applies::default()
        };
        assert!(applies.reaches("POST", "/Patient/%24member-match?x=y"));
        assert!(!applies.reaches("GET", "/Patient/$member-match"));
    }

    #[test]
    fn answers_are_told_apart_by_their_outcome() {
        let applies = Applies {
            status: Some(422),
            outcome: Some("not-found".into()),
            text: Some("MEMBER".into()),
            ..Applies::default()
        };
        assert!(applies.to_response(&Response::refusal(422, "not-found", "no member")));
        assert!(!applies.to_response(&Response::refusal(422, "not-found", "else")));
        assert!(!applies.to_response(&Response::refusal(404, "not-found", "no member")));
        assert!(!applies.to_response(&Response::empty(422)));
    }
}

//! Manners: what servers may legally do, and clients must cope with.

use crate::data::Data;
use crate::mock::response::FHIR_JSON;
use crate::mock::{Applies, Change, Error, Request, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use serde::Deserialize;

/// One way a stand-in behaves on stage, a file in `mocks/<stand-in>/manners`. It is no fault: a server may do so.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manner {
    /// The file's stem.
    #[serde(skip)]
    pub name: String,
    /// What the stand-in does, in one sentence.
    pub about: String,
    /// Roles of the clients it shows it to.
    pub roles: Vec<String>,
    /// Which requests meet it.
    #[serde(default)]
    pub applies: Applies,
    /// How many of them go by before it begins.
    #[serde(default)]
    pub after: usize,
    /// How many of them then meet it; all without it.
    #[serde(default)]
    pub times: Option<usize>,
    /// They are not answered by the stand-in at all, but told to come again.
    #[serde(default)]
    pub busy: Option<Busy>,
    /// They are not answered by the stand-in at all: the token they show is good no more from now on. Only those meet it
    /// that show a token which the client can have anew by itself.
    #[serde(default)]
    pub token_expires: bool,
    /// The manifest that answers them tells of more files than there are.
    #[serde(default)]
    pub extra_files: bool,
    /// How the answer is changed.
    #[serde(default)]
    pub change: Vec<Change>,
}

/// How a server says that it has no time now.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Busy {
    /// HTTP status: 429 or 503.
    pub status: u16,
    /// Seconds after which to come again.
    pub retry_after: u32,
}

impl Busy {
    /// The answer.
    pub(super) fn answer(&self) -> Response {
        let words = match self.status {
            429 => ("throttled", "too many requests at a time, come again later"),
            _ => ("transient", "out of order for a moment, come again later"),
        };
        let seconds = self.retry_after.to_string();
        Response::refusal(self.status, words.0, words.1).with(RETRY_AFTER, &seconds)
    }
}

impl Manner {
    /// The manners of a stand-in (`payer`, `provider`) towards clients of a role, by name.
    ///
    /// # Errors
    /// When a file cannot be read, or holds something a manner cannot be.
    pub fn load(data: &Data, stand_in: &str, role: &str) -> Result<Vec<Self>, Error> {
        let folder = format!("mocks/{stand_in}/manners/");
        let mut manners = Vec::new();
        for path in data.list(&folder)? {
            let stem = path.strip_prefix(&folder);
            let Some(stem) = stem.and_then(|name| name.strip_suffix(".toml")) else {
                continue;
            };
            let manner = Self::parse(&path, stem, &data.text(&path)?)?;
            if manner.roles.iter().any(|one| one == role) {
                manners.push(manner);
            }
        }
        Ok(manners)
    }

    fn parse(path: &str, stem: &str, text: &str) -> Result<Self, Error> {
        let mut manner: Self = toml::from_str(text).map_err(|error| Error::file(path, error))?;
        stem.clone_into(&mut manner.name);
        let problem = match (&manner.busy, manner.change.iter().find_map(Change::problem)) {
            (_, Some(problem)) => Some(problem),
            (Some(busy), _) if !matches!(busy.status, 429 | 503) => Some(format!(
                "{} does not mean busy: use 429 or 503",
                busy.status
            )),
            (None, _)
                if manner.change.is_empty() && !manner.token_expires && !manner.extra_files =>
            {
                Some("it does nothing".to_owned())
            }
            _ if manner.change.iter().any(Change::is_deviation) => {
                Some("a manner changes answers, and not how they are computed".to_owned())
            }
            _ => None,
        };
        match problem {
            Some(problem) => Err(Error::file(path, problem)),
            None => Ok(manner),
        }
    }

    /// Whether a request meets it, when so many before it have.
    pub(super) fn meets(&self, request: &Request, before: usize) -> bool {
        let has_begun = before >= self.after;
        let is_left = self
            .times
            .is_none_or(|times| before < self.after.saturating_add(times));
        has_begun && is_left && self.applies.to_request(request)
    }

    /// Changes an answer.
    pub(super) fn alter(&self, request: &Request, response: &mut Response) {
        if self.applies.to_response(response) {
            for change in &self.change {
                change.alter(request, response);
            }
            if !response.headers.contains_key(CONTENT_TYPE) && !response.body.is_empty() {
                *response =
                    std::mem::replace(response, Response::empty(200)).with(CONTENT_TYPE, FHIR_JSON);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Manner;

    fn parse(text: &str) -> Result<Manner, String> {
        Manner::parse("mocks/payer/manners/x.toml", "x", text).map_err(|error| error.to_string())
    }

    #[test]
    fn manners_are_read_and_what_is_none_is_refused() {
        let manner = parse("about='a'\nroles=['payer-client']\nbusy={status=429,retry-after=2}");
        let busy = manner.unwrap().busy.unwrap().answer();
        assert_eq!(
            (busy.status, &busy.headers["retry-after"]),
            (429, &"2".parse().unwrap())
        );
        for does in ["token-expires=true", "extra-files=true"] {
            assert!(parse(&format!("about='a'\nroles=['r']\n{does}")).is_ok());
        }
        for (text, said) in [
            ("about='a'\nroles=['r']", "does nothing"),
            (
                "about='a'\nroles=['r']\nbusy={status=500,retry-after=1}",
                "429 or 503",
            ),
            (
                "about='a'\nroles=['r']\nchange=[{skip-rule='one-match'}]",
                "computed",
            ),
            (
                "about='a'\nroles=['r']\nchange=[{status=99}]",
                "not a final",
            ),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.contains(said), "{problem}");
        }
    }
}

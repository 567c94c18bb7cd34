//! What flags and environment variables say.

use super::{Error, value};
use crate::evidence::Secret;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// What flags or environment variables say; they win over the file. What is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--target`, `VITRUVIAN_TARGET_URL`.
    pub target_url: Option<Url>,
    /// `VITRUVIAN_TARGET_TOKEN`, the token itself. No flag: command lines are visible to others.
    pub target_token: Option<Secret>,
    /// `--ca-file`, `VITRUVIAN_CA_FILE`.
    pub ca_file: Option<PathBuf>,
    /// `--insecure`. No variable: whoever gives up security is to say so where it shows.
    pub insecure: bool,
    /// `--request-timeout`, `VITRUVIAN_REQUEST_TIMEOUT`.
    pub request_timeout: Option<Duration>,
    /// `--run-timeout`, `VITRUVIAN_RUN_TIMEOUT`.
    pub run_timeout: Option<Duration>,
    /// `--max-wait`, `VITRUVIAN_MAX_WAIT`.
    pub max_wait: Option<Duration>,
    /// `--body-limit`, `VITRUVIAN_BODY_LIMIT`.
    pub body_limit: Option<usize>,
    /// `--jobs`, `VITRUVIAN_JOBS`.
    pub jobs: Option<usize>,
    /// `--retry`, `VITRUVIAN_RETRY`.
    pub retry: Option<u32>,
    /// `--redact-phi`, `VITRUVIAN_REDACT_PHI`.
    pub redact_phi: Option<bool>,
}

impl Overrides {
    /// Sets one value by the name it has in the environment without `VITRUVIAN_`, or as a flag
    /// without `--`. Empty values count as absent. Returns false for names that are not ours.
    ///
    /// # Errors
    /// When the value cannot be. `shown` is what the message calls it.
    pub fn set(&mut self, name: &str, text: &str, shown: &str) -> Result<bool, Error> {
        if text.trim().is_empty() {
            return Ok(false);
        }
        let name = name.to_ascii_lowercase().replace('-', "_");
        self.assign(&name, text.trim())
            .map_err(|reason| Error::Override {
                name: shown.to_owned(),
                reason,
            })
    }

    fn assign(&mut self, name: &str, text: &str) -> Result<bool, String> {
        match name {
            "target" | "target_url" => self.target_url = Some(value::url(text)?),
            "target_token" => self.target_token = Some(Secret::new(text)),
            "ca_file" => self.ca_file = Some(PathBuf::from(text)),
            "request_timeout" => self.request_timeout = Some(value::duration(text)?),
            "max_wait" => self.max_wait = Some(value::duration(text)?),
            "run_timeout" => self.run_timeout = Some(value::duration(text)?),
            "body_limit" => self.body_limit = Some(value::size(text)?),
            "jobs" => self.jobs = Some(value::jobs(number(text)?)?),
            "retry" => self.retry = Some(value::retry(number(text)?)?),
            "redact_phi" => self.redact_phi = Some(truth(text)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What environment variables say: pass all of them, those not ours are ignored.
    ///
    /// # Errors
    /// When one of ours has a value that cannot be.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut overrides = Self::default();
        for (name, text) in variables {
            if let Some(key) = name.strip_prefix("VITRUVIAN_") {
                overrides.set(key, &text, &name)?;
            }
        }
        Ok(overrides)
    }

    /// These overrides, and `weaker` where they say nothing.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        Self {
            target_url: self.target_url.or(weaker.target_url),
            target_token: self.target_token.or(weaker.target_token),
            ca_file: self.ca_file.or(weaker.ca_file),
            insecure: self.insecure || weaker.insecure,
            request_timeout: self.request_timeout.or(weaker.request_timeout),
            max_wait: self.max_wait.or(weaker.max_wait),
            run_timeout: self.run_timeout.or(weaker.run_timeout),
            body_limit: self.body_limit.or(weaker.body_limit),
            jobs: self.jobs.or(weaker.jobs),
            retry: self.retry.or(weaker.retry),
            redact_phi: self.redact_phi.or(weaker.redact_phi),
        }
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a whole number; write it like \"8\""))
}

fn truth(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" | "yes" => Ok(true),
        "false" | "0" | "no" => Ok(false),
        _ => Err(format!(
            "{text:?} is neither yes nor no; write \"true\" or \"false\""
        )),
    }
}

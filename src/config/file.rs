//! `vitruvian.toml` as a whole.

use super::member::{self, Member};
use super::value::de;
use super::{
    Attachments, AuthClient, Credential, Error, Limits, Overrides, Provider, Requester, Target,
    parse,
};
use crate::evidence::Excuse;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// Everything a run can be configured with. The default is a run against the built-in target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The system under test; without one the built-in stand-ins are tested.
    pub target: Option<Target>,
    /// Who we are to it.
    pub requester: Requester,
    /// The provider we play where a provider asks.
    pub provider: Option<Provider>,
    /// How long, how large, how many.
    pub limits: Limits,
    /// What is kept out of the evidence.
    pub privacy: Privacy,
    /// Test members, names distinct.
    pub members: Vec<Member>,
    /// What documentation can be submitted for, and where.
    pub attachments: Attachments,
    /// Known failures and until when they are excused.
    pub excuses: Vec<Excuse>,
}

/// `[privacy]`: what is kept out of the evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Privacy {
    /// Whether personal data is replaced by pseudonyms, if somebody has said so. Credentials always are.
    pub redact_phi: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    target: Option<Target>,
    #[serde(default)]
    requester: Requester,
    provider: Option<Provider>,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    privacy: Privacy,
    #[serde(default)]
    member: Vec<Spanned<Member>>,
    #[serde(default)]
    attachments: Attachments,
    #[serde(default)]
    excuse: Vec<ExcuseEntry>,
}

/// `[[excuse]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExcuseEntry {
    #[serde(deserialize_with = "de::filled")]
    requirement: String,
    #[serde(deserialize_with = "de::filled")]
    reason: String,
    #[serde(deserialize_with = "de::date")]
    expires: String,
}

impl From<ExcuseEntry> for Excuse {
    fn from(entry: ExcuseEntry) -> Self {
        Self {
            requirement: entry.requirement,
            reason: entry.reason,
            expires: entry.expires,
        }
    }
}

impl Config {
    /// Reads a configuration file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// When it is missing, unreadable, or says something that cannot be.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&parse::read(path)?, path)
    }

    /// Reads the text of a configuration; `path` is what messages call it and where relative paths
    /// start.
    ///
    /// # Errors
    /// When it says something that cannot be.
    pub fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let shown = path.display().to_string();
        let mut file: File = parse::parse(text, &shown)?;
        let folder = path.parent().unwrap_or(Path::new(""));
        if let Some(target) = &mut file.target {
            target.ca_file = target.ca_file.take().map(|path| folder.join(path));
            target.tls.relative_to(folder);
            target.signers = target.signers.take().map(|path| folder.join(path));
            if let Some(token) = &mut target.token {
                token.relative_to(folder);
            }
            if let Some(auth) = &mut target.auth {
                auth.relative_to(folder);
            }
        }
        Ok(Self {
            target: file.target,
            requester: file.requester,
            provider: file.provider,
            limits: file.limits,
            privacy: file.privacy,
            members: member::distinct(file.member, text, &shown)?,
            attachments: file.attachments,
            excuses: file.excuse.into_iter().map(Excuse::from).collect(),
        })
    }

    /// Whether personal data is replaced by pseudonyms: unless somebody has said otherwise, wherever a target may hold
    /// any. The members of the built-in stand-ins are made up.
    #[must_use]
    pub fn redacts_phi(&self) -> bool {
        let may_be_personal = self.target.is_some();
        self.privacy.redact_phi.unwrap_or(may_be_personal)
    }

    /// This configuration with what flags and environment say instead.
    ///
    /// Credentials and certificates of the file belong to the target of the file: when another origin is tested, they
    /// are not sent there. A token of the environment stands in for those of the client of the run.
    ///
    /// # Errors
    /// When something about a target is given and there is no target.
    pub fn overridden(mut self, overrides: Overrides) -> Result<Self, Error> {
        let limits = &mut self.limits;
        limits.request_timeout = overrides.request_timeout.unwrap_or(limits.request_timeout);
        limits.max_wait = overrides.max_wait.unwrap_or(limits.max_wait);
        limits.run_timeout = overrides.run_timeout.unwrap_or(limits.run_timeout);
        limits.body_limit = overrides.body_limit.unwrap_or(limits.body_limit);
        limits.jobs = overrides.jobs.unwrap_or(limits.jobs);
        limits.retry = overrides.retry.unwrap_or(limits.retry);
        self.privacy.redact_phi = overrides.redact_phi.or(self.privacy.redact_phi);
        match (overrides.target_url, &mut self.target) {
            (Some(url), Some(target)) => {
                if target.url.origin() != url.origin() {
                    target.token = None;
                    target.token_origins.clear();
                    target.auth = None;
                    target.tls = super::Tls::default();
                }
                target.url = url;
            }
            (Some(url), none) => *none = Some(Target::new(url)),
            (None, _) => {}
        }
        match &mut self.target {
            Some(target) => {
                if let Some(token) = overrides.target_token {
                    target.token = Some(Credential::Given(token));
                    if let Some(auth) = &mut target.auth {
                        auth.method = None;
                        auth.client = AuthClient::default();
                    }
                }
                if let Some(path) = overrides.ca_file {
                    target.ca_file = Some(path);
                }
                target.tls.insecure |= overrides.insecure;
            }
            None if overrides.target_token.is_some() => {
                return Err(Error::Override {
                    name: "VITRUVIAN_TARGET_TOKEN".to_owned(),
                    reason: "there is a token and no target to send it to; set --target or VITRUVIAN_TARGET_URL".to_owned(),
                });
            }
            None if overrides.insecure => {
                return Err(Error::Override {
                    name: "--insecure".to_owned(),
                    reason: "there is no target whose certificate would be verified; leave it out"
                        .to_owned(),
                });
            }
            None => {}
        }
        Ok(self)
    }
}

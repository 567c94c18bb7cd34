//! Test members: people the system under test knows, or must not know.

use super::value::de;
use super::{Error, parse};
use crate::evidence::Redactor;
use serde::Deserialize;
use std::collections::HashSet;
use std::path::Path;
use toml::Spanned;

/// `[[member]]`: one test member and how the system under test is expected to treat them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// How reports call this member: a nickname that identifies nobody.
    #[serde(deserialize_with = "de::filled")]
    pub name: String,
    /// What the system under test is expected to do with them.
    pub expect: Expectation,
    /// Logical id at the system under test, when known.
    #[serde(default)]
    pub patient_id: Option<String>,
    /// Logical id of the Group in which an earlier bulk match put them: for members whose consent was
    /// withdrawn since.
    #[serde(default)]
    pub group_id: Option<String>,
    /// Family name.
    #[serde(default)]
    pub family: Option<String>,
    /// Given names.
    #[serde(default)]
    pub given: Vec<String>,
    /// `YYYY-MM-DD`.
    #[serde(default, deserialize_with = "de::maybe_date")]
    pub birth_date: Option<String>,
    /// Administrative gender.
    #[serde(default)]
    pub gender: Option<Gender>,
    /// Business identifiers.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// What is known of their coverage.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// Records (`Condition/123`) that are sensitive: given out only under a consent that covers them.
    #[serde(default)]
    pub sensitive_records: Vec<String>,
    /// Records (`Condition/123`) that came from somebody else, an earlier payer or a provider, together
    /// with Provenance.
    #[serde(default)]
    pub received_records: Vec<String>,
    /// The record (`Encounter/123`) of the oldest service since 2016 that is held.
    #[serde(default)]
    pub oldest_record: Option<String>,
}

/// How a member is expected to be treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expectation {
    /// Found, exactly one.
    Match,
    /// Not found.
    NoMatch,
    /// More than one found.
    Ambiguous,
    /// Found, and the consent sent along is not accepted.
    ConsentRefused,
    /// Found, and has data that needs a broader consent.
    Sensitive,
    /// Found, and their consent was withdrawn.
    Revoked,
    /// Found, and has opted out of sharing with providers.
    OptedOut,
    /// Found, and not treated by the provider of `[provider]`.
    Untreated,
    /// Found, and a patient of that provider, whose choice about sharing with providers the tests may change.
    Choosing,
    /// Found, and nothing is known of them but who they are.
    NoData,
    /// Nothing in particular.
    Other,
}

impl Expectation {
    /// The word as written in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "no-match",
            Self::Ambiguous => "ambiguous",
            Self::ConsentRefused => "consent-refused",
            Self::Sensitive => "sensitive",
            Self::Revoked => "revoked",
            Self::OptedOut => "opted-out",
            Self::Untreated => "untreated",
            Self::Choosing => "choosing",
            Self::NoData => "no-data",
            Self::Other => "other",
        }
    }
}

/// Codes of FHIR's administrative-gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gender {
    /// Male.
    Male,
    /// Female.
    Female,
    /// Other.
    Other,
    /// Unknown.
    Unknown,
}

impl Gender {
    /// The FHIR code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
            Self::Unknown => "unknown",
        }
    }
}

/// A business identifier.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Naming system, a URI.
    pub system: String,
    /// The identifier.
    #[serde(deserialize_with = "de::filled")]
    pub value: String,
    /// Code of its type, for example `MB`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

/// A member's coverage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// `Coverage.subscriberId`.
    #[serde(default)]
    pub subscriber_id: Option<String>,
    /// The member's identifier with the payer.
    #[serde(default)]
    pub member_id: Option<MemberId>,
    /// Name of the payer.
    #[serde(default)]
    pub payor: Option<String>,
}

/// A member's identifier with a payer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberId {
    /// Naming system, a URI.
    pub system: String,
    /// The identifier.
    #[serde(deserialize_with = "de::filled")]
    pub value: String,
}

impl Member {
    /// The member's identifier on the card, if there is one.
    #[must_use]
    pub fn card(&self) -> Option<&MemberId> {
        self.coverage.as_ref()?.member_id.as_ref()
    }

    /// Tells the redactor of everything by which this member can be recognised.
    pub fn teach(&self, redactor: &Redactor) {
        let coverage = self.coverage.as_ref();
        let single = [
            self.patient_id.as_deref(),
            self.family.as_deref(),
            self.birth_date.as_deref(),
            coverage.and_then(|coverage| coverage.subscriber_id.as_deref()),
            coverage
                .and_then(|coverage| coverage.member_id.as_ref())
                .map(|id| id.value.as_str()),
        ];
        single
            .into_iter()
            .flatten()
            .chain(self.given.iter().map(String::as_str))
            .chain(
                self.identifiers
                    .iter()
                    .map(|identifier| identifier.value.as_str()),
            )
            .for_each(|value| redactor.person(value));
    }
}

/// A file that holds nothing but members: scenario data of the built-in target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members(pub Vec<Member>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    member: Vec<Spanned<Member>>,
}

impl Members {
    /// Reads a file of members.
    ///
    /// # Errors
    /// When it is missing, unreadable or not a list of members.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&parse::read(path)?, &path.display().to_string())
    }

    /// Reads the text of a file of members; `path` is what messages call it.
    ///
    /// # Errors
    /// When it is not a list of members, or two have the same name.
    pub fn parse(text: &str, path: &str) -> Result<Self, Error> {
        let file: File = parse::parse(text, path)?;
        distinct(file.member, text, path).map(Self)
    }
}

/// The members, when no two have the same name.
pub(super) fn distinct(
    members: Vec<Spanned<Member>>,
    text: &str,
    path: &str,
) -> Result<Vec<Member>, Error> {
    let mut names = HashSet::new();
    for member in &members {
        let name = &member.as_ref().name;
        if !names.insert(name) {
            let message = format!("there is a member {name:?} already; give this one another name");
            return Err(parse::refuse(text, path, member.span().start, message));
        }
    }
    Ok(members.into_iter().map(Spanned::into_inner).collect())
}

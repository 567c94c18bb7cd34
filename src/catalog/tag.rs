//! The vocabulary of tags.

use super::requirement::is_id;
use super::{Role, Version, suggestion};

/// A tag as understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// `@req:PDEX-MMC-012`: what the scenario tests.
    Requirement(String),
    /// `@role:payer-server`: for suites of this role only.
    Role(Role),
    /// `@since:2.1.0`: first version in which it is active.
    Since(Version),
    /// `@until:2.1.0`: last version in which it is active.
    Until(Version),
    /// `@writes`: creates or changes data on the target.
    Writes,
    /// `@slow`: takes long.
    Slow,
    /// `@closing`: judges what the whole run has seen, after all others.
    Closing,
    /// `@listening`: hears the client out, before all others.
    Listening,
    /// `@guarded`: about who may do what; a stand-in of ours that is tested by it has its guard up.
    Guarded,
    /// `@signing`: about a provider that signs all it gives; a stand-in of ours that is tested by it does.
    Signing,
    /// `@needs:bulk-export`: a capability the target must have.
    Needs(String),
}

/// Why a tag is refused; the text is the help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TagError {
    /// Not in the vocabulary.
    Unknown(String),
    /// In the vocabulary, with a value that cannot be.
    Malformed(String),
    /// A role that does not exist.
    Role(String),
}

const VOCABULARY: [&str; 11] = [
    "req:",
    "role:",
    "since:",
    "until:",
    "writes",
    "slow",
    "closing",
    "listening",
    "guarded",
    "signing",
    "needs:",
];

impl Tag {
    /// Understands a tag, given without its `@`.
    pub(super) fn parse(text: &str) -> Result<Self, TagError> {
        let (name, value) = match text.split_once(':') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let version = |value: &str| {
            value
                .parse::<Version>()
                .map_err(|error| TagError::Malformed(error.to_string()))
        };
        match (name, value) {
            ("writes", None) => Ok(Self::Writes),
            ("slow", None) => Ok(Self::Slow),
            ("closing", None) => Ok(Self::Closing),
            ("listening", None) => Ok(Self::Listening),
            ("guarded", None) => Ok(Self::Guarded),
            ("signing", None) => Ok(Self::Signing),
            ("since", Some(value)) => version(value).map(Self::Since),
            ("until", Some(value)) => version(value).map(Self::Until),
            ("req", Some(value)) if is_id(value) => Ok(Self::Requirement(value.to_owned())),
            ("req", Some(_)) => Err(TagError::Malformed(
                "write one id, for example @req:PDEX-MMC-012".to_owned(),
            )),
            ("needs", Some(value)) if is_capability(value) => Ok(Self::Needs(value.to_owned())),
            ("needs", Some(_)) => Err(TagError::Malformed(
                "write the capability in small letters, for example @needs:bulk-export".to_owned(),
            )),
            ("role", Some(value)) => value
                .parse()
                .map(Self::Role)
                .map_err(|error: super::UnknownRole| TagError::Role(error.hint)),
            _ => Err(TagError::Unknown(unknown(name))),
        }
    }
}

fn is_capability(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn unknown(name: &str) -> String {
    let names = VOCABULARY.map(|word| word.trim_end_matches(':'));
    match suggestion::nearest(name, names) {
        Some(near) => {
            let full = VOCABULARY.into_iter().find(|word| word.starts_with(near));
            format!("did you mean @{}?", full.unwrap_or(near))
        }
        None => format!(
            "use one of {}",
            VOCABULARY.map(|word| format!("@{word}")).join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vocabulary_is_understood() {
        let requirement = Tag::Requirement("PDEX-MMC-012".to_owned());
        assert_eq!(Tag::parse("req:PDEX-MMC-012"), Ok(requirement));
        assert_eq!(
            Tag::parse("role:payer-server"),
            Ok(Tag::Role(Role::PayerServer))
        );
        assert_eq!(Tag::parse("writes"), Ok(Tag::Writes));
        assert_eq!(Tag::parse("slow"), Ok(Tag::Slow));
        assert_eq!(Tag::parse("closing"), Ok(Tag::Closing));
        assert_eq!(Tag::parse("listening"), Ok(Tag::Listening));
        assert_eq!(Tag::parse("guarded"), Ok(Tag::Guarded));
        assert_eq!(Tag::parse("signing"), Ok(Tag::Signing));
        assert_eq!(Tag::parse("needs:bulk"), Ok(Tag::Needs("bulk".to_owned())));
        assert!(matches!(Tag::parse("since:2.1.0"), Ok(Tag::Since(_))));
        assert!(matches!(Tag::parse("until:2.1.0"), Ok(Tag::Until(_))));
    }

    #[test]
    fn everything_else_is_refused_with_what_to_write() {
        assert_eq!(
            Tag::parse("write"),
            Err(TagError::Unknown("did you mean @writes?".to_owned()))
        );
        assert_eq!(
            Tag::parse("reg:X"),
            Err(TagError::Unknown("did you mean @req:?".to_owned()))
        );
        for text in [
            "req:PDEX-MMC-12",
            "req:",
            "since:current",
            "needs:",
            "needs:Bulk",
        ] {
            assert!(
                matches!(Tag::parse(text), Err(TagError::Malformed(_))),
                "{text}"
            );
        }
        for text in ["id:x", "serial", "writes:yes", "req", ""] {
            assert!(
                matches!(Tag::parse(text), Err(TagError::Unknown(_))),
                "{text}"
            );
        }
    }
}

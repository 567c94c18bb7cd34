//! What comes back for a ClientHello.

use super::{Version, family};
use std::fmt;

/// What came back for a ClientHello.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A ServerHello.
    Accepted {
        /// The version the server chose.
        version: Version,
        /// The number of the cipher suite it chose.
        cipher: u16,
    },
    /// A fatal alert.
    Refused {
        /// Its number (RFC 8446, 6).
        alert: u8,
    },
    /// The end of the connection.
    Closed,
    /// Something that is not TLS.
    NotTls,
    /// Nothing, for as long as was waited.
    Silent,
}

const TAKES: &str = "the server takes ";
const REFUSES: &str = "the server refuses with the alert ";
const CLOSED: &str = "the server closed the connection without an answer";
const NOT_TLS: &str = "what came back is not TLS";
const SILENT: &str = "nothing came back in time";

impl Answer {
    /// Whether the server would go on with what was offered.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted { .. })
    }

    /// Whether the server would not have it: an alert, or the end of the connection.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Closed)
    }

    /// The answer that was told in these words, which are those of its `Display`.
    #[must_use]
    pub fn told(text: &str) -> Option<Self> {
        if let Some(rest) = text.strip_prefix(TAKES) {
            let (version, cipher) = rest.split_once(" with ")?;
            let mut versions = Version::ALL.into_iter();
            let number = cipher.rsplit_once("0x")?.1.trim_end_matches(')');
            return Some(Self::Accepted {
                version: versions.find(|one| one.to_string() == version)?,
                cipher: u16::from_str_radix(number, 16).ok()?,
            });
        }
        if let Some(rest) = text.strip_prefix(REFUSES) {
            let alert = rest.split(' ').next()?.parse().ok()?;
            return Some(Self::Refused { alert });
        }
        match text {
            CLOSED => Some(Self::Closed),
            NOT_TLS => Some(Self::NotTls),
            SILENT => Some(Self::Silent),
            _ => None,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted { version, cipher } => {
                let name = family::name(*cipher).unwrap_or("the cipher suite");
                write!(f, "{TAKES}{version} with {name} (0x{cipher:04x})")
            }
            Self::Refused { alert } => match alert_name(*alert) {
                Some(name) => write!(f, "{REFUSES}{alert} ({name})"),
                None => write!(f, "{REFUSES}{alert}"),
            },
            Self::Closed => f.write_str(CLOSED),
            Self::NotTls => f.write_str(NOT_TLS),
            Self::Silent => f.write_str(SILENT),
        }
    }
}

/// What an alert is called, of those that are common here.
const fn alert_name(alert: u8) -> Option<&'static str> {
    Some(match alert {
        10 => "unexpected_message",
        40 => "handshake_failure",
        42 => "bad_certificate",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        109 => "missing_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::Answer;
    use crate::http::handshake::Version;

    #[test]
    fn what_was_told_is_understood_again() {
        let accepted = |version, cipher| Answer::Accepted { version, cipher };
        for answer in [
            accepted(Version::Ssl30, 0x0005),
            accepted(Version::Tls13, 0xfefe),
            Answer::Refused { alert: 70 },
            Answer::Refused { alert: 255 },
            Answer::Closed,
            Answer::NotTls,
            Answer::Silent,
        ] {
            assert_eq!(Answer::told(&answer.to_string()), Some(answer));
        }
        for text in [
            "",
            "the server takes tea",
            "the server refuses with the alert x",
        ] {
            assert_eq!(Answer::told(text), None);
        }
    }
}

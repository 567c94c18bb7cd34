//! How stand-ins of ours are protected.

use crate::session::{Auth, Protection};
use clap::{Args, ValueEnum};

/// How the built-in stand-ins are protected.
#[derive(Clone, Copy, Debug, Args)]
pub(in crate::cli) struct ProtectionOptions {
    /// Let stand-ins of ours give out tokens, and demand them
    #[arg(long, value_enum, value_name = "WAY", help_heading = "Stand-ins")]
    pub(in crate::cli) auth: Option<AuthWay>,
    /// Serve them over TLS, with a certificate of a throw-away authority
    #[arg(long, help_heading = "Stand-ins")]
    pub(in crate::cli) tls: bool,
    /// Serve them over TLS, and take only clients with a certificate of that authority
    #[arg(long, help_heading = "Stand-ins")]
    pub(in crate::cli) mtls: bool,
}

/// How clients show who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum AuthWay {
    /// SMART Backend Services: by a signature
    Smart,
    /// UDAP: by a certificate
    Udap,
}

impl ProtectionOptions {
    /// What the stand-ins are to do.
    pub(in crate::cli) fn protection(self) -> Protection {
        Protection {
            auth: self.auth.map(|way| match way {
                AuthWay::Smart => Auth::Smart,
                AuthWay::Udap => Auth::Udap,
            }),
            tls: self.tls || self.mtls,
            mtls: self.mtls,
        }
    }

    /// The options that [`Self::shown`] told in these words; none of another version.
    pub(in crate::cli) fn told(words: Option<&str>) -> Self {
        let none = Self {
            auth: None,
            tls: false,
            mtls: false,
        };
        let ways = [None, Some(AuthWay::Smart), Some(AuthWay::Udap)];
        let mut all = ways.into_iter().flat_map(|auth| {
            [(false, false), (true, false), (true, true)].map(|(tls, mtls)| Self {
                auth,
                tls,
                mtls,
            })
        });
        all.find(|one| one.shown().as_deref() == words)
            .unwrap_or(none)
    }

    /// In words, for the settings that a report shows; nothing when they are open.
    pub(in crate::cli) fn shown(self) -> Option<String> {
        let auth = self.auth.map(|way| match way {
            AuthWay::Smart => "SMART",
            AuthWay::Udap => "UDAP",
        });
        let tls = match (self.tls, self.mtls) {
            (_, true) => Some("mutual TLS"),
            (true, false) => Some("TLS"),
            (false, false) => None,
        };
        let words: Vec<&str> = auth.into_iter().chain(tls).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

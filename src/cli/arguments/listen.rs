//! Listening to clients.

use super::{ProtectionOptions, SelectionOptions, parse_report};
use crate::report::Format;
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
pub(in crate::cli) struct ListenOptions {
    #[command(flatten)]
    pub(in crate::cli) selection: SelectionOptions,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(in crate::cli) host: std::net::IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(in crate::cli) port: u16,
    /// Name of a client, which becomes part of its base URL (repeatable: each is heard apart) [default: a random word]
    #[arg(long = "client", value_name = "NAME", value_parser = parse_name)]
    pub(in crate::cli) clients: Vec<String>,
    /// Ask nobody for a token
    #[arg(long, conflicts_with_all = ["auth", "jwks"], help_heading = "Stand-ins")]
    pub(in crate::cli) open: bool,
    /// Know the client under test by the public keys in this file (a JSON Web Key Set), as `client-under-test`
    #[arg(long, value_name = "FILE", help_heading = "Stand-ins")]
    pub(in crate::cli) jwks: Option<PathBuf>,
    /// Write the throw-away keys with which a client can get tokens into this folder
    #[arg(long, value_name = "DIR", help_heading = "Stand-ins")]
    pub(in crate::cli) keys: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) protection: ProtectionOptions,
    /// Pass everything on to this FHIR server, and judge both sides, instead of answering for it
    #[arg(long, value_name = "URL", conflicts_with_all = ["open", "jwks", "keys", "auth"])]
    pub(in crate::cli) proxy: Option<url::Url>,
    /// End when nothing has come for so long since the last request
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = crate::config::parse_duration, help_heading = "Ending")]
    pub(in crate::cli) quiet_for: Duration,
    /// End when nothing has come for so long after everything that was asked for is done
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = crate::config::parse_duration, help_heading = "Ending")]
    pub(in crate::cli) settle_for: Duration,
    /// End after so long, whatever comes
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = crate::config::parse_duration, help_heading = "Ending")]
    pub(in crate::cli) max_wait: Duration,
    /// Folder for the evidence and the reports; with several clients, of a folder for each
    #[arg(
        long,
        value_name = "DIR",
        default_value = "vitruvian-report",
        help_heading = "Output"
    )]
    pub(in crate::cli) out: PathBuf,
    /// Also write a report: html, json, junit, markdown, sarif, csv, cucumber, test-report or badge; PATH -
    /// is standard output (repeatable)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = parse_report, help_heading = "Output")]
    pub(in crate::cli) report: Vec<(Format, PathBuf)>,
    /// Record names, birth dates and other personal data as they are
    #[arg(long, help_heading = "Output")]
    pub(in crate::cli) no_redact_phi: bool,
    /// Count warnings as failures
    #[arg(long, help_heading = "Verdict")]
    pub(in crate::cli) strict: bool,
    /// Exit 0 when nothing failed although something mandatory was not shown
    #[arg(long, help_heading = "Verdict")]
    pub(in crate::cli) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SelfTestOptions {
    /// Use this version of a guide alone, for example pdex@2.0.0 (repeatable)
    #[arg(long, value_name = "NAME@VERSION")]
    pub(in crate::cli) ig: Vec<String>,
}

/// A name that can be part of a URL.
fn parse_name(text: &str) -> Result<String, String> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    match text.len() {
        1..=40 if text.chars().all(is_plain) => Ok(text.to_owned()),
        _ => Err("write up to 40 letters, digits and hyphens".to_owned()),
    }
}

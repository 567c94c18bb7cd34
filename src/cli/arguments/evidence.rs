//! What is done with runs once they are made: compared, put together, bundled, verified, replayed, attested.

use super::ListFormat;
use crate::signature::Algorithm;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffOptions {
    /// The run to compare with: its folder or its run.jsonl
    pub(in crate::cli) old: PathBuf,
    /// The run in question
    pub(in crate::cli) new: PathBuf,
    /// How to show it
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: DiffFormat,
    /// Where to write; - is standard output
    #[arg(long, short, value_name = "PATH", default_value = "-")]
    pub(in crate::cli) output: PathBuf,
    /// Exit 1 for a new warning, too
    #[arg(long)]
    pub(in crate::cli) strict: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiffFormat {
    /// For people, on a terminal
    Text,
    /// One page for people
    Html,
    /// For a comment on a pull request
    Markdown,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MergeOptions {
    /// The runs of all parts: their folders or logs, in the order of the parts
    #[arg(required = true, value_name = "RUN")]
    pub(in crate::cli) runs: Vec<PathBuf>,
    /// Folder for the whole: its evidence and reports
    #[arg(long, value_name = "DIR", default_value = "vitruvian-report")]
    pub(in crate::cli) out: PathBuf,
    /// Exit 0 when nothing failed although something mandatory was not shown
    #[arg(long)]
    pub(in crate::cli) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BundleOptions {
    /// A run: its folder or its run.jsonl
    pub(in crate::cli) run: PathBuf,
    /// Where to write
    #[arg(long, short, value_name = "FILE", default_value = "run.vitruvian.zip")]
    pub(in crate::cli) output: PathBuf,
    /// Sign with this private key, a PEM file: Ed25519 (openssl genpkey -algorithm ed25519), or RSA or EC (P-256,
    /// P-384) with --certificate
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
    /// The X.509 certificate of the key, a PEM file, followed by those between it and an authority: the signature is
    /// a JWS that names who signs
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(in crate::cli) certificate: Option<PathBuf>,
    /// Algorithm [default: RS256 for RSA keys, ES256 for P-256, ES384 for P-384]
    #[arg(long, value_name = "NAME", requires = "certificate")]
    pub(in crate::cli) alg: Option<Algorithm>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct VerifyOptions {
    /// The bundle
    pub(in crate::cli) bundle: PathBuf,
    /// Whose signature it must have: a PEM file with the public key, or with the certificate
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
    /// The same by the SHA-256 of the public key (SPKI) in hexadecimal digits, as `bundle` and `verify` print it
    #[arg(long, value_name = "SHA256", conflicts_with = "key")]
    pub(in crate::cli) fingerprint: Option<String>,
    /// Authorities that may vouch for the signer, a PEM file with their certificates (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) trust: Vec<PathBuf>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: ListFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct ReplayOptions {
    /// A bundle, or a run: its folder or its run.jsonl
    pub(in crate::cli) run: PathBuf,
    /// The configuration a run against a target was made with: the evidence has no test members
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    /// The FHIR packages it was made with, folders or .tgz (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(in crate::cli) packages: Vec<PathBuf>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(in crate::cli) format: ListFormat,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AttestOptions {
    /// A run: its folder or its run.jsonl
    pub(in crate::cli) run: PathBuf,
    /// Take the answers from this TOML file instead of asking
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) answers: Option<PathBuf>,
    /// Who answers
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,
    /// Ask also what was answered before
    #[arg(long, conflicts_with = "answers")]
    pub(in crate::cli) again: bool,
    /// Write the open questions as a file to fill in, and ask nothing
    #[arg(long, conflicts_with_all = ["answers", "again"])]
    pub(in crate::cli) template: bool,
}

//! The command line. What is done with runs once they are made is in `evidence`, what with signatures in `signature`.

mod evidence;
mod init;
mod listen;
mod login;
mod partners;
mod protection;
mod signature;

pub(super) use evidence::{
    AttestOptions, BundleOptions, DiffFormat, DiffOptions, MergeOptions, ReplayOptions,
    VerifyOptions,
};
pub(super) use init::InitOptions;
pub(super) use listen::{ListenOptions, SelfTestOptions};
pub(super) use login::LoginOptions;
pub(super) use partners::PartnersOptions;
pub(super) use protection::{AuthWay, ProtectionOptions};
pub(super) use signature::{SignOptions, VerifySignatureOptions};

use super::Failure;
use crate::data::Data;
use crate::report::Format;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Conformance suite and mock servers for HL7 Da Vinci PDex and CDex.
#[derive(Debug, Parser)]
#[command(
    name = "vitruvian",
    version,
    about,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// Read features, scenarios, mocks and reports from this folder instead of the binary
    #[arg(long, global = true, value_name = "DIR", help_heading = "Authoring")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

impl Arguments {
    /// Where the data folders come from.
    pub(super) fn data(&self) -> Result<Data, Failure> {
        match &self.root {
            None => Ok(Data::Embedded),
            Some(root) if root.join("features").is_dir() => Ok(Data::Folder(root.clone())),
            Some(root) => Err(Failure::new(
                format!("{} has no folder features", root.display()),
                "name the folder that holds features, scenarios, mocks and reports",
            )),
        }
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run suites against a target, or against the built-in stand-ins
    Run(Box<RunOptions>),
    /// Look at a server, and draft a configuration for it
    Init(InitOptions),
    /// Listen to a client: we are the server it talks to, and judge what it asks
    Listen(Box<ListenOptions>),
    /// Run every suite against its own mirror: servers and clients of ours
    SelfTest(SelfTestOptions),
    /// Let the app in at the target as a member, in a browser
    Login(LoginOptions),
    /// Stand up a payer on this machine
    Mock(MockOptions),
    /// Hold resources against FHIR R4 and the profiles they claim
    Validate(ValidateOptions),
    /// Sign a Bundle or a QuestionnaireResponse as CDex says
    Sign(SignOptions),
    /// Verify the digital signatures of CDex in a resource, step by step
    VerifySignature(VerifySignatureOptions),
    /// List requirements, scenarios, suites, steps, faults or profiles
    List(ListOptions),
    /// Render a run again in any format
    Report(ReportOptions),
    /// Compare two runs: what got worse, what was fixed, what is new
    Diff(DiffOptions),
    /// Put the runs of the parts of a selection (--shard) together
    Merge(MergeOptions),
    /// Put a run into one file that others can verify
    Bundle(BundleOptions),
    /// Verify a bundle: what holds, and what was touched
    Verify(VerifyOptions),
    /// Judge a run again from its evidence, without a network
    Replay(ReplayOptions),
    /// Answer the questions that no test can answer
    Attest(AttestOptions),
    /// FHIR packages: which definitions there are, and how to get more
    Packages(PackagesOptions),
    /// For authors: does the catalogue hold together?
    Check(CheckOptions),
    /// For authors: can every check fail?
    Prove(ProveOptions),
}

/// What to select.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Selection")]
pub(super) struct SelectionOptions {
    /// Run this suite (repeatable); see `vitruvian list suites`
    #[arg(long, value_name = "ID")]
    pub(super) suite: Vec<String>,
    /// Use this version of a guide, for example pdex@2.0.0 (repeatable)
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) ig: Vec<String>,
    /// Only scenarios for this role of the system under test (repeatable)
    #[arg(long, value_name = "ROLE")]
    pub(super) role: Vec<String>,
    /// Only scenarios that test this requirement, or one whose id starts so (repeatable)
    #[arg(long, value_name = "ID")]
    pub(super) requirement: Vec<String>,
    /// Only scenarios whose tags satisfy this expression, for example "not @slow"
    #[arg(long, value_name = "EXPR")]
    pub(super) tags: Option<String>,
    /// Only scenarios whose name contains this text
    #[arg(long, value_name = "TEXT")]
    pub(super) name: Option<String>,
    /// Leave out scenarios that create or change data on the target
    #[arg(long)]
    pub(super) read_only: bool,
    /// Only this part of the selected scenarios, for example 1/4
    #[arg(long, value_name = "I/N")]
    pub(super) shard: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Base URL of the FHIR server to test; without it the built-in stand-ins are tested
    #[arg(long, value_name = "URL")]
    pub(super) target: Option<String>,
    /// Configuration file: target, test members, limits, excuses
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Let the built-in stand-in misbehave in this way; see `vitruvian list faults`
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "target",
        help_heading = "Authoring"
    )]
    pub(super) fault: Option<String>,
    /// Take whatever certificate the target shows; every report says so
    #[arg(long, help_heading = "Running")]
    pub(super) insecure: bool,
    #[command(flatten)]
    pub(super) protection: ProtectionOptions,
    #[command(flatten)]
    pub(super) partners: PartnersOptions,
    #[command(flatten)]
    pub(super) selection: SelectionOptions,
    /// Judge resources by this FHIR package, too: a folder or .tgz (repeatable)
    #[arg(long, value_name = "PATH", help_heading = "Running")]
    pub(super) packages: Vec<PathBuf>,
    /// Ask this FHIR terminology server about codes that cannot be decided offline; it gets those codes
    #[arg(
        long,
        value_name = "URL",
        env = "VITRUVIAN_TX",
        help_heading = "Running"
    )]
    pub(super) tx: Option<url::Url>,
    /// Folder for the evidence and the reports
    #[arg(
        long,
        value_name = "DIR",
        default_value = "vitruvian-report",
        help_heading = "Output"
    )]
    pub(super) out: PathBuf,
    /// Also write a report: html, json, junit, markdown, sarif, csv, cucumber, test-report or badge; PATH -
    /// is standard output (repeatable)
    #[arg(long, value_name = "FORMAT=PATH", value_parser = parse_report, help_heading = "Output")]
    pub(super) report: Vec<(Format, PathBuf)>,
    /// One line per finished scenario
    #[arg(long, short, help_heading = "Output")]
    pub(super) verbose: bool,
    /// Record names, birth dates and other personal data as they are, as is done for the members of built-in stand-ins,
    /// who are made up
    #[arg(long, help_heading = "Output")]
    pub(super) no_redact_phi: bool,
    /// Record pseudonyms in place of personal data, as is done for every target of yours
    #[arg(long, conflicts_with = "no_redact_phi", help_heading = "Output")]
    pub(super) redact_phi: bool,
    /// Show what would run, and run nothing
    #[arg(long, help_heading = "Output")]
    pub(super) list: bool,
    /// Scenarios at a time
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub(super) jobs: Option<usize>,
    /// Try a failed scenario again up to N times; the report calls it flaky
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub(super) retry: Option<usize>,
    /// Start no further scenario after the first failure
    #[arg(long, help_heading = "Running")]
    pub(super) fail_fast: bool,
    /// Listen here for what the target sends, such as attachments, for example 0.0.0.0:8090
    #[arg(long, value_name = "ADDRESS:PORT", help_heading = "Running")]
    pub(super) listen: Option<std::net::SocketAddr>,
    /// Base URL under which the target reaches --listen; its path ends in /fhir
    #[arg(
        long,
        value_name = "URL",
        requires = "listen",
        help_heading = "Running"
    )]
    pub(super) public_url: Option<url::Url>,
    /// Longest a single request may take, for example 30s
    #[arg(long, value_name = "TIME", help_heading = "Running")]
    pub(super) request_timeout: Option<String>,
    /// Longest to wait for a job of the target, such as an export, for example 10m
    #[arg(long, value_name = "TIME", help_heading = "Running")]
    pub(super) max_wait: Option<String>,
    /// Longest the whole run may take, for example 30m
    #[arg(long, value_name = "TIME", help_heading = "Running")]
    pub(super) run_timeout: Option<String>,
    /// Count warnings as failures
    #[arg(long, help_heading = "Verdict")]
    pub(super) strict: bool,
    /// Exit 0 when nothing failed although something mandatory was not shown
    #[arg(long, help_heading = "Verdict")]
    pub(super) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(super) struct MockOptions {
    /// What to stand up
    #[arg(value_enum)]
    pub(super) server: Server,
    /// Port to listen on; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) host: std::net::IpAddr,
    /// Version of the guide it follows [default: pdex@2.1.0, cdex@2.1.0]
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) ig: Option<String>,
    /// Misbehave in this way; see `vitruvian list faults`
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Option<String>,
    /// Add so many members to the payer, to try loads with (at most 10,000, half a megabyte each)
    ///
    /// They are on the list of the clinic, Group/attributed-clinic, whose export tells of all of them.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(..=10_000))]
    pub(super) crowd: Option<u32>,
    #[command(flatten)]
    pub(super) protection: ProtectionOptions,
    /// Folder to write throw-away keys and certificates, and a vitruvian.toml that uses them, to
    #[arg(long, value_name = "DIR")]
    pub(super) keys: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Server {
    /// A health plan that answers member matches and serves members' records
    Payer,
    /// A hospital that answers a payer's questions
    Provider,
}

#[derive(Debug, Args)]
pub(super) struct ValidateOptions {
    /// Files (.json, .ndjson), folders, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) path: Vec<PathBuf>,
    /// Hold every resource against this profile, too (repeatable)
    #[arg(long, value_name = "URL")]
    pub(super) profile: Vec<String>,
    /// Use the profiles of this version of a guide, for example us-core@6.1.0 (repeatable)
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) ig: Vec<String>,
    /// Use the definitions of this FHIR package, a folder or .tgz (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(super) packages: Vec<PathBuf>,
    /// Ask this FHIR terminology server about codes that cannot be decided offline; it gets those codes
    #[arg(long, value_name = "URL", env = "VITRUVIAN_TX")]
    pub(super) tx: Option<url::Url>,
    /// Text for people, JSON, or one OperationOutcome per line
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ValidateFormat,
    /// Show valid resources and warnings, too
    #[arg(long, short)]
    pub(super) verbose: bool,
    /// Show the counts only, and no progress; the exit code tells the rest
    #[arg(long, short, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Resources at a time; as many as there are processors
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Most megabytes of one resource, Bundle or ndjson line; a larger one is invalid, unread
    ///
    /// Memory is bounded by this, not by the size or number of files: at worst about 20 times as many
    /// megabytes are used. What does not fit is better sent as ndjson, which is read line by line.
    #[arg(long, value_name = "MB", default_value = "64", value_parser = parse_megabytes)]
    pub(super) max_size: usize,
}

/// From 1 to a million.
fn parse_megabytes(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(megabytes @ 1..=1_000_000) => Ok(megabytes),
        _ => Err("a whole number of megabytes from 1 to 1000000 is wanted".to_owned()),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ValidateFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For FHIR tools
    OperationOutcome,
}

#[derive(Debug, Args)]
pub(super) struct ListOptions {
    /// What to list
    #[arg(value_enum)]
    pub(super) what: Listed,
    #[command(flatten)]
    pub(super) selection: SelectionOptions,
    /// For profiles: also those of this FHIR package, a folder or .tgz (repeatable)
    #[arg(long, value_name = "PATH")]
    pub(super) packages: Vec<PathBuf>,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Listed {
    /// Every requirement with its coverage
    Requirements,
    /// Every scenario
    Scenarios,
    /// Every suite
    Suites,
    /// The suites that tell a story, for those who want to see what an exchange is good for
    Stories,
    /// The vocabulary of the scenarios
    Steps,
    /// The ways a mock can misbehave
    Faults,
    /// The profiles that resources can be held against
    Profiles,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// A run: its folder or its run.jsonl
    #[arg(required_unless_present = "schema")]
    pub(super) run: Option<PathBuf>,
    /// Format to render
    #[arg(long, value_parser = parse_format, default_value = "html")]
    pub(super) format: Format,
    /// Where to write; - is standard output
    #[arg(long, short, value_name = "PATH", default_value = "-")]
    pub(super) output: PathBuf,
    /// Print the JSON Schema of the JSON report, or with =partners that of partners.json
    #[arg(long, value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "run", value_name = "OF")]
    pub(super) schema: Option<SchemaOf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// A single run
    Run,
    /// Partners side by side
    Partners,
}

#[derive(Debug, Args)]
pub(super) struct CheckOptions {
    /// Also refuse mandatory requirements that nothing tests and nothing explains
    #[arg(long)]
    pub(super) complete: bool,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct ProveOptions {
    /// Only this fault (repeatable)
    #[arg(long, value_name = "NAME")]
    pub(super) fault: Vec<String>,
    /// Only this version of a guide (repeatable)
    #[arg(long, value_name = "NAME@VERSION")]
    pub(super) ig: Vec<String>,
    /// Try each fault in one of the versions it applies to instead of in all: a third of the work
    #[arg(long)]
    pub(super) one_version_each: bool,
    #[command(flatten)]
    pub(super) protection: ProtectionOptions,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct PackagesOptions {
    #[command(subcommand)]
    pub(super) command: PackagesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum PackagesCommand {
    /// List the definitions in the binary and in the package cache
    List(PackageListOptions),
    /// Fetch a package from a FHIR registry into the package cache
    Install(InstallOptions),
    /// For authors: reduce packages to the facts that validation needs
    Distill(DistillOptions),
}

#[derive(Debug, Args)]
pub(super) struct CacheOptions {
    /// Package cache [default: .fhir/packages in the home folder]
    #[arg(long, value_name = "DIR", env = "VITRUVIAN_PACKAGE_CACHE")]
    pub(super) cache: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct PackageListOptions {
    #[command(flatten)]
    pub(super) cache: CacheOptions,
    /// Text for people, or JSON
    #[arg(long, value_enum, default_value = "text")]
    pub(super) format: ListFormat,
}

#[derive(Debug, Args)]
pub(super) struct InstallOptions {
    /// What to fetch, for example us-core@6.1.0 or hl7.fhir.us.core@6.1.0
    #[arg(required = true, value_name = "ID@VERSION")]
    pub(super) packages: Vec<String>,
    /// FHIR package registry
    #[arg(
        long,
        value_name = "URL",
        env = "VITRUVIAN_REGISTRY",
        default_value = "https://packages.fhir.org"
    )]
    pub(super) registry: url::Url,
    #[command(flatten)]
    pub(super) cache: CacheOptions,
}

#[derive(Debug, Args)]
pub(super) struct DistillOptions {
    /// Packages to reduce: .tgz files or unpacked folders
    #[arg(required = true, value_name = "PACKAGE")]
    pub(super) packages: Vec<PathBuf>,
    /// Of this package, keep only what the others need (repeatable)
    #[arg(long, value_name = "PACKAGE")]
    pub(super) reached: Vec<PathBuf>,
    /// Folder for the tables
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
}

fn parse_format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|_| {
        let known: Vec<String> = Format::ALL.iter().map(ToString::to_string).collect();
        format!("use one of {}", known.join(", "))
    })
}

fn parse_report(text: &str) -> Result<(Format, PathBuf), String> {
    match text.split_once('=') {
        Some((format, path)) if !path.is_empty() => {
            Ok((parse_format(format)?, PathBuf::from(path)))
        }
        _ => Err("write FORMAT=PATH, for example html=report.html".to_owned()),
    }
}

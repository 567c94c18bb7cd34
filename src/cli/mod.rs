//! Arguments, terminal, exit codes: the only part that talks to a person.
//!
//! [`arguments`](Arguments) are read by clap; each command has a file of its own; `exit` holds the exit
//! codes, `failure` what a user is told when a command could not run, `terminal` colours and progress.

mod acquaintances;
mod arguments;
mod attest;
mod bundle;
mod check;
mod client_tls;
mod conclusion;
mod console;
mod diff;
mod download;
mod exit;
mod failure;
mod init;
mod job;
mod keys;
mod list;
mod list_profiles;
mod list_requirements;
mod listen;
mod login;
mod merge;
mod mock;
mod mock_clients;
mod packages;
mod partners;
mod prove;
mod replay;
mod report;
mod run;
mod selection;
mod self_test;
mod sign;
mod summary;
mod terminal;
mod terminology_server;
mod validate;
mod verify;
mod verify_signature;
mod wrap;

pub use arguments::Arguments;
use arguments::Command;
use clap::Parser as _;
use exit::Exit;
use failure::Failure;
use std::process::ExitCode;
use terminal::Terminal;

/// Reads the arguments, runs the command, and says how it went.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(usage) => {
            let exit = if usage.use_stderr() {
                Exit::CouldNotRun
            } else {
                Exit::Conformant
            };
            // clap prints help and version to standard output, complaints to standard error.
            return if usage.print().is_ok() {
                exit.into()
            } else {
                Exit::CouldNotRun.into()
            };
        }
    };
    trace();
    let terminal = Terminal::detect();
    match dispatch(arguments, &terminal) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            terminal.complain(&failure);
            Exit::CouldNotRun.into()
        }
    }
}

/// Logs of our own go to standard error, and only when `RUST_LOG` asks for them.
fn trace() {
    use tracing_subscriber::EnvFilter;
    if let Ok(filter) = EnvFilter::try_from_default_env() {
        // Only the tool itself: dependencies would print headers, and with them credentials.
        let filter =
            EnvFilter::try_new(format!("off,vitruvian={}", strongest(&filter))).unwrap_or(filter);
        let started = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init();
        drop(started);
    }
}

/// The most that a filter lets through, for any module.
fn strongest(filter: &tracing_subscriber::EnvFilter) -> &'static str {
    use tracing_subscriber::{EnvFilter, Layer, Registry};
    match <EnvFilter as Layer<Registry>>::max_level_hint(filter)
        .and_then(|level| level.into_level())
    {
        Some(tracing::Level::TRACE) => "trace",
        Some(tracing::Level::DEBUG) => "debug",
        Some(tracing::Level::INFO) => "info",
        Some(tracing::Level::WARN) => "warn",
        _ => "error",
    }
}

fn dispatch(arguments: Arguments, terminal: &Terminal) -> Result<Exit, Failure> {
    let data = arguments.data()?;
    match arguments.command {
        Command::Run(options) => run::run(&data, &options, terminal),
        Command::Init(options) => init::init(&data, &options, terminal),
        Command::Listen(options) => listen::listen(&data, &options, terminal),
        Command::SelfTest(options) => self_test::self_test(&data, &options, terminal),
        Command::Login(options) => login::login(&options, terminal),
        Command::Validate(options) => validate::validate(&data, &options, terminal),
        Command::Sign(options) => sign::sign(&options, terminal),
        Command::VerifySignature(options) => verify_signature::verify_signature(&options, terminal),
        Command::List(options) => list::list(&data, &options, terminal),
        Command::Packages(options) => packages::packages(&data, &options, terminal),
        Command::Check(options) => check::check(&data, &options, terminal),
        Command::Prove(options) => prove::prove(&data, &options, terminal),
        Command::Report(options) => report::report(&data, &options, terminal),
        Command::Bundle(options) => bundle::bundle(&data, &options, terminal),
        Command::Verify(options) => verify::verify(&data, &options, terminal),
        Command::Replay(options) => replay::replay(&data, &options, terminal),
        Command::Attest(options) => attest::attest(&data, &options, terminal),
        Command::Diff(options) => diff::diff(&data, &options, terminal),
        Command::Merge(options) => merge::merge(&data, &options, terminal),
        Command::Mock(options) => mock::mock(&data, &options, terminal),
    }
}

//! A configuration to begin with.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct InitOptions {
    /// Base URL of the FHIR server to look at
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) target: String,
    /// PEM file of an authority to trust besides those of this machine
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) ca_file: Option<PathBuf>,
    /// Where to write the configuration; - for standard output
    #[arg(long, short, value_name = "FILE", default_value = "vitruvian.toml")]
    pub(in crate::cli) output: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

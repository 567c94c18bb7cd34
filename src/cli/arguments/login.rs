//! A member logs in.

use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(in crate::cli) struct LoginOptions {
    /// Configuration file with [target.auth.app]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: PathBuf,
    /// Keep the tokens in this file, for its owner alone; otherwise they are forgotten
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) save: Option<PathBuf>,
}

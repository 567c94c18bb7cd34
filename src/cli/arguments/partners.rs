//! Many endpoints in one run.

use clap::Args;
use std::path::PathBuf;

/// Whom to test side by side, and what to compare with.
#[derive(Debug, Args)]
pub(in crate::cli) struct PartnersOptions {
    /// Test every endpoint of this file side by side: who supports what, and who got worse since last time
    ///
    /// Each partner gets a folder below --out with an ordinary run; partners.html, partners.md and partners.json beside
    /// them tell of all. A partner that cannot be tested stops nobody else. docs/partners.md shows the file.
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["target", "config", "fault", "insecure", "auth", "tls", "mtls", "listen"],
        help_heading = "Partners"
    )]
    pub(in crate::cli) targets: Option<PathBuf>,
    /// Partners at a time, instead of what the file says
    #[arg(
        long,
        value_name = "N",
        requires = "targets",
        value_parser = clap::value_parser!(u16).range(1..=1024),
        help_heading = "Partners"
    )]
    pub(in crate::cli) parallel: Option<u16>,
    /// Compare with the partners in this folder, instead of with their last runs in --out
    #[arg(
        long,
        value_name = "DIR",
        requires = "targets",
        help_heading = "Partners"
    )]
    pub(in crate::cli) since: Option<PathBuf>,
    /// Let the exit code say what became of the partners since last time, and not how they are
    #[arg(long, requires = "targets", help_heading = "Partners")]
    pub(in crate::cli) fail_on_worse: bool,
}

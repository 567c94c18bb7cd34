//! The `vitruvian` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    vitruvian::cli::main()
}

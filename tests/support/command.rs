//! The binary as a command.

use std::ffi::OsStr;
use std::process::Command;

/// What a command left.
#[derive(Debug)]
pub(crate) struct Output {
    /// Exit code; -1 when it was killed.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

/// Runs the binary with these arguments and variables, in an environment without settings of ours.
pub(crate) fn vitruvian_with<A: AsRef<OsStr>>(
    variables: &[(&str, &str)],
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .envs(variables.iter().copied())
        .args(arguments))
}

/// Runs the binary with these arguments, in an environment without settings of ours.
pub(crate) fn vitruvian<A: AsRef<OsStr>, B: AsRef<OsStr>>(
    first: impl IntoIterator<Item = A>,
    more: impl IntoIterator<Item = B>,
) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .args(first)
        .args(more))
}

/// Runs the binary with these arguments in this folder.
pub(crate) fn vitruvian_in<A: AsRef<OsStr>>(
    folder: &std::path::Path,
    arguments: impl IntoIterator<Item = A>,
) -> Output {
    run(Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .current_dir(folder)
        .args(arguments))
}

/// Runs the binary with these arguments and this standard input.
pub(crate) fn vitruvian_reading<A: AsRef<OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    input: &[u8],
) -> Output {
    use std::io::{Seek as _, Write as _};
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(input).unwrap();
    file.rewind().unwrap();
    run(Command::new(env!("CARGO_BIN_EXE_vitruvian"))
        .args(arguments)
        .stdin(file))
}

fn run(command: &mut Command) -> Output {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("VITRUVIAN_") {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

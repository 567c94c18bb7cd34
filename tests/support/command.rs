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

/// Runs the binary with these arguments, in an environment without settings of ours.
pub(crate) fn vitruvian<A: AsRef<OsStr>, B: AsRef<OsStr>>(
    first: impl IntoIterator<Item = A>,
    more: impl IntoIterator<Item = B>,
) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitruvian"));
    for (name, _) in
        std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("VITRUVIAN_"))
    {
        command.env_remove(name);
    }
    let output = command.args(first).args(more).output().unwrap();
    Output {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

//! The command `vitruvian mock payer`, while a test needs it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A mock that runs until it is dropped.
pub(crate) struct Mock {
    child: Child,
    /// Its base URL.
    pub(crate) base: String,
}

impl Mock {
    /// Stands a payer up at a free port, with these options.
    pub(crate) fn start(more: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vitruvian"))
            .args(["mock", "payer", "--port", "0"])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let base = line.trim().rsplit(' ').next().unwrap().to_owned();
        Self { child, base }
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

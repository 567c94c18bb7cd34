//! The folder that a mock writes its throw-away keys to, for those who want to speak to it.

use super::{Failure, Terminal};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The configuration that uses the keys.
const CONFIGURATION: &str = "vitruvian.toml";

/// A folder with throw-away keys, and a configuration that uses them.
#[derive(Debug)]
pub(super) struct KeyFolder {
    path: PathBuf,
    written: Vec<PathBuf>,
    /// Lines of `[target]`.
    target: Vec<String>,
    /// Tables below it.
    tables: Vec<String>,
}

impl KeyFolder {
    /// Makes the folder unless it is there. Files of the same names are replaced.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn create(path: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(path).map_err(|problem| unwritable(path, &problem))?;
        Ok(Self {
            path: path.to_owned(),
            written: Vec::new(),
            target: Vec::new(),
            tables: Vec::new(),
        })
    }

    /// Writes a file that anybody may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn public(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        self.write(name, text, 0o644)
    }

    /// Writes a file that nobody else may read.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn secret(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        self.write(name, text, 0o600)
    }

    /// Adds a line to `[target]` of the configuration, such as `ca_file = "ca.pem"`. Paths are relative to the folder.
    pub(super) fn target(&mut self, line: impl Into<String>) {
        self.target.push(line.into());
    }

    /// Adds a table to the configuration, such as `[target.tls]` with its lines.
    pub(super) fn table(&mut self, text: impl Into<String>) {
        self.tables.push(text.into());
    }

    /// Writes the configuration for a server at this base URL, and says what was written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn finish(mut self, base: &str, terminal: Terminal) -> Result<(), Failure> {
        let target = self.target.join("\n");
        let tables = self.tables.join("\n\n");
        let text = format!("[target]\nurl = \"{base}\"\n{target}\n\n{tables}\n");
        self.secret(CONFIGURATION, &text)?;
        for path in &self.written {
            terminal.tell(&format!("wrote {}", path.display()));
        }
        Ok(())
    }

    fn write(&mut self, name: &str, text: &str, mode: u32) -> Result<(), Failure> {
        let path = self.path.join(name);
        let write = || {
            // One that is there may be open to others, or a link to somewhere else.
            if let Err(problem) = std::fs::remove_file(&path)
                && problem.kind() != std::io::ErrorKind::NotFound
            {
                return Err(problem);
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            restrict(&mut options, mode);
            options.open(&path)?.write_all(text.as_bytes())
        };
        write().map_err(|problem| unwritable(&path, &problem))?;
        self.written.push(path);
        Ok(())
    }
}

#[cfg(unix)]
fn restrict(options: &mut OpenOptions, mode: u32) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(mode);
}

#[cfg(not(unix))]
fn restrict(_: &mut OpenOptions, _: u32) {}

fn unwritable(path: &Path, problem: &std::io::Error) -> Failure {
    Failure::new(
        format!("cannot write {}: {problem}", path.display()),
        "name another folder with --keys",
    )
}

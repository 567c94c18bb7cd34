//! Problems: mistakes in the data files, each with its place and what to do.

use super::Code;
use serde::Serialize;
use std::fmt;

/// One mistake in the data files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// File, relative to the root of the data folders.
    pub file: String,
    /// Line, 1-based; 0 when the whole file is meant.
    pub line: usize,
    /// What kind of mistake.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Problem {
    pub(super) fn new(
        code: Code,
        (file, line): (&str, usize),
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            line,
            code,
            message: message.into(),
            help: help.into(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: ", self.file)?,
            line => write!(f, "{}:{line}: ", self.file)?,
        }
        write!(f, "{} [{}]\n  help: {}", self.message, self.code, self.help)
    }
}

/// Every mistake that keeps the catalogue from being used, by file and line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems by file, line and code, each once; absent when there is none.
    pub(super) fn found(problems: Vec<Problem>) -> Option<Self> {
        let problems = in_order(problems);
        (!problems.is_empty()).then_some(Self(problems))
    }

    /// The problems, by file and line.
    #[must_use]
    pub fn as_slice(&self) -> &[Problem] {
        &self.0
    }
}

/// Sorted by file, line and code; what an outline repeats per row is said once.
pub(super) fn in_order(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let count = self.0.len();
        let noun = if count == 1 { "problem" } else { "problems" };
        write!(f, "{count} {noun} in the data files; nothing was run")
    }
}

impl std::error::Error for Problems {}

/// The 1-based line at a byte offset.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

/// The 1-based first line that mentions a word; 0 when none does.
pub(super) fn line_naming(text: &str, word: &str) -> usize {
    text.find(word).map_or(0, |offset| line_at(text, offset))
}

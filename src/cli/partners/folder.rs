//! Where the runs of partners are kept.
//!
//! `OUT/<partner>` is the last run of a partner, `OUT/previous/<partner>` the one before. A run makes room only when the
//! partner has answered: that of one that cannot be tested stays where it is.

use super::super::Failure;
use crate::evidence::{Ending, Run, log};
use crate::report::EarlierMatrix;
use std::path::{Path, PathBuf};

/// The matrix for programs.
pub(super) const MATRIX: &str = "partners.json";
const PREVIOUS: &str = "previous";

/// The folder of all partners.
pub(super) struct Folder {
    out: PathBuf,
    since: Option<PathBuf>,
}

impl Folder {
    /// Runs go below `out`; they are compared with those below `since`, or with the last ones below `out`.
    pub(super) fn new(out: &Path, since: Option<PathBuf>) -> Self {
        Self {
            out: out.to_owned(),
            since,
        }
    }

    /// Where the evidence of a partner goes.
    pub(super) fn of(&self, name: &str) -> PathBuf {
        self.out.join(name)
    }

    /// Whether there is a report of a partner.
    pub(super) fn has_report(&self, name: &str) -> bool {
        self.of(name).join("report.html").is_file()
    }

    /// What was said of the partners last time.
    ///
    /// # Errors
    /// When something to compare with was named, and is not there.
    pub(super) fn earlier(&self) -> Result<EarlierMatrix, Failure> {
        let path = self.since.as_ref().unwrap_or(&self.out).join(MATRIX);
        let matrix = std::fs::read(&path).ok();
        let matrix = matrix.and_then(|bytes| EarlierMatrix::read(&bytes));
        match (matrix, &self.since) {
            (Some(matrix), _) => Ok(matrix),
            (None, None) => Ok(EarlierMatrix::default()),
            (None, Some(since)) => Err(Failure::new(
                format!(
                    "--since {}: there is no {MATRIX} of partners in it",
                    since.display()
                ),
                "name the --out folder of an earlier run with --targets",
            )),
        }
    }

    /// The run to compare with: the last one that came to its end, if there is any; else the last one. What could not be
    /// read is told with `tell`.
    pub(super) fn baseline(&self, name: &str, tell: impl Fn(&str)) -> Option<Run> {
        let base = self.since.as_ref().unwrap_or(&self.out);
        let mut unfinished = None;
        for path in [base.join(name), base.join(PREVIOUS).join(name)] {
            if !path.join(log::FILE_NAME).is_file() {
                continue;
            }
            match log::read(&path) {
                Ok(run) if is_whole(&run) => return Some(lean(run)),
                Ok(run) => unfinished = unfinished.or(Some(lean(run))),
                Err(error) => tell(&format!(
                    "{name} is not compared with its last run: {error}"
                )),
            }
        }
        unfinished
    }

    /// Makes room for a run of a partner: the last one becomes the previous one. One that was broken off does not replace
    /// one that was not.
    ///
    /// # Errors
    /// When the folder cannot be moved.
    pub(super) fn make_room(&self, name: &str) -> Result<(), Failure> {
        let (last, previous) = (self.of(name), self.out.join(PREVIOUS).join(name));
        if !last.join(log::FILE_NAME).is_file() {
            return Ok(());
        }
        let has_previous = previous.join(log::FILE_NAME).is_file();
        let worth = log::read(&last).is_ok_and(|run| is_whole(&run));
        let shift = || {
            if has_previous && !worth {
                // Nothing of it must be taken for part of the run that follows.
                return std::fs::remove_dir_all(&last);
            }
            if has_previous {
                std::fs::remove_dir_all(&previous)?;
            }
            std::fs::create_dir_all(self.out.join(PREVIOUS))?;
            std::fs::rename(&last, &previous)
        };
        shift().map_err(|error| {
            Failure::new(
                format!("cannot keep the last run in {}: {error}", last.display()),
                "name another folder with --out, and this one with --since",
            )
        })
    }
}

fn is_whole(run: &Run) -> bool {
    matches!(
        run.ending,
        Some(Ending::Finished | Ending::FailFast | Ending::TimedOut)
    )
}

/// Without what was said on the wire: a comparison does not need it, and many are held at a time.
fn lean(mut run: Run) -> Run {
    run.bodies.clear();
    for scenario in &mut run.scenarios {
        scenario.exchanges = Vec::new();
        scenario.steps = Vec::new();
    }
    run
}

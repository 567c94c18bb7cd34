//! Exit codes.

use crate::evidence::Conclusion;
use std::process::ExitCode;

/// What the process tells its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Conformant; or nothing failed and `--allow-incomplete`; or the command did what it should.
    Conformant,
    /// Something mandatory broke; `check` or `prove` found problems.
    NotConformant,
    /// Bad usage, nothing selected, or the run could not be made.
    CouldNotRun,
    /// Something mandatory was neither shown to hold nor excused.
    Incomplete,
    /// Interrupted by the user.
    Interrupted,
}

impl Exit {
    /// The number the process ends with.
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::NotConformant => 1,
            Self::CouldNotRun => 2,
            Self::Incomplete => 3,
            Self::Interrupted => 130,
        }
    }

    /// Which of several says most about all of them: an interruption before what could not run, before what broke,
    /// before what is incomplete.
    pub(super) const fn severity(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::Incomplete => 1,
            Self::NotConformant => 2,
            Self::CouldNotRun => 3,
            Self::Interrupted => 4,
        }
    }

    /// The code for a conclusion.
    pub(super) const fn of(conclusion: Conclusion, allow_incomplete: bool) -> Self {
        match conclusion {
            Conclusion::Conformant => Self::Conformant,
            Conclusion::Incomplete if allow_incomplete => Self::Conformant,
            Conclusion::Incomplete => Self::Incomplete,
            Conclusion::NotConformant => Self::NotConformant,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

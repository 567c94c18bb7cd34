//! What validating one piece came to.

use super::input::Piece;
use crate::profile::{Document, Issue, Limits, Position, Report, Severity, Validator, Verdict};

/// What validating one piece came to.
pub(super) struct Outcome {
    /// Where it came from: a path, or a path and a line.
    pub(super) place: String,
    /// What was found; the issues of the JSON itself come first.
    pub(super) report: Report,
    /// Line and column, and the line itself, of each issue.
    pub(super) excerpts: Vec<Option<Excerpt>>,
}

/// The line of an issue.
pub(super) struct Excerpt {
    pub(super) position: Position,
    pub(super) line: String,
}

/// Longest excerpt, in characters.
const EXCERPT: usize = 160;

impl Outcome {
    /// Reads and validates a piece.
    pub(super) fn of(piece: &Piece, validator: &Validator, profiles: &[String]) -> Self {
        let bytes = match &piece.bytes {
            Ok(bytes) => bytes,
            Err(problem) => return Self::unreadable(piece, problem),
        };
        match Document::read(bytes, Limits::default()) {
            Err(problem) => Self::unreadable(piece, &problem.to_string()),
            Ok(document) => {
                let mut report = validator.validate(&document.value, profiles);
                report.issues.splice(..0, document.issues.iter().cloned());
                let excerpts = report
                    .issues
                    .iter()
                    .map(|issue| excerpt(&document, bytes, issue))
                    .collect();
                Self {
                    place: piece.place(),
                    report,
                    excerpts,
                }
            }
        }
    }

    /// Whether it is valid, as far as can be said.
    pub(super) fn verdict(&self) -> Verdict {
        self.report.verdict()
    }

    fn unreadable(piece: &Piece, problem: &str) -> Self {
        let issue = Issue {
            severity: Severity::Error,
            code: "structure",
            expression: String::new(),
            message: problem.to_owned(),
            rule: "json".to_owned(),
            profile: None,
            expected: None,
            actual: None,
        };
        let report = Report {
            resource_type: None,
            id: None,
            profiles: Vec::new(),
            issues: vec![issue],
            undecided: 0,
        };
        Self {
            place: piece.place(),
            report,
            excerpts: vec![None],
        }
    }
}

fn excerpt(document: &Document<'_>, bytes: &[u8], issue: &Issue) -> Option<Excerpt> {
    let position = document.position(&issue.expression);
    let text = std::str::from_utf8(bytes).ok()?;
    let line = text.lines().nth(position.line.checked_sub(1)?)?;
    // A line may be a whole resource: show what stands around the place.
    let start = position.column.saturating_sub(1);
    let start = if line.chars().count() <= EXCERPT {
        0
    } else {
        start
    };
    let shown: String = line.chars().skip(start).take(EXCERPT).collect();
    Some(Excerpt {
        position,
        line: shown.trim().to_owned(),
    })
}

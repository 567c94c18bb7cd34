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
    /// How many bytes were read.
    pub(super) bytes: usize,
}

/// The line of an issue.
pub(super) struct Excerpt {
    pub(super) position: Position,
    pub(super) line: String,
}

/// How gzip begins.
const GZIP: &[u8] = b"\x1f\x8b";
/// Longest excerpt, in characters.
const EXCERPT: usize = 160;
/// Longest text from a resource that is shown, in bytes.
const SHOWN: usize = 1_000;

impl Outcome {
    /// Reads and validates a piece.
    pub(super) fn of(
        piece: &Piece,
        validator: &Validator,
        profiles: &[String],
        limits: Limits,
    ) -> Self {
        let bytes = match &piece.bytes {
            Ok(bytes) => bytes,
            Err(problem) => return Self::unreadable(piece, problem),
        };
        if bytes.starts_with(GZIP) {
            return Self::unreadable(piece, "is compressed with gzip; unpack it first");
        }
        match Document::read(bytes, limits) {
            Err(problem) => Self::unreadable(piece, &problem.to_string()),
            Ok(document) => {
                let mut report = validator.validate(&document.value, profiles);
                report.issues.splice(..0, document.issues.iter().cloned());
                let places = report.issues.iter().map(|issue| issue.expression.as_str());
                let excerpts = document
                    .positions(places)
                    .into_iter()
                    .map(|position| Excerpt {
                        position,
                        line: document.excerpt(position, EXCERPT).to_owned(),
                    })
                    .map(Some)
                    .collect();
                shorten(&mut report);
                Self {
                    place: piece.place(),
                    report,
                    excerpts,
                    bytes: bytes.len(),
                }
            }
        }
    }

    /// What is said where validating failed through a fault of ours, so that it passes for nothing else.
    pub(super) fn fault(piece: &Piece) -> Self {
        Self::unreadable(
            piece,
            "was not validated: this program failed on it, please report that",
        )
    }

    /// Whether it is valid, as far as can be said.
    pub(super) fn verdict(&self) -> Verdict {
        self.report.verdict()
    }

    /// What is said of a piece that is no JSON.
    pub(super) fn unreadable(piece: &Piece, problem: &str) -> Self {
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
            bytes: piece.len(),
        }
    }
}

/// Names and ids of resources may be as long as the resource: nobody reads that.
fn shorten(report: &mut Report) {
    let texts = report.resource_type.iter_mut().chain(&mut report.id);
    let of_issues = report
        .issues
        .iter_mut()
        .flat_map(|issue| [&mut issue.expression, &mut issue.message]);
    for text in texts.chain(&mut report.profiles).chain(of_issues) {
        if text.len() > SHOWN {
            text.truncate(text.floor_char_boundary(SHOWN));
            text.push('…');
        }
    }
}

//! The formats there are, and the one place that picks between them.

use super::{Error, badge, csv, cucumber, html, json, junit, markdown, sarif, test_report};
use crate::data::Data;
use crate::evidence::Run;

/// A report format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// One page for people.
    Html,
    /// Everything, for programs.
    Json,
    /// What build servers read.
    Junit,
    /// A summary for a comment.
    Markdown,
    /// What code scanning reads.
    Sarif,
    /// The requirements, for spreadsheets.
    Csv,
    /// Cucumber Messages, one per line.
    Cucumber,
    /// A FHIR R4 TestReport.
    TestReport,
    /// A picture of the conclusion.
    Badge,
}

impl Format {
    /// All formats, in the order they are listed.
    pub const ALL: [Self; 9] = [
        Self::Html,
        Self::Json,
        Self::Junit,
        Self::Markdown,
        Self::Sarif,
        Self::Csv,
        Self::Cucumber,
        Self::TestReport,
        Self::Badge,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Sarif => "sarif",
            Self::Csv => "csv",
            Self::Cucumber => "cucumber",
            Self::TestReport => "test-report",
            Self::Badge => "badge",
        }
    }

    /// What it is for, for help texts: a fragment without a full stop.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Html => "one self-contained page for people; opens from disk, needs no network",
            Self::Json => "everything that happened, for programs; has a versioned schema",
            Self::Junit => "JUnit XML for build servers; one test case per scenario",
            Self::Markdown => "a summary for a step summary or a pull request; below 60 KB",
            Self::Sarif => "SARIF 2.1.0 for code scanning; one result per finding",
            Self::Csv => "all requirements with their verdicts, for spreadsheets",
            Self::Cucumber => "Cucumber Messages, one per line, for Cucumber's formatters",
            Self::TestReport => "a FHIR R4 TestReport, for FHIR tools",
            Self::Badge => "an SVG badge with the conclusion",
        }
    }

    /// Extension of a file that holds it, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "xml",
            Self::Markdown => "md",
            Self::Sarif => "sarif",
            Self::Csv => "csv",
            Self::Cucumber => "ndjson",
            Self::TestReport => "json",
            Self::Badge => "svg",
        }
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == name)
            .ok_or_else(|| Error::UnknownFormat {
                name: name.to_owned(),
                known: Self::ALL.map(Self::as_str).join(", "),
            })
    }
}

/// Renders a run. The same run always gives the same bytes.
///
/// # Errors
/// When a template is missing or wrong.
pub fn render(run: &Run, format: Format, templates: &Data) -> Result<Vec<u8>, Error> {
    match format {
        Format::Html => html::render(run, templates),
        Format::Json => json::render(run),
        Format::Junit => Ok(junit::render(run)),
        Format::Markdown => Ok(markdown::render(run)),
        Format::Sarif => sarif::render(run),
        Format::Csv => Ok(csv::render(run)),
        Format::Cucumber => cucumber::render(run),
        Format::TestReport => test_report::render(run),
        Format::Badge => Ok(badge::render(run)),
    }
}

#[cfg(test)]
mod tests {
    use super::Format;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_names_there_are() {
        let message = "pdf".parse::<Format>().unwrap_err().to_string();
        assert_eq!(
            message,
            "\"pdf\" is not a report format; use one of html, json, junit, markdown, sarif, csv, \
             cucumber, test-report, badge"
        );
    }
}

//! The formats there are, and the one place that picks between them.

use super::{Error, html, json, junit};
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
}

impl Format {
    /// All formats, in the order they are listed.
    pub const ALL: [Self; 3] = [Self::Html, Self::Json, Self::Junit];

    /// The name on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
        }
    }

    /// What it is for, for help texts: a fragment without a full stop.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Html => "one self-contained page for people; opens from disk, needs no network",
            Self::Json => "everything that happened, for programs; has a versioned schema",
            Self::Junit => "JUnit XML for build servers; one test case per scenario",
        }
    }

    /// Extension of a file that holds it, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "xml",
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
            "\"pdf\" is not a report format; use one of html, json, junit"
        );
    }
}

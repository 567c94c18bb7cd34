//! What can be wrong with the lines of a file.

use super::Response;
use http::header::CONTENT_TYPE;
use serde::Deserialize;

/// What is wrong with the lines of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineFault {
    /// Every line ends with a carriage return and a newline.
    CarriageReturns,
    /// There is a blank line after the first.
    Blank,
    /// The first line comes again at the end.
    RepeatFirst,
    /// The last line is only half there.
    CutLast,
    /// The first line is missing.
    LoseFirst,
    /// A line holds something else than JSON.
    Prose,
    /// All lines are the items of one JSON array.
    Array,
    /// The last line comes first. There is nothing wrong with that: lines have no order.
    Reverse,
}

impl LineFault {
    /// Writes the lines of a file wrongly.
    pub(super) fn misprint(self, response: &mut Response) {
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let Some(first) = lines.first().cloned() else {
            return;
        };
        let mut end = "\n";
        match self {
            Self::CarriageReturns => end = "\r\n",
            Self::Blank => lines.insert(1, String::new()),
            Self::RepeatFirst => lines.push(first),
            Self::LoseFirst => {
                lines.remove(0);
            }
            Self::Prose => lines.push("That is all.".to_owned()),
            Self::CutLast => {
                let last = lines.pop().unwrap_or_default();
                let half = last.chars().take(last.chars().count() / 2).collect();
                lines.push(half);
            }
            Self::Reverse => lines.reverse(),
            Self::Array => lines = vec![format!("[{}]", lines.join(","))],
        }
        let mut body = lines.join(end);
        if self != Self::CutLast && !lines.is_empty() {
            body.push_str(end);
        }
        response.body = body.into();
    }
}

/// Whether the body is a file of lines.
pub(super) fn is_lines(response: &Response) -> bool {
    let kind = response.headers.get(CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().ends_with(b"ndjson"))
}

#[cfg(test)]
mod tests {
    use super::{LineFault, Response};

    #[test]
    fn lines_are_written_wrongly() {
        let misprinted = |fault: LineFault| {
            let mut response = Response::new(200, "application/fhir+ndjson", "{}\n[1]\n");
            fault.misprint(&mut response);
            String::from_utf8(response.body.to_vec()).unwrap()
        };
        assert_eq!(misprinted(LineFault::CarriageReturns), "{}\r\n[1]\r\n");
        assert_eq!(misprinted(LineFault::Blank), "{}\n\n[1]\n");
        assert_eq!(misprinted(LineFault::RepeatFirst), "{}\n[1]\n{}\n");
        assert_eq!(misprinted(LineFault::CutLast), "{}\n[");
        assert_eq!(misprinted(LineFault::LoseFirst), "[1]\n");
        assert_eq!(misprinted(LineFault::Array), "[{},[1]]\n");
    }
}

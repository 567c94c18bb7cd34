//! TOML to types, with messages that point at the place and say what to write.

use super::suggestion::closest;
use super::{Error, Located};
use serde::de::DeserializeOwned;
use std::path::Path;

/// Reads a whole text file.
pub(super) fn read(path: &Path) -> Result<String, Error> {
    let shown = || path.display().to_string();
    std::fs::read_to_string(path).map_err(|problem| match problem.kind() {
        std::io::ErrorKind::NotFound => Error::Missing { path: shown() },
        _ => Error::Unreadable {
            path: shown(),
            reason: problem.to_string(),
        },
    })
}

/// Reads TOML into a type that refuses unknown keys.
pub(super) fn parse<T: DeserializeOwned>(text: &str, path: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|problem| {
        let offset = problem.span().map_or(0, |span| span.start);
        let mut located = Located::new(path, text, offset, one_line(problem.message()));
        located.help = help(&located.message);
        if located.is_secret() && may_quote(&located.message) {
            located.message = "this credential is not a valid value".to_owned();
            located.help = Some(super::credential::HOW.to_owned());
        }
        if let Some((unknown, kind)) = unknown(&located.message) {
            located.message = format!("there is no {kind} `{unknown}` here");
        }
        Error::Content(Box::new(located))
    })
}

/// An error of our own at a byte offset.
pub(super) fn refuse(text: &str, path: &str, offset: usize, message: String) -> Error {
    Error::Content(Box::new(Located::new(path, text, offset, message)))
}

/// Whether a message may repeat the value it is about.
fn may_quote(message: &str) -> bool {
    const SAFE: [&str; 5] = [
        "a credential",
        "the URL holds",
        "unknown ",
        "missing ",
        "duplicate ",
    ];
    !SAFE.iter().any(|safe| message.starts_with(safe))
}

fn one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}

/// The name in ``unknown field `x`, expected …``, and what it should be one of.
fn unknown(message: &str) -> Option<(&str, &'static str)> {
    let (rest, kind) = message
        .strip_prefix("unknown field `")
        .map(|rest| (rest, "key"))
        .or_else(|| Some((message.strip_prefix("unknown variant `")?, "value")))?;
    rest.split_once('`').map(|(name, _)| (name, kind))
}

fn help(message: &str) -> Option<String> {
    if let Some(field) = message.strip_prefix("missing field `") {
        let field = field.split('`').next().unwrap_or_default();
        return Some(format!("add `{field} = …` to this table"));
    }
    if message.starts_with("invalid type") && message.contains("expected a string") {
        return Some("write the value between quotes".to_owned());
    }
    let (name, kind) = unknown(message)?;
    let (_, list) = message.split_once(", expected ")?;
    // The list puts every name between backquotes.
    let known: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    Some(match closest(name, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("known {kind}s: {}", known.join(", ")),
    })
}

//! What a reply to `$validate-code` says.

use crate::http::Reply;
use serde_json::Value;

/// What a reply to `$validate-code` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// The code is one.
    In,
    /// It is none.
    NotIn,
    /// The server does not know the value set or the code system.
    Unknown,
    /// This is no answer to the question: what it is, for a person.
    Failed(String),
}

/// Reads a reply. Only a clear yes or no counts as one.
pub(super) fn read(reply: &Reply) -> Answer {
    if matches!(reply.status, 401 | 403 | 408 | 429)
        || !matches!(reply.status, 200..=299 | 400..=499)
    {
        return Answer::Failed(format!("the status {}", reply.status));
    }
    let body = match reply.json() {
        Ok(body) => body,
        Err(problem) => return Answer::Failed(problem.to_string()),
    };
    match body["resourceType"].as_str() {
        Some("Parameters") if reply.status < 300 => parameters(&body),
        // Refused with a reason: the server is there, and cannot tell.
        Some("OperationOutcome") => Answer::Unknown,
        _ => Answer::Failed(format!("no Parameters, with the status {}", reply.status)),
    }
}

fn parameters(body: &Value) -> Answer {
    let all = || body["parameter"].as_array().into_iter().flatten();
    let named = |name: &str| all().find(|parameter| parameter["name"] == name);
    match named("result").and_then(|result| result["valueBoolean"].as_bool()) {
        Some(true) => Answer::In,
        Some(false) if all().any(says_unknown) => Answer::Unknown,
        Some(false) => Answer::NotIn,
        None => Answer::Failed("Parameters without a result".to_owned()),
    }
}

/// Whether a parameter beside `result = false` says that the question could not be answered.
fn says_unknown(parameter: &Value) -> bool {
    match parameter["name"].as_str() {
        Some("message") => parameter["valueString"]
            .as_str()
            .is_some_and(is_message_of_unknown),
        Some("cause") => parameter["valueCode"] == "not-found",
        Some("issues") => {
            let issues = parameter["resource"]["issue"].as_array();
            issues.into_iter().flatten().any(is_issue_of_unknown)
        }
        // Ways of saying which code system is missing, older than the issues.
        Some("x-caused-by-unknown-system" | "x-unknown-system") => true,
        _ => false,
    }
}

fn is_issue_of_unknown(issue: &Value) -> bool {
    // What only informs does not explain the result.
    if matches!(issue["severity"].as_str(), Some("information" | "success")) {
        return false;
    }
    let codings = issue["details"]["coding"].as_array().into_iter().flatten();
    let mut kinds = codings.filter_map(|coding| coding["code"].as_str());
    let is_kind = kinds.any(|kind| {
        let kind = kind.to_ascii_lowercase().replace('_', "-");
        matches!(
            kind.as_str(),
            "not-found" | "vs-invalid" | "cannot-infer" | "process-error" | "invalid-data"
        )
    });
    is_kind
        || matches!(
            issue["code"].as_str(),
            Some(
                "not-found"
                    | "not-supported"
                    | "too-costly"
                    | "exception"
                    | "timeout"
                    | "transient"
                    | "incomplete"
            )
        )
        || issue["details"]["text"]
            .as_str()
            .is_some_and(is_message_of_unknown)
        || issue["diagnostics"]
            .as_str()
            .is_some_and(is_message_of_unknown)
}

/// Whether a message speaks of a missing value set or code system, and not of a code that is missing in one:
/// "the value set X could not be found", but not "the code was not found in the value set X".
fn is_message_of_unknown(message: &str) -> bool {
    const HOLDERS: [&str; 6] = [
        "code system",
        "codesystem",
        "code-system",
        "value set",
        "valueset",
        "value-set",
    ];
    const ABSENT: [&str; 11] = [
        "not be found",
        "not found",
        "is unknown",
        "not known",
        "not supported",
        "unsupported",
        "not exist",
        "not available",
        "not be resolved",
        "not be expanded",
        "not loaded",
    ];
    let message: String = message
        .chars()
        .take(4_000)
        .collect::<String>()
        .to_lowercase();
    message
        .split([';', '\n'])
        .flat_map(|part| part.split(". "))
        .any(|sentence| {
            HOLDERS.iter().any(|holder| {
                sentence.match_indices(holder).any(|(at, _)| {
                    let before = sentence[..at].trim_end();
                    let after = &sentence[at..];
                    let is_called_unknown =
                        before.ends_with("unknown") || before.ends_with("unsupported");
                    is_called_unknown || ABSENT.iter().any(|word| after.contains(word))
                })
            })
        })
}

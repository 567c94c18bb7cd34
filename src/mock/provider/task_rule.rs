//! What a Task must be to be taken: the rules of the profile cdex-task-data-request that a server can hold a
//! request against (CDex, StructureDefinition cdex-task-data-request).

use crate::mock::code::{CDEX_TEMP, HREX_TEMP, SDC_TEMP, codings, has_code, inputs};
use serde_json::Value;

/// The statuses a Task may have (HRex, value set hrex-task-status).
pub(super) const STATUSES: [&str; 7] = [
    "requested",
    "accepted",
    "rejected",
    "in-progress",
    "on-hold",
    "failed",
    "completed",
];

/// How data is asked for: Task.code, and system, code and value of the input that goes with it.
pub(super) const KINDS: [(&str, &str, &str, &str); 3] = [
    ("data-request-query", HREX_TEMP, "data-query", "valueString"),
    (
        "data-request-code",
        HREX_TEMP,
        "data-code",
        "valueCodeableConcept",
    ),
    (
        "data-request-questionnaire",
        SDC_TEMP,
        "questionnaire",
        "valueCanonical",
    ),
];

/// The first rule that a request for data breaks, in words.
pub(super) fn broken(task: &Value) -> Option<String> {
    let lacks = ["for", "authoredOn", "requester", "owner", "input"]
        .into_iter()
        .find(|name| task[*name].is_null());
    if let Some(name) = lacks {
        return Some(format!("Task.{name} is missing"));
    }
    if task["status"] != "requested" {
        return Some("a new Task has the status requested".to_owned());
    }
    if task["intent"] != "order" {
        return Some("Task.intent is order".to_owned());
    }
    if !task["focus"].is_null() {
        return Some("Task.focus is not allowed".to_owned());
    }
    for name in ["statusReason", "businessStatus", "reasonCode"] {
        if !task[name].is_null() && !task[name]["text"].is_string() {
            return Some(format!("Task.{name} has a text"));
        }
    }
    broken_input(task)
}

/// The first rule about Task.code and Task.input that is broken.
fn broken_input(task: &Value) -> Option<String> {
    let kind = KINDS
        .iter()
        .find(|(code, ..)| has_code(&task["code"], CDEX_TEMP, code));
    let Some((code, system, input, value)) = kind else {
        return Some("Task.code says none of the ways data is asked for".to_owned());
    };
    if codings(&task["code"]).any(|coding| coding["system"] != CDEX_TEMP) {
        return Some("Task.code has a coding of another system".to_owned());
    }
    let main: Vec<&Value> = inputs(task)
        .filter(|one| {
            KINDS
                .iter()
                .any(|(_, system, input, _)| has_code(&one["type"], system, input))
        })
        .collect();
    match main[..] {
        [one] if has_code(&one["type"], system, input) && !one[*value].is_null() => None,
        [_] => Some(format!("{code} goes with an input {input} as {value}")),
        _ => Some("there is exactly one input that says what is asked for".to_owned()),
    }
}

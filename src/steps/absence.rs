//! What is not there: left out, or its absence told in a way that can be understood.

use super::drive::{Arguments, Halt, Outcome};
use super::instance::name_of;
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Elements without a value have the extension data-absent-reason, or another that stands for the value.
    r"^elements without a value say why$" => absence_is_told;
    /// Reasons of absence, by extension or by code, are codes that FHIR has for it; skips when there is none.
    r"^reasons of absence are those that FHIR knows$" => reasons_known;
    /// The same for codes in place of values alone.
    r"^codes for missing values are those that FHIR knows$" => codes_known;
    /// No empty string, list or object, no null, and no word for nothing in place of a text.
    r"^none of them holds an empty element or a placeholder$" => nothing_empty;
    /// Observations and components without a value, members or components say why there is none.
    r"^results without a value say why$" => results_say_why;
}

const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
const ABSENT_CODES: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
const NULL_FLAVOR: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
/// Extensions that stand in for a value: the reason of its absence, and a rendering.
const STAND_INS: [&str; 2] = [
    ABSENT,
    "http://hl7.org/fhir/StructureDefinition/rendered-value",
];
/// Words that say nothing.
const PLACEHOLDERS: [&str; 8] = ["n/a", "na", "none", "null", "tbd", "unknown", "-", "?"];

/// Calls `look` with every object and array of a record, and its place.
pub(super) fn walk(value: &Value, place: &str, look: &mut impl FnMut(&Value, &str)) {
    look(value, place);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                walk(value, &format!("{place}.{name}"), look);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, &format!("{place}[{index}]"), look);
            }
        }
        _ => {}
    }
}

/// Calls `look` with everything in every record; collects what it says is wrong.
fn look_through(
    records: &[Value],
    look: impl Fn(&Value, &str) -> Option<Mismatch>,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    for record in records {
        let kind = record["resourceType"].as_str().unwrap_or("Resource");
        walk(record, kind, &mut |value, place| {
            let found = look(value, place);
            let hint = format!("in {}", name_of(record));
            mismatches.extend(found.map(|mismatch| mismatch.at(place).hint(hint)));
        });
    }
    mismatches
}

async fn absence_is_told(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = world.records_read();
    let mismatches = look_through(&records, |value, _| {
        let fields = value.as_object()?;
        let mut silent = fields.iter().filter(|(name, sibling)| {
            let Some(element) = name.strip_prefix('_') else {
                return false;
            };
            let is_said = |sibling: &Value| {
                let extensions = path::elements(sibling, "extension.url");
                extensions
                    .iter()
                    .any(|url| url.as_str().is_some_and(|url| STAND_INS.contains(&url)))
            };
            match (fields.get(element), sibling) {
                (None, sibling) => !is_said(sibling),
                (Some(Value::Array(values)), Value::Array(siblings)) => values
                    .iter()
                    .zip(siblings)
                    .any(|(value, sibling)| value.is_null() && !is_said(sibling)),
                _ => false,
            }
        });
        let (name, _) = silent.next()?;
        let expected = "a value, or the extension data-absent-reason in its place";
        Some(Mismatch::new(expected, format!("{name} has neither")))
    });
    world.judge_all(mismatches)
}

/// Judges codes for missing values: extensions too, or codes alone.
fn judge_reasons(world: &mut World, with_extensions: bool) -> Outcome {
    let target = world.target()?;
    let (mut count, mut mismatches) = (0, Vec::new());
    for record in world.records_read() {
        let kind = record["resourceType"].as_str().unwrap_or("Resource");
        walk(&record, kind, &mut |value, place| {
            let (system, code) = if with_extensions && value["url"] == ABSENT {
                (ABSENT_CODES, value["valueCode"].as_str())
            } else {
                let system = value["system"].as_str();
                match system.and_then(|system| {
                    [ABSENT_CODES, NULL_FLAVOR]
                        .into_iter()
                        .find(|one| *one == system)
                }) {
                    Some(system) => (system, value["code"].as_str()),
                    None => return,
                }
            };
            count += 1;
            let is_known =
                code.is_some_and(|code| target.validator.has_code(system, code) != Some(false));
            if !is_known {
                let actual = code.unwrap_or("no code").to_owned();
                mismatches.push(
                    Mismatch::new(format!("a code of {system}"), actual)
                        .at(place)
                        .hint(format!("in {}", name_of(&record))),
                );
            }
        });
    }
    world.note(format!("{count} reasons of absence"));
    world.judge_all(mismatches)?;
    if count == 0 {
        return Err(Halt::Skip(
            "no reason of absence was given: give a test member of whom the payer knows why something is missing"
                .into(),
        ));
    }
    Ok(())
}

async fn reasons_known(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_reasons(world, true)
}

async fn codes_known(world: &mut World, _: Arguments<'_>) -> Outcome {
    judge_reasons(world, false)
}

async fn nothing_empty(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = world.records_read();
    let mismatches = look_through(&records, |value, place| {
        let is_coded = [".code", ".status", ".div", ".system", ".use"]
            .iter()
            .any(|end| place.ends_with(end));
        let actual = match value {
            Value::String(text) if text.trim().is_empty() => "an empty text",
            Value::String(text)
                if !is_coded && PLACEHOLDERS.contains(&text.trim().to_lowercase().as_str()) =>
            {
                "a placeholder"
            }
            Value::Array(items) if items.is_empty() => "an empty list",
            Value::Object(fields) if fields.is_empty() => "an empty object",
            // Within a list, null stands where only the element beside has something.
            Value::Null if !place.ends_with(']') => "null",
            _ => return None,
        };
        Some(Mismatch::new("what is not there is left out", actual))
    });
    world.judge_all(mismatches)
}

async fn results_say_why(world: &mut World, _: Arguments<'_>) -> Outcome {
    let has_value = |value: &Value| {
        let fields = value.as_object();
        fields.is_some_and(|fields| {
            let mut names = fields.keys();
            names.any(|name| {
                name.trim_start_matches('_').starts_with("value") || name == "dataAbsentReason"
            })
        })
    };
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let groups = record["component"].is_array() || record["hasMember"].is_array();
        let mut silent = Vec::new();
        if !groups && !has_value(&record) {
            silent.push("Observation".to_owned());
        }
        let components = record["component"].as_array().into_iter().flatten();
        for (index, component) in components.enumerate() {
            if !has_value(component) {
                silent.push(format!("Observation.component[{index}]"));
            }
        }
        for place in silent {
            mismatches.push(
                Mismatch::new("a value or dataAbsentReason", "neither")
                    .at(place)
                    .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

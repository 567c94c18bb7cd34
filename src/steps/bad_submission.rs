//! Submissions that break the rules of `$submit-attachment`: what must be there is missing, empty or of another type.

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use serde_json::{Value, json};

super::book::steps! {
    /// Spoils the submission in the making.
    r"^the submission is spoilt: (.+)$" => spoil;
}

/// What is wrong, which parameter that concerns, and what stands in its place; nothing where it is left out.
fn spoilt(how: &str) -> Option<(&'static str, Option<Value>)> {
    let text = |name: &str| Some(json!({"name": name, "valueString": "1"}));
    let empty = |name: &str| {
        let system = "https://vitruvian.example/ids/empty";
        Some(json!({"name": name, "valueIdentifier": {"system": system}}))
    };
    let day = |day: &str| Some(json!({"name": "ServiceDate", "valueDateTime": day}));
    Some(match how {
        "it has no tracking id" => ("TrackingId", None),
        "its tracking id has no number" => ("TrackingId", empty("TrackingId")),
        "its tracking id is a text" => ("TrackingId", text("TrackingId")),
        "it does not say what it is for" => ("AttachTo", None),
        "what it is for is a text" => ("AttachTo", text("AttachTo")),
        "it is for a predetermination" => {
            let other = json!({"name": "AttachTo", "valueCode": "predetermination"});
            ("AttachTo", Some(other))
        }
        "it names no member" => ("MemberId", None),
        "its member has no number" => ("MemberId", empty("MemberId")),
        "its member is a text" => ("MemberId", text("MemberId")),
        "it has no attachment" => ("Attachment", None),
        "its attachment is empty" => ("Attachment", Some(json!({"name": "Attachment"}))),
        "its attachment has a code and no content" => {
            let code = json!({"name": "Code", "valueCodeableConcept": {"text": "a note"}});
            let empty = json!({"name": "Attachment", "part": [code]});
            ("Attachment", Some(empty))
        }
        "it names neither provider nor organization" => ("ProviderId", None),
        "it has no day of service" => ("ServiceDate", None),
        "its day of service is a month" => ("ServiceDate", day("2024-06")),
        "its day of service is a year" => ("ServiceDate", day("2024")),
        _ => return None,
    })
}

async fn spoil(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let how = arguments.word(1);
    let (name, value) =
        spoilt(how).ok_or_else(|| Halt::Error(format!("nobody knows how to spoil it: {how}")))?;
    if how == "it names neither provider nor organization" {
        world.set_parameter("OrganizationId", None)?;
    }
    world.set_parameter(name, value)
}

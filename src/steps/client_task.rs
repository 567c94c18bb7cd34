//! Tasks that a client under test sends to a provider (CDex): chosen, and judged one by one.

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use super::world::hearing::sent;
use crate::fhir::path;
use crate::mock::Heard;
use serde_json::Value;

super::book::steps! {
    /// Turns to the Tasks that the client has sent.
    r"^the payer sends Tasks$" => any;
    /// Turns to the Tasks by which the client asked for data, or for attachments.
    r"^the payer asks for (data|attachments) by Tasks$" => asks;
    /// Turns to those of them that ask so.
    r"^the payer asks for (data|attachments) by (query|code|Questionnaire)$" => asks_so;
    /// Keeps the Tasks that have such a value.
    r"^the Tasks that have (\S+)$" => that_have;
    /// Keeps the Tasks in which some value there is that.
    r"^the Tasks in which (\S+) is (\S+)$" => that_say;
    /// Each of the Tasks has the element.
    r"^each of them has (\S+)$" => each_has;
    /// Each of the Tasks has one of these elements.
    r"^each of them has (\S+) or (\S+)$" => each_has_either;
    /// In each of the Tasks every value there is that, and there is one.
    r"^in each of them (\S+) is (\S+)$" => each_says;
    /// Some value there is that in one of the Tasks.
    r"^in one of them (\S+) is (\S+)$" => one_says;
    /// One of the Tasks has the element.
    r"^one of them has (\S+)$" => one_has;
    /// Among the Tasks, some ask by a query and some by a code.
    r"^some of them ask by query and some by code$" => both_ways;
    /// None of the Tasks lacks what its profile says must be there.
    r"^each of them has all that its profile demands$" => complete;
    /// Codes of CDex that say only that no standard code fits come with another code.
    r"^a purpose that is only told not to be another comes with what it is$" => alternate;
    /// Every authorization that a Task refers to is a CommunicationRequest or a ServiceRequest.
    r"^each of them is authorized by a CommunicationRequest or a ServiceRequest$" => authorized;
    /// A query, or a wish in words, of one of the Tasks asks for Provenance.
    r"^one of them asks for the Provenance of the data$" => asks_provenance;
    /// The numbers of claims and the like have the type FILL or PLAC.
    r"^each of them says whether payer or provider has given the number$" => giver;
    /// The canonical of each Questionnaire is an absolute URL.
    r"^each of them names the Questionnaire by its address$" => addressed;
    /// Wherever a purpose of use is said, it is that one.
    r"^their purpose of use is (\S+), where it is said$" => purpose;
    /// Every tag of the guide's own code system is one of its work queues.
    r"^their work queues are those of the guide$" => work_queues;
    /// There is one administrative reference number at most in each; it has a value; its system is an address.
    r"^an administrative reference number (comes once at most|has a value|has a system)$" => reference_number;
    /// References and parties: each has a reference, or an identifier with a system and a value.
    r"^each of them names (\S+) by a reference or a number$" => named;
}

/// Code system of CDex.
const CDEX_TEMP: &str = "http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp";
/// What a Task that asks for attachments claims to be.
const ATTACHMENTS: &str = "cdex-task-attachment-request";
/// Codes that say what a purpose of use is not.
const NOT_ELSEWHERE: [&str; 3] = ["treatment-noe", "payment-noe", "operations-noe"];

/// Work queues of the guide (value set cdex-work-queue).
const WORK_QUEUES: [&str; 12] = [
    "claims-processing",
    "preauth-processing",
    "risk-adjustment",
    "quality-metrics",
    "referral",
    "social-care",
    "authorization-other",
    "care-coordination",
    "documentation-general",
    "orders",
    "patient-status",
    "signature",
];

/// The codes of Task.code.
fn codes(task: &Value) -> impl Iterator<Item = &str> {
    let codes = path::elements(task, "code.coding.code");
    codes.into_iter().filter_map(Value::as_str)
}

/// Whether a Task asks for attachments, rather than for data: as it claims, or else by its code.
pub(super) fn asks_for_attachments(task: &Value) -> bool {
    let mut claims = super::instance::claims(task);
    let claim = claims.find(|claim| claim.contains("/cdex-task-"));
    match claim {
        Some(claim) => claim.contains(ATTACHMENTS),
        None => codes(task).any(|code| code.starts_with("attachment-request")),
    }
}

/// Whether an exchange is a Task that is sent.
pub(super) fn is_task(heard: &Heard) -> bool {
    heard.request.method == http::Method::POST
        && heard.request.path.trim_end_matches('/') == "/Task"
}

async fn any(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("send a Task (POST /Task)", is_task)
}

impl World {
    /// Turns to the Tasks that ask for attachments, or for data.
    pub(super) fn hear_tasks(&mut self, what: &str) -> Outcome {
        let deed = format!("ask for {what} by a Task (POST /Task)");
        let of_attachments = what == "attachments";
        self.hear(&deed, |heard| {
            is_task(heard) && asks_for_attachments(&sent(heard)) == of_attachments
        })
    }
}

async fn asks(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    world.hear_tasks(arguments.word(1))
}

async fn asks_so(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (what, way) = (arguments.word(1), arguments.word(2));
    world.hear_tasks(what)?;
    let code = match what {
        "data" => format!("data-request-{}", way.to_lowercase()),
        _ => format!("attachment-request-{}", way.to_lowercase()),
    };
    world.narrow(&format!("ask for {what} by {way} ({code})"), |heard| {
        codes(&sent(heard)).any(|one| one == code)
    })
}

/// Whether a value is written so.
fn is_so(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Bool(flag) => wanted == if *flag { "true" } else { "false" },
        Value::Number(number) => wanted == number.to_string(),
        _ => false,
    }
}

/// What is at a place, in words.
fn told(values: &[&Value]) -> String {
    match values {
        [] => "nothing".to_owned(),
        some => some
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

async fn that_have(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let place = arguments.word(1);
    world.narrow(&format!("send a Task with {place}"), |heard| {
        !path::elements(&sent(heard), place).is_empty()
    })
}

async fn that_say(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (place, wanted) = (arguments.word(1), arguments.word(2));
    world.narrow(
        &format!("send a Task in which {place} is {wanted}"),
        |heard| {
            let body = sent(heard);
            let values = path::elements(&body, place);
            values.iter().any(|value| is_so(value, wanted))
        },
    )
}

async fn each_has(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let place = arguments.word(1);
    world.judge_heard(|heard| match path::elements(&sent(heard), place)[..] {
        [] => Err(Mismatch::new(place, "it is missing").at(place)),
        _ => Ok(()),
    })
}

async fn each_has_either(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (one, other) = (arguments.word(1), arguments.word(2));
    world.judge_heard(|heard| {
        let body = sent(heard);
        let is_there = |place: &str| !path::elements(&body, place).is_empty();
        match is_there(one) || is_there(other) {
            true => Ok(()),
            false => Err(Mismatch::new(format!("{one} or {other}"), "neither").at("body")),
        }
    })
}

async fn each_says(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (place, wanted) = (arguments.word(1), arguments.word(2));
    world.judge_heard(|heard| {
        let body = sent(heard);
        let values = path::elements(&body, place);
        match !values.is_empty() && values.iter().all(|value| is_so(value, wanted)) {
            true => Ok(()),
            false => Err(Mismatch::new(wanted, told(&values)).at(place)),
        }
    })
}

async fn one_says(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (place, wanted) = (arguments.word(1), arguments.word(2));
    let heard = world.heard();
    let is_said = heard.iter().any(|heard| {
        let body = sent(heard);
        let values = path::elements(&body, place);
        values.iter().any(|value| is_so(value, wanted))
    });
    let expected = format!("one Task at least in which {place} is {wanted}");
    world.judge_once(match is_said {
        true => Ok(()),
        false => Err(Mismatch::new(expected, format!("none of {}", heard.len())).at(place)),
    })
}

async fn one_has(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let place = arguments.word(1);
    let heard = world.heard();
    let is_there = |heard: &std::sync::Arc<Heard>| !path::elements(&sent(heard), place).is_empty();
    let expected = format!("one Task at least with {place}");
    world.judge_once(match heard.iter().any(is_there) {
        true => Ok(()),
        false => Err(Mismatch::new(expected, format!("none of {}", heard.len())).at(place)),
    })
}

async fn both_ways(world: &mut World, _: Arguments<'_>) -> Outcome {
    let heard = world.heard();
    for wanted in ["data-request-query", "data-request-code"] {
        let is_asked = heard
            .iter()
            .any(|heard| codes(&sent(heard)).any(|code| code == wanted));
        if !is_asked {
            let expected = format!("one Task at least with the code {wanted}");
            let mismatch = Mismatch::new(expected, format!("none of {}", heard.len()));
            world.judge_once(Err(mismatch.at("Task.code")))?;
        }
    }
    Ok(())
}

async fn complete(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    for heard in world.heard() {
        let task = sent(&heard);
        let name = match asks_for_attachments(&task) {
            true => ATTACHMENTS,
            false => "cdex-task-data-request",
        };
        let profile = world.profile(name)?;
        let instance = world.held(&task, &profile)?;
        let lacking = instance.inspection.report.errors();
        let lacking = lacking.filter(|issue| issue.rule == "min");
        broken.extend(lacking.map(|issue| (heard.clone(), instance.mismatch(issue))));
    }
    world.judge_cited(broken)
}

async fn alternate(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_vague = |one: &&Value| {
        NOT_ELSEWHERE.iter().any(|code| one["code"] == *code) && one["system"] == CDEX_TEMP
    };
    let purposes = |body: &Value| -> Vec<Value> {
        let inputs = body["input"].as_array().into_iter().flatten();
        let concepts = inputs.map(|input| input["valueCodeableConcept"]["coding"].clone());
        let has_vague = |codings: &Value| {
            let all = codings.as_array();
            all.is_some_and(|all| all.iter().any(|one| is_vague(&one)))
        };
        concepts.filter(has_vague).collect()
    };
    let vague = "name a purpose of use by treatment-noe, payment-noe or operations-noe";
    world.narrow(vague, |heard| !purposes(&sent(heard)).is_empty())?;
    world.judge_heard(|heard| {
        for codings in purposes(&sent(heard)) {
            let all = codings.as_array().map(Vec::as_slice).unwrap_or_default();
            if !all
                .iter()
                .any(|one| !is_vague(&one) && one["code"].is_string())
            {
                let expected = "a further code that says what it is";
                let actual = codings.to_string();
                return Err(Mismatch::new(expected, actual).at("Task.input.valueCodeableConcept"));
            }
        }
        Ok(())
    })
}

async fn named(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let place = arguments.word(1);
    if place.is_empty() {
        return Err(Halt::Error("name an element".into()));
    }
    world.judge_heard(|heard| {
        let task = sent(heard);
        let found = path::elements(&task, place);
        let is_named = |one: &Value| {
            let identifier = &one["identifier"];
            one["reference"].is_string()
                || (identifier["system"].is_string() && identifier["value"].is_string())
        };
        match !found.is_empty() && found.iter().all(|one| is_named(one)) {
            true => Ok(()),
            false => {
                let expected = "a reference, or an identifier with its system and value";
                Err(Mismatch::new(expected, told(&found)).at(format!("Task.{place}")))
            }
        }
    })
}

async fn authorized(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let task = sent(heard);
        let all = path::elements(&task, "basedOn");
        let kinds = ["CommunicationRequest", "ServiceRequest"];
        let is_one = |one: &Value| {
            let reference = one["reference"].as_str().unwrap_or_default();
            let kind = one["type"].as_str().unwrap_or_default();
            kinds
                .iter()
                .any(|name| kind == *name || reference.contains(&format!("{name}/")))
        };
        match all.iter().all(|one| is_one(one)) {
            true => Ok(()),
            false => Err(Mismatch::new(kinds.join(" or "), told(&all)).at("Task.basedOn")),
        }
    })
}

async fn asks_provenance(world: &mut World, _: Arguments<'_>) -> Outcome {
    let heard = world.heard();
    let asks = |heard: &std::sync::Arc<Heard>| {
        let task = sent(heard);
        let places = ["input.valueString", "input.valueCodeableConcept.text"];
        let mut said = places.iter().flat_map(|place| path::elements(&task, place));
        said.any(|one| one.as_str().is_some_and(|text| text.contains("Provenance")))
    };
    // A later search for it will do as well.
    let all = world.conversation()?.heard();
    let searches = all.iter().any(|one| {
        let query = one.request.query.as_deref().unwrap_or_default();
        one.request.path == "/Provenance" || query.contains("Provenance")
    });
    let expected = "_revinclude=Provenance:target in a query, a wish in words, or a search for it";
    world.judge_once(match searches || heard.iter().any(asks) {
        true => Ok(()),
        false => Err(Mismatch::new(expected, "none").at("Task.input")),
    })
}

async fn giver(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let task = sent(heard);
        let codes = path::elements(&task, "reasonReference.identifier.type.coding.code");
        match codes
            .iter()
            .any(|code| **code == "FILL" || **code == "PLAC")
        {
            true => Ok(()),
            false => {
                let place = "Task.reasonReference.identifier.type";
                Err(Mismatch::new("FILL (payer) or PLAC (provider)", told(&codes)).at(place))
            }
        }
    })
}

async fn addressed(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| {
        let task = sent(heard);
        let all = path::elements(&task, "input.valueCanonical");
        let is_absolute = |one: &&Value| {
            let url = one.as_str().and_then(|text| url::Url::parse(text).ok());
            url.is_some_and(|url| url.has_host())
        };
        match !all.is_empty() && all.iter().all(is_absolute) {
            true => Ok(()),
            false => {
                Err(Mismatch::new("an absolute URL", told(&all)).at("Task.input.valueCanonical"))
            }
        }
    })
}

async fn purpose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1);
    let said = |task: &Value| -> Vec<Value> {
        let inputs = task["input"].as_array().into_iter().flatten();
        let of_purpose = inputs.filter(|one| {
            let kinds = path::elements(one, "type.coding.code");
            kinds.iter().any(|kind| **kind == "purpose-of-use")
        });
        let codes =
            of_purpose.flat_map(|one| path::elements(one, "valueCodeableConcept.coding.code"));
        codes.cloned().collect()
    };
    world.narrow("say what attachments are used for", |heard| {
        !said(&sent(heard)).is_empty()
    })?;
    world.judge_heard(|heard| {
        let codes = said(&sent(heard));
        match codes.iter().any(|code| code == wanted) {
            true => Ok(()),
            false => {
                let codes: Vec<&Value> = codes.iter().collect();
                Err(Mismatch::new(wanted, told(&codes)).at("Task.input.valueCodeableConcept"))
            }
        }
    })
}

async fn work_queues(world: &mut World, _: Arguments<'_>) -> Outcome {
    let queues = |task: &Value| -> Vec<Value> {
        let tags = task["meta"]["tag"].as_array().into_iter().flatten();
        let own = tags.filter(|tag| tag["system"] == CDEX_TEMP);
        own.map(|tag| tag["code"].clone()).collect()
    };
    world.narrow("name a work queue (Task.meta.tag)", |heard| {
        !queues(&sent(heard)).is_empty()
    })?;
    world.judge_heard(|heard| {
        let found = queues(&sent(heard));
        let other = found
            .iter()
            .find(|code| !WORK_QUEUES.iter().any(|known| *code == known));
        other.map_or(Ok(()), |code| {
            let expected = format!("one of {}", WORK_QUEUES.join(", "));
            Err(Mismatch::new(expected, code.to_string()).at("Task.meta.tag.code"))
        })
    })
}

async fn reference_number(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let rule = arguments.word(1);
    let numbers = |task: &Value| -> Vec<Value> {
        let all = task["identifier"].as_array().into_iter().flatten();
        let typed = all.filter(|one| {
            let kinds = path::elements(one, "type.coding.code");
            kinds.iter().any(|kind| **kind == "admin-ref-number")
        });
        typed.cloned().collect()
    };
    let deed = "give an administrative reference number in a Task";
    world.narrow(deed, |heard| !numbers(&sent(heard)).is_empty())?;
    world.judge_heard(|heard| {
        let found = numbers(&sent(heard));
        let is_kept = match rule {
            "comes once at most" => found.len() == 1,
            "has a value" => found.iter().all(|one| one["value"].is_string()),
            _ => found
                .iter()
                .all(|one| one["system"].is_string() || one["system"].is_null()),
        };
        match is_kept {
            true => Ok(()),
            false => {
                let actual = told(&found.iter().collect::<Vec<_>>());
                Err(Mismatch::new(format!("a number that {rule}"), actual).at("Task.identifier"))
            }
        }
    })
}

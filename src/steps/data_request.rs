//! A Task that asks a provider for data, in the making (CDex, profile cdex-task-data-request).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use crate::config::NPI_SYSTEM;
use serde_json::{Value, json};

super::book::steps! {
    /// The Task comes from the configured provider who asks; skips when none is configured.
    r"^the Task comes from another provider who treats the patient$" => from_colleague;
    /// A Task that was rejected with a reason tells that providers are not answered: then nothing is judged.
    r"^the provider answers other providers$" => answers_providers;
    /// Drafts a Task about the patient: by query, by LOINC code, in words or by a Questionnaire.
    r"^a Task that asks for (the active conditions|the HbA1c results|a single result|the inactive conditions|the conditions and where they come from|the progress notes|notes in words|answers to a questionnaire)$" => draft;
    /// Adds to the drafted Task what its profile allows.
    r"^the Task (names the purpose of use|is tagged for a work queue|names the claim it is about|names the coverage it is about|gives a reason in words|refers to a formal authorization|says that no signature is needed|says that a signature is needed|says all that a request can say|holds more than the profile names)$" => add;
    /// Names the patient of the drafted Task by member number alone.
    r"^the Task names the patient by member number alone$" => by_number;
    /// Names somebody as the requester whom no provider knows.
    r"^the Task comes from a stranger$" => from_stranger;
}

pub(super) const CDEX_TEMP: &str = "http://hl7.org/fhir/us/davinci-cdex/CodeSystem/cdex-temp";
pub(super) const HREX_TEMP: &str = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";
pub(super) const SDC_TEMP: &str = "http://hl7.org/fhir/uv/sdc/CodeSystem/temp";
pub(super) const PROFILE: &str =
    "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/cdex-task-data-request";
/// A Questionnaire that nobody has to know: the provider under test may reject it.
pub(super) const QUESTIONNAIRE: &str = "https://payer.example/Questionnaire/wheelchair";
/// Where identifiers that this tool gives are from.
const OURS: &str = "https://vitruvian.example/ids";

pub(super) fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

/// A query, as it is written in an input and sent as a search.
pub(super) fn query_of(what: &str, id: &str) -> Option<String> {
    Some(match what {
        "the active conditions" => format!("Condition?patient={id}&clinical-status=active"),
        "the inactive conditions" => format!("Condition?patient={id}&clinical-status=inactive"),
        "the HbA1c results" => format!("Observation?patient={id}&code=http://loinc.org|4548-4"),
        "a single result" => format!("Observation?patient={id}&code=http://loinc.org|2339-0"),
        "the conditions and where they come from" => {
            format!("Condition?patient={id}&_revinclude=Provenance:target")
        }
        _ => return None,
    })
}

/// Task.code and the input that says what is asked for.
fn asking(what: &str, id: &str) -> (&'static str, Value) {
    if let Some(query) = query_of(what, id) {
        let input = json!({"type": code(HREX_TEMP, "data-query"), "valueString": query});
        return ("data-request-query", input);
    }
    let concept = match what {
        "the progress notes" => json!({"coding": [{"system": "http://loinc.org",
            "code": "11506-3", "display": "Progress note"}]}),
        "notes in words" => json!({"text": "All progress notes since the last visit, please"}),
        _ => {
            let input =
                json!({"type": code(SDC_TEMP, "questionnaire"), "valueCanonical": QUESTIONNAIRE});
            return ("data-request-questionnaire", input);
        }
    };
    let input = json!({"type": code(HREX_TEMP, "data-code"), "valueCodeableConcept": concept});
    ("data-request-code", input)
}

impl World {
    /// Drafts a minimal Task that asks for that about the patient.
    pub(super) fn draft_request(&mut self, what: &str) -> Result<Value, Halt> {
        let (context, target) = (self.context()?, self.target()?);
        let id = self.patient_id()?;
        let (kind, input) = asking(what, &id);
        let party = |npi: &str| json!({"identifier": {"system": NPI_SYSTEM, "value": npi}});
        let (system, value) = self.patient_number()?;
        Ok(json!({
            "resourceType": "Task",
            "meta": {"profile": [PROFILE]},
            "identifier": [{"system": format!("{OURS}/request"), "value": format!("request-{id}-{kind}")}],
            "status": "requested",
            "intent": "order",
            "code": code(CDEX_TEMP, kind),
            "for": {
                "reference": format!("Patient/{id}"),
                "identifier": {"type": code("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
                    "system": system, "value": value},
            },
            "authoredOn": format!("{}T08:00:00Z", context.today),
            "requester": party(&context.requester.npi),
            "owner": party(&target.payer.npi),
            "input": [input],
        }))
    }

    /// The Task in the making.
    pub(super) fn drafted(&mut self) -> Result<&mut Value, Halt> {
        self.draft
            .as_mut()
            .ok_or_else(|| Halt::Error("no Task was drafted before this step".into()))
    }
}

async fn draft(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    world.draft = Some(world.draft_request(arguments.word(1))?);
    Ok(())
}

fn push(task: &mut Value, list: &str, item: Value) {
    match &mut task[list] {
        Value::Array(items) => items.push(item),
        empty => *empty = json!([item]),
    }
}

/// Adds what a sentence names.
pub(super) fn complete(task: &mut Value, what: &str) {
    match what {
        "names the purpose of use" => push(
            task,
            "input",
            json!({"type": code(CDEX_TEMP, "purpose-of-use"), "valueCodeableConcept":
                code("http://terminology.hl7.org/CodeSystem/v3-ActReason", "COVERAGE")}),
        ),
        "is tagged for a work queue" => {
            task["meta"]["tag"] = json!([{"system": CDEX_TEMP, "code": "claims-processing"}]);
        }
        "names the claim it is about" => {
            task["reasonReference"] = json!({"type": "Claim", "identifier": {
                "type": code("http://terminology.hl7.org/CodeSystem/v2-0203", "FILL"),
                "system": format!("{OURS}/claim"), "value": "claim-1"}});
        }
        "names the coverage it is about" => {
            task["reasonReference"] = json!({"type": "Coverage", "identifier": {
                "system": format!("{OURS}/coverage"), "value": "coverage-1"}});
        }
        "gives a reason in words" => {
            task["reasonCode"] = json!({"text": "review of a claim"});
        }
        "refers to a formal authorization" => push(
            task,
            "basedOn",
            json!({"reference": "https://payer.example/fhir/ServiceRequest/authorization-1"}),
        ),
        "says that no signature is needed" => push(
            task,
            "input",
            json!({"type": code(CDEX_TEMP, "signature-flag"), "valueBoolean": false}),
        ),
        "says that a signature is needed" => push(
            task,
            "input",
            json!({"type": code(CDEX_TEMP, "signature-flag"), "valueBoolean": true}),
        ),
        "holds more than the profile names" => {
            task["priority"] = json!("routine");
            task["note"] = json!([{"text": "for the file"}]);
            push(
                task,
                "extension",
                json!({"url": "https://vitruvian.example/StructureDefinition/nobody-knows-this", "valueString": "x"}),
            );
        }
        _ => {
            for all in [
                "names the purpose of use",
                "is tagged for a work queue",
                "names the claim it is about",
                "gives a reason in words",
                "refers to a formal authorization",
                "says that no signature is needed",
            ] {
                complete(task, all);
            }
        }
    }
}

async fn add(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let task = world.drafted()?;
    complete(task, arguments.word(1));
    Ok(())
}

async fn by_number(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.drafted()?;
    if let Some(patient) = task["for"].as_object_mut() {
        patient.remove("reference");
    }
    Ok(())
}

async fn from_colleague(world: &mut World, _: Arguments<'_>) -> Outcome {
    let npi = world.provider()?.party.npi;
    let task = world.drafted()?;
    task["requester"] = json!({"identifier": {"system": NPI_SYSTEM, "value": npi}});
    Ok(())
}

async fn answers_providers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let last = world.followed()?.last();
    let why = last["statusReason"]["text"].as_str().unwrap_or_default();
    match last["status"] == "rejected" && !why.is_empty() {
        true => Err(Halt::Inapplicable(format!(
            "the provider does not answer the other provider: {why}"
        ))),
        false => Ok(()),
    }
}

async fn from_stranger(world: &mut World, _: Arguments<'_>) -> Outcome {
    let task = world.drafted()?;
    task["requester"] = json!({"identifier": {"system": format!("{OURS}/payer"), "value": "nobody-knows-this-payer"}});
    Ok(())
}

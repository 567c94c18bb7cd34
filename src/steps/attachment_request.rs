//! A Task that asks a provider for attachments (CDex, profile cdex-task-attachment-request); what is submitted for it
//! is judged in `submitted_attachment`.

use super::data_request::{CDEX_TEMP, HREX_TEMP, QUESTIONNAIRE, SDC_TEMP, code};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::harvest::Harvest;
use super::{Mismatch, World};
use crate::config::{Expectation, NPI_SYSTEM};
use crate::fhir::Span;
use serde_json::{Value, json};
use std::sync::Arc;

super::book::steps! {
    /// Drafts a Task about the patient that asks for attachments, to be submitted to our own desk.
    r"^a Task that asks for (progress notes|answers to a questionnaire) as attachments of a (claim|prior authorization)$" => draft;
    /// Waits until something was submitted to our desk; a Task that was rejected or failed with a reason will do as well.
    r"^the payer receives what it asked for, or hears why not$" => received;
    /// Waits until something was submitted to our desk.
    r"^the payer receives what it asked for$" => surely_received;
    /// Waits until something was submitted to our desk: not later than the Task says.
    r"^the payer receives what it asked for in time$" => in_time;
    /// Sends Tasks for attachments of patients of all kinds, follows each to its end, and gathers every version seen.
    r"^Tasks for attachments that came to every end$" => every_end;
}

const PAS_TEMP: &str = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
const PAS: &str = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition";
const PROFILE: &str =
    "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/cdex-task-attachment-request";
const NAME: &str = "cdex-task-attachment-request";
const OURS: &str = "https://vitruvian.example/ids";
const SUBMIT: &str = "$submit-attachment";

/// The input that says what is needed: a code or a Questionnaire.
fn needed(is_first: bool, what: &str) -> (&'static str, Value) {
    let line = match is_first {
        true => {
            json!([{"url": format!("{PAS}/extension-serviceLineNumber"), "valuePositiveInt": 1}])
        }
        false => json!([{"url": format!("{PAS}/extension-paLineNumber"), "valueInteger": 1}]),
    };
    if what == "progress notes" {
        let (system, name) = match is_first {
            true => (HREX_TEMP, "data-code"),
            false => (PAS_TEMP, "attachments-needed"),
        };
        let concept = json!({"coding": [{"system": "http://loinc.org", "code": "11506-3",
            "display": "Progress note"}]});
        let input =
            json!({"extension": line, "type": code(system, name), "valueCodeableConcept": concept});
        return ("attachment-request-code", input);
    }
    let (system, name) = match is_first {
        true => (SDC_TEMP, "questionnaire"),
        false => (PAS_TEMP, "questionnaire-context"),
    };
    let input =
        json!({"extension": line, "type": code(system, name), "valueCanonical": QUESTIONNAIRE});
    ("attachment-request-questionnaire", input)
}

impl World {
    /// Drafts a Task that asks for attachments.
    async fn draft_attachments(&mut self, what: &str, about: &str) -> Result<Value, Halt> {
        let (context, target) = (self.context()?, self.target()?);
        let is_first = self.ig()?.ends_with("@2.0.0");
        let desk = self.desk_url().await?;
        let word = self.scenario_word()?;
        let (system, value) = self.patient_number()?;
        let member = self.member()?;
        let identified = |npi: &str| json!({"identifier": {"system": NPI_SYSTEM, "value": npi}});
        let npi = &target.payer.npi;
        let used = match about {
            "claim" => "claim",
            _ => "preauthorization",
        };
        let (kind, main) = needed(is_first, what);
        let of_task = if is_first { CDEX_TEMP } else { PAS_TEMP };
        let umb = "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp";
        let number = match is_first {
            true => code(umb, "UMB"),
            false => code("http://terminology.hl7.org/CodeSystem/v2-0203", "MB"),
        };
        let due = context.today.saturating_add(time::Duration::days(14));
        let mut inputs = vec![
            main,
            json!({"type": code(of_task, "payer-url"), "valueUrl": format!("{desk}/{SUBMIT}")}),
            json!({"type": code(CDEX_TEMP, "signature-flag"), "valueBoolean": false}),
        ];
        if used == "claim" {
            inputs
                .push(json!({"type": code(CDEX_TEMP, "service-date"), "valueDate": "2025-04-22"}));
        }
        Ok(json!({
            "resourceType": "Task",
            "meta": {"profile": [PROFILE]},
            "contained": [
                {
                    "resourceType": "Patient", "id": "patient",
                    "identifier": [{"type": number, "system": system, "value": value}],
                    "name": [{"family": member.family, "given": member.given}],
                    "birthDate": member.birth_date,
                },
                {
                    "resourceType": "PractitionerRole", "id": "practitionerrole",
                    "practitioner": identified(npi),
                    "organization": identified(npi),
                },
            ],
            "identifier": [{"type": code(CDEX_TEMP, "tracking-id"),
                "system": format!("{OURS}/tracking"), "value": format!("track-{word}")}],
            "status": "requested",
            "intent": "order",
            "code": code(of_task, kind),
            "for": {"reference": "#patient"},
            "authoredOn": format!("{}T08:00:00Z", context.today),
            "requester": identified(&context.requester.npi),
            "owner": {"reference": "#practitionerrole"},
            "reasonCode": {"coding": [{"system": "http://hl7.org/fhir/claim-use", "code": used}], "text": used},
            "reasonReference": {"identifier": {"system": format!("{OURS}/claim"), "value": "claim-1"}},
            "restriction": {"period": {"end": due.to_string()}},
            "input": inputs,
        }))
    }

    /// The Task as it was seen last; nothing when it was not taken.
    fn last_of_task(&self) -> Value {
        let task = self.task.as_ref();
        task.map(|task| task.last().clone()).unwrap_or_default()
    }

    /// What was submitted first to the desk of this scenario.
    pub(super) fn submitted(&self) -> Result<&Value, Halt> {
        self.submitted
            .as_ref()
            .ok_or_else(|| Halt::Skip("nothing was submitted".into()))
    }
}

async fn draft(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (what, about) = (arguments.word(1), arguments.word(2));
    world.draft = Some(world.draft_attachments(what, about).await?);
    Ok(())
}

/// Looks at the Task until something is submitted, or the Task comes to an end.
async fn wait(world: &mut World) -> Outcome {
    if world.task.is_none() {
        return Ok(());
    }
    // Looking at it moves the built-in provider along; a real one takes its time all the same.
    for _ in 0..6 {
        world.look_at_task().await?;
        let status = world.followed()?.last()["status"].clone();
        let has_come = !world.received(SUBMIT).await?.is_empty();
        if has_come
            || ["completed", "failed", "rejected"]
                .iter()
                .any(|one| status == *one)
        {
            break;
        }
    }
    let is_over = ["failed", "rejected"].iter().any(|one| {
        world
            .followed()
            .is_ok_and(|task| task.last()["status"] == *one)
    });
    if is_over {
        return Ok(());
    }
    let received = world
        .await_delivery(SUBMIT, |received| !received.is_empty())
        .await?;
    let body = received.first().map(|entry| entry.request.body.clone());
    world.submitted = body.and_then(|body| serde_json::from_slice(&body).ok());
    Ok(())
}

async fn received(world: &mut World, _: Arguments<'_>) -> Outcome {
    wait(world).await?;
    let last = world.last_of_task();
    let is_refused = last["statusReason"]["text"].is_string()
        && ["failed", "rejected"]
            .iter()
            .any(|one| last["status"] == *one);
    let result = match world.submitted.is_some() || is_refused {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a submission, or a Task that was rejected or failed with a reason",
            format!("nothing was submitted, and the Task is {}", last["status"]),
        )
        .at("Task.status")),
    };
    world.judge(result)
}

async fn surely_received(world: &mut World, _: Arguments<'_>) -> Outcome {
    wait(world).await?;
    let status = world.last_of_task()["status"].clone();
    let is_ours = world
        .submitted
        .as_ref()
        .is_some_and(|body| body["resourceType"] == "Parameters");
    let result = match is_ours {
        true => Ok(()),
        false => Err(Mismatch::new(
            "Parameters sent to the address in the Task",
            format!("nothing, or something else; the Task is {status}"),
        )
        .at("POST $submit-attachment")),
    };
    world.judge(result)
}

async fn in_time(world: &mut World, _: Arguments<'_>) -> Outcome {
    wait(world).await?;
    if world.task.is_none() {
        let said = describe(world.reply()?);
        return Err(Halt::Skip(format!(
            "the provider did not take the Task: {said}"
        )));
    }
    let due = world.followed()?.sent["restriction"]["period"]["end"].clone();
    let until = due.as_str().and_then(|text| Span::parse(text).ok());
    let now = Span::parse(&world.context()?.today.to_string()).ok();
    let is_late = matches!((&until, &now), (Some(until), Some(now)) if now.start > until.end);
    let expected = format!("a submission until {due}");
    let result = match (&world.submitted, is_late) {
        (None, _) => Err(Mismatch::new(expected, "none so far")),
        (Some(_), true) => Err(Mismatch::new(expected, "it came later")),
        (Some(_), false) => Ok(()),
    };
    world.judge(result.map_err(|mismatch| mismatch.at("POST $submit-attachment")))
}

/// Who is asked about, and what for, so that Tasks come to every end.
const ASKED: [(Expectation, &str, &str); 4] = [
    (Expectation::Match, "progress notes", "claim"),
    (
        Expectation::Match,
        "answers to a questionnaire",
        "prior authorization",
    ),
    (Expectation::NoData, "progress notes", "claim"),
    (Expectation::Revoked, "progress notes", "claim"),
];

async fn every_end(world: &mut World, _: Arguments<'_>) -> Outcome {
    let context = world.context()?;
    let about = format!("{} Tasks for attachments", world.system()?);
    let learn = gather(world);
    let harvest = context.memory.harvest(about, learn).await?;
    if harvest.records.is_empty() {
        return Err(Halt::Skip("the provider took none of the Tasks".into()));
    }
    world.harvested.push(("Task".to_owned(), harvest));
    Ok(())
}

async fn gather(world: &mut World) -> Result<Arc<Harvest>, Halt> {
    let mut harvest = Harvest::default();
    let judge = world.target()?.judge;
    for (expect, what, about) in ASKED {
        match one_task(world, expect, what, about).await {
            Ok(()) | Err(Halt::Skip(_)) => {}
            Err(other) => return Err(other),
        }
        let seen = world.task.take().map(|task| task.seen).unwrap_or_default();
        for task in seen {
            harvest.prints.push(judge.print(&task));
            harvest.origins.push(NAME);
            harvest.records.push(task);
        }
    }
    Ok(Arc::new(harvest))
}

async fn one_task(world: &mut World, expect: Expectation, what: &str, about: &str) -> Outcome {
    world.choose_patient(expect, 0).await?;
    let draft = world.draft_attachments(what, about).await?;
    world.send_task(draft).await?;
    world.follow_task().await
}

//! What a provider submits as documentation: documents, answers to questionnaires, and records of other kinds.

use super::World;
use super::data_request::QUESTIONNAIRE;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::mismatch::Mismatch;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

super::book::steps! {
    /// Puts the documentation into a submission for the claim.
    r"^(a progress note|a note as PDF|a note as C-CDA document|a progress note of US Core (?:3\.1\.1|6\.1\.0|7\.0\.0)|a laboratory result|a clinical document of several records|answers to a questionnaire|answers to an adaptive questionnaire|a note with more than its profile names|a note with reasons in place of what is unknown) as (?:its|their|his|her) documentation$" => choose;
    /// Adds a second attachment of another kind to the submission.
    r"^a second document beside it$" => second;
    /// Gives the attachment a code of the X12 list of report types.
    r"^its code is one of X12$" => x12;
    /// Fills the document until the submission is larger than what the payer takes.
    r"^the documentation is larger than the payer takes$" => enlarge;
    /// Skips unless the configuration says that the payer asks by Questionnaires.
    r"^a payer that asks by questionnaires$" => asks_by_questionnaires;
    /// Submits a note with its data; when that is refused, the same note with an address. One of them is accepted.
    r"^notes are taken with their text, or with the address of it$" => inline_or_linked;
}

const OURS: &str = "https://vitruvian.example/ids";
const US_CORE: &str = "http://hl7.org/fhir/us/core";
const LOINC: &str = "http://loinc.org";
const DAY: &str = "2025-06-02";
/// Largest submission that is tried, in bytes.
const LARGEST: usize = 64 << 20;
const TEXT: &str = "Sample note: the patient of this test is well.";
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n\
                   trailer<</Root 1 0 R>>\n%%EOF\n";
const CCDA: &str = "<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><realmCode code=\"US\"/>\
                    <typeId root=\"2.16.840.1.113883.1.3\" extension=\"POCD_HD000040\"/>\
                    <templateId root=\"2.16.840.1.113883.10.20.22.1.9\"/><title>Sample note</title></ClinicalDocument>\n";

fn loinc(code: &str, display: &str) -> Value {
    json!({"coding": [{"system": LOINC, "code": code, "display": display}]})
}

/// A document with one attachment.
fn document(subject: &Value, attachment: &Value) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "identifier": [{"system": format!("{OURS}/document"), "value": "document-1"}],
        "status": "current",
        "type": loinc("11506-3", "Progress note"),
        "category": [{"coding": [{
            "system": format!("{US_CORE}/CodeSystem/us-core-documentreference-category"),
            "code": "clinical-note", "display": "Clinical Note",
        }]}],
        "subject": subject,
        "date": format!("{DAY}T09:00:00Z"),
        "content": [{"attachment": attachment}],
    })
}

fn inline(kind: &str, text: &str) -> Value {
    json!({"contentType": kind, "data": STANDARD.encode(text)})
}

fn result(subject: &Value) -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "category": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory",
        }]}],
        "code": loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"),
        "subject": subject,
        "effectiveDateTime": DAY,
        "valueQuantity": {"value": 6.4, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"},
    })
}

/// A document Bundle: a Composition, whose it is, and who wrote it.
fn bundle(subject: &Value) -> Value {
    let url = |number: u32| format!("urn:uuid:0f0e0d0c-0b0a-4908-8706-0504030201{number:02}");
    let narrative = json!({
        "status": "generated",
        "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{TEXT}</div>"),
    });
    let composition = json!({
        "resourceType": "Composition",
        "status": "final",
        "type": loinc("11506-3", "Progress note"),
        "subject": {"reference": url(2)},
        "date": format!("{DAY}T09:00:00Z"),
        "author": [{"reference": url(3)}],
        "title": "Progress note",
        "section": [{"title": "Note", "text": narrative}],
    });
    let patient = json!({"resourceType": "Patient", "identifier": [subject["identifier"]]});
    let author = json!({"resourceType": "Practitioner", "name": [{"family": "Placeholder"}]});
    json!({
        "resourceType": "Bundle",
        "identifier": {"system": format!("{OURS}/bundle"), "value": "bundle-1"},
        "type": "document",
        "timestamp": format!("{DAY}T09:00:00Z"),
        "entry": [
            {"fullUrl": url(1), "resource": composition},
            {"fullUrl": url(2), "resource": patient},
            {"fullUrl": url(3), "resource": author},
        ],
    })
}

fn answers(subject: &Value, is_adaptive: bool) -> Value {
    const ASKED: &str = "Is a wheelchair needed at home?";
    let mut answers = json!({
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "subject": subject,
        "authored": format!("{DAY}T09:00:00Z"),
        "item": [{"linkId": "1", "text": ASKED, "answer": [{"valueBoolean": true}]}],
    });
    if is_adaptive {
        // What was asked grows with the answers, and so comes with them.
        answers["contained"] = json!([{
            "resourceType": "Questionnaire",
            "id": "asked",
            "derivedFrom": [QUESTIONNAIRE],
            "status": "active",
            "item": [{"linkId": "1", "text": ASKED, "type": "boolean"}],
        }]);
        answers["questionnaire"] = "#asked".into();
    }
    answers
}

/// The documentation of that name, about somebody: a reference.
#[must_use]
pub fn content(name: &str, subject: &Value) -> Value {
    let text = inline("text/plain", TEXT);
    if let Some(version) = name.strip_prefix("a progress note of US Core ") {
        let mut note = document(subject, &text);
        let profile = format!("{US_CORE}/StructureDefinition/us-core-documentreference|{version}");
        note["meta"] = json!({"profile": [profile]});
        return note;
    }
    match name {
        "a note as PDF" => document(subject, &inline("application/pdf", PDF)),
        "a note as C-CDA document" => document(subject, &inline("text/xml", CCDA)),
        "a laboratory result" => result(subject),
        "a clinical document of several records" => bundle(subject),
        "answers to a questionnaire" => answers(subject, false),
        "answers to an adaptive questionnaire" => answers(subject, true),
        "a note with more than its profile names" => {
            let mut note = document(subject, &text);
            note["extension"] = json!([{
                "url": "https://vitruvian.example/StructureDefinition/reviewed", "valueBoolean": true,
            }]);
            note["docStatus"] = "final".into();
            note
        }
        "a note with reasons in place of what is unknown" => {
            let mut note = document(subject, &text);
            let unknown = json!({"extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown",
            }]});
            note.as_object_mut().map(|members| members.remove("date"));
            note["_date"] = unknown.clone();
            note["author"] = json!([unknown]);
            note
        }
        _ => document(subject, &text),
    }
}

impl World {
    /// The member of the claim, as a reference that needs no record number.
    pub(super) fn subject_of_claim(&self) -> Result<Value, Halt> {
        let id = &self.claim()?.member_id;
        Ok(json!({"identifier": {"system": id.system, "value": id.value}}))
    }

    /// A note about the member of the claim.
    pub(super) fn note_of_claim(&self) -> Result<Value, Halt> {
        Ok(content("a progress note", &self.subject_of_claim()?))
    }
}

async fn choose(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let content = content(arguments.word(1), &world.subject_of_claim()?);
    world.draft = Some(world.draft_submission(&content)?);
    Ok(())
}

async fn second(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = result(&world.subject_of_claim()?);
    let parts = json!([{"name": "Content", "resource": result}]);
    let all = world.parameters()?;
    let place = all.iter().position(|one| one["name"] == "Attachment");
    let place = place.map_or(all.len(), |place| place + 1);
    all.insert(place, json!({"name": "Attachment", "part": parts}));
    Ok(())
}

async fn x12(world: &mut World, _: Arguments<'_>) -> Outcome {
    let code =
        json!({"coding": [{"system": "https://codesystem.x12.org/005010/755", "code": "03"}]});
    let parts = world.parts()?;
    parts.retain(|part| part["name"] != "Code");
    parts.insert(0, json!({"name": "Code", "valueCodeableConcept": code}));
    Ok(())
}

async fn enlarge(world: &mut World, _: Arguments<'_>) -> Outcome {
    let largest = world.target()?.attachments.largest;
    let largest = largest.filter(|largest| *largest < LARGEST).ok_or_else(|| {
        Halt::Skip(format!(
            "it is not known how large a submission may be: say it in attachments.largest (up to {} MiB is tried)",
            LARGEST >> 20
        ))
    })?;
    let content = world
        .parts()?
        .iter_mut()
        .find(|part| part["name"] == "Content");
    if let Some(content) = content {
        let data = STANDARD.encode(vec![b' '; largest]);
        content["resource"]["content"][0]["attachment"]["data"] = data.into();
    }
    Ok(())
}

async fn asks_by_questionnaires(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.attachments.questionnaires {
        Some(true) => Ok(()),
        Some(false) => Err(Halt::Inapplicable(
            "the payer does not ask for documentation by questionnaires".into(),
        )),
        None => Err(Halt::Skip(
            "it is not known whether the payer asks for documentation by questionnaires: say it in \
             attachments.questionnaires"
                .into(),
        )),
    }
}

async fn inline_or_linked(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.post_submission().await?;
    if world.reply()?.is_success() {
        world.note("the text itself is taken; whether an address is taken too was not tried");
        return Ok(());
    }
    let first = describe(world.reply()?);
    let url = format!("{}/note", world.desk_url().await?);
    let tracking = json!({"name": "TrackingId", "valueIdentifier": world.new_tracking_id(1)?});
    world.set_parameter("TrackingId", Some(tracking))?;
    let content = world
        .parts()?
        .iter_mut()
        .find(|part| part["name"] == "Content");
    if let Some(content) = content {
        let linked = json!({"contentType": "text/plain", "url": url});
        content["resource"]["content"][0]["attachment"] = linked;
    }
    world.post_submission().await?;
    let reply = world.reply()?;
    let result = match reply.is_success() {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a document is accepted with its data, with an address, or both",
            format!("{first}, and with an address {}", describe(reply)),
        )
        .at("HTTP status")),
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::content;
    use crate::profile::{Library, Validator};
    use serde_json::json;
    use std::sync::Arc;

    /// What is submitted is right, so that a payer that refuses it refuses what it must take.
    #[test]
    fn documentation_is_valid() {
        let subject =
            json!({"identifier": {"system": "https://payer.example/ids/member", "value": "1"}});
        let profile = format!(
            "{}/StructureDefinition/us-core-documentreference",
            super::US_CORE
        );
        for version in ["3.1.1", "6.1.0", "7.0.0"] {
            let us_core = format!("us-core@{version}");
            let library = Library::for_igs(&Default::default(), &[&us_core], None).unwrap();
            let validator = Validator::new(Arc::new(library));
            for name in [
                "a progress note",
                "a note as PDF",
                "a note as C-CDA document",
                "a note with more than its profile names",
                "a note with reasons in place of what is unknown",
            ] {
                let note = content(name, &subject);
                let report = validator.validate(&note, std::slice::from_ref(&profile));
                assert_eq!(report.errors().count(), 0, "{name} {version}: {report:?}");
            }
            for name in [
                "a laboratory result",
                "a clinical document of several records",
                "answers to a questionnaire",
                "answers to an adaptive questionnaire",
            ] {
                let report = validator.validate(&content(name, &subject), &[]);
                assert_eq!(report.errors().count(), 0, "{name} {version}: {report:?}");
            }
        }
    }
}

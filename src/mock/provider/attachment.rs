//! Tasks that ask for attachments (CDex, profile cdex-task-attachment-request): what they must be, and what is
//! submitted for them to the payer's `$submit-attachment`.

use super::Provider;
use super::record::Writer;
use crate::mock::Delivery;
use crate::mock::cdex_version::Version;
use crate::mock::code::{
    CDEX, CDEX_TEMP, HREX_TEMP, LOINC, PAS_TEMP, SDC_TEMP, code, codings, has_code, input, inputs,
};
use crate::mock::deviation::Deviation;
use crate::mock::response::FHIR_JSON;
use http::Method;
use serde_json::{Value, json};

const CLAIM_USE: &str = "http://hl7.org/fhir/claim-use";

/// System and code of an input or output.
type Kind = (&'static str, &'static str);

/// How a version writes what attachment requests hold.
pub(super) struct Dialect {
    /// Code system of Task.code.
    pub(super) system: &'static str,
    /// Input of a code.
    pub(super) needed: Kind,
    /// Input of a Questionnaire.
    pub(super) questionnaire: Kind,
    /// Input of the address.
    pub(super) address: Kind,
    /// Output of what was submitted.
    pub(super) submitted: Kind,
    /// Output of answers to a Questionnaire.
    pub(super) answered: Kind,
}

impl Dialect {
    /// The dialect of a version.
    pub(super) fn of(version: Version) -> Self {
        let system = version.attachment_system();
        match version {
            Version::V2_0_0 => Self {
                system,
                needed: (HREX_TEMP, "data-code"),
                questionnaire: (SDC_TEMP, "questionnaire"),
                address: (CDEX_TEMP, "payer-url"),
                submitted: (HREX_TEMP, "data-value"),
                answered: (SDC_TEMP, "questionnaire-response"),
            },
            Version::V2_1_0 | Version::V3_0_0 => Self {
                system,
                needed: (PAS_TEMP, "attachments-needed"),
                questionnaire: (PAS_TEMP, "questionnaire-context"),
                address: (PAS_TEMP, "payer-url"),
                submitted: (PAS_TEMP, "attachments-needed"),
                answered: (PAS_TEMP, "questionnaire-context"),
            },
        }
    }

    /// Whether a Task asks for attachments.
    pub(super) fn is_asked_by(&self, task: &Value) -> bool {
        let has = |name| has_code(&task["code"], self.system, name);
        has("attachment-request-code") || has("attachment-request-questionnaire")
    }

    /// The first rule that a request for attachments breaks, in words.
    pub(super) fn broken(&self, task: &Value) -> Option<String> {
        let lacks = |name: &str| format!("the request has no {name}");
        let is_there = |value: &Value| !value.is_null();
        let by_code = has_code(&task["code"], self.system, "attachment-request-code");
        let main = if by_code {
            self.needed
        } else {
            self.questionnaire
        };
        let other = if by_code {
            self.questionnaire
        } else {
            self.needed
        };
        let is_claim = has_code(&task["reasonCode"], CLAIM_USE, "claim");
        let is_use = is_claim || has_code(&task["reasonCode"], CLAIM_USE, "preauthorization");
        let day = input(task, CDEX_TEMP, "service-date");
        let checks = [
            (contained(task, "Patient").is_some(), "patient in it"),
            (
                contained(task, "PractitionerRole").is_some(),
                "practitioner in it",
            ),
            (tracking(task).is_some(), "tracking id"),
            (task["status"] == "requested", "status requested"),
            (task["intent"] == "order", "intent order"),
            (
                task["for"]["reference"] == "#patient",
                "reference to the patient in it",
            ),
            (
                task["owner"]["reference"] == "#practitionerrole",
                "reference to the practitioner in it",
            ),
            (is_there(&task["requester"]["identifier"]), "requester"),
            (is_use, "use: claim or preauthorization"),
            (is_there(&task["reasonReference"]["identifier"]), "claim"),
            (
                input(task, self.address.0, self.address.1).is_some(),
                "address",
            ),
            (
                input(task, main.0, main.1).is_some(),
                "input that says what is needed",
            ),
            (
                input(task, other.0, other.1).is_none(),
                "single way of asking",
            ),
            (
                !is_claim || day.is_some(),
                "service date, and is about a claim",
            ),
        ];
        checks
            .into_iter()
            .find(|(holds, _)| !holds)
            .map(|(_, name)| lacks(name))
    }
}

/// The contained resource of a type.
pub(super) fn contained<'a>(task: &'a Value, kind: &str) -> Option<&'a Value> {
    let all = task["contained"].as_array();
    all?.iter().find(|one| one["resourceType"] == kind)
}

/// The payer's tracking number.
fn tracking(task: &Value) -> Option<&Value> {
    let all = task["identifier"].as_array();
    all?.iter()
        .find(|one| has_code(&one["type"], CDEX_TEMP, "tracking-id"))
}

/// An identifier without what only the Task needs to know.
fn bare(identifier: &Value) -> Value {
    let mut bare = identifier.clone();
    if let Some(members) = bare.as_object_mut() {
        members.remove("type");
    }
    bare
}

impl Provider {
    /// Prepares what is submitted for a Task, and puts the Task's outputs into it; says why there is nothing.
    pub(super) fn submit(
        &mut self,
        task: &mut Value,
        patient: &str,
        deviation: &Deviation,
    ) -> Result<Delivery, &'static str> {
        let dialect = Dialect::of(self.version);
        let (attachments, outputs) = if has_code(
            &task["code"],
            dialect.system,
            "attachment-request-questionnaire",
        ) {
            self.answered(task, patient, &dialect)?
        } else {
            self.documented(task, patient, &dialect)?
        };
        let address = input(task, dialect.address.0, dialect.address.1);
        let url = address.and_then(|one| one["valueUrl"].as_str());
        let url = url.ok_or("the address is no URL")?.to_owned();
        let mut parameters = about(task);
        parameters.extend(attachments);
        parameters.push(json!({"name": "Final", "valueBoolean": true}));
        let mut body = json!({
            "resourceType": "Parameters",
            "meta": {"profile": [format!("{CDEX}/StructureDefinition/cdex-parameters-submit-attachment")]},
            "parameter": parameters,
        });
        if self.version == Version::V2_0_0 {
            body["meta"] = Value::Null;
            body.as_object_mut().map(|members| members.remove("meta"));
        }
        deviation.spoil(&mut body);
        task["output"] = Value::Array(outputs);
        Ok(Delivery {
            method: Method::POST,
            url,
            content_type: FHIR_JSON.to_owned(),
            headers: Vec::new(),
            body: body.to_string(),
            about: format!("task {}", task["id"].as_str().unwrap_or_default()),
        })
    }

    /// The documents that are needed, each as a parameter, and the outputs that refer to them.
    fn documented(
        &self,
        task: &Value,
        patient: &str,
        dialect: &Dialect,
    ) -> Result<(Vec<Value>, Vec<Value>), &'static str> {
        let (mut attachments, mut outputs) = (Vec::new(), Vec::new());
        let needed =
            inputs(task).filter(|one| has_code(&one["type"], dialect.needed.0, dialect.needed.1));
        for input in needed {
            let concept = &input["valueCodeableConcept"];
            let is_it = |document: &Value| {
                let mut kinds = codings(&document["type"]);
                kinds.any(|kind| {
                    kind["system"] == LOINC
                        && codings(concept).any(|one| {
                            one["system"] == kind["system"] && one["code"] == kind["code"]
                        })
                })
            };
            let documents = self.records.store.all("DocumentReference");
            let found = documents
                .filter(|stored| stored.patient.as_deref() == Some(patient))
                .map(|stored| &stored.resource)
                .filter(|document| document["content"][0]["attachment"]["data"].is_string())
                .find(|document| is_it(document));
            let found = found.ok_or("there is no such document")?;
            attachments.push(attachment(input, Some(concept), found));
            outputs.push(json!({
                "type": code(dialect.submitted.0, dialect.submitted.1),
                "valueReference": {"reference":
                    format!("DocumentReference/{}", found["id"].as_str().unwrap_or_default())},
            }));
        }
        Ok((attachments, outputs))
    }

    /// Answers to the Questionnaire, as a parameter, and the output that refers to them.
    fn answered(
        &mut self,
        task: &Value,
        patient: &str,
        dialect: &Dialect,
    ) -> Result<(Vec<Value>, Vec<Value>), &'static str> {
        let input = input(task, dialect.questionnaire.0, dialect.questionnaire.1);
        let input = input.ok_or("no Questionnaire is named")?;
        let canonical = input["valueCanonical"]
            .as_str()
            .ok_or("the Questionnaire is not named")?;
        let day = self.today.to_string();
        let moment = self.moment();
        let id = format!("answers-{}", self.moments);
        let writer = Writer {
            settings: &self.settings,
            version: self.version,
        };
        let mut answers = writer.answers(&id, patient, canonical, &day);
        answers["meta"]["lastUpdated"] = moment.into();
        let attachments = vec![attachment(input, None, &answers)];
        self.records.store.put(answers, Some(patient));
        let outputs = vec![json!({
            "type": code(dialect.answered.0, dialect.answered.1),
            "valueReference": {"reference": format!("QuestionnaireResponse/{id}")},
        })];
        Ok((attachments, outputs))
    }

    /// Ends a Task by what the payer made of what was submitted.
    pub(super) fn conclude(&mut self, id: &str, status: Option<u16>) {
        let Some(stored) = self.records.store.get("Task", id) else {
            return;
        };
        let (mut task, patient) = (stored.resource.clone(), stored.patient.clone());
        if status.is_some_and(|status| status < 300) {
            task["status"] = "completed".into();
            task["businessStatus"] = json!({"text": "submitted"});
        } else {
            task["status"] = "failed".into();
            task["statusReason"] = json!({"text": "the payer did not take what was submitted"});
            task.as_object_mut().map(|members| members.remove("output"));
        }
        self.put_task(task, patient.as_deref(), &Deviation::default());
    }
}

/// What the payer said in the Task and hears again.
fn about(task: &Value) -> Vec<Value> {
    let identifier =
        |name: &str, value: &Value| json!({"name": name, "valueIdentifier": bare(value)});
    let mut all = Vec::new();
    all.extend(tracking(task).map(|one| identifier("TrackingId", one)));
    let administrative = task["identifier"].as_array().into_iter().flatten();
    let administrative = administrative
        .clone()
        .find(|one| has_code(&one["type"], CDEX_TEMP, "admin-ref-number"));
    all.extend(administrative.map(|one| identifier("AdminRefNumber", one)));
    let used = codings(&task["reasonCode"]).find(|one| one["system"] == CLAIM_USE);
    all.extend(used.map(|one| json!({"name": "AttachTo", "valueCode": one["code"]})));
    all.push(identifier("PayerId", &task["requester"]["identifier"]));
    let role = contained(task, "PractitionerRole").unwrap_or(&Value::Null);
    for (name, party) in [
        ("OrganizationId", "organization"),
        ("ProviderId", "practitioner"),
    ] {
        if !role[party]["identifier"].is_null() {
            all.push(identifier(name, &role[party]["identifier"]));
        }
    }
    let patient = contained(task, "Patient").unwrap_or(&Value::Null);
    all.push(identifier("MemberId", &patient["identifier"][0]));
    let day = input(task, CDEX_TEMP, "service-date").map(|one| &one["valueDate"]);
    all.extend(day.map(|day| json!({"name": "ServiceDate", "valueDateTime": day})));
    all
}

/// One attachment, for the lines that its input names.
fn attachment(input: &Value, code: Option<&Value>, content: &Value) -> Value {
    let lines = input["extension"].as_array().into_iter().flatten();
    let mut parts: Vec<Value> = lines
        .filter_map(|one| {
            one["valueInteger"]
                .as_i64()
                .or(one["valuePositiveInt"].as_i64())
        })
        .map(|line| json!({"name": "LineItem", "valueString": line.to_string()}))
        .collect();
    parts.extend(code.map(|code| json!({"name": "Code", "valueCodeableConcept": code})));
    parts.push(json!({"name": "Content", "resource": content}));
    json!({"name": "Attachment", "part": parts})
}

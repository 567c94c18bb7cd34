//! Tasks: taken, moved along, corrected.
//!
//! A Task moves one step whenever it is looked at: there is no clock, and a payer that polls sees every status.

use super::Provider;
use super::attachment::{Dialect, contained};
use super::task_rule::{STATUSES, broken};
use crate::fhir::Reference;
use crate::fhir::search;
use crate::mock::code::{CDEX_TEMP, NPI, has_code, input};
use crate::mock::deviation::Deviation;
use crate::mock::payer::negotiation::check_json_body;
use crate::mock::payer::read::with_version;
use crate::mock::payer::refusal::Refusal;
use crate::mock::{Request, Response, Rule};
use http::Method;
use http::header::LOCATION;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// What is still to be done for a Task, in order.
pub(super) type Work = VecDeque<Step>;

/// One step of a Task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// To that status; what the staff says about it.
    To(&'static str, &'static str),
    /// To its end: completed, or failed for want of data.
    Fulfil,
    /// To the payer, with what it asked for; how that is taken decides the end.
    Submit,
    /// Refused, and why.
    Reject(&'static str),
}

/// The body, if it is declared and is JSON.
pub(super) fn json_body(request: &Request, deviation: &Deviation) -> Result<Value, Refusal> {
    check_json_body(request, deviation)?;
    serde_json::from_slice(&request.body)
        .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))
}

impl Provider {
    /// `POST /Task`.
    pub(super) fn create_task(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let mut task = json_body(request, deviation)?;
        if task["resourceType"] != "Task" {
            return Err(Refusal::bad_request("send a resource of type Task"));
        }
        let dialect = Dialect::of(self.version);
        let rule = match dialect.is_asked_by(&task) {
            true => dialect.broken(&task),
            false => broken(&task),
        };
        if let Some(rule) = rule.filter(|_| deviation.enforces(Rule::TaskRules)) {
            return Err(Refusal::new(422, "business-rule", rule));
        }
        let patient = self.patient_of(&task);
        let work = self.plan(&task, patient.as_deref(), deviation);
        let moment = self.moment();
        let id = format!("task-{}", self.moments);
        task["id"] = id.as_str().into();
        task["status"] = "requested".into();
        task["meta"]["lastUpdated"] = moment.into();
        if !matches!(work.front(), Some(Step::Reject(_))) {
            self.read_authorizations(&task, deviation);
        }
        self.works.insert(id.clone(), work);
        self.created("Task", &id, task, patient.as_deref(), request)
    }

    /// `POST /{type}` of other resources.
    pub(super) fn create(
        &mut self,
        kind: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let mut resource = json_body(request, deviation)?;
        if resource["resourceType"] != kind {
            return Err(Refusal::bad_request(format!(
                "send a resource of type {kind}"
            )));
        }
        let moment = self.moment();
        let id = format!("created-{}", self.moments);
        resource["id"] = id.as_str().into();
        resource["meta"]["lastUpdated"] = moment.into();
        let patient = self.patient_at(&resource["subject"]);
        self.created(kind, &id, resource, patient.as_deref(), request)
    }

    pub(super) fn created(
        &mut self,
        kind: &str,
        id: &str,
        resource: Value,
        patient: Option<&str>,
        request: &Request,
    ) -> Result<Response, Refusal> {
        if let Some(patient) = patient {
            self.records.check_written(patient, &Deviation::default())?;
        }
        self.records.store.put(resource, patient);
        self.records.note_creator(kind, id);
        let stored = self
            .records
            .store
            .get(kind, id)
            .ok_or_else(Refusal::not_found)?;
        let location = format!("{}/{kind}/{id}", request.base);
        let response = Response::fhir(201, &stored.resource).with(LOCATION, &location);
        Ok(with_version(response, &stored.resource))
    }

    /// `PUT /Task/{id}`: what the payer said may be corrected; how the Task stands is the provider's to say.
    pub(super) fn update_task(
        &mut self,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let mut task = json_body(request, deviation)?;
        let stored = self
            .records
            .store
            .get("Task", id)
            .ok_or_else(Refusal::not_found)?;
        if task["resourceType"] != "Task" || task["id"] != id {
            return Err(Refusal::bad_request("send the Task with its id"));
        }
        let is_known = STATUSES.iter().any(|status| task["status"] == *status);
        let may_be = is_known || !deviation.enforces(Rule::TaskStatuses);
        if !may_be {
            return Err(Refusal::new(
                422,
                "business-rule",
                "this status is none that a Task of CDex may have",
            ));
        }
        let (before, patient) = (stored.resource.clone(), stored.patient.clone());
        for own in ["statusReason", "businessStatus", "output", "contained"] {
            task[own] = before[own].clone();
        }
        if is_known {
            task["status"] = before["status"].clone();
        }
        if let Some(members) = task.as_object_mut() {
            members.retain(|_, value| !value.is_null());
        }
        self.put_task(task, patient.as_deref(), deviation);
        let stored = self
            .records
            .store
            .get("Task", id)
            .ok_or_else(Refusal::not_found)?;
        Ok(with_version(
            Response::fhir(200, &stored.resource),
            &stored.resource,
        ))
    }

    /// Moves every Task along that the request looks at.
    pub(super) fn look(&mut self, rest: &[&str], request: &Request, deviation: &Deviation) {
        let ids: Vec<String> = match rest {
            [id] if request.method == Method::GET && *id != "_search" => vec![(*id).to_owned()],
            [] if request.method == Method::GET => {
                let asked = search::parse(request.query.as_deref().unwrap_or_default());
                let ids = asked.into_iter().filter(|one| one.name == "_id");
                ids.flat_map(|one| one.values).collect()
            }
            _ => Vec::new(),
        };
        for id in ids {
            let step = self.works.get_mut(&id).and_then(VecDeque::pop_front);
            if let Some(step) = step {
                self.take(&id, step, request, deviation);
            }
        }
    }

    /// Whether something is still to be done for a Task: then it is worth looking at again at once.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.works.get(id).is_some_and(|work| !work.is_empty())
    }

    /// Takes one step of a Task.
    fn take(&mut self, id: &str, step: Step, request: &Request, deviation: &Deviation) {
        let Some(stored) = self.records.store.get("Task", id) else {
            return;
        };
        let (mut task, patient) = (stored.resource.clone(), stored.patient.clone());
        match step {
            Step::To(status, said) => {
                task["status"] = status.into();
                task["businessStatus"] = json!({"text": said});
            }
            Step::Reject(why) => {
                task["status"] = "rejected".into();
                task["statusReason"] = json!({"text": why});
            }
            Step::Submit => {
                let patient = patient.as_deref().unwrap_or_default();
                match self.submit(&mut task, patient, deviation) {
                    Ok(delivery) => {
                        task["businessStatus"] = json!({"text": "being submitted"});
                        let is_sent = deviation.enforces(Rule::Submission);
                        self.outbox.extend(is_sent.then_some(delivery));
                    }
                    Err(why) => {
                        task["status"] = "failed".into();
                        task["statusReason"] = json!({"text": why});
                    }
                }
            }
            Step::Fulfil => {
                self.fulfil(&mut task, patient.as_deref(), request, deviation);
            }
        }
        self.put_task(task, patient.as_deref(), deviation);
    }

    /// Stores a Task that has changed, and tells those who want to know.
    pub(super) fn put_task(
        &mut self,
        mut task: Value,
        patient: Option<&str>,
        deviation: &Deviation,
    ) {
        let moment = self.moment();
        task["meta"]["lastUpdated"] = moment.into();
        self.notify(&task, deviation);
        self.records.store.put(task, patient);
    }

    /// What will be done for a new Task.
    fn plan(&self, task: &Value, patient: Option<&str>, deviation: &Deviation) -> Work {
        let reject = |why| VecDeque::from([Step::Reject(why)]);
        let requester = &task["requester"]["identifier"];
        let known = [&self.settings.payer, &self.settings.colleague];
        let is_known =
            requester["system"] == NPI && known.iter().any(|one| requester["value"] == *one.npi);
        if !is_known && deviation.enforces(Rule::Requester) {
            return reject("the requester is not authorized to ask for data");
        }
        let Some(patient) = patient else {
            return reject("there is no such patient here");
        };
        if self.treatment.revoked.contains(patient) && deviation.enforces(Rule::Revocation) {
            return reject("nothing may be told about this patient");
        }
        let is_signed = input(task, CDEX_TEMP, "signature-flag")
            .is_some_and(|input| input["valueBoolean"] == true);
        let is_questions = has_code(&task["code"], CDEX_TEMP, "data-request-questionnaire");
        if is_signed && !is_questions && !self.signs_everything {
            return reject(
                "it has been agreed to sign answers to Questionnaires, and nothing else",
            );
        }
        let mut work = Work::from([
            Step::To("accepted", "taken over by the records office"),
            Step::To("in-progress", "being looked up in the records"),
        ]);
        let is_in_words = has_code(&task["code"], CDEX_TEMP, "data-request-code")
            && super::answer::words(task).is_some();
        if is_in_words || self.treatment.sensitive.contains(patient) {
            work.push_back(Step::To("on-hold", "waits for a clinician to look at it"));
            work.push_back(Step::To("in-progress", "looked at, and being sent"));
        }
        let is_attachment = Dialect::of(self.version).is_asked_by(task);
        let last = match is_attachment {
            true => Step::Submit,
            false => Step::Fulfil,
        };
        work.push_back(last.clone());
        if !deviation.enforces(Rule::TaskProgress) {
            work = Work::from([last]);
        }
        work
    }

    /// Id of the patient a Task is for, if there is one here.
    fn patient_of(&self, task: &Value) -> Option<String> {
        match contained(task, "Patient").filter(|_| task["for"]["reference"] == "#patient") {
            Some(patient) => self.patient_at(&json!({"identifier": patient["identifier"][0]})),
            None => self.patient_at(&task["for"]),
        }
    }

    /// Id of the patient a reference means: literally, or by one of the patient's identifiers.
    fn patient_at(&self, reference: &Value) -> Option<String> {
        if reference["reference"] == "#patient" {
            return None;
        }
        if let Some(text) = reference["reference"].as_str() {
            let parsed = Reference::parse(text);
            let (kind, id) = parsed.target()?;
            let is_here = kind == "Patient" && self.records.store.get(kind, id).is_some();
            return is_here.then(|| id.to_owned());
        }
        let (system, value) = (
            &reference["identifier"]["system"],
            reference["identifier"]["value"].as_str()?,
        );
        let is_meant = |patient: &Value| {
            let all = patient["identifier"].as_array().into_iter().flatten();
            all.clone()
                .any(|one| one["system"] == *system && one["value"] == value)
        };
        let mut patients = self.records.store.all("Patient");
        let found = patients.find(|stored| is_meant(&stored.resource))?;
        found.resource["id"].as_str().map(str::to_owned)
    }
}

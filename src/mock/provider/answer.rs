//! What comes of a Task: the data that is asked for, or the reason why there is none.

use super::Provider;
use super::record::Writer;
use super::route::served;
use crate::fhir::{Reference, bundle, search};
use crate::mock::code::{CDEX_TEMP, HREX_TEMP, LOINC, SDC_TEMP, code, codings, has_code, input};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::ACCEPT;
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

/// Matches of a query at most; a payer that wants more searches itself.
const MOST: usize = 50;
/// Id of the Bundle in a Task.
const RESULTS: &str = "results";

/// What a request came to.
struct Found {
    outputs: Vec<Value>,
    contained: Option<Value>,
}

/// What is asked for in words alone, of a request by code.
pub(super) fn words(task: &Value) -> Option<&str> {
    let concept = &input(task, HREX_TEMP, "data-code")?["valueCodeableConcept"];
    let is_coded = codings(concept).next().is_some();
    concept["text"].as_str().filter(|_| !is_coded)
}

/// The text behind a Binary, for clients that ask for it as text.
pub(super) fn as_text(request: &Request, response: Response) -> Response {
    let wants_text = request
        .header(&ACCEPT)
        .is_some_and(|accept| accept.starts_with("text/plain"));
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let data = body["data"].as_str().map(|data| STANDARD.decode(data));
    match data {
        Some(Ok(text)) if wants_text => Response::new(200, "text/plain", text),
        _ => response,
    }
}

impl Provider {
    /// Brings a Task to its end.
    pub(super) fn fulfil(
        &mut self,
        task: &mut Value,
        patient: Option<&str>,
        request: &Request,
        deviation: &Deviation,
    ) {
        let found = patient.ok_or("there is no such patient here");
        let found = found.and_then(|patient| self.find(task, patient, request, deviation));
        match found {
            Ok(found) => {
                task["status"] = "completed".into();
                task["businessStatus"] = json!({"text": "sent"});
                task["output"] = Value::Array(found.outputs);
                if let Some(results) = found.contained {
                    let mut all = task["contained"].as_array().cloned().unwrap_or_default();
                    all.push(results);
                    task["contained"] = Value::Array(all);
                }
            }
            Err(why) => {
                task["status"] = "failed".into();
                task["statusReason"] = json!({"text": why});
            }
        }
    }

    fn find(
        &mut self,
        task: &Value,
        patient: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Found, &'static str> {
        let is_questionnaire = has_code(&task["code"], CDEX_TEMP, "data-request-questionnaire");
        if is_questionnaire && !deviation.enforces(Rule::Questionnaires) {
            return Err("nobody here answers Questionnaires");
        }
        if words(task).is_some() && !deviation.enforces(Rule::Words) {
            return Err("nobody here reads what is said in words");
        }
        if is_questionnaire {
            return self.answer_questions(task, patient, deviation);
        }
        if let Some(words) = words(task) {
            return self.documents(patient, |document| is_told_by(document, words));
        }
        if let Some(input) = input(task, HREX_TEMP, "data-code") {
            let asked: Vec<&Value> = codings(&input["valueCodeableConcept"]).collect();
            return self.documents(patient, |document| {
                codings(&document["type"]).any(|kind| {
                    let is_same = |one: &&Value| {
                        one["system"] == kind["system"] && one["code"] == kind["code"]
                    };
                    kind["system"] == LOINC && asked.iter().any(is_same)
                })
            });
        }
        let query =
            input(task, HREX_TEMP, "data-query").and_then(|one| one["valueString"].as_str());
        let results = self.query(query.unwrap_or_default(), patient, request)?;
        if self.signs_everything && wants_signature(task) {
            let id = self.keep_document(&results, patient, request, deviation)?;
            return Ok(Found {
                outputs: vec![output(format!("Bundle/{id}"))],
                contained: None,
            });
        }
        Ok(presented(results))
    }

    /// The answers to a Questionnaire: a new record, which the Task refers to.
    fn answer_questions(
        &mut self,
        task: &Value,
        patient: &str,
        deviation: &Deviation,
    ) -> Result<Found, &'static str> {
        let asked = input(task, SDC_TEMP, "questionnaire");
        let canonical = asked.and_then(|one| one["valueCanonical"].as_str());
        let canonical = canonical
            .ok_or("the Questionnaire is not named")?
            .to_owned();
        let day = self.today.to_string();
        let moment = self.moment();
        let id = format!("answers-{}", self.moments);
        let writer = Writer {
            settings: &self.settings,
            version: self.version,
        };
        let mut answers = writer.answers(&id, patient, &canonical, &day);
        deviation.spoil(&mut answers);
        if wants_signature(task) && deviation.enforces(Rule::SignedAnswers) {
            answers = self.signed_answers(&answers, deviation)?;
        }
        let output = |reference: String| {
            json!({
                "type": code(SDC_TEMP, "questionnaire-response"),
                "valueReference": {"reference": reference},
            })
        };
        if !deviation.enforces(Rule::KeptAnswers) {
            return Ok(Found {
                outputs: vec![output(format!("#{id}"))],
                contained: Some(answers),
            });
        }
        // Set when it is kept, after it was signed: meta is no part of what is signed.
        answers["meta"]["lastUpdated"] = moment.into();
        self.records.store.put(answers, Some(patient));
        Ok(Found {
            outputs: vec![output(format!("QuestionnaireResponse/{id}"))],
            contained: None,
        })
    }

    /// The patient's documents that are wanted, each referred to where it is.
    fn documents(
        &self,
        patient: &str,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Result<Found, &'static str> {
        let documents = self.records.store.all("DocumentReference");
        let outputs: Vec<Value> = documents
            .filter(|stored| stored.patient.as_deref() == Some(patient))
            .filter(|stored| is_wanted(&stored.resource))
            .filter_map(|stored| stored.resource["id"].as_str())
            .map(|id| output(format!("DocumentReference/{id}")))
            .collect();
        if outputs.is_empty() {
            return Err("no matching documents");
        }
        Ok(Found {
            outputs,
            contained: None,
        })
    }

    /// The results of a search, if there are any.
    fn query(
        &mut self,
        query: &str,
        patient: &str,
        request: &Request,
    ) -> Result<Value, &'static str> {
        let (kind, parameters) = query
            .split_once('?')
            .ok_or("the query does not say of what")?;
        let kind = served(kind).ok_or("there are no records of that kind here")?;
        if kind.parameter("patient").is_none() {
            return Err("records of that kind are not about a patient");
        }
        let mut asked = search::parse(parameters);
        let is_other = |value: &String| {
            let parsed = Reference::parse(value);
            parsed.target().map_or(value.as_str(), |(_, id)| id) != patient
        };
        let mut patients = asked.iter().filter(|one| one.name == "patient");
        if patients.any(|one| one.values.iter().any(is_other)) {
            return Err("the query is about another patient than the Task");
        }
        asked.retain(|one| !matches!(one.name.as_str(), "patient" | "_count" | "_format"));
        let mut form = Serializer::new(String::new());
        form.append_pair("patient", patient)
            .append_pair("_count", &MOST.to_string());
        for one in asked {
            let name = match &one.modifier {
                Some(modifier) => format!("{}:{modifier}", one.name),
                None => one.name.clone(),
            };
            form.append_pair(&name, &one.values.join(","));
        }
        let search = Request {
            method: Method::GET,
            path: format!("/{}", kind.name),
            query: Some(form.finish()),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
            base: request.base.clone(),
            client_certificate: request.client_certificate.clone(),
        };
        let answer = self
            .records
            .route_type(kind, &[], &search, &Deviation::default())
            .map_err(|_| "the query is not understood")?;
        let results: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let is_empty = bundle::matches(&results).next().is_none();
        match is_empty {
            true => Err("no matching results"),
            false => Ok(results),
        }
    }
}

/// Results of a search as a Task gives them: one record is referred to where it is, several come in the Task.
fn presented(mut results: Value) -> Found {
    if bundle::matches(&results).count() == 1 {
        let entries = bundle::entries(&results).iter();
        let urls = entries.filter_map(|entry| entry["fullUrl"].as_str());
        return Found {
            outputs: urls.map(|url| output(url.to_owned())).collect(),
            contained: None,
        };
    }
    results["id"] = RESULTS.into();
    Found {
        outputs: vec![output(format!("#{RESULTS}"))],
        contained: Some(results),
    }
}

/// Whether the Task asks for a signature.
fn wants_signature(task: &Value) -> bool {
    let flag = input(task, CDEX_TEMP, "signature-flag");
    flag.is_some_and(|input| input["valueBoolean"] == true)
}

fn output(reference: String) -> Value {
    json!({"type": code(HREX_TEMP, "data-value"), "valueReference": {"reference": reference}})
}

/// Whether the name of a document's type has one of the longer words of a request.
fn is_told_by(document: &Value, words: &str) -> bool {
    let name = codings(&document["type"])
        .filter_map(|coding| coding["display"].as_str())
        .collect::<String>()
        .to_lowercase();
    let longer = words.split_whitespace().filter(|word| word.len() > 4);
    longer
        .map(str::to_lowercase)
        .any(|word| name.contains(word.trim_end_matches(['s', '.', ','])))
}

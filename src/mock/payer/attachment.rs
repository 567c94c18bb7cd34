//! `$submit-attachment` (CDex): takes documentation, associates it with the claim or prior authorization it is for,
//! and keeps it readable.

use super::negotiation::check_json_body;
use super::refusal::Refusal;
use super::settings::{AttachmentRequest, AttachmentSettings};
use super::submission::Submission;
use super::{Payer, attachment_signature};
use crate::fhir::{Span, path};
use crate::mock::cdex_version::Version;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What has been submitted, the newest of it: so much and no more.
#[derive(Clone, Debug, Default)]
pub(super) struct Attachments {
    /// By system and value of the tracking id.
    tracked: BTreeMap<(String, String), Tracked>,
    kept: VecDeque<Kept>,
    /// How many submissions have been taken.
    number: usize,
    /// Bytes of those that are kept.
    bytes: usize,
}

/// What goes by a tracking id.
#[derive(Clone, Debug)]
struct Tracked {
    /// The member's number.
    member: String,
    /// Claim or prior authorization.
    about: String,
    /// Whether the last submission has come.
    is_closed: bool,
    /// Whether the payer gave the id out itself.
    is_ours: bool,
    /// Whether what comes by it has to be signed.
    is_signed: bool,
}

/// A submission that is kept.
#[derive(Clone, Debug)]
struct Kept {
    size: usize,
    /// Of the body as it came.
    digest: u64,
    tracking: (String, String),
    /// Whether nothing is known that it is for.
    is_held: bool,
    /// Type and id of what is stored of it.
    stored: Vec<(String, String)>,
}

impl Attachments {
    /// Waits for what the payer has asked for; `number` tells a member's number by id.
    pub(super) fn awaiting<'a>(
        requests: &[AttachmentRequest],
        settings: &AttachmentSettings,
        number: impl Fn(&str) -> Option<&'a str>,
    ) -> Self {
        let tracked = requests.iter().filter_map(|one| {
            let id = (settings.tracking.clone(), one.tracking.clone());
            let tracked = Tracked {
                member: number(&one.member)?.to_owned(),
                about: one.about.clone(),
                is_closed: false,
                is_ours: true,
                is_signed: one.signed,
            };
            Some((id, tracked))
        });
        Self {
            tracked: tracked.collect(),
            ..Self::default()
        }
    }

    /// Checks that the tracking id stands for this member and purpose and that more may come by it, and closes it
    /// after the last. Whether the payer itself gave it out.
    fn track(
        &mut self,
        submission: &Submission<'_>,
        deviation: &Deviation,
    ) -> Result<bool, Refusal> {
        let (system, value) = submission.tracking;
        let id = (system.to_owned(), value.to_owned());
        let tracked = self.tracked.entry(id).or_insert_with(|| Tracked {
            member: submission.member.1.to_owned(),
            about: submission.about.to_owned(),
            is_closed: false,
            is_ours: false,
            is_signed: false,
        });
        if tracked.member != submission.member.1 || tracked.about != submission.about {
            let text = "the tracking id stands for something else";
            return Err(Refusal::new(422, "business-rule", text));
        }
        if tracked.is_closed {
            let text = "the last submission under this tracking id has come already";
            return Err(Refusal::new(409, "business-rule", text));
        }
        let by_default = deviation.enforces(Rule::LastByDefault);
        tracked.is_closed = submission.is_last.unwrap_or(by_default);
        Ok(tracked.is_ours)
    }

    /// Takes out the oldest until the rest is within the limits. What is stored of them is to be removed.
    fn make_room(&mut self, limits: &AttachmentSettings) -> Vec<(String, String)> {
        let mut gone = Vec::new();
        while self.kept.len() > limits.most || self.bytes > limits.most_bytes {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.bytes -= oldest.size;
            gone.extend(oldest.stored);
            let is_used = self.kept.iter().any(|one| one.tracking == oldest.tracking);
            let is_ours = self
                .tracked
                .get(&oldest.tracking)
                .is_some_and(|one| one.is_ours);
            if !is_used && !is_ours {
                self.tracked.remove(&oldest.tracking);
            }
        }
        gone
    }
}

impl Payer {
    /// `POST /$submit-attachment`. The same once more is answered as before and changes nothing.
    pub(super) fn submit_attachment(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let largest = self.settings.attachments.largest;
        if self.cdex >= Version::V3_0_0 && request.body.len() > largest {
            let text = format!(
                "a submission has {largest} bytes at most: send the address of what is larger, or several \
                 submissions with Final false for all but the last"
            );
            return Err(Refusal::new(413, "too-long", text));
        }
        check_json_body(request, deviation)?;
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        let submission = Submission::read(&body)?;
        let digest = digest(&request.body);
        if let Some(known) = self
            .attachments
            .kept
            .iter()
            .find(|one| one.digest == digest)
        {
            return Ok(answer(known.is_held));
        }
        self.check_signatures(&submission, deviation)?;
        let patient = self.recipient(submission.member);
        let is_ours = self.attachments.track(&submission, deviation)?;
        let is_known = patient
            .as_deref()
            .is_some_and(|id| is_ours || self.has_claim(id, &submission));
        let stored = self.file(&body, &submission.contents, patient.as_deref());
        let (system, value) = submission.tracking;
        self.attachments.bytes += request.body.len();
        self.attachments.kept.push_back(Kept {
            size: request.body.len(),
            digest,
            tracking: (system.to_owned(), value.to_owned()),
            is_held: !is_known,
            stored,
        });
        for (kind, id) in self.attachments.make_room(&self.settings.attachments) {
            self.store.remove(&kind, &id);
        }
        Ok(answer(!is_known))
    }

    /// Refuses what is signed badly, and what is not signed although that was asked for.
    fn check_signatures(
        &self,
        submission: &Submission<'_>,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let edition = self.cdex.edition();
        if deviation.enforces(Rule::Signatures) {
            let of_any_algorithm = !deviation.enforces(Rule::SignatureAlgorithm);
            attachment_signature::check(&submission.contents, edition, of_any_algorithm)?;
        }
        let (system, value) = submission.tracking;
        let id = (system.to_owned(), value.to_owned());
        let tracked = self.attachments.tracked.get(&id);
        if deviation.enforces(Rule::SignedWhenAsked) && tracked.is_some_and(|one| one.is_signed) {
            attachment_signature::check_presence(&submission.contents, edition)?;
        }
        Ok(())
    }

    /// Id of the one member with that number.
    pub(super) fn recipient(&self, (system, value): (&str, &str)) -> Option<String> {
        let is_ours = system.is_empty() || system == self.settings.systems.member;
        let mut found = self
            .members
            .iter()
            .filter(|one| is_ours && one.member_id == value);
        match (found.next(), found.next()) {
            (Some(one), None) => Some(one.id.clone()),
            _ => None,
        }
    }

    /// Whether the member has a claim of that day, or a prior authorization.
    fn has_claim(&self, patient: &str, submission: &Submission<'_>) -> bool {
        let all = self.store.all("ExplanationOfBenefit");
        let is_of_day = |claim: &Value| match &submission.day {
            Some(day) if submission.about == "claim" => is_of(claim, day),
            _ => true,
        };
        all.filter(|stored| stored.patient.as_deref() == Some(patient))
            .map(|stored| &stored.resource)
            .any(|claim| claim["use"] == submission.about && is_of_day(claim))
    }

    /// Stores the submission, and each document and questionnaire response of a known member as a record. Type and
    /// id of each.
    fn file(
        &mut self,
        body: &Value,
        contents: &[&Value],
        patient: Option<&str>,
    ) -> Vec<(String, String)> {
        self.attachments.number += 1;
        let number = self.attachments.number;
        let moment = format!("{}T00:00:00Z", self.date());
        let mut whole = body.clone();
        whole["id"] = format!("submission-{number}").into();
        let mut all = vec![(whole, patient)];
        for (index, content) in contents.iter().enumerate() {
            let is_record = content["resourceType"] == "DocumentReference"
                || content["resourceType"] == "QuestionnaireResponse";
            let Some(patient) = patient.filter(|_| is_record) else {
                continue;
            };
            let mut record = (*content).clone();
            record["id"] = format!("attachment-{number}-{}", index + 1).into();
            // What is signed stays as it is: with another subject its signature would not hold.
            if !attachment_signature::is_signed(content, self.cdex.edition()) {
                if !record["subject"].is_object() {
                    record["subject"] = json!({});
                }
                record["subject"]["reference"] = format!("Patient/{patient}").into();
            }
            all.push((record, Some(patient)));
        }
        let mut stored = Vec::new();
        for (mut resource, patient) in all {
            if !resource["meta"].is_object() {
                resource["meta"] = json!({});
            }
            resource["meta"]["lastUpdated"] = moment.clone().into();
            let text = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
            stored.push((text("resourceType"), text("id")));
            self.store.put(resource, patient);
        }
        stored
    }
}

/// Whether a claim is of that day.
fn is_of(claim: &Value, day: &Span) -> bool {
    let billed = Span::period(&claim["billablePeriod"]);
    let single = path::elements(claim, "item.servicedDate");
    let mut single = single.into_iter().filter_map(Value::as_str);
    let periods = path::elements(claim, "item.servicedPeriod");
    let mut periods = periods.into_iter().filter_map(Span::period);
    billed.is_some_and(|span| span.overlaps(day))
        || single.any(|text| Span::parse(text).is_ok_and(|span| span.overlaps(day)))
        || periods.any(|span| span.overlaps(day))
}

fn digest(body: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    hasher.finish()
}

/// 200: with nothing, or with the news that nothing is known yet that it is for.
fn answer(is_held: bool) -> Response {
    if !is_held {
        return Response::empty(200);
    }
    let text = "no claim, prior authorization or member is known that this is for; it is held until there is one";
    let issue =
        json!({"severity": "information", "code": "informational", "details": {"text": text}});
    Response::fhir(
        200,
        &json!({"resourceType": "OperationOutcome", "issue": [issue]}),
    )
}

//! Documentation that a provider submits for a claim or a prior authorization (CDex `$submit-attachment`).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use crate::config::{Agreement, Claim, Identifier, NPI_SYSTEM, Use};
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Chooses a configured claim or prior authorization that the payer has.
    r"^a (claim|prior authorization) that lacks documentation$" => lacking;
    /// Chooses one that the payer has asked for documentation of, under a tracking id of its own.
    r"^a (claim|prior authorization) about which the payer has asked$" => asked;
    /// Chooses one that the payer has asked for signed documentation of.
    r"^a claim about which the payer has asked for signed documentation$" => asked_signed;
    /// Makes up a claim, a prior authorization or a member that the payer cannot know.
    r"^a (claim|prior authorization|member) that the payer does not know$" => unknown;
    /// Puts every parameter of the guide's version into the submission.
    r"^the submission says all that can be said$" => whole;
    /// Leaves out every parameter that may be left out.
    r"^the submission says no more than it must$" => bare;
    /// Names the lines of the claim that the documentation is for, or none of them.
    r"^the submission is for (two lines|the whole) of it$" => lines;
    /// Says in the submission whether more will follow.
    r"^the submission is said (to be the last|not to be the last)$" => last;
    /// Posts the submission to the payer.
    r"^the provider submits it$" => submit;
    /// Posts it without credentials.
    r"^somebody without credentials submits it$" => submit_anonymously;
    /// Sends another request than POST to where documentation is submitted.
    r"^the provider (reads|replaces|changes|deletes) the place for attachments$" => other_method;
    /// Posts two submissions under one tracking id, the first said to be the last or not; keeps how the second was answered.
    r"^more follows a submission that (is the last|is not the last|says nothing of it)$" => follow;
}

const OURS: &str = "https://vitruvian.example/ids";
pub(super) const OPERATION: &str = "$submit-attachment";
/// Number that no member has.
const NOBODY: &str = "nobody-has-this-number";
/// Day of a service that nobody can have claimed.
const LONG_AGO: &str = "1901-01-01";

/// What a scenario about submissions has chosen, and what it has seen.
#[derive(Debug, Default)]
pub(super) struct Attaching {
    /// The claim or prior authorization that documentation is submitted for.
    claim: Option<Claim>,
    /// How what followed a submission was answered, by what that submission said about being the last.
    pub(super) following: Vec<(Option<bool>, String)>,
    /// Address of the formal authorization that the scenario is about.
    pub(super) authorization: Option<String>,
}

fn use_of(word: &str) -> Use {
    match word {
        "prior authorization" => Use::Preauthorization,
        _ => Use::Claim,
    }
}

impl World {
    /// Where documentation is submitted: below the target, or where the configuration says.
    pub(super) fn submission_url(&self) -> Result<String, Halt> {
        let endpoint = self.target()?.attachments.endpoint.clone();
        Ok(endpoint.map_or_else(|| OPERATION.to_owned(), |url| url.to_string()))
    }

    /// The claim that the scenario is about.
    pub(super) fn claim(&self) -> Result<&Claim, Halt> {
        let claim = self.attaching.claim.as_ref();
        claim.ok_or_else(|| Halt::Error("no claim was chosen before this step".into()))
    }

    fn choose_claim(&mut self, kind: Use, is_asked: bool, is_signed: bool) -> Outcome {
        let target = self.target()?;
        let claims = target.attachments.claims.iter();
        let mut fitting = claims.filter(|claim| {
            claim.use_ == kind
                && claim.tracking_id.is_some() == is_asked
                && claim.signed == is_signed
        });
        let Some(claim) = fitting.next() else {
            let asked = match is_asked {
                true if is_signed => {
                    ", signed = true and tracking_id, the number by which the payer asked for signed documentation"
                }
                true => " and tracking_id, the number by which the payer asked for documentation",
                false => " and no tracking_id",
            };
            return Err(Halt::Skip(format!(
                "no such claim is known: add [[attachments.claim]] with use = \"{}\", member_id{asked}",
                kind.as_str()
            )));
        };
        if claim.use_ == Use::Claim && claim.service_date.is_none() {
            return Err(Halt::Skip(format!(
                "the claim {:?} has no service_date, which has to be told with documentation of a claim",
                claim.name
            )));
        }
        self.attaching.claim = Some(claim.clone());
        Ok(())
    }

    /// A tracking id of ours that no other submission has, in this run or another.
    pub(super) fn new_tracking_id(&self, number: usize) -> Result<Value, Halt> {
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let value = format!("{}-{now:x}-{number}", self.scenario_word()?);
        Ok(json!({"system": format!("{OURS}/tracking"), "value": value}))
    }

    /// A submission of this resource for the claim: what it must say, who sends it, and the code of what it is.
    pub(super) fn draft_submission(&self, content: &Value) -> Result<Value, Halt> {
        let (claim, target) = (self.claim()?, self.target()?);
        let provider = target.provider.as_ref().ok_or_else(|| {
            Halt::Skip("nobody is known who may submit documentation: say who in [provider]".into())
        })?;
        let provider = json!({"system": NPI_SYSTEM, "value": provider.party.npi});
        let tracking = match &claim.tracking_id {
            Some(id) => identifier(id),
            None => self.new_tracking_id(0)?,
        };
        let mut all = vec![
            json!({"name": "TrackingId", "valueIdentifier": tracking}),
            json!({"name": "AttachTo", "valueCode": claim.use_.as_str()}),
        ];
        if !target.payer.npi.is_empty() {
            let payer = json!({"system": NPI_SYSTEM, "value": target.payer.npi});
            all.push(json!({"name": "PayerId", "valueIdentifier": payer}));
        }
        all.push(json!({"name": "OrganizationId", "valueIdentifier": provider}));
        all.push(json!({"name": "ProviderId", "valueIdentifier": provider}));
        all.push(json!({"name": "MemberId", "valueIdentifier": identifier(&claim.member_id)}));
        if let Some(day) = &claim.service_date {
            all.push(json!({"name": "ServiceDate", "valueDateTime": day}));
        }
        let coding = json!({"coding": [{"system": "http://loinc.org", "code": "11506-3", "display": "Progress note"}]});
        let mut parts = vec![json!({"name": "Content", "resource": content})];
        if content["resourceType"] == "DocumentReference" {
            parts.insert(0, json!({"name": "Code", "valueCodeableConcept": coding}));
        }
        all.push(json!({"name": "Attachment", "part": parts}));
        // What the payer asked for stays open for other scenarios.
        if claim.tracking_id.is_some() {
            all.push(json!({"name": "Final", "valueBoolean": false}));
        }
        let mut body = json!({"resourceType": "Parameters", "parameter": all});
        if !self.ig()?.ends_with("@2.0.0") {
            let cdex = "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition";
            body["meta"] =
                json!({"profile": [format!("{cdex}/cdex-parameters-submit-attachment")]});
        }
        Ok(body)
    }

    /// The parameters of the submission in the making.
    pub(super) fn parameters(&mut self) -> Result<&mut Vec<Value>, Halt> {
        let body = self.draft.as_mut();
        let list = body.and_then(|body| body["parameter"].as_array_mut());
        list.ok_or_else(|| Halt::Error("no documentation was chosen before this step".into()))
    }

    /// Sets a parameter, or takes it out.
    pub(super) fn set_parameter(&mut self, name: &str, value: Option<Value>) -> Outcome {
        let all = self.parameters()?;
        let place = all.iter().position(|one| one["name"] == name);
        all.retain(|one| one["name"] != name);
        if let Some(value) = value {
            let place = place.unwrap_or(all.len()).min(all.len());
            all.insert(place, value);
        }
        Ok(())
    }

    /// The parts of the first attachment.
    pub(super) fn parts(&mut self) -> Result<&mut Vec<Value>, Halt> {
        let mut all = self.parameters()?.iter_mut();
        let attachment = all.find(|one| one["name"] == "Attachment");
        let parts = attachment.and_then(|one| one["part"].as_array_mut());
        parts.ok_or_else(|| Halt::Error("the submission has no attachment".into()))
    }

    /// Posts what is in the making.
    pub(super) async fn post_submission(&mut self) -> Outcome {
        let (url, body) = (
            self.submission_url()?,
            self.draft.clone().unwrap_or_default(),
        );
        self.send(Request::post_json(url, &body)).await
    }
}

fn identifier(id: &Identifier) -> Value {
    json!({"system": id.system, "value": id.value})
}

async fn lacking(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    world.choose_claim(use_of(arguments.word(1)), false, false)
}

async fn asked(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    world.choose_claim(use_of(arguments.word(1)), true, false)
}

async fn asked_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.signatures {
        Some(Agreement::Required) => world.choose_claim(Use::Claim, false, false),
        _ => world.choose_claim(Use::Claim, true, true),
    }
}

async fn unknown(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1);
    let target = world.target()?;
    // A member of the payer, or at least a number of its own system, where one is known.
    let known = target.attachments.claims.first();
    let known = known.map(|claim| claim.member_id.clone());
    let mut member_id = known.unwrap_or_else(|| Identifier {
        system: format!("{OURS}/member"),
        value: NOBODY.into(),
        kind: None,
    });
    // No member has a claim of that day; that one has no prior authorization is sure of nobody but a stranger.
    if what != "claim" {
        member_id.value = NOBODY.into();
    }
    world.attaching.claim = Some(Claim {
        name: "unknown".into(),
        use_: use_of(what),
        member_id,
        service_date: Some(LONG_AGO.into()),
        lines: Vec::new(),
        tracking_id: None,
        signed: false,
    });
    Ok(())
}

async fn whole(world: &mut World, _: Arguments<'_>) -> Outcome {
    let claim = world.claim()?.clone();
    let is_newest = world.ig()?.ends_with("@3.0.0-ballot");
    if is_newest && claim.use_ == Use::Preauthorization && claim.tracking_id.is_some() {
        let number = json!({"system": format!("{OURS}/reference"), "value": "reference-1"});
        let number = json!({"name": "AdminRefNumber", "valueIdentifier": number});
        world.parameters()?.insert(1, number);
    }
    let lines = claim.lines.iter();
    let lines = lines.map(|line| json!({"name": "LineItem", "valueString": line}));
    world.parts()?.splice(0..0, lines);
    let is_last = claim.tracking_id.is_none();
    let last = json!({"name": "Final", "valueBoolean": is_last});
    world.set_parameter("Final", Some(last))
}

async fn bare(world: &mut World, _: Arguments<'_>) -> Outcome {
    for name in ["PayerId", "OrganizationId"] {
        world.set_parameter(name, None)?;
    }
    let is_claim = world.claim()?.use_ == Use::Claim;
    if !is_claim {
        world.set_parameter("ServiceDate", None)?;
    }
    world.parts()?.retain(|part| part["name"] == "Content");
    Ok(())
}

async fn lines(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let parts = world.parts()?;
    parts.retain(|part| part["name"] != "LineItem");
    if arguments.word(1) == "two lines" {
        let lines = ["1", "2"].map(|line| json!({"name": "LineItem", "valueString": line}));
        parts.splice(0..0, lines);
    }
    Ok(())
}

async fn last(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_last = arguments.word(1) == "to be the last";
    let last = json!({"name": "Final", "valueBoolean": is_last});
    world.set_parameter("Final", Some(last))
}

async fn submit(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.post_submission().await
}

async fn submit_anonymously(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (url, body) = (
        world.submission_url()?,
        world.draft.clone().unwrap_or_default(),
    );
    let request = Request::post_json(url, &body).anonymous();
    world.send(request).await
}

async fn other_method(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let method = match arguments.word(1) {
        "reads" => Method::GET,
        "replaces" => Method::PUT,
        "changes" => Method::PATCH,
        _ => Method::DELETE,
    };
    let mut request = Request::new(method.clone(), world.submission_url()?);
    if method == Method::PUT || method == Method::PATCH {
        let body = json!({"resourceType": "Parameters"});
        request = request
            .header("content-type", "application/fhir+json")
            .body(body.to_string());
    }
    world.send(request).await
}

async fn follow(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (number, is_last) = match arguments.word(1) {
        "is the last" => (1, Some(true)),
        "is not the last" => (2, Some(false)),
        _ => (3, None),
    };
    let tracking = world.new_tracking_id(number)?;
    let tracking = json!({"name": "TrackingId", "valueIdentifier": tracking});
    world.set_parameter("TrackingId", Some(tracking))?;
    let last = is_last.map(|last| json!({"name": "Final", "valueBoolean": last}));
    world.set_parameter("Final", last)?;
    world.post_submission().await?;
    if !world.reply()?.is_success() {
        return Err(Halt::Skip(
            "the payer does not take the first of two submissions".into(),
        ));
    }
    let more = json!({"name": "Final", "valueBoolean": false});
    world.set_parameter("Final", Some(more))?;
    // The same once more could be taken for a repetition after a lost answer.
    let content = world
        .parts()?
        .iter_mut()
        .find(|part| part["name"] == "Content");
    if let Some(content) = content {
        content["resource"]["description"] = "what was left out before".into();
    }
    world.post_submission().await?;
    let answer = super::submission_answer::gist(world.reply()?);
    world.attaching.following.push((is_last, answer));
    Ok(())
}

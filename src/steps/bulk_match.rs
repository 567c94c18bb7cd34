//! Matching many members at once: the request, and where everybody was sorted.

use super::bulk_request::{BulkRequest, ConsentTerms, Person};
use super::cohort::Cohort;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_refusal};
use super::sorted::{Bucket, Sorted};
use super::{MatchRequest, Mismatch, World};
use crate::config::{Coverage, Expectation, Member, MemberId};
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Has somebody made up matched; skips the scenario when the payer does not take that on.
    r"^a payer that takes on many at once$" => takes_on;
    /// Table `who | consent | outcome`: the members to submit, and where each must be sorted.
    r"^these people to be matched:$" => people;
    /// Adds what FHIR forbids in contained resources to every submitted Patient.
    r"^the submitted records carry versions, dates and labels of their own$" => labelled;
    /// Adds a parameter the operation does not define.
    r"^the request for many carries something the operation does not define$" => further;
    /// Takes the named part out of the first member.
    r"^the first of them is submitted without (coverage|demographics|consent)$" => incomplete;
    /// Sends the request asynchronously; the answer is judged.
    r"^the (?:new payer|provider) asks for all of them to be matched$" => ask;
    /// Sends the request without `Prefer: respond-async`.
    r"^the (?:new payer|provider) asks for all of them to be matched at once, without waiting$" => ask_at_once;
    /// Sends it to one Group instead of the type, or with GET.
    r"^the (?:new payer|provider) tries the match of many (on one group|by merely reading it)$" => ask_elsewhere;
    /// Asks for nobody to be matched.
    r"^the (?:new payer|provider) asks for nobody to be matched$" => ask_nobody;
    /// Has the members matched to the end; skips when that does not work.
    r"^the (?:new payer|provider) has had all of them matched$" => have_matched;
    /// Not refused for a parameter it does not know.
    r"^the payer takes no offence at it$" => tolerated;
    /// A refusal, or an entry among the errors.
    r"^the payer refuses it or reports it among the errors$" => refused_or_reported;
    /// Never inline data: a refusal or 202.
    r"^the payer refuses it or answers later all the same$" => refused_or_later;
    /// 202, or a refusal that explains itself.
    r"^the payer takes all of them or says how many are too many$" => taken_or_explained;
    /// Submits so many made-up people.
    r"^(\d+) made-up people to be matched$" => crowd;
}

impl World {
    /// The request for many members.
    pub(super) fn bulk(&mut self) -> Result<&mut BulkRequest, Halt> {
        self.bulk
            .as_mut()
            .ok_or_else(|| Halt::Error("nobody was chosen to be matched before this step".into()))
    }

    /// The outcome of the bulk match.
    pub(super) fn sorted(&self) -> Result<&Sorted, Halt> {
        self.sorted
            .as_ref()
            .ok_or_else(|| Halt::Error("no outcome was read before this step".into()))
    }

    pub(super) fn bulk_request(&mut self) -> Result<Request, Halt> {
        let bulk = self.bulk()?;
        Ok(Request::post_json(
            bulk.audience.operation(),
            &bulk.to_json(),
        ))
    }

    /// A test member by the words of a feature.
    pub(super) fn person(&mut self, who: &str) -> Result<Member, Halt> {
        let kinds = [
            ("a member", Expectation::Match, 0),
            ("another member", Expectation::Match, 1),
            ("somebody who fits two members", Expectation::Ambiguous, 0),
            (
                "a member whose sensitive data cannot be kept apart",
                Expectation::ConsentRefused,
                0,
            ),
            ("a member with sensitive data", Expectation::Sensitive, 0),
            (
                "a member who has withdrawn consent",
                Expectation::Revoked,
                0,
            ),
            ("a member who has opted out", Expectation::OptedOut, 0),
            (
                "a member whom the provider does not treat",
                Expectation::Untreated,
                0,
            ),
        ];
        if who == "a stranger" {
            return Ok(stranger(0));
        }
        if who == "a stranger with a member's card" {
            let holder = self.person("a member")?;
            return Ok(Member {
                coverage: holder.coverage,
                identifiers: holder.identifiers,
                ..stranger(0)
            });
        }
        let Some((_, kind, nth)) = kinds.iter().find(|(words, ..)| *words == who) else {
            let known = kinds.map(|(words, ..)| words).join(", ");
            return Err(Halt::Error(format!(
                "{who:?} is nobody: {known}, a stranger"
            )));
        };
        let members = self.target()?.members;
        let mut of_kind = members.iter().filter(|member| member.expect == *kind);
        of_kind.nth(*nth).cloned().ok_or_else(|| {
            Halt::Skip(format!(
                "no test member for it: add {} [[member]] with expect = {:?} to vitruvian.toml",
                if *nth == 0 { "a" } else { "another" },
                kind.as_str(),
            ))
        })
    }

    /// Adds somebody no payer knows to the request.
    pub(super) fn submit_stranger(&mut self) -> Result<&mut Person, Halt> {
        let id = self.bulk()?.next_id();
        let request = self.submission(&stranger(0), &id)?;
        let people = &mut self.bulk()?.people;
        people.push(Person {
            submitted: vec![request],
            expected: vec![Bucket::NotMatched],
            called: "a stranger".to_owned(),
        });
        people
            .last_mut()
            .ok_or_else(|| Halt::Error("nobody was chosen to be matched".into()))
    }

    /// Sends the request and forgets it; skips the scenario when the payer does not take it on.
    pub(super) async fn try_match(&mut self) -> Outcome {
        let request = self.bulk_request()?;
        self.start_job(request).await?;
        self.bulk = self.bulk.take().map(|bulk| BulkRequest {
            audience: bulk.audience,
            ..BulkRequest::default()
        });
        self.job = None;
        Ok(())
    }

    /// Has the people of the request matched to the end, and learns where everybody was sorted.
    pub(super) async fn match_all(&mut self) -> Outcome {
        let request = self.bulk_request()?;
        self.finish_job(request).await?;
        read_outcome(self).await
    }

    /// A match request about somebody who is called by a local id of their own.
    pub(super) fn submission(&mut self, member: &Member, id: &str) -> Result<MatchRequest, Halt> {
        let context = self.context()?;
        let payer = self.target()?.payer;
        let mut request = MatchRequest::new(member, &context.requester, &payer, context.today);
        request.call_member(id);
        Ok(request)
    }
}

/// Somebody no payer knows.
fn stranger(number: usize) -> Member {
    Member {
        name: format!("stranger {number}"),
        expect: Expectation::NoMatch,
        patient_id: None,
        group_id: None,
        family: Some("Nowhere-Vitruvian".into()),
        given: vec![format!("Number{number}")],
        birth_date: Some("1911-11-11".into()),
        gender: None,
        identifiers: Vec::new(),
        coverage: Some(unknown_card(number)),
        sensitive_records: Vec::new(),
        received_records: Vec::new(),
        oldest_record: None,
    }
}

fn unknown_card(number: usize) -> Coverage {
    let value = format!("VITRUVIAN-NOBODY-{number}");
    Coverage {
        subscriber_id: Some(value.clone()),
        member_id: Some(MemberId {
            system: "https://nowhere.example/ids/member".into(),
            value,
        }),
        payor: None,
    }
}

async fn takes_on(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.bulk = Some(BulkRequest::default());
    world.submit_stranger()?;
    world.try_match().await
}

async fn people(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    world.bulk = Some(BulkRequest::default());
    for row in arguments.rows() {
        let [who, consent, outcome] = row.as_slice() else {
            return Err(Halt::Error(
                "each row has three cells: who, consent, outcome".into(),
            ));
        };
        let terms = ConsentTerms::read(consent).map_err(Halt::Error)?;
        let bucket = Bucket::read(outcome)
            .ok_or_else(|| Halt::Error(format!("{outcome:?} is no outcome of a match")))?;
        if who == "the same person with another card" {
            let last = world.bulk()?.people.last().cloned();
            let mut last = last.ok_or_else(|| Halt::Error("the same person as who?".into()))?;
            let mut again = last
                .submitted
                .last()
                .cloned()
                .unwrap_or_else(MatchRequest::empty);
            again.set_card(&unknown_card(last.submitted.len()));
            terms.apply(&mut again, today);
            last.submitted.push(again);
            last.expected.push(bucket);
            let people = &mut world.bulk()?.people;
            people.pop();
            people.push(last);
            continue;
        }
        let member = world.person(who)?;
        let id = world.bulk()?.next_id();
        let mut request = world.submission(&member, &id)?;
        terms.apply(&mut request, today);
        world.bulk()?.people.push(Person {
            submitted: vec![request],
            expected: vec![bucket],
            called: who.clone(),
        });
    }
    Ok(())
}

async fn crowd(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let size: usize = arguments.word(1).parse().unwrap_or(1);
    world.bulk = Some(BulkRequest::default());
    for number in 1..=size {
        let id = world.bulk()?.next_id();
        let request = world.submission(&stranger(number), &id)?;
        world.bulk()?.people.push(Person {
            submitted: vec![request],
            expected: vec![Bucket::NotMatched],
            called: format!("stranger {number}"),
        });
    }
    Ok(())
}

async fn labelled(world: &mut World, _: Arguments<'_>) -> Outcome {
    for person in &mut world.bulk()?.people {
        for request in &mut person.submitted {
            if let Some(patient) = request.resource_mut("MemberPatient") {
                patient["meta"] = json!({
                    "versionId": "7",
                    "lastUpdated": "2024-02-29T12:00:00Z",
                    "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "N"}],
                });
            }
        }
    }
    Ok(())
}

async fn further(world: &mut World, _: Arguments<'_>) -> Outcome {
    let parameter = json!({"name": "VitruvianExtra", "valueString": "nothing to worry about"});
    world.bulk()?.further.push(parameter);
    Ok(())
}

async fn incomplete(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let part = match arguments.word(1) {
        "coverage" => "CoverageToMatch",
        "demographics" => "MemberPatient",
        _ => "Consent",
    };
    let first = world.bulk()?.people.first_mut();
    let first = first.ok_or_else(|| Halt::Error("nobody was chosen to be matched".into()))?;
    for request in &mut first.submitted {
        request.leave_out(part);
    }
    first.expected.clear();
    Ok(())
}

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.bulk_request()?;
    world.kick_off(request).await
}

async fn ask_at_once(world: &mut World, _: Arguments<'_>) -> Outcome {
    let request = world.bulk_request()?;
    world.send(request).await
}

async fn ask_elsewhere(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let operation = world.bulk()?.audience.operation();
    let body = world.bulk()?.to_json();
    let request = match arguments.word(1) {
        "on one group" => {
            let of_one = operation.replace("Group/", "Group/any-group/");
            Request::post_json(of_one, &body)
        }
        _ => Request::new(Method::GET, operation),
    };
    world.kick_off(request).await
}

async fn ask_nobody(world: &mut World, _: Arguments<'_>) -> Outcome {
    let audience = world.bulk.take().unwrap_or_default().audience;
    world.bulk = Some(BulkRequest {
        audience,
        ..BulkRequest::default()
    });
    let request = world.bulk_request()?;
    world.kick_off(request).await
}

async fn have_matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.match_all().await
}

/// The resources that the finished job produced.
pub(super) async fn files_of(world: &mut World) -> Result<Vec<Value>, Halt> {
    let manifest = world.job()?.manifest.clone().unwrap_or_default();
    if manifest["resourceType"] == "Parameters" {
        // PDex 2.1.0 leaves open whether the answer is the resource itself or a file of it.
        return Ok(vec![manifest]);
    }
    Ok(world.read_files("output").await?.resources)
}

/// Reads the outcome of the finished job.
async fn read_outcome(world: &mut World) -> Outcome {
    let resources = files_of(world).await?;
    match Sorted::read(&resources) {
        Ok(sorted) => world.sorted = Some(sorted),
        Err(mismatch) => {
            let actual = mismatch.actual.clone();
            world.judge(Err(mismatch))?;
            return Err(Halt::Skip(format!("the outcome cannot be told: {actual}")));
        }
    }
    let audience = world.bulk()?.audience;
    let matched = world.sorted()?.group(Bucket::Matched).cloned();
    world.cohort = matched.map(|group| Cohort::of(&group).of_audience(audience));
    world.records = resources.into();
    Ok(())
}

async fn tolerated(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        202 => Ok(()),
        _ => Err(Mismatch::new(
            "the match is taken on (status 202): the slicing of the request is open",
            describe(reply),
        )
        .at("HTTP status")),
    };
    world.judge(result)
}

async fn refused_or_reported(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.reply()?.status != 202 {
        let reply = world.reply()?;
        let result = expect_refusal(reply).and_then(|()| expect_outcome(reply).map(|_| ()));
        return world.judge(result);
    }
    world.accept_job()?;
    world.wait_for_job().await?;
    if world.job()?.manifest.is_none() {
        let answer = describe(world.reply()?);
        return Err(Halt::Skip(format!(
            "the job did not produce anything: {answer}"
        )));
    }
    let errors = world.read_files("error").await?.resources;
    let is_told = errors
        .iter()
        .any(|one: &Value| one["resourceType"] == "OperationOutcome");
    let result = if is_told {
        Ok(())
    } else {
        Err(Mismatch::new(
            "a refusal (400 or 422), or an OperationOutcome among the errors of the job",
            "the job ends without a word about it",
        )
        .at("error"))
    };
    world.judge(result)
}

async fn refused_or_later(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        202 => Ok(()),
        _ => expect_refusal(reply)
            .map_err(|_| {
                Mismatch::new(
                    "a refusal (a 4xx status), or an answer later (status 202)",
                    describe(reply),
                )
                .at("HTTP status")
            })
            .and_then(|()| expect_outcome(reply).map(|_| ())),
    };
    world.judge(result)
}

/// Codes of issues by which a server says that it is asked for too much.
const TOO_MUCH: [&str; 3] = ["too-costly", "too-long", "throttled"];

async fn taken_or_explained(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match reply.status {
        202 => Ok(()),
        413 | 422 | 429 => expect_outcome(reply).and_then(|said| {
            let is_too_much =
                crate::fhir::outcome::codes(&said).any(|code| TOO_MUCH.contains(&code));
            if is_too_much {
                return Ok(());
            }
            let expected = format!("an issue that says so: {}", TOO_MUCH.join(" or "));
            Err(Mismatch::new(expected, describe(reply)).at("$.issue[*].code"))
        }),
        _ => Err(Mismatch::new(
            "the match is taken on (status 202), or refused for its size (413, 422 or 429)",
            describe(reply),
        )
        .at("HTTP status")),
    };
    let size = world.bulk()?.len();
    let status = world.reply()?.status;
    world.note(format!("{size} members in one request: status {status}"));
    world.judge(result)
}

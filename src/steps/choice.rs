//! What a member says about sharing with providers while the tests look on, and what comes of it.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_outcome, expect_refusal, expect_status};
use super::opt_out::place;
use super::sorted::Bucket;
use super::{Mismatch, World};
use crate::config::Expectation;
use crate::fhir::bundle;
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Chooses a test member with `expect = "choosing"`, without what earlier scenarios left, and keeps others from it.
    r"^a member whose choice about providers may be changed$" => choosing;
    /// The same member, with a RelatedPerson of the member; skips when there is none.
    r"^a member for whom somebody else speaks$" => represented;
    /// Puts an opt-out on record; skips when that does not work, which other scenarios judge.
    r"^the member has put on record that providers are not to have the data$" => opted_out;
    /// Sends an opt-out whose performer is the RelatedPerson.
    r"^who speaks for the member puts on record that providers are not to have the data$" => by_representative;
    /// Sends an opt-out that lacks something.
    r"^the member's word is sent without (since when it holds|what it is about|the kind of word it is)$" => incomplete;
    /// Takes the opt-out back: deletes it, or makes it inactive, or permits; skips when none of that works.
    r"^the member has taken that back$" => taken_back;
    /// A refusal that explains itself.
    r"^the payer refuses to put it on record$" => refused;
    /// Has the member matched for the provider, beside others; skips when that does not work.
    r"^the provider has had the member matched$" => matched;
    /// The member is in the Group of those who matched.
    r"^the member is among those who matched$" => is_matched;
    /// The member is in another Group, or in none.
    r"^the member is not among those who matched$" => is_not_matched;
    /// Keeps the Group that holds the member for the export; skips when the member is not in it.
    r"^a group of matched patients of the provider with that member among them$" => with_member;
    /// Chooses the first test member the payer knows who has nothing on record about providers.
    r"^a member who has said nothing about providers$" => silent;
    /// There is a Patient for each member of the Group without a Consent about providers; skips when there is none.
    r"^those who have said nothing about providers are in it$" => silent_exported;
}

/// Members of a list that are asked about at most.
const LOOKED_AT: usize = 20;

async fn choosing(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.take_turn().await?;
    world.choose_kind(Expectation::Choosing, 0)?;
    world.learn_record().await?;
    let ig = world.ig()?;
    let left = world.turn.iter().flat_map(|turn| turn.iter());
    let left: Vec<String> = left
        .filter(|(known, _)| *known == ig)
        .map(|(_, place)| place.clone())
        .collect();
    for place in left {
        if !world.take_back(&place).await? {
            world.permit().await?;
        }
    }
    Ok(())
}

impl World {
    /// Waits until no other scenario changes, or relies on, what members say about providers.
    pub(super) async fn take_turn(&mut self) -> Outcome {
        let context = self.context()?;
        // Others may wait for jobs of the target meanwhile.
        self.be_patient(context.max_wait.saturating_mul(10));
        if self.turn.is_none() {
            self.turn = Some(context.memory.turn().await);
        }
        Ok(())
    }

    /// Learns the record number of the member of the scenario: from the configuration, or by a match.
    async fn learn_record(&mut self) -> Outcome {
        self.known_record
            .clone_from(&self.member()?.patient_id.clone());
        if self.known_record.is_none() {
            self.confirm_match().await?;
            let record = self.member_record().await?;
            self.known_record = Some(record);
        }
        Ok(())
    }

    /// Puts on record that providers may have the data. Says whether that worked.
    async fn permit(&mut self) -> Result<bool, Halt> {
        let mut consent = self.opt_out().await?;
        consent["provision"]["type"] = json!("permit");
        self.prepare(Request::post_json("Consent", &consent))
            .await?;
        Ok(self.reply()?.status == 201)
    }

    /// Where the member of the scenario is in the outcome of the match.
    fn member_buckets(&mut self) -> Result<Vec<Bucket>, Halt> {
        let last = self.bulk()?.people.last_mut();
        let patient = last.and_then(|person| {
            let request = person.submitted.first_mut()?;
            request.resource_mut("MemberPatient").cloned()
        });
        let patient = patient.ok_or_else(|| Halt::Error("nobody was submitted".into()))?;
        Ok(self.sorted()?.buckets_of(&patient))
    }
}

async fn represented(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    choosing(world, arguments).await?;
    let member = world.member_record().await?;
    let query = format!("RelatedPerson?patient={member}");
    let pages = world.read_pages(&query).await?.unwrap_or_default();
    let speaker = pages
        .matches
        .into_iter()
        .find(|one| one["resourceType"] == "RelatedPerson");
    let speaker = speaker.ok_or_else(|| {
        Halt::Skip("the member has no RelatedPerson: give a test member who has one".into())
    })?;
    world.records = vec![speaker].into();
    Ok(())
}

async fn opted_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    let consent = world.opt_out().await?;
    world.put_on_record(&consent).await?;
    let reply = world.reply()?;
    if reply.status == 201 && place(world)?.is_some() {
        return Ok(());
    }
    let said = describe(reply);
    Err(Halt::Skip(format!(
        "the payer does not take the member's word on record here ({said}); opt-outs in other ways cannot be followed"
    )))
}

async fn by_representative(world: &mut World, _: Arguments<'_>) -> Outcome {
    let id = world.records.first().map(|one| one["id"].clone());
    let id = id.unwrap_or_default();
    let id = id.as_str().unwrap_or_default();
    let mut consent = world.opt_out().await?;
    consent["performer"] = json!([{"reference": format!("RelatedPerson/{id}")}]);
    world.put_on_record(&consent).await?;
    let reply = world.reply()?;
    let result = expect_status(
        reply,
        &[201],
        "the word of who speaks for the member is taken",
    );
    let judged = world.judge(result);
    if let Some(place) = place(world)? {
        world.take_back(&place).await?;
    }
    judged
}

async fn incomplete(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let mut consent = world.opt_out().await?;
    let lacking = match arguments.word(1) {
        "since when it holds" => "/provision",
        _ => "",
    };
    let element = match arguments.word(1) {
        "since when it holds" => "period",
        "what it is about" => "category",
        _ => "scope",
    };
    let parent = consent.pointer_mut(lacking).and_then(Value::as_object_mut);
    if let Some(parent) = parent {
        parent.remove(element);
    }
    world.put_on_record(&consent).await
}

async fn refused(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_refusal(reply).and_then(|()| expect_outcome(reply).map(|_| ()));
    if reply.status == 201
        && let Some(place) = place(world)?
    {
        world.take_back(&place).await?;
    }
    world.judge(result)
}

async fn taken_back(world: &mut World, _: Arguments<'_>) -> Outcome {
    let place = place(world)?
        .ok_or_else(|| Halt::Error("nothing was put on record before this step".into()))?;
    if world.take_back(&place).await? {
        return Ok(());
    }
    world.prepare(Request::get(&place)).await?;
    if let Ok(mut consent) = world.reply()?.json() {
        consent["status"] = json!("inactive");
        let request = Request::new(Method::PUT, &place)
            .header("content-type", "application/fhir+json")
            .body(consent.to_string());
        world.prepare(request).await?;
        if matches!(world.reply()?.status, 200 | 201) {
            return Ok(());
        }
    }
    if world.permit().await? {
        return Ok(());
    }
    let said = describe(world.reply()?);
    Err(Halt::Skip(format!(
        "the payer does not let the member's word be taken back here: {said}"
    )))
}

async fn matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member()?.clone();
    let others = world.of_kind(Expectation::Match)?.into_iter();
    let first = others.filter(|one| one.name != member.name).take(1);
    let members = first.chain([member.clone()]).collect();
    world.submit_patients(members)?;
    world.match_all().await
}

async fn is_matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = world.member_buckets()?;
    let result = if found == [Bucket::Matched] {
        Ok(())
    } else {
        Err(Mismatch::new("the member among those who matched", told(&found)).at("Group.member"))
    };
    world.judge(result)
}

async fn is_not_matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = world.member_buckets()?;
    let result = if found.contains(&Bucket::Matched) {
        let expected = "the member not among those who matched";
        Err(Mismatch::new(expected, told(&found)).at("Group.member"))
    } else {
        Ok(())
    };
    world.judge(result)
}

fn told(found: &[Bucket]) -> String {
    match found {
        [] => "in none of the groups".to_owned(),
        some => {
            let words: Vec<&str> = some.iter().map(|one| one.words()).collect();
            words.join(" and ")
        }
    }
}

async fn with_member(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    matched(world, arguments).await?;
    let record = world.member_record().await?;
    let is_in = world
        .cohort
        .as_ref()
        .is_some_and(|cohort| cohort.patients.contains(&record));
    if is_in {
        return Ok(());
    }
    Err(Halt::Skip(
        "the member does not match for the provider to begin with: give one whom it treats".into(),
    ))
}

impl World {
    /// Whether the member with that record has nothing on record about providers; skips when that cannot be learnt.
    async fn says_nothing(&mut self, record: &str) -> Result<bool, Halt> {
        self.prepare(Request::get(format!("Consent?patient={record}")))
            .await?;
        let reply = self.reply()?;
        let found = reply.json().unwrap_or_default();
        let is_said = bundle::matches(&found)
            .any(|one| one["provision"]["type"] == "deny" || one["policyRule"].is_object());
        Ok(reply.status == 200 && !is_said)
    }
}

async fn silent_exported(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.cohort()?.patients.clone();
    let mut silent = Vec::new();
    for member in members.into_iter().take(LOOKED_AT) {
        if world.says_nothing(&member).await? {
            silent.push(member);
        }
    }
    if silent.is_empty() {
        return Err(Halt::Skip(
            "every member of the group has said something about providers".into(),
        ));
    }
    let export = world.export()?;
    let missing = silent
        .into_iter()
        .find(|member| !export.has(&format!("Patient/{member}")));
    let result = match missing {
        None => Ok(()),
        Some(member) => Err(Mismatch::new(
            "data of everybody who has not opted out",
            format!("none of Patient/{member}, who has said nothing"),
        )),
    };
    world.judge(result)
}

async fn silent(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.take_turn().await?;
    let members = world.of_kind(Expectation::Match)?;
    let members = members
        .into_iter()
        .chain(world.of_kind(Expectation::Choosing).unwrap_or_default());
    for member in members {
        world.choose(member)?;
        world.learn_record().await?;
        let record = world.member_record().await?;
        if world.says_nothing(&record).await? {
            return Ok(());
        }
    }
    Err(Halt::Skip(
        "every test member has a consent about providers on record: give one who has none".into(),
    ))
}

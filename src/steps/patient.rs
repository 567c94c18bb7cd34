//! The patient a payer asks a provider about.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{expect_resource, expect_status};
use super::{Mismatch, World};
use crate::config::{Expectation, Gender, Member};
use crate::fhir::bundle;
use crate::http::Request;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

super::book::steps! {
    /// Chooses a test member who is a patient of the provider, and learns the provider's number of the patient.
    r"^a member who is a patient of the provider$" => known;
    /// Chooses such a test member, and asks nothing yet.
    r"^a member whom the provider treats$" => unasked;
    /// Chooses the second such test member.
    r"^another member who is a patient of the provider$" => another;
    /// Chooses a patient of whom the provider knows nothing but who it is.
    r"^a patient of whom the provider knows nothing else$" => no_data;
    /// Chooses a patient about whom the provider may tell nothing.
    r"^a patient about whom nothing may be told$" => untold;
    /// Chooses a patient whose records a clinician looks at before they are released.
    r"^a patient whose records a clinician looks at first$" => looked_at;
    /// Searches for the patient by member number alone.
    r"^the payer looks the patient up by member number$" => by_number;
    /// Searches for the patient by member number, name, birth date and gender.
    r"^the payer looks the patient up by member number and details$" => by_details;
    /// Searches with the right member number and another birth date.
    r"^the payer looks the patient up with a wrong birth date$" => by_wrong_details;
    /// Asks for a match of the patient's details.
    r"^the payer has the patient matched$" => matched;
    /// The search found the patient and nobody else.
    r"^exactly that patient is found$" => one_found;
    /// The search found nobody.
    r"^nobody is found$" => none_found;
}

/// The patient's number with the payer: system and value.
pub(super) fn member_number(member: &Member) -> Option<(String, String)> {
    let coverage = member.coverage.as_ref();
    let of_coverage = coverage.and_then(|coverage| coverage.member_id.as_ref());
    let of_coverage = of_coverage.map(|id| (id.system.clone(), id.value.clone()));
    let mut others = member.identifiers.iter();
    of_coverage.or_else(|| {
        others
            .next()
            .map(|one| (one.system.clone(), one.value.clone()))
    })
}

impl World {
    /// The member number of the patient; skips when none is configured.
    pub(super) fn patient_number(&self) -> Result<(String, String), Halt> {
        member_number(self.member()?).ok_or_else(|| {
            Halt::Skip("the test member has no member number: add member.coverage.member_id".into())
        })
    }

    /// Chooses a patient, and learns the provider's number once in a run.
    pub(super) async fn choose_patient(&mut self, expect: Expectation, nth: usize) -> Outcome {
        self.choose_kind(expect, nth)?;
        let member = self.member()?.clone();
        if let Some(id) = member.patient_id {
            self.known_record = Some(id);
            return Ok(());
        }
        let (system, value) = self.patient_number()?;
        let about = format!("{} {value}", self.system()?);
        let context = self.context()?;
        let learn = async {
            let query = query(&[("identifier", &format!("{system}|{value}"))]);
            self.prepare(Request::get(query)).await?;
            let found = self.reply()?.json().unwrap_or_default();
            let mut patients =
                bundle::matches(&found).filter(|one| one["resourceType"] == "Patient");
            let id = patients.next().and_then(|one| one["id"].as_str());
            id.map(str::to_owned).ok_or_else(|| {
                Halt::Skip(
                    "the provider does not find the patient by member number: give member.patient_id"
                        .into(),
                )
            })
        };
        self.known_record = Some(context.memory.record_number(about, learn).await?);
        Ok(())
    }

    /// Id of the patient at the provider.
    pub(super) fn patient_id(&self) -> Result<String, Halt> {
        self.known_record
            .clone()
            .ok_or_else(|| Halt::Error("no patient was chosen before this step".into()))
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(pairs);
    format!("Patient?{}", form.finish())
}

async fn known(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::Match, 0).await
}

async fn unasked(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_kind(Expectation::Match, 0)
}

async fn another(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::Match, 1).await
}

async fn no_data(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::NoData, 0).await
}

async fn untold(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::Revoked, 0).await
}

async fn looked_at(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.choose_patient(Expectation::Sensitive, 0).await
}

async fn by_number(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (system, value) = world.patient_number()?;
    let query = query(&[("identifier", &format!("{system}|{value}"))]);
    world.send(Request::get(query)).await
}

async fn look_up(world: &mut World, birth_date: Option<&str>) -> Outcome {
    let (system, value) = world.patient_number()?;
    let member = world.member()?;
    let identifier = format!("{system}|{value}");
    let known = member.birth_date.as_deref();
    let mut pairs = vec![("identifier", identifier.as_str())];
    pairs.extend(birth_date.or(known).map(|date| ("birthdate", date)));
    pairs.extend(member.family.as_deref().map(|name| ("name", name)));
    pairs.extend(
        member
            .gender
            .map(|gender| ("gender", Gender::as_str(gender))),
    );
    let query = query(&pairs);
    world.send(Request::get(query)).await
}

async fn by_details(world: &mut World, _: Arguments<'_>) -> Outcome {
    look_up(world, None).await
}

async fn by_wrong_details(world: &mut World, _: Arguments<'_>) -> Outcome {
    look_up(world, Some("1901-01-01")).await
}

async fn matched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (system, value) = world.patient_number()?;
    let member = world.member()?;
    let mut patient = json!({
        "resourceType": "Patient",
        "identifier": [{"system": system, "value": value}],
        "name": [{"family": member.family, "given": member.given}],
        "birthDate": member.birth_date,
        "gender": member.gender.map(Gender::as_str),
    });
    if let Some(members) = patient.as_object_mut() {
        members.retain(|_, value| !value.is_null());
    }
    let body = json!({"resourceType": "Parameters", "parameter": [
        {"name": "resource", "resource": patient},
        {"name": "count", "valueInteger": 1},
        {"name": "onlyCertainMatches", "valueBoolean": true},
    ]});
    world
        .send(Request::post_json("Patient/$match", &body))
        .await
}

/// The patients that the last search found.
fn found(world: &World) -> Result<Result<Vec<Value>, Mismatch>, Halt> {
    let reply = world.reply()?;
    let found = expect_status(reply, &[200], "the search is answered")
        .and_then(|()| expect_resource(reply, "Bundle"));
    Ok(found.map(|found| {
        let patients = bundle::matches(&found).filter(|one| one["resourceType"] == "Patient");
        patients.cloned().collect()
    }))
}

async fn one_found(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (system, value) = world.patient_number()?;
    let is_meant = |patient: &Value| {
        let mut identifiers = patient["identifier"].as_array().into_iter().flatten();
        identifiers.any(|one| one["system"] == *system && one["value"] == *value)
    };
    let result = found(world)?.and_then(|patients| match patients[..] {
        [ref one] if is_meant(one) => Ok(()),
        [] => Err(Mismatch::new("the patient", "nobody").at("$.entry")),
        [_] => Err(Mismatch::new("the patient", "somebody else").at("$.entry")),
        _ => {
            let actual = format!("{} patients", patients.len());
            Err(Mismatch::new("the patient alone", actual).at("$.entry"))
        }
    });
    world.judge(result)
}

async fn none_found(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = found(world)?.and_then(|patients| match patients.len() {
        0 => Ok(()),
        some => Err(Mismatch::new("nobody", format!("{some} patients")).at("$.entry")),
    });
    world.judge(result)
}

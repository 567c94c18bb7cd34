//! Whose data is exported: the members of a Group that a match has left.

use super::attested_request::{AttestationTerms, attest};
use super::audience::Audience;
use super::bulk_request::{BulkRequest, ConsentTerms, Person};
use super::drive::{Arguments, Halt, Outcome};
use super::sorted::{Bucket, Sorted};
use super::{Mismatch, World};
use crate::config::{Expectation, Member};
use crate::fhir::{Reference, path};
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

super::book::steps! {
    /// Has every test member matched whom the payer is expected to match, as patients of the provider.
    r"^a group of matched patients of the provider$" => matched_patients;
    /// Has every test member matched whom the payer is expected to match; learns the Group.
    r"^a group of matched members$" => matched_members;
    /// Has a member with sensitive records matched, under a consent that leaves them out.
    r"^a group with a member whose consent leaves out sensitive records$" => without_sensitive;
    /// Takes the configured Group of an earlier match of a member who has withdrawn consent since.
    r"^a group of an earlier match, one of whose members has withdrawn consent since$" => earlier;
    /// Every resource is about members of the Group, and so is everybody whom it refers to.
    r"^nobody outside the group is in it$" => nobody_else;
    /// Every resource is about the first member.
    r"^only the first of them is in it$" => only_first;
    /// No resource is about the member who withdrew consent; there is something about the others.
    r"^the member who has withdrawn consent is not in it, and the others are$" => without_revoked;
    /// No resource is about the member of the scenario; there is something about the others.
    r"^the member who has opted out is not in it, and the others are$" => without_member;
    /// There is a Patient for every member of the Group, and no other.
    r"^every member of the group is in it, and nobody else$" => all_members;
    /// None of the sensitive records of the test member.
    r"^no sensitive record is in its files$" => sensitive_left_out;
}

/// What is expected of an export.
const OF_MEMBERS: &str = "only data of the members that were asked for";
/// Members that are matched at most: enough to tell them apart.
const MEMBERS: usize = 5;

/// A Group of matched members.
#[derive(Clone, Debug, Default)]
pub(super) struct Cohort {
    /// Its id.
    pub(super) group: String,
    /// Ids of the Patients in it.
    pub(super) patients: Vec<String>,
    /// For whom it was made.
    pub(super) audience: Audience,
}

impl World {
    /// The Group of the scenario.
    pub(super) fn cohort(&self) -> Result<&Cohort, Halt> {
        self.cohort
            .as_ref()
            .ok_or_else(|| Halt::Error("no group was chosen before this step".into()))
    }

    pub(super) fn of_kind(&self, expect: Expectation) -> Result<Vec<Member>, Halt> {
        let members = self.target()?.members;
        let of_kind = members.iter().filter(|member| member.expect == expect);
        let found: Vec<Member> = of_kind.cloned().collect();
        if found.is_empty() {
            return Err(Halt::Skip(format!(
                "no test member for it: add a [[member]] with expect = {:?} to vitruvian.toml",
                expect.as_str(),
            )));
        }
        Ok(found)
    }

    /// Has members matched, and takes their Group as that of the scenario.
    async fn match_cohort(&mut self, members: Vec<Member>, terms: ConsentTerms) -> Outcome {
        self.match_for(Audience::Payer, members, terms).await
    }

    /// Has members matched as patients of the provider, and takes their Group as that of the scenario.
    pub(super) async fn match_patients(&mut self, members: Vec<Member>) -> Outcome {
        let terms = ConsentTerms::Everything;
        self.match_for(Audience::Provider, members, terms).await
    }

    async fn match_for(
        &mut self,
        audience: Audience,
        members: Vec<Member>,
        terms: ConsentTerms,
    ) -> Outcome {
        let today = self.context()?.today;
        let provider = match audience {
            Audience::Payer => None,
            Audience::Provider => Some(self.provider()?.party),
        };
        let mut bulk = BulkRequest {
            audience,
            ..BulkRequest::default()
        };
        for member in members.into_iter().take(MEMBERS) {
            let id = bulk.next_id();
            let mut request = self.submission(&member, &id)?;
            match &provider {
                Some(provider) => {
                    attest(&mut request, provider, today, AttestationTerms::InOrder);
                }
                None => terms.apply(&mut request, today),
            }
            bulk.people.push(Person {
                submitted: vec![request],
                expected: vec![Bucket::Matched],
                called: member.name.clone(),
            });
        }
        let request = Request::post_json(audience.operation(), &bulk.to_json());
        self.finish_job(request).await?;
        let manifest = self.job()?.manifest.clone().unwrap_or_default();
        let resources = if manifest["resourceType"] == "Parameters" {
            vec![manifest]
        } else {
            self.read_files("output").await?.resources
        };
        let group = Sorted::read(&resources).ok();
        let group = group.and_then(|sorted| sorted.group(Bucket::Matched).cloned());
        let cohort = group.as_ref().map(Cohort::of).unwrap_or_default();
        if cohort.group.is_empty() || cohort.patients.is_empty() {
            return Err(Halt::Skip(
                "the match of many left no group with members to go on with".into(),
            ));
        }
        self.cohort = Some(cohort.of_audience(audience));
        Ok(())
    }
}

impl Cohort {
    /// Reads a Group.
    pub(super) fn of(group: &Value) -> Self {
        let patient = |reference: &Value| {
            let reference = Reference::parse(reference.as_str()?);
            let target = reference.target().filter(|(kind, _)| *kind == "Patient");
            target.map(|(_, id)| id.to_owned())
        };
        Self {
            group: group["id"].as_str().unwrap_or_default().to_owned(),
            patients: path::elements(group, "member.entity.reference")
                .into_iter()
                .filter_map(patient)
                .collect(),
            audience: Audience::Payer,
        }
    }

    /// The same, made for somebody else.
    pub(super) fn of_audience(self, audience: Audience) -> Self {
        Self { audience, ..self }
    }
}

async fn matched_members(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.of_kind(Expectation::Match)?;
    world.match_cohort(members, ConsentTerms::Everything).await
}

async fn matched_patients(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.of_kind(Expectation::Match)?;
    world.match_patients(members).await
}

async fn without_sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    // The last one: other scenarios let the consents of the first two come and go.
    let member = world.of_kind(Expectation::Sensitive)?.pop();
    let member = member.ok_or_else(|| Halt::Skip("there is no such test member".into()))?;
    if member.sensitive_records.is_empty() {
        return Err(Halt::Skip(
            "list the test member's sensitive_records in vitruvian.toml".into(),
        ));
    }
    world.member = Some(member.clone());
    world
        .match_cohort(vec![member], ConsentTerms::RegularOnly)
        .await
}

async fn earlier(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.of_kind(Expectation::Revoked)?;
    let known = members.into_iter().find_map(|member| {
        let ids = (member.group_id.clone()?, member.patient_id.clone()?);
        Some((member, ids))
    });
    let Some((member, (group, patient))) = known else {
        return Err(Halt::Skip(
            "match a member together with another one, let the member withdraw consent, and give patient_id and group_id of the [[member]] with expect = \"revoked\" in vitruvian.toml".into(),
        ));
    };
    world
        .prepare(Request::get(format!("Group/{group}")))
        .await?;
    let found = world.reply()?.json().unwrap_or_default();
    let cohort = Cohort::of(&found);
    if !cohort.patients.contains(&patient) {
        return Err(Halt::Skip(
            "the group of the earlier match cannot be read, or does not hold the member who withdrew consent".into(),
        ));
    }
    world.member = Some(member);
    world.cohort = Some(cohort);
    Ok(())
}

fn expect_about(
    world: &World,
    allowed: &[String],
    expected: &str,
) -> Result<Result<(), Mismatch>, Halt> {
    let export = world.export()?;
    let allowed: BTreeSet<String> = allowed.iter().map(|id| format!("Patient/{id}")).collect();
    let about = export.about.iter();
    let mut strangers = about.filter(|(patient, _)| !allowed.contains(*patient));
    let Some((first, source)) = strangers.next() else {
        return Ok(if export.about.is_empty() {
            Err(Mismatch::new(
                "data of the members that were asked for",
                "there is none",
            ))
        } else {
            Ok(())
        });
    };
    let actual = match strangers.count() {
        0 => format!("data about {first}"),
        more => format!("data about {first}, and about {more} more who do not belong there"),
    };
    let place = match source.as_str() {
        "" => "files",
        source => source,
    };
    Ok(Err(Mismatch::new(expected, actual).at(place)))
}

async fn nobody_else(world: &mut World, _: Arguments<'_>) -> Outcome {
    let patients = world.cohort()?.patients.clone();
    let result = expect_about(world, &patients, OF_MEMBERS)?;
    world.judge(result)
}

async fn only_first(world: &mut World, _: Arguments<'_>) -> Outcome {
    let first: Vec<String> = world.cohort()?.patients.iter().take(1).cloned().collect();
    let result = expect_about(world, &first, OF_MEMBERS)?;
    world.judge(result)
}

async fn without_revoked(world: &mut World, _: Arguments<'_>) -> Outcome {
    let revoked = world.member()?.patient_id.clone().unwrap_or_default();
    let expected = "no data of a member who has withdrawn consent";
    only_others(world, &revoked, expected)
}

async fn without_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    only_others(world, &member, "no data of a member who has opted out")
}

async fn all_members(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members: BTreeSet<String> = world.cohort()?.patients.iter().cloned().collect();
    let export = world.export()?;
    let patients = export.of_type("Patient");
    let found: BTreeSet<String> = patients
        .filter_map(|one| one["id"].as_str().map(str::to_owned))
        .collect();
    let result = match members.difference(&found).next() {
        Some(missing) => Err(Mismatch::new(
            format!("a Patient for each of the {} members", members.len()),
            format!("none for Patient/{missing}"),
        )),
        None => Ok(()),
    };
    world.judge(result)?;
    let members: Vec<String> = members.into_iter().collect();
    let result = expect_about(world, &members, OF_MEMBERS)?;
    world.judge(result)
}

fn only_others(world: &mut World, member: &str, expected: &str) -> Outcome {
    let mut others = world.cohort()?.patients.clone();
    others.retain(|id| id != member);
    if others.is_empty() {
        return Err(Halt::Skip(
            "nobody else is in the group; without data of others nothing is shown".into(),
        ));
    }
    let result = expect_about(world, &others, expected)?;
    world.judge(result)
}

async fn sensitive_left_out(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = world.member()?.sensitive_records.clone();
    let export = world.export()?;
    let found = records.into_iter().find(|record| export.has(record));
    let result = match found {
        Some(record) => {
            Err(Mismatch::new("no sensitive record of the member", "there is one").at(record))
        }
        None if export.total() == 0 => {
            return Err(Halt::Skip("nothing was exported at all".into()));
        }
        None => Ok(()),
    };
    world.judge(result)
}

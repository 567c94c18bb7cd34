//! A provider has its patients matched (`$provider-member-match`, PDex 2.2.0): whom it asks for, and what it is told.

use super::attested_request::{AttestationTerms, attest};
use super::audience::Audience;
use super::bulk_request::{BulkRequest, Person};
use super::drive::{Arguments, Halt, Outcome};
use super::instance::{claims, split};
use super::sorted::{Bucket, members};
use super::{Mismatch, World};
use crate::config::Member;
use serde_json::Value;

super::book::steps! {
    /// Table `who`, or `who | attestation | outcome`: people to submit as a provider; skips when none is configured.
    r"^these patients of a provider to be matched:$" => patients;
    /// Has somebody made up matched; skips the scenario when the payer does not take that on for a provider.
    r"^a payer that takes on many patients of a provider at once$" => takes_on;
    /// Each Group claims the profile of what became of the people in it.
    r"^the groups are told apart by their profiles$" => told_apart;
    /// No Group of the answer is about who treats whom.
    r"^the provider is not told who treats whom$" => no_treatment;
    /// The Group of those who matched claims its profile, and leads from each member to who was submitted.
    r"^the group of those who matched is one for providers$" => for_providers;
}

async fn patients(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let provider = world.provider()?.party;
    world.bulk = Some(for_provider());
    for row in arguments.rows() {
        let (who, terms, expected) = match row.as_slice() {
            [who] => (who, AttestationTerms::InOrder, Vec::new()),
            [who, terms, outcome] => {
                let terms = AttestationTerms::read(terms).map_err(Halt::Error)?;
                (who, terms, vec![bucket(outcome)?])
            }
            _ => {
                let text = "each row has one cell or three: who, attestation, outcome";
                return Err(Halt::Error(text.into()));
            }
        };
        let member = world.person(who)?;
        let id = world.bulk()?.next_id();
        let mut request = world.submission(&member, &id)?;
        attest(&mut request, &provider, today, terms);
        world.bulk()?.people.push(Person {
            submitted: vec![request],
            expected,
            called: who.clone(),
        });
    }
    Ok(())
}

impl World {
    /// Chooses these members as the patients of the provider to be matched.
    pub(super) fn submit_patients(&mut self, members: Vec<Member>) -> Outcome {
        let today = self.context()?.today;
        let provider = self.provider()?.party;
        self.bulk = Some(for_provider());
        for member in members {
            let id = self.bulk()?.next_id();
            let mut request = self.submission(&member, &id)?;
            attest(&mut request, &provider, today, AttestationTerms::InOrder);
            self.bulk()?.people.push(Person {
                submitted: vec![request],
                expected: Vec::new(),
                called: member.name,
            });
        }
        Ok(())
    }
}

fn for_provider() -> BulkRequest {
    BulkRequest {
        audience: Audience::Provider,
        ..BulkRequest::default()
    }
}

/// The outcome that a feature names.
fn bucket(words: &str) -> Result<Bucket, Halt> {
    if words == "opted out" {
        return Ok(Bucket::Constrained);
    }
    let known = Bucket::read(words).filter(|one| *one != Bucket::Constrained);
    known.ok_or_else(|| Halt::Error(format!("{words:?} is no outcome of a match for a provider")))
}

async fn takes_on(world: &mut World, _: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let provider = world.provider()?.party;
    world.bulk = Some(for_provider());
    let stranger = world.submit_stranger()?;
    for request in &mut stranger.submitted {
        attest(request, &provider, today, AttestationTerms::InOrder);
    }
    world.try_match().await
}

/// The last part of each profile that a Group claims.
fn profiles(group: &Value) -> impl Iterator<Item = &str> {
    claims(group).filter_map(|claim| split(claim).0.rsplit('/').next())
}

async fn told_apart(world: &mut World, _: Arguments<'_>) -> Outcome {
    let groups = world.sorted()?.groups.clone();
    if groups.is_empty() {
        return Err(Halt::Skip("the outcome holds no group".into()));
    }
    for (bucket, group) in groups {
        let own = Audience::Provider.profiles();
        let wanted = own.iter().find(|(known, _)| *known == bucket);
        let wanted = wanted.map_or("", |(_, profile)| *profile);
        let result = if profiles(&group).any(|claimed| claimed == wanted) {
            Ok(())
        } else {
            let claimed: Vec<&str> = profiles(&group).collect();
            let actual = match claimed.as_slice() {
                [] => "none".to_owned(),
                some => some.join(", "),
            };
            let expected = format!("the profile {wanted} of the group of {}", words(bucket));
            Err(Mismatch::new(expected, actual).at("Group.meta.profile"))
        };
        world.judge(result)?;
    }
    Ok(())
}

/// What a bucket is called where a provider asks.
fn words(bucket: Bucket) -> &'static str {
    match bucket {
        Bucket::Constrained => "those who have opted out",
        Bucket::Matched => "those who matched",
        Bucket::NotMatched => "those who did not match",
    }
}

async fn no_treatment(world: &mut World, _: Arguments<'_>) -> Outcome {
    let groups = world
        .records
        .iter()
        .filter(|one| one["resourceType"] == "Group");
    let mut groups = groups.peekable();
    if groups.peek().is_none() {
        return Err(Halt::Skip("the outcome holds no group".into()));
    }
    let telling = groups.find(|group| super::audience::tells_of_treatment(group));
    let result = match telling {
        None => Ok(()),
        Some(group) => Err(Mismatch::new(
            "groups of people only, by what became of them",
            "a group of those who treat somebody",
        )
        .at(super::export::address(group))),
    };
    world.judge(result)
}

async fn for_providers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let group = super::matched_group::matched(world.sorted()?)?;
    let result = if !profiles(&group).any(|claimed| claimed == "pdex-provider-member-match") {
        let actual: Vec<&str> = profiles(&group).collect();
        Err(
            Mismatch::new("the profile pdex-provider-member-match", actual.join(", "))
                .at("Group.meta.profile"),
        )
    } else if members(&group).is_empty() {
        Err(Mismatch::new("those who matched", "nobody").at("Group.member"))
    } else {
        let strange = members(&group).iter().position(|member| {
            let reference = member["entity"]["reference"].as_str().unwrap_or_default();
            super::sorted::copy_of(&group, member).is_none()
                || crate::fhir::Reference::parse(reference)
                    .target()
                    .is_none_or(|(kind, _)| kind != "Patient")
        });
        match strange {
            None => Ok(()),
            Some(index) => Err(Mismatch::new(
                "a reference to the member's Patient, and to the copy of who was submitted",
                "one of them is missing",
            )
            .at(format!("Group.member[{index}].entity"))),
        }
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{Bucket, bucket, profiles};
    use serde_json::json;

    #[test]
    fn outcomes_are_read() {
        assert_eq!(bucket("opted out").ok(), Some(Bucket::Constrained));
        assert_eq!(bucket("matched").ok(), Some(Bucket::Matched));
        assert!(bucket("constrained by consent").is_err() && bucket("x").is_err());
    }

    #[test]
    fn profiles_are_told_by_their_last_part() {
        let group =
            json!({"meta": {"profile": ["http://example.org/StructureDefinition/a|2", "b"]}});
        assert_eq!(profiles(&group).collect::<Vec<_>>(), ["a", "b"]);
    }
}

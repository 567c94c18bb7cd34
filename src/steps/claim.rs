//! Claims without prices, as the CARIN Basis profiles shape them.

use super::authorization::{claims_profile, is_authorization};
use super::claim_part::{BASE, ClaimKind, KINDS, Part};
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Reads the member's claims, all or those of one kind; skips when there are none.
    r"^the new payer reads the member's (inpatient |outpatient |professional |dental |pharmacy |)claims$" => read;
    /// Each names one of the five CARIN profiles for claims without prices.
    r"^each follows one of the profiles for claims without prices$" => basis;
    /// What every CARIN claim has: identifier, type, dates, parties, coverage, items.
    r"^each has what every claim has$" => base;
    /// What the profile of this kind of claim demands beyond that.
    r"^each has what an? (inpatient|outpatient|professional|dental|pharmacy) claim has$" => kind;
    /// None names the profile of a prior authorization, and none has its number without its use.
    r"^none of them passes for a prior authorization$" => no_authorization;
}

/// Where the CARIN profiles are.
const CARIN: &str =
    "http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit-";

/// Whether a record is a claim. A claim that passes for a prior authorization is one, too.
fn is_claim(record: &Value) -> bool {
    record["use"] == "claim" || !is_authorization(record) && record["use"] != "predetermination"
}

/// The kind of a claim: by its profile, or else by its type.
fn kind_of(claim: &Value) -> Option<&'static ClaimKind> {
    let names: Vec<&str> = path::elements(claim, "meta.profile")
        .into_iter()
        .filter_map(|profile| profile.as_str()?.strip_prefix(CARIN))
        .filter_map(|name| name.split('|').next())
        .map(|name| name.strip_suffix("-Basis").unwrap_or(name))
        .collect();
    let by_profile = KINDS.iter().find(|kind| names.contains(&kind.profile));
    by_profile.or_else(|| {
        let has =
            |place: &str, code: &str| path::elements(claim, place).iter().any(|one| **one == code);
        let is_of_type = |kind: &&ClaimKind| {
            kind.types.iter().any(|code| has("type.coding.code", code))
                && kind
                    .sub_type
                    .is_none_or(|code| has("subType.coding.code", code))
        };
        KINDS.iter().find(is_of_type)
    })
}

impl World {
    /// The member's claims, read by searching.
    pub(super) async fn claims(&mut self) -> Result<Vec<Value>, Halt> {
        let harvest = self.harvest("ExplanationOfBenefit").await?;
        Ok(harvest
            .records
            .iter()
            .filter(|one| is_claim(one))
            .cloned()
            .collect())
    }
}

async fn read(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = arguments.word(1).trim().to_owned();
    let mut claims = world.claims().await?;
    claims.retain(|claim| {
        wanted.is_empty() || kind_of(claim).is_some_and(|kind| kind.name == wanted)
    });
    if claims.is_empty() {
        let kind = if wanted.is_empty() {
            "claims".to_owned()
        } else {
            format!("{wanted} claims")
        };
        return Err(Halt::Skip(format!(
            "the member has no {kind}; give a test member who has some"
        )));
    }
    world.note(format!("{} claims looked at", claims.len()));
    world.records = claims.into();
    Ok(())
}

async fn basis(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for claim in &world.records {
        let profiles = path::elements(claim, "meta.profile");
        let is_basis = |profile: &&Value| {
            let bare = profile.as_str().and_then(|text| text.split('|').next());
            KINDS.iter().any(|kind| {
                bare.is_some_and(|bare| bare == format!("{CARIN}{}-Basis", kind.profile))
            })
        };
        if !profiles.iter().any(is_basis) {
            let named: Vec<&str> = profiles.iter().filter_map(|one| one.as_str()).collect();
            let actual = if named.is_empty() {
                "no profile".to_owned()
            } else {
                named.join(", ")
            };
            mismatches.push(
                Mismatch::new("one of the five CARIN Basis profiles", actual)
                    .at(format!("{}: meta.profile", name_of(claim))),
            );
        }
    }
    world.judge_each(mismatches)
}

/// What of these parts a claim lacks, or has too often.
fn lacks(claim: &Value, parts: &[Part]) -> Result<Vec<Mismatch>, Halt> {
    let mut mismatches = Vec::new();
    for part in parts {
        let wholes: Vec<(String, &Value)> = if part.is_of_items {
            let items = claim["item"]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default();
            let numbered = items.iter().enumerate();
            numbered
                .map(|(number, item)| (format!("item[{number}]."), item))
                .collect()
        } else {
            vec![(String::new(), claim)]
        };
        for (place, whole) in wholes {
            let found =
                path::select(whole, part.path).map_err(|error| Halt::Error(error.to_string()))?;
            if found.is_empty() || found.len() > part.most {
                let actual = match found.len() {
                    0 => "none".to_owned(),
                    count => format!("{count} of them"),
                };
                mismatches.push(Mismatch::new(part.what, actual).at(format!(
                    "{}: {place}{}",
                    name_of(claim),
                    part.place()
                )));
            }
        }
    }
    Ok(mismatches)
}

async fn base(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut mismatches = Vec::new();
    for claim in &world.records {
        mismatches.extend(lacks(claim, BASE)?);
    }
    world.judge_each(mismatches)
}

async fn kind(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = KINDS.iter().find(|kind| kind.name == arguments.word(1));
    let kind = kind.ok_or_else(|| Halt::Error("there is no such kind of claim".into()))?;
    let mut mismatches = Vec::new();
    for claim in &world.records {
        mismatches.extend(lacks(claim, kind.parts)?);
    }
    world.judge_each(mismatches)
}

async fn no_authorization(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mismatches = world
        .records
        .iter()
        .filter(|claim| claims_profile(claim))
        .map(|claim| {
            Mismatch::new(
                "claims without the profile of a prior authorization",
                "it is named",
            )
            .at(format!("{}: meta.profile", name_of(claim)))
        });
    world.judge_each(mismatches.collect())
}

#[cfg(test)]
mod tests {
    use super::{CARIN, is_claim, kind_of, lacks};
    use crate::steps::claim_part::{BASE, KINDS};
    use serde_json::json;

    #[test]
    fn the_kind_is_told_by_profile_or_type() {
        let by_profile = json!({"meta": {"profile": [format!("{CARIN}Oral-Basis|2.1.0")]}});
        assert_eq!(kind_of(&by_profile).unwrap().name, "dental");
        let by_type = json!({
            "type": {"coding": [{"code": "institutional"}]}, "subType": {"coding": [{"code": "outpatient"}]}
        });
        assert_eq!(kind_of(&by_type).unwrap().name, "outpatient");
        assert!(kind_of(&json!({"meta": 3})).is_none());
    }

    #[test]
    fn prior_authorizations_are_no_claims() {
        assert!(!is_claim(&json!({"use": "preauthorization"})));
        assert!(is_claim(&json!({"use": "claim"})));
        assert!(is_claim(&json!({})));
    }

    #[test]
    fn every_part_can_be_missing() {
        let empty = json!({"item": [{}]});
        assert_eq!(
            lacks(&empty, BASE).unwrap().len(),
            BASE.len() - 1,
            "all but the items"
        );
        for kind in KINDS {
            assert_eq!(
                lacks(&empty, kind.parts).unwrap().len(),
                kind.parts.len(),
                "{}",
                kind.name
            );
        }
    }
}

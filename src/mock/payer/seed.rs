//! `mocks/payer/members/*.toml`: the members, written compactly.

use super::member::Member;
use super::plan;
use super::records::Records;
use super::settings::Settings;
use super::store::Store;
use super::version::Version;
use super::vocabulary::Vocabulary;
use crate::data::Data;
use crate::fhir::{Span, id};
use crate::mock::Error;
use serde::Deserialize;
use serde_json::json;

const FOLDER: &str = "mocks/payer/members/";

/// A file of members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    member: Vec<MemberSeed>,
}

/// A member as written.
///
/// The lists of records hold `word date` or `word date value`, the word from `vocabulary.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberSeed {
    pub(super) id: String,
    pub(super) member_id: String,
    pub(super) subscriber_id: String,
    pub(super) family: String,
    /// Names before marriage and the like.
    #[serde(default)]
    pub(super) earlier_families: Vec<String>,
    pub(super) given: Vec<String>,
    pub(super) gender: String,
    pub(super) birth_date: String,
    pub(super) line: String,
    pub(super) city: String,
    /// Code of subscriber-relationship.
    #[serde(default = "own")]
    pub(super) relationship: String,
    #[serde(default = "long_ago")]
    pub(super) covered_from: String,
    pub(super) covered_until: Option<String>,
    #[serde(default = "yes")]
    pub(super) segmentable: bool,
    #[serde(default)]
    pub(super) revoked: bool,
    #[serde(default)]
    pub(super) opted_out: bool,
    /// Date of death.
    pub(super) died: Option<String>,
    /// Whether there is, beside the lists, a record for every profile and search parameter.
    #[serde(default)]
    pub(super) full: bool,
    /// By how many days the dates of a full chart differ from those of another.
    #[serde(default)]
    pub(super) shift: i64,
    #[serde(default)]
    pub(super) encounters: Vec<String>,
    #[serde(default)]
    pub(super) conditions: Vec<String>,
    #[serde(default)]
    pub(super) observations: Vec<String>,
    #[serde(default)]
    pub(super) documents: Vec<String>,
    #[serde(default)]
    pub(super) claims: Vec<String>,
    #[serde(default)]
    pub(super) prior_authorizations: Vec<String>,
}

fn own() -> String {
    "self".to_owned()
}

fn long_ago() -> String {
    "2020-01-01".to_owned()
}

fn yes() -> bool {
    true
}

impl MemberSeed {
    /// The unique member id: one per registration, unlike the member id on the card.
    pub(super) fn unique_id(&self) -> String {
        format!("U-{}", self.id.to_ascii_uppercase())
    }
}

/// Reads all members and expands them, with the plan's own resources, into a store.
pub(super) fn load(
    data: &Data,
    settings: &Settings,
    version: Version,
) -> Result<(Vec<Member>, Store), Error> {
    let vocabulary = Vocabulary::load(data)?;
    let mut store = Store::default();
    for resource in plan::resources(settings, version) {
        store.put(resource, None);
    }
    let mut members: Vec<Member> = Vec::new();
    for path in data
        .list(FOLDER)?
        .into_iter()
        .filter(|path| path.ends_with(".toml"))
    {
        let file: File =
            toml::from_str(&data.text(&path)?).map_err(|error| Error::file(&path, error))?;
        for seed in file.member {
            let problem =
                |text: String| Error::file(&path, format!("member {:?}: {text}", seed.id));
            if !id::is_valid(&seed.id) || members.iter().any(|one| one.id == seed.id) {
                return Err(problem("the id is no FHIR id or is used twice".to_owned()));
            }
            if seed.given.is_empty() || Span::parse(&seed.birth_date).is_err() {
                return Err(problem(
                    "a given name and a birth date are needed".to_owned(),
                ));
            }
            let covered = json!({"start": seed.covered_from, "end": seed.covered_until.as_deref().unwrap_or("9999")});
            let covered = Span::period(&covered)
                .ok_or_else(|| problem("the coverage has no dates".to_owned()))?;
            let chart = Records {
                seed: &seed,
                settings,
                vocabulary: &vocabulary,
                version,
            }
            .expand()
            .map_err(problem)?;
            for resource in chart.resources {
                store.put(resource, Some(&seed.id));
            }
            for (kind, id, time) in chart.deleted {
                store.delete(kind, &id, time);
            }
            members.push(Member::new(&seed, covered));
        }
    }
    Ok((members, store))
}

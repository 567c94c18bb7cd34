//! `mocks/payer/members/*.toml`: the members, written compactly.

use super::formal_authorization;
use super::group::{self, Audience, Bucket, Entry};
use super::member::Member;
use super::plan;
use super::records::Records;
use super::settings::{EarlierMatch, Settings};
use super::store::{SEEDED, Store};
use super::version::Version;
use super::vocabulary::Vocabulary;
use super::{choice, provider_group};
use crate::data::Data;
use crate::fhir::{Span, id};
use crate::mock::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use time::{Date, Duration};

const FOLDER: &str = "mocks/payer/members/";

/// A file of members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    member: Vec<MemberSeed>,
}

/// A member as written.
///
/// The lists of records hold `word date` or `word date value`, the word from `vocabulary.toml`, the date as FHIR
/// writes it or as so many days before today: `now-90`.
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
    /// Whether the member keeps the data from providers.
    #[serde(default)]
    pub(super) opted_out: bool,
    /// Whether somebody speaks for the member.
    #[serde(default)]
    pub(super) represented: bool,
    /// Date of death.
    pub(super) died: Option<String>,
    /// Whether there is, beside the lists, a record for every profile and search parameter.
    #[serde(default)]
    pub(super) full: bool,
    /// Whether a record that tells of a day was last updated on the next one.
    #[serde(default)]
    pub(super) updated_at_once: bool,
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
    /// Replaces days that are written as a distance from today, `now-90`.
    fn set_dates(&mut self, today: Date) {
        let lists = [
            &mut self.encounters,
            &mut self.conditions,
            &mut self.observations,
            &mut self.documents,
            &mut self.claims,
            &mut self.prior_authorizations,
        ];
        for text in lists.into_iter().flatten() {
            let words = text.split(' ').map(|word| {
                let days = word.strip_prefix("now-").and_then(|days| days.parse().ok());
                let day = days.and_then(|days| today.checked_sub(Duration::days(days)));
                day.map_or_else(|| word.to_owned(), |day| day.to_string())
            });
            *text = words.collect::<Vec<_>>().join(" ");
        }
    }

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
    today: Date,
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
        for mut seed in file.member {
            seed.set_dates(today);
            let problem =
                |text: String| Error::file(&path, format!("member {:?}: {text}", seed.id));
            if !id::is_valid(&seed.id) || members.iter().any(|one| one.id == seed.id) {
                return Err(problem("the id is no FHIR id or is used twice".to_owned()));
            }
            let member = expand(&seed, settings, &vocabulary, version, &mut store);
            members.push(member.map_err(problem)?);
        }
    }
    if version >= Version::V2_1_0 {
        for earlier in &settings.earlier_match {
            let group = earlier_group(earlier, &members, &store, version, settings);
            store.put(group, None);
        }
        let (kept, out) = choice::partition(&settings.attributed, &store, &Span::day(today));
        let list = provider_group::attributed_to_clinic(settings, version, &kept, out.len());
        let others = provider_group::opted_out(&members, &out, &store, version, settings);
        store.put(list, None);
        store.put(others, None);
    }
    for (resource, member) in formal_authorization::resources(settings) {
        store.put(resource, Some(member));
    }
    Ok((members, store))
}

/// Adds the records of one member to a store.
pub(super) fn expand(
    seed: &MemberSeed,
    settings: &Settings,
    vocabulary: &Vocabulary,
    version: Version,
    store: &mut Store,
) -> Result<Member, String> {
    if seed.given.is_empty() || Span::parse(&seed.birth_date).is_err() {
        return Err("a given name and a birth date are needed".to_owned());
    }
    let covered =
        json!({"start": seed.covered_from, "end": seed.covered_until.as_deref().unwrap_or("9999")});
    let covered = Span::period(&covered).ok_or("the coverage has no dates")?;
    let chart = Records {
        seed,
        settings,
        vocabulary,
        version,
    }
    .expand()?;
    for resource in chart.resources {
        store.put(resource, Some(&seed.id));
    }
    for (kind, id, time) in chart.deleted {
        store.delete(kind, &id, time);
    }
    Ok(Member::new(seed, covered))
}

/// The member as written of whom a crowd is made: the only one in a file of its own.
pub(super) fn of_crowd(data: &Data) -> Result<MemberSeed, Error> {
    let path = format!("{FOLDER}short.toml");
    let file: File =
        toml::from_str(&data.text(&path)?).map_err(|error| Error::file(&path, error))?;
    let first = file.member.into_iter().next();
    first.ok_or_else(|| Error::file(&path, "there is no member"))
}

/// A Group that an earlier match left.
fn earlier_group(
    earlier: &EarlierMatch,
    members: &[Member],
    store: &Store,
    version: Version,
    settings: &Settings,
) -> Value {
    let entries: Vec<Entry> = members
        .iter()
        .filter(|member| earlier.members.contains(&member.id))
        .filter_map(|member| {
            Some(Entry {
                patient: store.get("Patient", &member.id)?.resource.clone(),
                coverage: None,
                member: Some(member.clone()),
            })
        })
        .collect();
    let bucket = (Audience::Payer, Bucket::Match);
    let day = &SEEDED[..10];
    let mut group = group::build(bucket, &earlier.id, &entries, day, version, settings);
    if let Some(payer) = &earlier.payer {
        group["characteristic"][0]["valueReference"] =
            json!({"identifier": {"system": plan::NPI, "value": payer}});
    }
    group
}

#[cfg(test)]
mod tests {
    use super::load;
    use crate::data::Data;
    use crate::mock::payer::filter::elements;
    use crate::mock::payer::resource_type::ResourceType;
    use crate::mock::payer::settings::Settings;
    use crate::mock::payer::version::Version;
    use std::collections::BTreeSet;

    /// Parameters whose values are the same all over a member's record, or that are never set.
    const EXCUSED: [(&str, &str); 9] = [
        // A member's records are about the member; others' records have other values.
        ("*", "patient"),
        // One person has one name, one date of birth and so on: other members have others.
        ("Patient", "*"),
        // Most types have one profile for all.
        ("*", "_profile"),
        // The profile fixes them.
        ("Consent", "status"),
        ("Consent", "category"),
        // Groups come into being with a match.
        ("Group", "*"),
        // There is one form; its parameters are told from another by asking for what does not exist.
        ("Questionnaire", "*"),
        // The same payer insures all.
        ("ExplanationOfBenefit", "insurer"),
        ("Coverage", "identifier"),
    ];

    /// Whether PDex knows no such records of members: CDex alone has the payer serve the kind.
    fn is_for_attachments(kind: &str, version: Version) -> bool {
        match kind {
            "CommunicationRequest" | "Parameters" => true,
            "QuestionnaireResponse" | "ServiceRequest" => version == Version::V2_0_0,
            _ => false,
        }
    }

    #[test]
    fn every_search_parameter_tells_the_records_of_a_member_apart() {
        let data = Data::Embedded;
        let settings = Settings::load(&data).unwrap();
        for version in [Version::V2_0_0, Version::V2_1_0, Version::V2_2_0] {
            let (_, store) = load(
                &data,
                &settings,
                version,
                time::macros::date!(2026 - 11 - 21),
            )
            .unwrap();
            let mut same = Vec::new();
            for kind in ResourceType::all().filter(|kind| kind.is_in(version) && kind.is_searched) {
                // Choices about providers came with the second version, and what they are about with the third.
                if kind.name == "Consent" && version < Version::V2_2_0 {
                    continue;
                }
                if is_for_attachments(kind.name, version) {
                    continue;
                }
                // The dispense profile of the first version refers to no Medication.
                let is_forbidden = kind.name == "MedicationDispense" && version == Version::V2_0_0;
                let is_ours = |patient: Option<&str>| patient.is_none_or(|id| id == "pt-001");
                let of_member: Vec<_> = store
                    .all(kind.name)
                    .filter(|stored| is_ours(stored.patient.as_deref()))
                    .collect();
                for parameter in kind.all_parameters() {
                    let is_excused = EXCUSED.iter().any(|(of, name)| {
                        (*of == "*" || *of == kind.name)
                            && (*name == "*" || *name == parameter.name)
                    });
                    let values: BTreeSet<String> = of_member
                        .iter()
                        .map(|stored| {
                            let paths = parameter.paths.iter();
                            let found = paths.flat_map(|one| elements(&stored.resource, one));
                            found.map(ToString::to_string).collect::<String>()
                        })
                        .collect();
                    if values.len() < 2
                        && !is_excused
                        && !(is_forbidden && parameter.name == "medication")
                    {
                        same.push(format!("{} {}", kind.name, parameter.name));
                    }
                }
            }
            assert!(same.is_empty(), "{}: {same:?}", version.as_str());
        }
    }

    #[test]
    fn others_have_records_of_every_kind_too() {
        let data = Data::Embedded;
        let settings = Settings::load(&data).unwrap();
        let (_, store) = load(
            &data,
            &settings,
            Version::V2_1_0,
            time::macros::date!(2026 - 11 - 21),
        )
        .unwrap();
        let kinds = ResourceType::all();
        for kind in kinds.filter(|kind| !is_for_attachments(kind.name, Version::V2_1_0)) {
            let owners: BTreeSet<_> = store
                .all(kind.name)
                .filter_map(|stored| stored.patient.as_deref())
                .collect();
            assert_ne!(owners.len(), 1, "{}", kind.name);
        }
    }
}

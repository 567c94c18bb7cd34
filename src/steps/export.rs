//! What the files of a job hold.

use super::Mismatch;
use super::file::{FileSeen, TroubleKind};
use super::fingerprints::Fingerprints;
use super::price::prices;
use crate::fhir::{Reference, Span};
use crate::profile::Validator;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Resources kept as they are; of what follows only facts are kept.
const KEPT: usize = 2_000;
/// Bytes of resources kept as they are.
const KEPT_BYTES: usize = 32 << 20;
/// Different rules whose breaking is told of.
const BROKEN_RULES: usize = 100;
/// Patients that are told apart.
const PATIENTS: usize = 100_000;
/// Patients of whom it is known which resource is about them.
const PATIENTS_SHOWN: usize = 1_000;
/// References that can be named.
const NAMED: usize = 10_000;
/// Resources after which it is looked which references lead somewhere by now.
const SWEPT: u64 = 1 << 16;
/// References that are named.
const SHOWN: usize = 20;

/// What the files of a job hold. Its size does not grow with the files, but for eight bytes for each
/// resource and for each reference that leads nowhere yet.
#[derive(Debug, Default)]
pub struct Export {
    /// The files, in the order of the manifest.
    pub files: Vec<FileSeen>,
    /// The first resources, as they came.
    pub resources: Vec<Value>,
    /// Whether there were more than are kept.
    pub is_cut: bool,
    /// Prices in claims that are not kept: some of them, with their places.
    pub priced: Vec<String>,
    /// What Provenance that is not kept tells of: some of it, as `Type/id`.
    pub told: Vec<String>,
    /// How many resources there are of each type.
    pub counts: BTreeMap<String, u64>,
    /// Records of the patients that the resources are about, as `Patient/id`, and the first resource that is about
    /// each of them (of the first patients only; empty for the others).
    pub about: BTreeMap<String, String>,
    /// Rules that resources break: how often, and where first.
    pub broken: BTreeMap<String, (u64, Mismatch)>,
    /// Checks that could not be decided without a terminology server.
    pub undecided: u64,
    /// The resource that was updated last, and when (nanoseconds of the epoch).
    pub newest: Option<(i128, String)>,
    ids: Fingerprints,
    /// References whose resource has not come yet.
    references: Fingerprints,
    /// Some of the references, to be named when they lead nowhere.
    named: Vec<String>,
    kept_bytes: usize,
    /// Who is told how far the files are.
    pub(super) watch: super::Watch,
}

impl Export {
    /// Takes a resource in; tells what is wrong with its being there.
    pub(super) fn take(
        &mut self,
        resource: Value,
        bytes: usize,
        validator: Option<&Validator>,
    ) -> Option<TroubleKind> {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        *self.counts.entry(kind.to_owned()).or_default() += 1;
        let address = address(&resource);
        let is_new = resource["id"].is_null() || self.ids.add(&address);
        if kind == "Patient" {
            self.note_patient(&address, &address);
        }
        self.note_time(&resource, &address);
        self.follow(&resource, &address);
        if self.total().is_multiple_of(SWEPT) {
            self.references.forget(&self.ids);
        }
        if let Some(validator) = validator {
            self.judge(&resource, &address, validator);
        }
        if self.resources.len() < KEPT && self.kept_bytes + bytes <= KEPT_BYTES {
            self.kept_bytes += bytes;
            self.resources.push(resource);
        } else {
            self.is_cut = true;
            self.note_prices(&resource, &address);
            self.note_told(&resource);
        }
        (!is_new).then_some(TroubleKind::Repeated(address))
    }

    /// A price must not go unseen because it is in the middle of a million lines.
    fn note_prices(&mut self, resource: &Value, address: &str) {
        let is_claim =
            resource["resourceType"] == "ExplanationOfBenefit" && resource["use"] == "claim";
        if is_claim && self.priced.len() < SHOWN {
            let places = prices(resource).unwrap_or_default();
            let places = places.iter().map(|place| format!("{address}: {place}"));
            self.priced.extend(places);
        }
    }

    fn note_told(&mut self, resource: &Value) {
        if resource["resourceType"] == "Provenance" && self.told.len() < SHOWN {
            self.told.extend(super::told::targets(resource));
        }
    }

    fn note_patient(&mut self, patient: &str, source: &str) {
        if self.about.len() < PATIENTS && !self.about.contains_key(patient) {
            let is_shown = self.about.len() < PATIENTS_SHOWN;
            let source = if is_shown { source } else { "" };
            self.about.insert(patient.to_owned(), source.to_owned());
        }
    }

    fn note_time(&mut self, resource: &Value, address: &str) {
        let updated = resource["meta"]["lastUpdated"].as_str();
        let Some(updated) = updated.and_then(|time| Span::parse(time).ok()) else {
            return;
        };
        if self
            .newest
            .as_ref()
            .is_none_or(|(time, _)| *time < updated.start)
        {
            self.newest = Some((updated.start, address.to_owned()));
        }
    }

    /// Notes the literal references of a resource, and which patients it is about.
    fn follow(&mut self, value: &Value, source: &str) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("reference")
                    && let Some((kind, id)) = Reference::parse(reference).target()
                {
                    let address = format!("{kind}/{id}");
                    if kind == "Patient" {
                        self.note_patient(&address, source);
                    }
                    let is_open = !self.ids.has(&address) && self.references.add(&address);
                    if is_open && self.named.len() < NAMED {
                        self.named.push(address);
                    }
                }
                members
                    .values()
                    .for_each(|member| self.follow(member, source));
            }
            Value::Array(items) => items.iter().for_each(|item| self.follow(item, source)),
            _ => {}
        }
    }

    fn judge(&mut self, resource: &Value, address: &str, validator: &Validator) {
        let report = validator.validate(resource, &[]);
        self.undecided += report.undecided as u64;
        for issue in report.errors() {
            let profile = issue.profile.as_deref().unwrap_or("FHIR R4");
            let place = without_indexes(&issue.expression);
            let rule = format!("{place} {} {profile}", issue.rule);
            if let Some((count, _)) = self.broken.get_mut(&rule) {
                *count += 1;
            } else if self.broken.len() < BROKEN_RULES {
                let mismatch = Mismatch::new(super::instance::wanted(issue), issue.message.clone())
                    .at(format!("{address}: {}", issue.expression))
                    .hint(format!("rule {} of {profile}", issue.rule));
                self.broken.insert(rule, (1, mismatch));
            }
        }
    }

    /// Whether a resource is there, by `Type/id`.
    #[must_use]
    pub fn has(&self, address: &str) -> bool {
        self.ids.has(address)
    }

    /// References that lead to no resource of the export: how many, and some of them.
    #[must_use]
    pub fn dangling(&self) -> (usize, Vec<String>) {
        let count = self.references.missing_in(&self.ids);
        let named = self.named.iter().filter(|text| !self.ids.has(text));
        (count, named.take(SHOWN).cloned().collect())
    }

    /// All resources together.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The kept resources of a type.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.resources
            .iter()
            .filter(move |resource| resource["resourceType"] == kind)
    }

    /// `Type/id` of the kept resources of these types; of all types when none is named.
    pub(super) fn addresses(&self, kinds: &[&str]) -> BTreeSet<String> {
        let resources = self.resources.iter();
        resources
            .filter(|one| {
                let kind = one["resourceType"].as_str().unwrap_or_default();
                kinds.is_empty() || kinds.contains(&kind)
            })
            .map(address)
            .collect()
    }
}

/// `Type/id` of a resource.
pub(super) fn address(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

/// The place of an issue, the same for all resources: `Claim.item[3].net` is `Claim.item.net`.
fn without_indexes(expression: &str) -> String {
    let mut place = String::new();
    let mut depth = 0_usize;
    for letter in expression.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => place.push(letter),
            _ => {}
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::{Export, KEPT, TroubleKind, without_indexes};
    use serde_json::json;

    #[test]
    fn a_resource_that_comes_twice_is_noticed() {
        let mut export = Export::default();
        let patient = json!({"resourceType": "Patient", "id": "1"});
        assert_eq!(export.take(patient.clone(), 1, None), None);
        let again = export.take(patient, 1, None);
        assert_eq!(again, Some(TroubleKind::Repeated("Patient/1".into())));
    }

    #[test]
    fn references_that_lead_nowhere_are_found() {
        let mut export = Export::default();
        export.take(json!({"resourceType": "Patient", "id": "1"}), 1, None);
        let about = |id: &str| json!({"resourceType": "Basic", "id": "b", "subject": {"reference": format!("Patient/{id}")}});
        export.take(about("1"), 1, None);
        assert_eq!(export.dangling().0, 0);
        export.take(about("2"), 1, None);
        assert_eq!(export.dangling(), (1, vec!["Patient/2".to_owned()]));
        let about: Vec<(&str, &str)> = export
            .about
            .iter()
            .map(|(patient, source)| (patient.as_str(), source.as_str()))
            .collect();
        assert_eq!(
            about,
            [("Patient/1", "Patient/1"), ("Patient/2", "Basic/b")]
        );
    }

    #[test]
    fn a_price_and_provenance_are_seen_beyond_what_is_kept() {
        let mut export = Export::default();
        for number in 0..KEPT {
            let id = number.to_string();
            export.take(json!({"resourceType": "Basic", "id": id}), 1, None);
        }
        let claim =
            |id: &str| json!({"resourceType": "ExplanationOfBenefit", "use": "claim", "id": id});
        let mut priced = claim("priced");
        priced["payment"] = json!({"amount": {"value": 1}});
        let mut authorization = priced.clone();
        authorization["use"] = "preauthorization".into();
        let told =
            json!({"resourceType": "Provenance", "id": "p", "target": [{"reference": "Basic/7"}]});
        for resource in [claim("plain"), authorization, priced, told] {
            export.take(resource, 1, None);
        }
        assert_eq!(
            export.priced,
            ["ExplanationOfBenefit/priced: payment.amount"]
        );
        assert_eq!(export.told, ["Basic/7"]);
    }

    #[test]
    fn the_newest_resource_is_known() {
        let mut export = Export::default();
        for (id, time) in [
            ("1", "2025-01-01T00:00:00Z"),
            ("2", "2025-03-01T00:00:00Z"),
            ("3", "2024-01-01T00:00:00Z"),
        ] {
            let patient =
                json!({"resourceType": "Patient", "id": id, "meta": {"lastUpdated": time}});
            export.take(patient, 1, None);
        }
        assert_eq!(export.newest.unwrap().1, "Patient/2");
    }

    #[test]
    fn places_are_the_same_for_all_repetitions() {
        assert_eq!(
            without_indexes("Claim.item[3].net.value"),
            "Claim.item.net.value"
        );
    }
}

//! The records that are instances of a profile, and what holding them against it shows.

use super::drive::Halt;
use super::harvest::Harvest;
use super::{Judge, Mismatch, World};
use crate::fhir::path;
use crate::profile::{Definition, Hallmarks, Inspection, Issue};
use serde_json::Value;
use std::sync::Arc;

/// Where the profiles are: how the name starts, and the address before it.
const HOMES: [(&str, &str); 7] = [
    (
        "cdex-",
        "http://hl7.org/fhir/us/davinci-cdex/StructureDefinition/",
    ),
    ("pdex-", PDEX),
    ("mtls-", PDEX),
    ("provider-", PDEX),
    (
        "hrex-",
        "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/",
    ),
    (
        "C4BB-",
        "http://hl7.org/fhir/us/carin-bb/StructureDefinition/",
    ),
    ("", US_CORE),
];
const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/";
const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";
/// Types of which US Core has several profiles, some told by nothing but the claim.
const SEVERAL: [&str; 2] = ["Observation", "DiagnosticReport"];
/// Findings in one scenario at most; more say nothing new.
const FINDING_LIMIT: usize = 25;

/// A profile, as a scenario speaks of it.
#[derive(Clone)]
pub(super) struct Profile {
    /// Its short name: `us-core-careplan`.
    pub(super) name: String,
    /// Canonical URL, with the version of US Core that is meant, if one is.
    pub(super) canonical: String,
    /// The version of US Core that unversioned canonicals are of.
    pub(super) us_core: Option<&'static str>,
    /// Its facts.
    pub(super) definition: Arc<Definition>,
}

/// A record that is an instance of a profile, and what holding it against the profile shows.
pub(super) struct Instance {
    /// `Observation a-1`.
    pub(super) name: String,
    /// The record.
    pub(super) record: Value,
    /// What was found.
    pub(super) inspection: Arc<Inspection>,
}

impl World {
    /// The profile of that name, in the version of US Core that the scenario is about.
    pub(super) fn profile(&self, name: &str) -> Result<Profile, Halt> {
        self.profile_in(name, self.flavour.map(super::flavour::Flavour::as_str))
    }

    /// The profile of that name, in a version of US Core.
    pub(super) fn profile_in(
        &self,
        name: &str,
        us_core: Option<&'static str>,
    ) -> Result<Profile, Halt> {
        let home = HOMES.iter().find(|(start, _)| name.starts_with(start));
        let home = home.map_or(US_CORE, |(_, home)| home);
        let canonical = match us_core {
            Some(version) if home == US_CORE => format!("{home}{name}|{version}"),
            _ => format!("{home}{name}"),
        };
        let definition = self
            .target()?
            .judge
            .validator(us_core)
            .definition(&canonical);
        let definition = definition
            .ok_or_else(|| Halt::Error(format!("nobody here knows the profile {canonical}")))?;
        Ok(Profile {
            name: name.to_owned(),
            canonical,
            us_core,
            definition,
        })
    }

    /// The records read before that are instances of a profile; skips when there are none.
    pub(super) fn instances(&mut self, profile: &Profile) -> Result<Vec<Instance>, Halt> {
        let instances = self.instances_if_any(profile)?;
        if instances.is_empty() {
            let kind = &profile.definition.type_name;
            let (records, _) = self.harvested(kind)?;
            return Err(Halt::Skip(format!(
                "none of the member's {} {kind} records is a {}: give a test member who has one",
                records.records.len(),
                profile.name
            )));
        }
        self.note(match instances.len() {
            1 => format!("1 record is {}", profile.name),
            many => format!("{many} records are {}", profile.name),
        });
        Ok(instances)
    }

    /// The records read before that are instances of a profile.
    pub(super) fn instances_if_any(&mut self, profile: &Profile) -> Result<Vec<Instance>, Halt> {
        let (harvest, _) = self.harvested(&profile.definition.type_name)?;
        let judge = self.target()?.judge;
        let content = Hallmarks::of(&profile.definition);
        let records = harvest.records.iter().zip(&harvest.prints);
        if !harvest.origins.is_empty() {
            let of_origin = records.zip(&harvest.origins);
            let found = of_origin.filter(|(_, origin)| **origin == profile.name);
            let found = found.filter_map(|((record, print), _)| {
                let known = (record, *print);
                let inspection = judge.inspect(profile.us_core, known, &profile.canonical)?;
                Some(Instance::new(record, inspection))
            });
            return Ok(found.collect());
        }
        let found = records.filter_map(|(record, print)| {
            let is_instance = |record: &Value| is_instance(&judge, record, profile, &content);
            let known = (record, *print);
            let inspection =
                judge.instance(profile.us_core, known, &profile.canonical, is_instance)?;
            Some(Instance::new(record, inspection))
        });
        Ok(found.collect())
    }

    /// A record, held against a profile whether or not it is one of its instances.
    pub(super) fn held(&self, record: &Value, profile: &Profile) -> Result<Instance, Halt> {
        let judge = self.target()?.judge;
        let known = (record, judge.print(record));
        let inspection = judge.inspect(profile.us_core, known, &profile.canonical);
        let inspection = inspection.ok_or_else(|| {
            Halt::Error(format!(
                "{} is not for {}",
                profile.canonical,
                name_of(record)
            ))
        })?;
        Ok(Instance::new(record, inspection))
    }

    /// What was read of a kind.
    pub(super) fn harvested(&self, kind: &str) -> Result<(Arc<Harvest>, &str), Halt> {
        let found = self.harvested.iter().find(|(name, _)| name == kind);
        found
            .map(|(name, harvest)| (Arc::clone(harvest), name.as_str()))
            .ok_or_else(|| Halt::Error(format!("no {kind} records were read before this step")))
    }

    /// Judges every issue, up to a limit: all of them are worth knowing, so the first does not end it.
    pub(super) fn judge_all(&mut self, mismatches: Vec<Mismatch>) -> super::drive::Outcome {
        let more = mismatches.len().saturating_sub(FINDING_LIMIT);
        if more > 0 {
            self.note(format!("{more} more of the kind are not listed"));
        }
        let mut outcome = Ok(());
        for mismatch in mismatches.into_iter().take(FINDING_LIMIT) {
            outcome = outcome.and(self.judge(Err(mismatch)));
        }
        outcome
    }

    /// Notes how many rules nobody could decide.
    pub(super) fn note_undecided<'i>(&mut self, instances: impl Iterator<Item = &'i Instance>) {
        let undecided: usize = instances
            .map(|instance| instance.inspection.report.undecided)
            .sum();
        if undecided > 0 {
            self.note(format!("{undecided} rules cannot be decided offline"));
        }
    }
}

impl Instance {
    fn new(record: &Value, inspection: Arc<Inspection>) -> Self {
        Self {
            name: name_of(record),
            record: record.clone(),
            inspection,
        }
    }

    /// A broken rule of this record, as a finding.
    pub(super) fn mismatch(&self, issue: &Issue) -> Mismatch {
        let profile = issue.profile.as_deref().unwrap_or("FHIR R4");
        let rule = format!("rule {} of {profile}", issue.rule);
        Mismatch::new(wanted(issue), issue.message.clone())
            .at(issue.expression.clone())
            .hint(format!("{rule}, in {}", self.name))
    }

    /// What is at a place in it (`item[0].extension[1]`, after the type).
    pub(super) fn at(&self, place: &str) -> Option<&Value> {
        let mut value = &self.record;
        for step in place.split('.').skip(1) {
            let (name, index) = match step.split_once('[') {
                Some((name, index)) => (
                    name,
                    Some(index.trim_end_matches(']').parse::<usize>().ok()?),
                ),
                None => (step, None),
            };
            value = value.get(name)?;
            if let Some(index) = index {
                value = value.get(index)?;
            }
        }
        Some(value)
    }

    /// Its broken rules, as findings.
    pub(super) fn mismatches(&self) -> impl Iterator<Item = Mismatch> {
        let issues = self.inspection.report.errors();
        issues.map(|issue| self.mismatch(issue))
    }
}

/// Whether a record is an instance: it claims the profile or one derived from it, or its codes say so,
/// or its category and type do and it claims nothing else.
fn is_instance(judge: &Judge, record: &Value, profile: &Profile, content: &Hallmarks) -> bool {
    let validator = judge.validator(profile.us_core);
    let kind = &profile.definition.type_name;
    if record["resourceType"] != **kind {
        return false;
    }
    let url = &profile.definition.url;
    let mut claims_another = false;
    for claim in claims(record) {
        let (claimed, version) = split(claim);
        let is_us_core = claimed.starts_with(US_CORE);
        // What claims another version of US Core is judged by that.
        let is_other_version = is_us_core && version.is_some() && version != profile.us_core;
        let known = match profile.us_core {
            Some(version) if is_us_core => format!("{claimed}|{version}"),
            _ => claimed.to_owned(),
        };
        if validator.is_derived(&known, url) && (!is_other_version || profile.us_core.is_none()) {
            return true;
        }
        claims_another |= validator
            .definition(&known)
            .is_some_and(|other| other.type_name == *kind);
    }
    if kind == "Group" {
        // Groups of several profiles share their codes; what their members have in common tells them.
        let common = common_code(&profile.definition);
        return !claims_another && common.is_some_and(|fixed| has_common(fixed, record));
    }
    if content.is_told_by(record) {
        return true;
    }
    if claims_another {
        return false;
    }
    if ["C4BB-", "mtls-"]
        .iter()
        .any(|start| profile.name.starts_with(start))
        || kind == "Consent"
    {
        // Types of claims are told by rules and not by fixed codes; consents of all profiles are alike.
        return false;
    }
    if !content.is_empty() {
        return content.is_suggested_by(record, validator);
    }
    match (kind.as_str(), profile.name.as_str()) {
        // US Core has a profile of implants alone: what they have is a unique device identifier.
        ("Device", "us-core-implantable-device") => record["udiCarrier"].is_array(),
        ("Device", _) => !record["udiCarrier"].is_array(),
        (kind, _) => !SEVERAL.contains(&kind),
    }
}

/// The code that a profile fixes for what the members of a Group have in common.
fn common_code(definition: &Definition) -> Option<&Value> {
    let mut elements = definition.elements.iter();
    let code = elements.find(|element| element.id == "Group.characteristic.code");
    code?.pattern.as_ref()
}

/// Whether a Group says that its members have in common what is fixed; displays do not count.
fn has_common(fixed: &Value, group: &Value) -> bool {
    let fixed = &fixed["coding"][0];
    path::elements(group, "characteristic.code.coding")
        .into_iter()
        .any(|coding| coding["system"] == fixed["system"] && coding["code"] == fixed["code"])
}

/// `Observation a-1`.
pub(super) fn name_of(record: &Value) -> String {
    let kind = record["resourceType"].as_str().unwrap_or("a resource");
    format!("{kind} {}", record["id"].as_str().unwrap_or("without id"))
}

/// The profiles a record claims.
pub(super) fn claims(record: &Value) -> impl Iterator<Item = &str> {
    let claims = record["meta"]["profile"].as_array();
    claims.into_iter().flatten().filter_map(Value::as_str)
}

/// A canonical's URL and version.
pub(super) fn split(canonical: &str) -> (&str, Option<&str>) {
    match canonical.split_once('|') {
        Some((url, version)) => (url, Some(version)),
        None => (canonical, None),
    }
}

/// What the rule of an issue wants, in words.
pub(super) fn wanted(issue: &Issue) -> String {
    let expected = issue.expected.clone();
    expected.unwrap_or_else(|| match issue.rule.as_str() {
        "unknown" => "only elements that FHIR has there".to_owned(),
        rule => format!(
            "rule {rule} of {}",
            issue.profile.as_deref().unwrap_or("FHIR R4")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::has_common;
    use serde_json::json;

    #[test]
    fn groups_are_told_by_what_their_members_have_in_common() {
        let code = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
        let group = json!({"characteristic": [
            {"code": {"text": "plain"}},
            {"code": code("http://x.example/common", "patients-of")},
        ]});
        let mut fixed = code("http://x.example/common", "patients-of");
        fixed["coding"][0]["display"] = json!("Patients of");
        assert!(has_common(&fixed, &group));
        assert!(!has_common(
            &code("http://x.example/common", "treated-by"),
            &group
        ));
        assert!(!has_common(
            &code("http://x.example/else", "patients-of"),
            &group
        ));
        assert!(!has_common(&fixed, &json!({})));
    }
}

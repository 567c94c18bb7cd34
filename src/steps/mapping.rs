//! Which profile each kind of record is given as: what the data mapping of PDex says.

use super::drive::{Arguments, Halt, Outcome};
use super::instance::{Profile, claims, name_of, split};
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Reads the member's records of every kind the data mapping names, to the last page.
    r"^an app reads all of the member's records$" => read_all;
    /// Each record holds to a profile of US Core, in a version that the payer serves.
    r"^each of them holds to a profile of a US Core version the payer serves$" => any_us_core;
    /// Each record, whatever it claims, holds to the profile in a version of US Core the payer serves.
    r"^each of them holds to (\S+) of a US Core version the payer serves$" => each_us_core;
    /// Each record with that element, or that code in it, holds to the profile in a served version of US Core.
    r"^each of them with (\S+)(?: (\S+))? holds to (\S+) of a US Core version the payer serves$" => with_us_core;
    /// Each record, whatever it claims, holds to the profile.
    r"^each of them holds to (\S+)$" => each;
    /// Each record with that code in that element holds to the profile.
    r"^each of them with (\S+) (\S+) holds to (\S+)$" => with;
    /// Each record that claims no profile of US Core holds to the profile.
    r"^each of them that is none of US Core holds to (\S+)$" => others;
    /// Each record with that code in that element holds to one of CARIN's profiles without amounts.
    r"^each of them with (\S+) (\S+) holds to a Basis profile of CARIN$" => with_basis;
    /// Each record of a kind that US Core has a profile for names one in meta.profile.
    r"^each of them names the profile it holds to$" => names_profile;
}

/// Profiles of US Core by type, where the record does not say itself; `,` parts several.
const DEFAULTS: [(&str, &str); 26] = [
    ("AllergyIntolerance", "us-core-allergyintolerance"),
    ("CarePlan", "us-core-careplan"),
    ("CareTeam", "us-core-careteam"),
    (
        "Condition",
        "us-core-condition,us-core-condition-encounter-diagnosis,us-core-condition-problems-health-concerns",
    ),
    ("Coverage", "us-core-coverage"),
    ("Device", "us-core-implantable-device"),
    (
        "DiagnosticReport",
        "us-core-diagnosticreport-lab,us-core-diagnosticreport-note",
    ),
    ("DocumentReference", "us-core-documentreference"),
    ("Encounter", "us-core-encounter"),
    ("Goal", "us-core-goal"),
    ("Immunization", "us-core-immunization"),
    ("Location", "us-core-location"),
    ("Medication", "us-core-medication"),
    ("MedicationDispense", "us-core-medicationdispense"),
    ("MedicationRequest", "us-core-medicationrequest"),
    (
        "Observation",
        "us-core-observation-lab,us-core-vital-signs,us-core-observation-clinical-result,us-core-simple-observation",
    ),
    ("Organization", "us-core-organization"),
    ("Patient", "us-core-patient"),
    ("Practitioner", "us-core-practitioner"),
    ("PractitionerRole", "us-core-practitionerrole"),
    ("Procedure", "us-core-procedure"),
    ("Provenance", "us-core-provenance"),
    ("QuestionnaireResponse", "us-core-questionnaireresponse"),
    ("RelatedPerson", "us-core-relatedperson"),
    ("ServiceRequest", "us-core-servicerequest"),
    ("Specimen", "us-core-specimen"),
];
const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";
const R4: &str = "http://hl7.org/fhir/StructureDefinition/";
/// CARIN's profiles without amounts.
const BASIS: [&str; 5] = [
    "C4BB-ExplanationOfBenefit-Inpatient-Institutional-Basis",
    "C4BB-ExplanationOfBenefit-Outpatient-Institutional-Basis",
    "C4BB-ExplanationOfBenefit-Oral-Basis",
    "C4BB-ExplanationOfBenefit-Pharmacy-Basis",
    "C4BB-ExplanationOfBenefit-Professional-NonClinician-Basis",
];
async fn read_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    for kind in super::harvest::kinds() {
        match world.harvest(kind).await {
            Ok(harvest) => world.harvested.push((kind.to_owned(), harvest)),
            // Whether kinds of records can be searched is judged elsewhere.
            Err(Halt::Skip(_)) => {}
            Err(halt) => return Err(halt),
        }
    }
    if world.records_read().is_empty() {
        return Err(Halt::Skip(
            "the payer gives out no records of the test member".into(),
        ));
    }
    Ok(())
}

impl World {
    /// All records read before, or a skip when none of them fits.
    pub(super) fn records_read(&self) -> Vec<Value> {
        let harvests = self.harvested.iter().map(|(_, harvest)| harvest);
        harvests
            .flat_map(|harvest| harvest.records.iter().cloned())
            .collect()
    }

    /// Those of the records read before that fit.
    pub(super) fn those(
        &self,
        what: &str,
        fits: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>, Halt> {
        let records: Vec<Value> = self.records_read().into_iter().filter(fits).collect();
        if records.is_empty() {
            return Err(Halt::Skip(format!(
                "none of the member's records has {what}: give a test member who has one"
            )));
        }
        Ok(records)
    }

    /// The profiles of that name, in each version of US Core that the payer serves and that has it.
    async fn served_profiles(&mut self, name: &str) -> Result<Vec<Profile>, Halt> {
        let flavours = self.flavours().await?;
        let versions = flavours.served().iter().map(|flavour| flavour.as_str());
        Ok(versions
            .filter_map(|version| self.profile_in(name, Some(version)).ok())
            .collect())
    }

    /// Judges each record by the profiles of which it must meet one; the findings are those of the profile it
    /// comes closest to.
    fn meet_one(&mut self, records: &[Value], profiles: &[Profile]) -> Outcome {
        let mut mismatches = Vec::new();
        for record in records {
            mismatches.extend(self.closest(record, profiles)?);
        }
        self.judge_all(mismatches)
    }

    /// What keeps a record from meeting the profile it comes closest to.
    fn closest(&self, record: &Value, profiles: &[Profile]) -> Result<Vec<Mismatch>, Halt> {
        let mut best: Option<Vec<Mismatch>> = None;
        for profile in profiles {
            let found: Vec<Mismatch> = self.held(record, profile)?.mismatches().collect();
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        Ok(best.unwrap_or_default())
    }
}

async fn any_us_core(world: &mut World, _: Arguments<'_>) -> Outcome {
    let records = world.records_read();
    world.hold_to_us_core(&records).await
}

impl World {
    /// Each record holds to a profile of US Core, in a version that the payer serves; those that US Core has no
    /// profile for are not judged.
    pub(super) async fn hold_to_us_core(&mut self, records: &[Value]) -> Outcome {
        let world = self;
        let (mut mismatches, mut unknown) = (Vec::new(), 0);
        for record in records {
            let kind = record["resourceType"].as_str().unwrap_or_default();
            let claimed = claims(record).filter_map(|claim| split(claim).0.strip_prefix(US_CORE));
            let mut names: Vec<&str> = claimed.collect();
            if names.is_empty() {
                let default = DEFAULTS.iter().find(|(name, _)| *name == kind);
                // A device or dispense of a PDex profile needs none of US Core.
                let is_of_pdex = claims(record).next().is_some();
                names = default
                    .filter(|_| !is_of_pdex)
                    .map(|(_, names)| names.split(',').collect())
                    .unwrap_or_default();
            }
            let mut profiles = Vec::new();
            for name in names {
                profiles.extend(world.served_profiles(name).await?);
            }
            profiles.retain(|profile| profile.definition.type_name == kind);
            unknown += usize::from(profiles.is_empty());
            mismatches.extend(world.closest(record, &profiles)?);
        }
        world.note(format!(
            "for {unknown} records US Core has no profile that is known to be meant"
        ));
        world.judge_all(mismatches)
    }
}

async fn each_us_core(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profiles = world.served_profiles(arguments.word(1)).await?;
    if profiles.is_empty() {
        return Err(Halt::Inapplicable(format!(
            "no version of US Core that the payer serves has {}",
            arguments.word(1)
        )));
    }
    let records = world.records_read();
    world.meet_one(&records, &profiles)
}

async fn with_us_core(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (element, code) = (arguments.word(1), arguments.word(2));
    let records = world.those(&format!("{element} {code}"), |record| {
        has(record, element, code)
    })?;
    let profiles = world.served_profiles(arguments.word(3)).await?;
    if profiles.is_empty() {
        return Err(Halt::Inapplicable(format!(
            "no version of US Core that the payer serves has {}",
            arguments.word(3)
        )));
    }
    world.meet_one(&records, &profiles)
}

async fn each(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let profile = world.profile(arguments.word(1))?;
    let records = world.records_read();
    world.meet_one(&records, &[profile])
}

async fn with(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (element, code) = (arguments.word(1), arguments.word(2));
    let records = world.those(&format!("{element} {code}"), |record| {
        has(record, element, code)
    })?;
    let profile = world.profile(arguments.word(3))?;
    world.meet_one(&records, &[profile])
}

async fn others(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_other = |record: &Value| !claims(record).any(|claim| claim.starts_with(US_CORE));
    let records = world.those("a profile beyond US Core", is_other)?;
    let profile = world.profile(arguments.word(1))?;
    world.meet_one(&records, &[profile])
}

async fn with_basis(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (element, code) = (arguments.word(1), arguments.word(2));
    let records = world.those(&format!("{element} {code}"), |record| {
        has(record, element, code)
    })?;
    let mut mismatches = Vec::new();
    for record in records {
        let claimed = |name: &&&str| {
            claims(&record).any(|claim| split(claim).0.rsplit('/').next() == Some(name))
        };
        let mut names: Vec<&str> = BASIS.iter().filter(claimed).copied().collect();
        if names.is_empty() {
            names = BASIS.to_vec();
        }
        let profiles: Vec<Profile> = names
            .into_iter()
            .map(|name| world.profile(name))
            .collect::<Result<_, _>>()?;
        mismatches.extend(world.closest(&record, &profiles)?);
    }
    world.judge_all(mismatches)
}

/// Whether a record has an element, with that code in it if one is given; `,` parts codes of which one will
/// do.
pub(super) fn has(record: &Value, element: &str, code: &str) -> bool {
    let found = path::elements(record, element);
    let is_code = |value: &&Value| {
        let is_one = |text: &Value| {
            text.as_str()
                .is_some_and(|text| code.split(',').any(|one| one == text))
        };
        is_one(value) || path::elements(value, "coding.code").into_iter().any(is_one)
    };
    match code {
        "" => !found.is_empty(),
        _ => found.iter().any(is_code),
    }
}

async fn names_profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let flavours = world.flavours().await?;
    let newest = flavours.served().last().map(|flavour| flavour.as_str());
    let target = world.target()?;
    let validator = target.judge.validator(newest);
    let mut mismatches = Vec::new();
    for record in world.records_read() {
        let kind = record["resourceType"].as_str().unwrap_or_default();
        let names = DEFAULTS.iter().find(|(name, _)| *name == kind);
        let names = names.map(|(_, names)| *names).unwrap_or_default();
        let is_known = |version: &&str| {
            let of = |name: &str| validator.definition(&format!("{US_CORE}{name}|{version}"));
            names.split(',').any(|name| of(name).is_some())
        };
        if !flavours
            .served()
            .iter()
            .map(|one| one.as_str())
            .any(|version| is_known(&version))
        {
            continue;
        }
        // A profile of PDex or HRex that builds on one of US Core names it well enough, and so does one of the
        // vital signs of R4 that US Core 3.1.1 leaves to it.
        let is_named = claims(&record).any(|claim| {
            let url = split(claim).0;
            url.starts_with(US_CORE) || url.contains("/us/davinci-") || url.starts_with(R4)
        });
        if !is_named {
            mismatches.push(
                Mismatch::new("meta.profile names a profile of US Core", "it names none")
                    .at(format!("{kind}.meta.profile"))
                    .hint(format!("in {}", name_of(&record))),
            );
        }
    }
    world.judge_all(mismatches)
}

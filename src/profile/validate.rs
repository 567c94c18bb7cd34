//! The walk: one pass over parsed JSON along compiled definitions, with an [`Issue`] for each broken rule.
//!
//! - [`Validator`] is what callers hold; it answers with a [`Report`].
//! - [`walk`] holds the state of one run; [`object`], [`repetition`] and [`value`] descend through it;
//!   [`slicing`] tells slices apart.
//! - [`resource`], [`contained`], [`bundle`], [`entries`], [`graph`], [`reference`] and [`resolve`] know what holds for
//!   resources
//!   and between them, [`vital_sign`] which profile an Observation must meet unasked; [`extension`] and
//!   [`context`] what holds for extensions.
//! - [`response`], [`answer`] and [`enabled`] hold responses against their questionnaires.
//! - [`binding`], [`coding`], [`primitive`] and [`invariant`] look at single values; [`trial`] asks whether
//!   something would meet a profile, without a word.

mod answer;
mod binding;
mod bundle;
mod coding;
mod contained;
mod context;
mod enabled;
mod entries;
mod extension;
mod finding;
mod graph;
mod invariant;
mod object;
mod predicate;
mod primitive;
mod reference;
mod repetition;
mod report;
mod resolve;
mod resource;
mod response;
mod slicing;
mod trial;
mod value;
mod vital_sign;
mod walk;

pub(super) use predicate::Predicate;
pub use report::{Report, Verdict};

use super::program::Programs;
use super::{
    Definition, Definitions, Inspection, Membership, TerminologyService, code_exists, membership,
};
use serde_json::Value;
use std::sync::Arc;
use walk::Walk;

/// Validates resources; definitions are compiled when they are first needed, and kept.
pub struct Validator {
    programs: Programs,
    service: Option<Arc<dyn TerminologyService>>,
}

impl Validator {
    /// A validator of what `definitions` knows.
    #[must_use]
    pub fn new(definitions: Arc<dyn Definitions>) -> Self {
        Self {
            programs: Programs::new(definitions),
            service: None,
        }
    }

    /// A validator of what other `definitions` know, which agree with those of this one about the types of FHIR:
    /// what both need is compiled once.
    #[must_use]
    pub fn beside(&self, definitions: Arc<dyn Definitions>) -> Self {
        Self {
            programs: self.programs.beside(definitions),
            service: None,
        }
    }

    /// Also asks `service` about codes that `definitions` leave undecided.
    #[must_use]
    pub fn with_service(mut self, service: Arc<dyn TerminologyService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Validates `resource` against FHIR R4, the profiles it claims in `meta.profile`, and `profiles`.
    #[must_use]
    pub fn validate(&self, resource: &Value, profiles: &[String]) -> Report {
        let mut walk = Walk::new(&self.programs, self.service.as_deref(), resource);
        let checked = if walk::is_too_deep(resource) {
            walk.refuse_depth();
            Vec::new()
        } else {
            walk.start(resource, profiles)
        };
        report(resource, checked, walk)
    }

    /// Holds `resource` against one profile alone, whatever else it claims, and says which elements of the
    /// profile are there. `None` when nobody knows the profile, or it is for another type of resource.
    #[must_use]
    pub fn inspect(&self, resource: &Value, profile: &str) -> Option<Inspection> {
        let program = self.programs.of(profile)?;
        let mut walk = Walk::new(&self.programs, self.service.as_deref(), resource);
        if walk::is_too_deep(resource) {
            walk.refuse_depth();
        } else if !walk.inspect(resource, &program) {
            return None;
        }
        let seen = walk
            .watched
            .take()
            .map(|(_, seen)| seen)
            .unwrap_or_default();
        let report = report(resource, vec![program.url.to_string()], walk);
        Some(Inspection { report, seen })
    }

    /// A definition, by canonical URL with or without version.
    #[must_use]
    pub fn definition(&self, canonical: &str) -> Option<Arc<Definition>> {
        self.programs.definitions().definition(canonical)
    }

    /// Whether a code is in a value set, as far as that goes offline.
    #[must_use]
    pub fn membership(&self, value_set: &str, system: Option<&str>, code: &str) -> Membership {
        membership(self.programs.definitions(), value_set, system, code)
    }

    /// Whether a code system has a code; `None` when nobody here can tell.
    #[must_use]
    pub fn has_code(&self, system: &str, code: &str) -> Option<bool> {
        code_exists(self.programs.definitions(), system, code)
    }

    /// Whether a profile is another one, or derived from it; both by canonical URL.
    #[must_use]
    pub fn is_derived(&self, profile: &str, from: &str) -> bool {
        let known = self.programs.of(profile);
        known.is_some_and(|profile| self.programs.is_derived(&profile, from))
    }
}

fn report(resource: &Value, profiles: Vec<String>, walk: Walk<'_>) -> Report {
    let text = |name: &str| resource[name].as_str().map(str::to_owned);
    let (issues, undecided) = walk.finish();
    Report {
        resource_type: text("resourceType"),
        id: text("id"),
        profiles,
        issues,
        undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::Validator;
    use crate::data::Data;
    use crate::profile::Library;
    use serde_json::json;
    use std::sync::Arc;

    const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition";

    fn validator() -> Validator {
        let library = Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None).unwrap();
        Validator::new(Arc::new(library))
    }

    #[test]
    fn an_inspection_tells_slices_and_where_they_are() {
        let component = |code: &str| {
            json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}]},
                "valueQuantity": {"value": 1, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"}})
        };
        let record = json!({
            "resourceType": "Observation",
            "component": [component("8462-4"), component("8480-6")],
        });
        let profile = format!("{US_CORE}/us-core-blood-pressure|6.1.0");
        let inspection = validator().inspect(&record, &profile).unwrap();
        let places = |id: &str| inspection.places(id).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(
            places("Observation.component:systolic"),
            ["Observation.component[1]"]
        );
        assert_eq!(places("Observation.component").len(), 2);
        assert!(places("Observation.status").is_empty());
        let lacks_status =
            |issue: &&crate::profile::Issue| issue.message.contains("Observation.status");
        assert!(inspection.report.errors().any(|issue| lacks_status(&issue)));
    }

    #[test]
    fn what_stands_beside_a_primitive_value_is_told_too() {
        let record = json!({
            "resourceType": "QuestionnaireResponse",
            "questionnaire": "https://forms.example/one",
            "_questionnaire": {"extension": [{
                "url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": "One",
            }]},
        });
        let profile = format!("{US_CORE}/us-core-questionnaireresponse");
        let inspection = validator().inspect(&record, &profile).unwrap();
        let id = "QuestionnaireResponse.questionnaire.extension:questionnaireDisplay";
        let place = "QuestionnaireResponse.questionnaire.extension[0]";
        assert_eq!(inspection.places(id).collect::<Vec<_>>(), [place]);
    }

    #[test]
    fn claims_play_no_part_in_an_inspection() {
        let record = json!({
            "resourceType": "Goal",
            "meta": {"profile": ["https://payer.example/nobody-knows-it"]},
        });
        let profile = format!("{US_CORE}/us-core-goal");
        let inspection = validator().inspect(&record, &profile).unwrap();
        assert_eq!(inspection.report.profiles, [profile]);
        assert!(
            validator()
                .inspect(&record, &format!("{US_CORE}/us-core-careplan"))
                .is_none()
        );
    }
}

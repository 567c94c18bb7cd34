//! Search parameters that PDex and US Core name: what each looks at (facts of FHIR R4 and US Core).

use super::path;
use serde_json::Value;

/// How a search parameter compares (FHIR R4 search, section 3.1.1.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchType {
    /// Codes, identifiers, flags and ids.
    Token,
    /// Text from its start, whatever the case.
    String,
    /// Points and spans of time.
    Date,
    /// Other resources.
    Reference,
}

/// A search parameter of one resource type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchParameter {
    /// Its name in a query.
    pub name: &'static str,
    /// How it compares.
    pub kind: SearchType,
    /// Element paths of the values it looks at; `extension(URL).…` enters one extension.
    pub paths: &'static [&'static str],
}

impl SearchParameter {
    /// The parameter of that name of a resource type; `None` when neither FHIR R4, US Core nor PDex has it.
    #[must_use]
    pub fn find(resource: &str, name: &str) -> Option<Self> {
        let own = OF_TYPE
            .iter()
            .filter(|(types, _)| types.contains(&resource))
            .flat_map(|(_, parameters)| parameters.iter());
        own.chain(OF_ALL).find(|one| one.name == name).copied()
    }

    /// The values it looks at in a resource.
    #[must_use]
    pub fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        self.paths
            .iter()
            .flat_map(|path| values_at(resource, path))
            .collect()
    }
}

/// All values at an element path, which may enter one extension by its URL.
fn values_at<'a>(resource: &'a Value, path: &str) -> Vec<&'a Value> {
    let Some((url, rest)) = path
        .strip_prefix("extension(")
        .and_then(|rest| rest.split_once(")."))
    else {
        return path::elements(resource, path);
    };
    path::elements(resource, "extension")
        .into_iter()
        .filter(|extension| extension["url"] == url)
        .flat_map(|extension| path::elements(extension, rest))
        .collect()
}

const fn token(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: SearchType::Token,
        paths,
    }
}

const fn string(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: SearchType::String,
        paths,
    }
}

const fn date(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: SearchType::Date,
        paths,
    }
}

const fn reference(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: SearchType::Reference,
        paths,
    }
}

const ASSERTED: &str =
    "extension(http://hl7.org/fhir/StructureDefinition/condition-assertedDate).valueDateTime";

/// Parameters of every type.
const OF_ALL: &[SearchParameter] = &[
    token("_id", &["id"]),
    date("_lastUpdated", &["meta.lastUpdated"]),
];

/// Parameters and the types that have them.
const OF_TYPE: &[(&[&str], &[SearchParameter])] = &[
    (
        &[
            "AllergyIntolerance",
            "Consent",
            "Device",
            "ExplanationOfBenefit",
            "Immunization",
            "RelatedPerson",
        ],
        &[reference("patient", &["patient"])],
    ),
    (
        &[
            "CarePlan",
            "CareTeam",
            "Condition",
            "DiagnosticReport",
            "DocumentReference",
            "Encounter",
            "Goal",
            "MedicationDispense",
            "MedicationRequest",
            "Observation",
            "Procedure",
            "QuestionnaireResponse",
            "ServiceRequest",
            "Specimen",
        ],
        &[reference("patient", &["subject"])],
    ),
    (
        &["AllergyIntolerance", "Condition"],
        &[token("clinical-status", &["clinicalStatus"])],
    ),
    (
        &[
            "CarePlan",
            "Condition",
            "DiagnosticReport",
            "DocumentReference",
            "Observation",
            "ServiceRequest",
        ],
        &[token("category", &["category"])],
    ),
    (
        &[
            "Condition",
            "DiagnosticReport",
            "Group",
            "Observation",
            "Procedure",
            "ServiceRequest",
        ],
        &[token("code", &["code"])],
    ),
    (
        &[
            "CarePlan",
            "CareTeam",
            "Device",
            "DiagnosticReport",
            "DocumentReference",
            "Encounter",
            "Immunization",
            "MedicationDispense",
            "MedicationRequest",
            "Observation",
            "Procedure",
            "QuestionnaireResponse",
            "ServiceRequest",
        ],
        &[token("status", &["status"])],
    ),
    (
        &[
            "Device",
            "DocumentReference",
            "Encounter",
            "ExplanationOfBenefit",
            "MedicationDispense",
        ],
        &[token("type", &["type"])],
    ),
    (
        &[
            "Encounter",
            "ExplanationOfBenefit",
            "Group",
            "Organization",
            "Patient",
            "Practitioner",
        ],
        &[token("identifier", &["identifier"])],
    ),
    (&["CarePlan", "Encounter"], &[date("date", &["period"])]),
    (
        &["DiagnosticReport", "Observation"],
        &[date(
            "date",
            &[
                "effectiveDateTime",
                "effectivePeriod",
                "effectiveInstant",
                "effectiveTiming",
            ],
        )],
    ),
    (
        &["Condition", "MedicationRequest"],
        &[reference("encounter", &["encounter"])],
    ),
    (
        &["MedicationDispense", "MedicationRequest"],
        &[reference("medication", &["medicationReference"])],
    ),
    (
        &["Location", "Organization"],
        &[
            string("name", &["name", "alias"]),
            string("address", &["address"]),
        ],
    ),
    (
        &["Patient", "Practitioner", "RelatedPerson"],
        &[string("name", &["name"])],
    ),
    (
        &["CareTeam"],
        &[
            token("role", &["participant.role"]),
            reference("participant", &["participant.member"]),
        ],
    ),
    (
        &["Condition"],
        &[
            date("abatement-date", &["abatementDateTime", "abatementPeriod"]),
            date("asserted-date", &[ASSERTED]),
            date("onset-date", &["onsetDateTime", "onsetPeriod"]),
            date("recorded-date", &["recordedDate"]),
        ],
    ),
    (
        &["Coverage"],
        &[
            reference("patient", &["beneficiary"]),
            reference("payor", &["payor"]),
        ],
    ),
    (
        &["DocumentReference"],
        &[date("date", &["date"]), date("period", &["context.period"])],
    ),
    (
        &["Encounter"],
        &[
            token("class", &["class"]),
            token(
                "discharge-disposition",
                &["hospitalization.dischargeDisposition"],
            ),
            reference("location", &["location.location"]),
        ],
    ),
    (
        &["ExplanationOfBenefit"],
        &[
            date("service-date", &["billablePeriod"]),
            reference("care-team", &["careTeam.provider"]),
            reference("coverage", &["insurance.coverage"]),
            reference("insurer", &["insurer"]),
            reference("provider", &["provider"]),
        ],
    ),
    (
        &["Goal"],
        &[
            token("description", &["description"]),
            token("lifecycle-status", &["lifecycleStatus"]),
            date("target-date", &["target.dueDate"]),
        ],
    ),
    (
        &["Group"],
        &[
            token("characteristic", &["characteristic.code"]),
            reference(
                "characteristic-value-reference",
                &["characteristic.valueReference"],
            ),
        ],
    ),
    (&["Immunization"], &[date("date", &["occurrenceDateTime"])]),
    (
        &["Location"],
        &[
            string("address-city", &["address.city"]),
            string("address-postalcode", &["address.postalCode"]),
            string("address-state", &["address.state"]),
        ],
    ),
    (
        &["MedicationRequest"],
        &[
            date("authoredon", &["authoredOn"]),
            token("intent", &["intent"]),
        ],
    ),
    (
        &["Patient"],
        &[
            date("birthdate", &["birthDate"]),
            date("death-date", &["deceasedDateTime"]),
            string("family", &["name.family"]),
            string("given", &["name.given"]),
            token("gender", &["gender"]),
        ],
    ),
    (
        &["PractitionerRole"],
        &[
            reference("endpoint", &["endpoint"]),
            reference("practitioner", &["practitioner"]),
            token("specialty", &["specialty"]),
        ],
    ),
    (
        &["Procedure"],
        &[date("date", &["performedDateTime", "performedPeriod"])],
    ),
    (&["Provenance"], &[reference("target", &["target"])]),
    (
        &["QuestionnaireResponse"],
        &[
            date("authored", &["authored"]),
            reference("questionnaire", &["questionnaire"]),
        ],
    ),
    (&["ServiceRequest"], &[date("authored", &["authoredOn"])]),
];

#[cfg(test)]
mod tests {
    use super::{OF_TYPE, SearchParameter, SearchType};
    use serde_json::json;
    use std::collections::BTreeSet;

    #[test]
    fn no_type_has_two_parameters_of_one_name() {
        let mut seen = BTreeSet::new();
        for (types, parameters) in OF_TYPE {
            for pair in types
                .iter()
                .flat_map(|one| parameters.iter().map(move |other| (one, other.name)))
            {
                assert!(seen.insert(pair), "{pair:?}");
            }
        }
    }

    #[test]
    fn values_are_found_wherever_the_parameter_looks() {
        let values = |kind: &str, name: &str, resource| {
            SearchParameter::find(kind, name)
                .unwrap()
                .values(&resource)
                .len()
        };
        assert_eq!(
            values(
                "Location",
                "name",
                json!({"name": "A", "alias": ["B", "C"]})
            ),
            3
        );
        assert_eq!(
            values(
                "Condition",
                "onset-date",
                json!({"onsetPeriod": {"start": "2020"}})
            ),
            1
        );
        let url = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate";
        let other = json!({"url": "x", "valueDateTime": "2020"});
        let asserted = json!({"url": url, "valueDateTime": "2021"});
        assert_eq!(
            values(
                "Condition",
                "asserted-date",
                json!({"extension": [other, asserted]})
            ),
            1
        );
    }

    #[test]
    fn what_nobody_defined_is_not_known() {
        assert!(SearchParameter::find("MedicationDispense", "intent").is_none());
        assert!(SearchParameter::find("DiagnosticReport", "type").is_none());
        assert_eq!(
            SearchParameter::find("Goal", "_id").unwrap().kind,
            SearchType::Token
        );
    }
}

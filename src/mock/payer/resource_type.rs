//! The resource types the payer serves, and the search parameters of each.

use super::version::Version;

/// A resource type that is served with read, vread, history and search.
#[derive(Debug)]
pub(super) struct ResourceType {
    pub(super) name: &'static str,
    /// Canonical URLs of the supported profiles.
    pub(super) profiles: &'static [&'static str],
    /// Parameters beside `_id` and `_lastUpdated`, which all types have.
    pub(super) parameters: &'static [SearchParameter],
    /// Parameters that are only allowed together with `patient`.
    pub(super) needs_patient: &'static [&'static str],
    /// Whether clients may create it.
    pub(super) is_created: bool,
    /// The first version that has it.
    pub(super) since: Version,
}

/// A search parameter.
#[derive(Debug)]
pub(super) struct SearchParameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Element paths of the values it looks at.
    pub(super) paths: &'static [&'static str],
}

/// The type of a search parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Token,
    String,
    Date,
    /// Holds the only type a bare id may stand for.
    Reference(Option<&'static str>),
}

impl Kind {
    /// The code of search-param-type.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::String => "string",
            Self::Date => "date",
            Self::Reference(_) => "reference",
        }
    }
}

/// Parameters of every type.
pub(super) static COMMON: &[SearchParameter] = &[
    token("_id", &["id"]),
    date("_lastUpdated", &["meta.lastUpdated"]),
];

impl ResourceType {
    /// The type of that name, if it is served.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        TYPES.iter().find(|one| one.name == name)
    }

    /// All parameters of the type.
    pub(super) fn all_parameters(&self) -> impl Iterator<Item = &'static SearchParameter> + use<> {
        COMMON.iter().chain(self.parameters)
    }

    /// What `_include` may ask for: the reference parameters, and all of them at once.
    pub(super) fn includes(&self) -> Vec<String> {
        let references = self
            .parameters
            .iter()
            .filter(|one| matches!(one.kind, Kind::Reference(_)));
        let mut names: Vec<String> = references
            .map(|one| format!("{}:{}", self.name, one.name))
            .collect();
        if !names.is_empty() {
            names.push(format!("{}:*", self.name));
        }
        names
    }

    /// The parameter of that name.
    pub(super) fn parameter(&self, name: &str) -> Option<&'static SearchParameter> {
        self.all_parameters().find(|one| one.name == name)
    }
}

const fn token(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: Kind::Token,
        paths,
    }
}

const fn string(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: Kind::String,
        paths,
    }
}

const fn date(name: &'static str, paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name,
        kind: Kind::Date,
        paths,
    }
}

const fn patient(paths: &'static [&'static str]) -> SearchParameter {
    SearchParameter {
        name: "patient",
        kind: Kind::Reference(Some("Patient")),
        paths,
    }
}

const fn reference(
    name: &'static str,
    target: Option<&'static str>,
    paths: &'static [&'static str],
) -> SearchParameter {
    SearchParameter {
        name,
        kind: Kind::Reference(target),
        paths,
    }
}

/// All types served, by name.
pub(super) static TYPES: &[ResourceType] = &[
    ResourceType {
        name: "Condition",
        profiles: &[
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition-problems-health-concerns",
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition-encounter-diagnosis",
        ],
        parameters: &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("clinical-status", &["clinicalStatus"]),
            token("code", &["code"]),
            date("onset-date", &["onsetDateTime"]),
            date("recorded-date", &["recordedDate"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Consent",
        profiles: &["http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-consent"],
        parameters: &[
            patient(&["patient"]),
            token("status", &["status"]),
            token("category", &["category"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Coverage",
        profiles: &["http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-coverage"],
        parameters: &[
            patient(&["beneficiary"]),
            token("identifier", &["identifier"]),
            token("status", &["status"]),
            reference("payor", Some("Organization"), &["payor"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "DiagnosticReport",
        profiles: &[
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-diagnosticreport-note",
        ],
        parameters: &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("code", &["code"]),
            token("status", &["status"]),
            date("date", &["effectiveDateTime", "effectivePeriod"]),
        ],
        needs_patient: &[],
        is_created: true,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "DocumentReference",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-documentreference"],
        parameters: &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("type", &["type"]),
            token("status", &["status"]),
            date("date", &["date"]),
            date("period", &["context.period"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Encounter",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter"],
        parameters: &[
            patient(&["subject"]),
            token("class", &["class"]),
            token("type", &["type"]),
            token("status", &["status"]),
            date("date", &["period"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "ExplanationOfBenefit",
        profiles: &[
            "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-priorauthorization",
            "http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit-Professional-NonClinician-Basis",
        ],
        parameters: &[
            patient(&["patient"]),
            token("identifier", &["identifier"]),
            token("type", &["type"]),
            token("use", &["use"]),
            date("service-date", &["billablePeriod"]),
            reference("provider", Some("Organization"), &["provider"]),
            reference("insurer", Some("Organization"), &["insurer"]),
            reference("coverage", Some("Coverage"), &["insurance.coverage"]),
            reference("care-team", None, &["careTeam.provider"]),
        ],
        needs_patient: &["service-date", "_lastUpdated", "type"],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Group",
        profiles: &[
            "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-member-match-group",
            "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-member-no-match-group",
        ],
        parameters: &[
            token("identifier", &["identifier"]),
            token("code", &["code"]),
            token("characteristic", &["characteristic.code"]),
            reference(
                "characteristic-value-reference",
                Some("Organization"),
                &["characteristic.valueReference"],
            ),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_1_0,
    },
    ResourceType {
        name: "Observation",
        profiles: &[
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-observation-lab",
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-vital-signs",
        ],
        parameters: &[
            patient(&["subject"]),
            token("category", &["category"]),
            token("code", &["code"]),
            token("status", &["status"]),
            date("date", &["effectiveDateTime"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Organization",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-organization"],
        parameters: &[
            string("name", &["name"]),
            string("address", &["address"]),
            token("identifier", &["identifier"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Patient",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"],
        parameters: &[
            token("identifier", &["identifier"]),
            string("name", &["name"]),
            string("family", &["name.family"]),
            string("given", &["name.given"]),
            date("birthdate", &["birthDate"]),
            token("gender", &["gender"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Practitioner",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner"],
        parameters: &[
            string("name", &["name"]),
            token("identifier", &["identifier"]),
        ],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
    ResourceType {
        name: "Provenance",
        profiles: &["http://hl7.org/fhir/us/core/StructureDefinition/us-core-provenance"],
        parameters: &[reference("target", None, &["target"])],
        needs_patient: &[],
        is_created: false,
        since: Version::V2_0_0,
    },
];

//! `mocks/payer/vocabulary.toml`: the clinical facts that members can have, by a short name.

use crate::data::Data;
use crate::mock::Error;
use serde::Deserialize;
use std::collections::BTreeMap;

const FILE: &str = "mocks/payer/vocabulary.toml";

/// All clinical facts, by kind and short name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    pub(super) condition: BTreeMap<String, ConditionWord>,
    pub(super) observation: BTreeMap<String, ObservationWord>,
    pub(super) encounter: BTreeMap<String, EncounterWord>,
    pub(super) claim: BTreeMap<String, ServiceWord>,
    pub(super) prior_authorization: BTreeMap<String, ServiceWord>,
    pub(super) document: BTreeMap<String, DocumentWord>,
}

/// A problem or diagnosis (SNOMED CT).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionWord {
    pub(super) code: String,
    pub(super) display: String,
    /// `problem-list-item` or `encounter-diagnosis`.
    pub(super) category: String,
    /// Sensitivity code of v3-ActCode, for conditions with special protection.
    pub(super) sensitivity: Option<String>,
}

/// A measurement (LOINC).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObservationWord {
    pub(super) code: String,
    pub(super) display: String,
    /// `vital-signs` or `laboratory`.
    pub(super) category: String,
    /// UCUM.
    pub(super) unit: String,
    /// Last part of the US Core profile's URL.
    pub(super) profile: String,
    /// Name of FHIR's own profile, for vital signs.
    pub(super) fhir_profile: Option<String>,
}

/// A kind of visit (SNOMED CT).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EncounterWord {
    pub(super) code: String,
    pub(super) display: String,
    /// Class, from v3-ActCode.
    pub(super) class: String,
    pub(super) class_display: String,
}

/// A billed or authorized service.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceWord {
    /// HCPCS Level II code of the service.
    pub(super) code: String,
    /// ICD-10-CM code of what it was for.
    pub(super) diagnosis: String,
    pub(super) display: String,
}

/// A kind of document (LOINC).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentWord {
    pub(super) code: String,
    pub(super) display: String,
}

impl Vocabulary {
    /// Reads the file.
    pub(super) fn load(data: &Data) -> Result<Self, Error> {
        toml::from_str(&data.text(FILE)?).map_err(|error| Error::file(FILE, error))
    }
}

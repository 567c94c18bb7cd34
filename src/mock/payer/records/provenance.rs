//! Provenance: who sent a record, who wrote it, and in which form it came.

use super::Records;
use super::coding::{PDEX, TERMINOLOGY, coded, organization};
use serde_json::{Value, json};

/// Records of before this day came from the partner plan, with a Provenance of their own.
const FROM_PARTNER: &str = "2020-01-01";

/// When the partner handed its records on.
const HANDED_ON: &str = "2020-01-15T08:00:00Z";

impl Records<'_> {
    /// What tells of a record: that the plan sends it, and, for an old one of a full chart, that another plan sent
    /// it before.
    pub(super) fn provenances(&self, record: &Value) -> Vec<Value> {
        if record["resourceType"] == "Binary" {
            return Vec::new();
        }
        let mut all = vec![self.provenance(record, "source")];
        let number = record["id"].as_str().and_then(|id| id.rsplit('-').next());
        let is_of_chart = number.is_some_and(|number| number.len() == 3);
        if is_of_chart && happened(record).is_some_and(|day| day < FROM_PARTNER) {
            let mut earlier = self.provenance(record, "former-plan");
            earlier["recorded"] = HANDED_ON.into();
            earlier["agent"][0]["who"] = organization(&self.settings.partner.id);
            earlier["entity"][0]["extension"][0]["valueCodeableConcept"] =
                format_of("hl7fhirdstu2", "HL7 FHIR DSTU2");
            all.push(earlier);
        }
        all
    }

    fn provenance(&self, record: &Value, name: &str) -> Value {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let (format, display, what) = format(record);
        let agent = |system: &str, code: &str, display: &str, who: Value| json!({"type": coded(system, code, display), "who": who});
        let mut author = agent(
            &format!("{TERMINOLOGY}/provenance-participant-type"),
            "author",
            "Author",
            self.practitioner(),
        );
        match text("resourceType") {
            // The plan itself says who is its member.
            "Patient" | "Coverage" => author["who"] = organization(&self.settings.payer.id),
            // Where shots were given is all that registries tell, with a name in words.
            "Immunization" => {
                author["who"] = json!({"display": "a nurse of the sample clinic"});
                author["onBehalfOf"] = organization(&self.settings.clinic.id);
            }
            _ => author["onBehalfOf"] = organization(&self.settings.clinic.id),
        }
        let mut provenance = json!({
            "resourceType": "Provenance",
            "id": format!("{}-{name}", text("id")),
            "meta": self.claims_to_be(&["us-core-provenance", "pdex-provenance"], &[]),
            "target": [{"reference": format!("{}/{}", text("resourceType"), text("id"))}],
            "recorded": super::super::store::SEEDED,
            "agent": [
                agent("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                    "transmitter", "Transmitter", organization(&self.settings.payer.id)),
                author,
            ],
            "entity": [{
                "role": "source",
                "what": {"display": what},
                "extension": [{
                    "url": format!("{PDEX}/StructureDefinition/ProvenanceSourceFrom"),
                    "valueCodeableConcept": format_of(format, display),
                }],
            }],
        });
        if let Some(updated) = record["meta"].get("lastUpdated") {
            provenance["meta"]["lastUpdated"] = updated.clone();
            if self.seed.updated_at_once {
                provenance["recorded"] = updated.clone();
            }
        }
        // What tells about a sensitive record is as sensitive.
        if let Some(security) = record["meta"].get("security") {
            provenance["meta"]["security"] = security.clone();
        }
        provenance
    }
}

fn format_of(code: &str, display: &str) -> Value {
    coded(
        &format!("{PDEX}/CodeSystem/ProvenancePayerDataSource"),
        code,
        display,
    )
}

/// In which form a record came, and whether it was a claim or a clinical record.
fn format(record: &Value) -> (&'static str, &'static str, &'static str) {
    match record["resourceType"].as_str().unwrap_or_default() {
        "ExplanationOfBenefit" if record["use"] == "preauthorization" => {
            ("x12278", "X12 278", "prior authorization request")
        }
        "ExplanationOfBenefit" => ("x12837", "X12 837", "claim"),
        "Patient" | "Coverage" => ("x12other", "X12 other", "enrolment"),
        "MedicationDispense" => ("ncpdp", "NCPDP", "drug claim"),
        "DocumentReference" => ("hl7ccda", "HL7 C-CDA", "clinical record"),
        _ => ("hl7fhirr4", "HL7 FHIR R4", "clinical record"),
    }
}

/// The day a record tells of.
fn happened(record: &Value) -> Option<&str> {
    let places = [
        &record["period"]["start"],
        &record["effectiveDateTime"],
        &record["onsetDateTime"],
        &record["authoredOn"],
        &record["occurrenceDateTime"],
        &record["performedDateTime"],
        &record["whenHandedOver"],
        &record["context"]["period"]["start"],
    ];
    places.into_iter().find_map(Value::as_str)
}

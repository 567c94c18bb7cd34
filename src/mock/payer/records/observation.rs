//! Measurements that a seed lists, and laboratory results.

use super::super::vocabulary::ObservationWord;
use super::coding::{LOINC, SNOMED, TERMINOLOGY, at, code, coded, identifier, quantity, reference};
use super::vital_sign::absent;
use super::{Record, Records};
use serde_json::{Value, json};

/// Code, display, unit, lowest value, step, and the bounds of what is normal.
pub(super) type Test = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    f64,
    (f64, f64),
);

pub(super) const TESTS: [Test; 5] = [
    (
        "2339-0",
        "Glucose [Mass/volume] in Blood",
        "mg/dL",
        88.0,
        7.0,
        (70.0, 110.0),
    ),
    (
        "2951-2",
        "Sodium [Moles/volume] in Serum or Plasma",
        "mmol/L",
        134.0,
        1.0,
        (135.0, 145.0),
    ),
    (
        "2823-3",
        "Potassium [Moles/volume] in Serum or Plasma",
        "mmol/L",
        3.5,
        0.25,
        (3.5, 5.0),
    ),
    (
        "2160-0",
        "Creatinine [Mass/volume] in Serum or Plasma",
        "mg/dL",
        0.75,
        0.125,
        (0.5, 1.25),
    ),
    (
        "4548-4",
        "Hemoglobin A1c/Hemoglobin.total in Blood",
        "%",
        5.5,
        0.25,
        (4.0, 5.75),
    ),
];

pub(super) const PANELS: [&str; 4] = ["2018-06-14", "2021-05-20", "2022-02-04", "2025-03-13"];

impl Records<'_> {
    pub(super) fn observation(
        &self,
        record: &Record<'_, ObservationWord>,
    ) -> Result<Value, String> {
        let word = record.word;
        let value = record
            .value
            .ok_or_else(|| format!("{} has no value", record.id))?;
        let (always, newer): (Vec<&str>, Vec<&str>) = match word.fhir_profile.as_deref() {
            Some(fhir) => (
                vec![fhir, "vitalsigns"],
                vec![&word.profile, "us-core-vital-signs"],
            ),
            None => (vec![&word.profile], vec![]),
        };
        Ok(json!({
            "resourceType": "Observation",
            "id": record.id,
            "meta": self.claims_to_be(&always, &newer),
            "status": "final",
            "category": [code(&format!("{TERMINOLOGY}/observation-category"), &word.category)],
            "code": coded(LOINC, &word.code, &word.display),
            "subject": self.subject(),
            "effectiveDateTime": at(record.date, "09:10"),
            "performer": [self.practitioner()],
            "valueQuantity": quantity(value, &word.unit),
        }))
    }

    /// Panels of results, each from a specimen; the last result of the last panel is not known.
    pub(super) fn laboratory(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for (panel, day) in PANELS.iter().enumerate() {
            let day = self.day(day);
            if self.has_both_flavours() {
                all.push(self.specimen(panel, &day));
            }
            for (test, facts) in TESTS.iter().enumerate() {
                all.push(self.result(panel, test, facts, &day));
            }
        }
        all
    }

    fn result(&self, panel: usize, test: usize, facts: &Test, day: &str) -> Value {
        let (loinc, display, unit, lowest, step, (low, high)) = facts;
        #[expect(clippy::cast_precision_loss, reason = "below ten")]
        let steps = ((panel * 3 + test * 5) % 10) as f64;
        let value = step.mul_add(steps, *lowest);
        let mut one = json!({
            "resourceType": "Observation",
            "id": self.id("laboratory", 101 + panel * TESTS.len() + test),
            "meta": self.claims_to_be(&["us-core-observation-lab"], &[]),
            "status": if panel == 0 { "corrected" } else { "final" },
            "category": [coded(&format!("{TERMINOLOGY}/observation-category"), "laboratory", "Laboratory")],
            "code": coded(LOINC, loinc, display),
            "subject": self.subject(),
            "encounter": self.visit(1 + panel),
            "effectiveDateTime": at(day, "07:30"),
            "issued": at(day, "16:00"),
            "performer": [self.place(2)],
            "referenceRange": [{"low": quantity(*low, unit), "high": quantity(*high, unit)}],
        });
        if panel + 1 == PANELS.len() && test + 1 == TESTS.len() {
            one["dataAbsentReason"] = absent("unknown");
        } else {
            let letter = if value < *low {
                "L"
            } else if value > *high {
                "H"
            } else {
                "N"
            };
            one["valueQuantity"] = quantity(value, unit);
            one["interpretation"] = json!([code(
                &format!("{TERMINOLOGY}/v3-ObservationInterpretation"),
                letter
            )]);
        }
        if self.has_both_flavours() {
            one["specimen"] = reference("Specimen", &self.id("specimen", 101 + panel));
        }
        one
    }

    fn specimen(&self, panel: usize, day: &str) -> Value {
        let (kind, display) = if panel.is_multiple_of(2) {
            ("119297000", "Blood specimen")
        } else {
            ("119364003", "Serum specimen")
        };
        let id = self.id("specimen", 101 + panel);
        json!({
            "resourceType": "Specimen",
            "id": id,
            "meta": self.claims_to_be(&[], &["us-core-specimen"]),
            "identifier": [identifier("specimen", &id)],
            "accessionIdentifier": identifier("accession", &id),
            "status": "available",
            "type": coded(SNOMED, kind, display),
            "subject": self.subject(),
            "collection": {"collectedDateTime": at(day, "07:25")},
        })
    }
}

//! Reports: laboratory panels, imaging, heart and tissue.

use super::Records;
use super::coding::{LOINC, TERMINOLOGY, at, code, coded, reference, span};
use super::observation::{PANELS, TESTS};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Number, category, code, display, day, status.
const NOTES: [(usize, &str, &str, &str, &str, &str); 4] = [
    (
        121,
        "LP29684-5",
        "18748-4",
        "Diagnostic imaging study",
        "2019-11-12",
        "final",
    ),
    (
        122,
        "LP29708-2",
        "34534-8",
        "12 lead EKG panel",
        "2022-02-05",
        "amended",
    ),
    (
        123,
        "LP7839-6",
        "11529-5",
        "Surgical pathology study",
        "2023-09-25",
        "final",
    ),
    (
        124,
        "LP29684-5",
        "18748-4",
        "Diagnostic imaging study",
        "2025-03-12",
        "preliminary",
    ),
];

impl Records<'_> {
    pub(super) fn diagnostic_reports(&self) -> Vec<Value> {
        let mut all: Vec<Value> = (0..PANELS.len()).map(|panel| self.panel(panel)).collect();
        all.extend(NOTES.iter().map(|note| self.note(note)));
        all
    }

    fn panel(&self, panel: usize) -> Value {
        let day = self.day(PANELS[panel]);
        let (loinc, display) = if panel.is_multiple_of(2) {
            ("51990-0", "Basic metabolic panel - Blood")
        } else {
            (
                "24323-8",
                "Comprehensive metabolic 2000 panel - Serum or Plasma",
            )
        };
        let result = |number| {
            reference(
                "Observation",
                &self.id("laboratory", 101 + panel * TESTS.len() + number),
            )
        };
        json!({
            "resourceType": "DiagnosticReport",
            "id": self.id("report", 101 + panel),
            "meta": self.claims_to_be(&["us-core-diagnosticreport-lab"], &[]),
            "status": if panel == 0 { "corrected" } else { "final" },
            "category": [code(&format!("{TERMINOLOGY}/v2-0074"), "LAB")],
            "code": coded(LOINC, loinc, display),
            "subject": self.subject(),
            "encounter": self.visit(1 + panel),
            "effectiveDateTime": at(&day, "07:30"),
            "issued": at(&day, "16:00"),
            "performer": [self.place(2)],
            "result": (0..TESTS.len()).map(result).collect::<Vec<_>>(),
        })
    }

    fn note(
        &self,
        (number, category, loinc, display, day, status): &(usize, &str, &str, &str, &str, &str),
    ) -> Value {
        let day = self.day(day);
        let text = format!("Sample report of {day} on {}.", self.seed.id);
        let mut note = json!({
            "resourceType": "DiagnosticReport",
            "id": self.id("report", *number),
            "meta": self.claims_to_be(&["us-core-diagnosticreport-note"], &[]),
            "contained": [{
                "resourceType": "Media", "id": "picture", "status": "completed",
                "content": {"contentType": "text/plain", "data": STANDARD.encode("a sample picture")},
            }],
            "status": status,
            "category": [code(LOINC, category)],
            "code": coded(LOINC, loinc, display),
            "subject": self.subject(),
            "encounter": self.visit(number % 7 + 1),
            "issued": at(&day, "17:00"),
            "performer": [self.practitioner(), self.place(0)],
            "media": [{"comment": "a picture", "link": {"reference": "#picture"}}],
            "presentedForm": [{"contentType": "text/plain", "data": STANDARD.encode(text), "title": display}],
        });
        if *number == 122 {
            note["effectivePeriod"] = span(&day, "09:00", "09:20");
            if self.has_both_flavours() {
                note["result"] = json!([reference("Observation", &self.id("finding", 115))]);
            }
        } else {
            note["effectiveDateTime"] = json!(at(&day, "09:00"));
        }
        note
    }
}

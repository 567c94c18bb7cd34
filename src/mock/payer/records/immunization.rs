//! Immunizations, given and not given.

use super::Records;
use super::coding::{TERMINOLOGY, at, code, coded};
use serde_json::{Value, json};

/// Number, CVX code, display, day, status.
const SHOTS: [(usize, &str, &str, &str, &str); 5] = [
    (101, "115", "Tdap", "2017-05-09", "completed"),
    (
        102,
        "140",
        "Influenza, split virus, trivalent, PF",
        "2019-11-12",
        "completed",
    ),
    (
        103,
        "33",
        "pneumococcal polysaccharide PPV23",
        "2022-03-20",
        "completed",
    ),
    (
        104,
        "140",
        "Influenza, split virus, trivalent, PF",
        "2023-10-10",
        "not-done",
    ),
    (
        105,
        "140",
        "Influenza, split virus, trivalent, PF",
        "2024-10-21",
        "completed",
    ),
];

impl Records<'_> {
    pub(super) fn immunizations(&self) -> Vec<Value> {
        let shot = |(number, cvx, display, day, status): &(usize, &str, &str, &str, &str)| {
            let mut one = json!({
                "resourceType": "Immunization",
                "id": self.id("immunization", *number),
                "meta": self.claims_to_be(&["us-core-immunization"], &[]),
                "status": status,
                "vaccineCode": coded("http://hl7.org/fhir/sid/cvx", cvx, display),
                "patient": self.subject(),
                "encounter": self.visit(number - 100),
                "occurrenceDateTime": at(&self.day(day), "09:25"),
                "primarySource": number % 2 == 0,
                "location": self.location(number % 2),
            });
            if *status == "not-done" {
                one["statusReason"] = code(&format!("{TERMINOLOGY}/v3-ActReason"), "PATOBJ");
            }
            one
        };
        SHOTS.iter().map(shot).collect()
    }
}

//! What the member does not tolerate.

use super::Records;
use super::coding::{SNOMED, TERMINOLOGY, code, coded};
use serde_json::{Value, json};

type Named = (&'static str, &'static str);
type Allergy = (usize, Named, &'static str, Named, &'static str);

/// Number, substance with display, clinical status, reaction with display, when it was recorded.
const ALLERGIES: [Allergy; 3] = [
    (
        101,
        ("764146007", "Penicillin"),
        "active",
        ("271807003", "Eruption of skin"),
        "2017-05-09",
    ),
    (
        102,
        ("256349002", "Peanut"),
        "active",
        ("39579001", "Anaphylaxis"),
        "2019-11-12",
    ),
    (
        103,
        ("3718001", "Cow's milk"),
        "resolved",
        ("62315008", "Diarrhea"),
        "2022-02-03",
    ),
];

impl Records<'_> {
    pub(super) fn allergies(&self) -> Vec<Value> {
        let allergy = |(number, substance, status, reaction, date): &Allergy| {
            json!({
                "resourceType": "AllergyIntolerance",
                "id": self.id("allergy", *number),
                "meta": self.claims_to_be(&["us-core-allergyintolerance"], &[]),
                "clinicalStatus": code(&format!("{TERMINOLOGY}/allergyintolerance-clinical"), status),
                "verificationStatus": code(&format!("{TERMINOLOGY}/allergyintolerance-verification"), "confirmed"),
                "code": coded(SNOMED, substance.0, substance.1),
                "patient": self.subject(),
                "recordedDate": self.day(date),
                "reaction": [{"manifestation": [coded(SNOMED, reaction.0, reaction.1)]}],
            })
        };
        ALLERGIES.iter().map(allergy).collect()
    }
}

//! Problems and diagnoses.

use super::super::vocabulary::ConditionWord;
use super::coding::{ICD_10_CM, SNOMED, TERMINOLOGY, US_CORE_CATEGORY, code, coded, push};
use super::{Record, Records};
use serde_json::{Value, json};

/// Number, SNOMED CT code, display, ICD-10-CM code, category, clinical status, onset, abatement, encounter.
type Problem = (
    usize,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    usize,
);

const PROBLEMS: [Problem; 6] = [
    (
        101,
        "73211009",
        "Diabetes mellitus",
        "E11.9",
        "encounter-diagnosis",
        "active",
        "2017-05-09",
        None,
        1,
    ),
    (
        102,
        "38341003",
        "Hypertensive disorder",
        "I10",
        "problem-list-item",
        "active",
        "2018-01-15",
        None,
        1,
    ),
    (
        103,
        "233604007",
        "Pneumonia",
        "J18.9",
        "encounter-diagnosis",
        "resolved",
        "2022-02-01",
        Some("2022-03-01"),
        3,
    ),
    (
        104,
        "195967001",
        "Asthma",
        "J45.909",
        "problem-list-item",
        "inactive",
        "2009-06-30",
        Some("2016-06-30"),
        2,
    ),
    (
        105,
        "733423003",
        "Food insecurity",
        "Z59.41",
        "health-concern",
        "active",
        "2024-10-07",
        None,
        4,
    ),
    (
        106,
        "444814009",
        "Viral sinusitis",
        "J01.90",
        "encounter-diagnosis",
        "resolved",
        "2023-09-15",
        Some("2023-10-02"),
        4,
    ),
];

impl Records<'_> {
    pub(super) fn condition(&self, record: &Record<'_, ConditionWord>) -> Value {
        let word = record.word;
        let code = coded(SNOMED, &word.code, &word.display);
        let mut condition = self.problem(&record.id, code, &word.category, "active", record.date);
        if let Some(sensitivity) = &word.sensitivity {
            condition["meta"]["security"] = json!([
                {"system": format!("{TERMINOLOGY}/v3-Confidentiality"), "code": "R", "display": "restricted"},
                {"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": sensitivity},
            ]);
        }
        condition
    }

    /// The problems of a full chart. The pneumonia was known in two earlier versions.
    pub(super) fn conditions(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for problem in &PROBLEMS {
            let (number, snomed, display, icd, category, status, onset, abated, visit) = problem;
            let onset = self.day(onset);
            let mut code = coded(SNOMED, snomed, display);
            push(
                &mut code["coding"],
                json!({"system": ICD_10_CM, "code": icd}),
            );
            let id = self.id("condition", *number);
            let mut condition = self.problem(&id, code, category, status, &onset);
            condition["encounter"] = self.visit(*visit);
            condition["extension"] = json!([{
                "url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate",
                "valueDateTime": onset,
            }]);
            if *category == "health-concern" {
                push(
                    &mut condition["category"],
                    super::coding::code(US_CORE_CATEGORY, "sdoh"),
                );
            }
            if *number == 103 {
                all.extend(earlier(&condition));
            }
            if let Some(abated) = abated {
                condition["abatementDateTime"] = json!(self.day(abated));
            }
            all.push(condition);
        }
        all
    }

    fn problem(
        &self,
        id: &str,
        concept: Value,
        category: &str,
        status: &str,
        onset: &str,
    ) -> Value {
        let newer = match category {
            "encounter-diagnosis" => "us-core-condition-encounter-diagnosis",
            _ => "us-core-condition-problems-health-concerns",
        };
        let system = match category {
            "health-concern" => {
                "http://hl7.org/fhir/us/core/CodeSystem/condition-category".to_owned()
            }
            _ => format!("{TERMINOLOGY}/condition-category"),
        };
        json!({
            "resourceType": "Condition",
            "id": id,
            "meta": self.claims_to_be(&["us-core-condition"], &[newer]),
            "clinicalStatus": code(&format!("{TERMINOLOGY}/condition-clinical"), status),
            "verificationStatus": coded(&format!("{TERMINOLOGY}/condition-ver-status"), "confirmed", "Confirmed"),
            "category": [code(&system, category)],
            "code": concept,
            "subject": self.subject(),
            "onsetDateTime": onset,
            "recordedDate": onset,
        })
    }
}

/// The versions before the last: suspected, then confirmed, then over.
fn earlier(condition: &Value) -> [Value; 2] {
    let version = |updated: &str, verification: &str| {
        let mut version = condition.clone();
        version["meta"]["lastUpdated"] = json!(updated);
        version["clinicalStatus"] = code(&format!("{TERMINOLOGY}/condition-clinical"), "active");
        version["verificationStatus"] =
            code(&format!("{TERMINOLOGY}/condition-ver-status"), verification);
        version
    };
    [
        version("2022-02-04T08:00:00Z", "provisional"),
        version("2022-02-06T08:00:00Z", "confirmed"),
    ]
}

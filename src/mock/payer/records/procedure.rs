//! Procedures, and the orders for them.

use super::Records;
use super::coding::{SNOMED, US_CORE_CATEGORY, at, code, coded, span};
use serde_json::{Value, json};

/// Number, code, display, day, status, encounter.
const PROCEDURES: [(usize, &str, &str, &str, &str, usize); 5] = [
    (
        101,
        "430193006",
        "Medication reconciliation",
        "2017-05-09",
        "completed",
        1,
    ),
    (
        102,
        "399208008",
        "Plain X-ray of chest",
        "2022-02-03",
        "completed",
        3,
    ),
    (103, "73761001", "Colonoscopy", "2023-09-25", "completed", 4),
    (104, "73761001", "Colonoscopy", "2024-10-07", "not-done", 5),
    (
        105,
        "171207006",
        "Depression screening",
        "2025-03-11",
        "in-progress",
        6,
    ),
];

type Named = (&'static str, &'static str);
type Order = (
    usize,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Named,
);

/// Number, code, display, day of the order, status, category.
const ORDERS: [Order; 4] = [
    (
        101,
        "399208008",
        "Plain X-ray of chest",
        "2022-02-03",
        "completed",
        (SNOMED, "363679005"),
    ),
    (
        102,
        "73761001",
        "Colonoscopy",
        "2023-09-20",
        "completed",
        (SNOMED, "387713003"),
    ),
    (
        103,
        "171207006",
        "Depression screening",
        "2025-03-11",
        "active",
        (US_CORE_CATEGORY, "sdoh"),
    ),
    (
        104,
        "73761001",
        "Colonoscopy",
        "2024-09-30",
        "revoked",
        (SNOMED, "387713003"),
    ),
];

impl Records<'_> {
    pub(super) fn procedures(&self) -> Vec<Value> {
        let procedure = |(number, snomed, display, day, status, visit): &(
            usize,
            &str,
            &str,
            &str,
            &str,
            usize,
        )| {
            let day = self.day(day);
            let mut one = json!({
                "resourceType": "Procedure",
                "id": self.id("procedure", *number),
                "meta": self.claims_to_be(&["us-core-procedure"], &[]),
                "status": status,
                "code": coded(SNOMED, snomed, display),
                "subject": self.subject(),
                "encounter": self.visit(*visit),
                "performer": [{"actor": self.colleague(0)}],
            });
            if *number == 103 {
                one["performedPeriod"] = span(&day, "10:00", "11:00");
            } else {
                one["performedDateTime"] = json!(at(&day, "10:00"));
            }
            one
        };
        let mut all: Vec<Value> = PROCEDURES.iter().map(procedure).collect();
        if self.has_both_flavours() {
            all.extend(self.orders());
        }
        all
    }

    fn orders(&self) -> impl Iterator<Item = Value> {
        ORDERS
            .iter()
            .map(|(number, snomed, display, day, status, category)| {
                let day = self.day(day);
                json!({
                    "resourceType": "ServiceRequest",
                    "id": self.id("order", *number),
                    "meta": self.claims_to_be(&[], &["us-core-servicerequest"]),
                    "status": status,
                    "intent": "order",
                    "category": [code(category.0, category.1)],
                    "code": coded(SNOMED, snomed, display),
                    "subject": self.subject(),
                    "encounter": self.visit(number - 98),
                    "occurrencePeriod": span(&day, "12:00", "13:00"),
                    "authoredOn": at(&day, "11:00"),
                    "requester": self.practitioner(),
                })
            })
    }
}

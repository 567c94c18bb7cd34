//! Prescriptions, and what was handed over for them.

use super::super::plan::MEDICINES;
use super::Records;
use super::coding::{
    NDC, PDEX, RXNORM, TERMINOLOGY, UCUM, at, code, coded, push, quantity, reference,
};
use serde_json::{Value, json};

/// Number, medicine, day, status, intent, whether it is named by a reference.
const ORDERS: [(usize, usize, &str, &str, &str, bool); 5] = [
    (101, 0, "2017-05-09", "completed", "order", true),
    (102, 1, "2019-11-12", "stopped", "order", false),
    (103, 1, "2022-02-06", "active", "order", true),
    (104, 2, "2023-09-19", "active", "plan", false),
    (105, 0, "2025-03-11", "active", "order", true),
];

type Named = (&'static str, &'static str);
type Dispense = (
    usize,
    usize,
    &'static str,
    &'static str,
    &'static str,
    Named,
    usize,
);

/// Number, medicine, NDC code, day, status, type, encounter.
const DISPENSES: [Dispense; 4] = [
    (
        101,
        0,
        "00093104801",
        "2017-05-11",
        "completed",
        ("FF", "First Fill"),
        1,
    ),
    (
        102,
        1,
        "68180098001",
        "2019-11-14",
        "completed",
        ("FF", "First Fill"),
        2,
    ),
    (
        103,
        1,
        "68180098001",
        "2022-02-20",
        "completed",
        ("RF", "Refill"),
        3,
    ),
    (
        104,
        0,
        "00093104801",
        "2025-03-12",
        "in-progress",
        ("RF", "Refill"),
        6,
    ),
];

impl Records<'_> {
    pub(super) fn medications(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for (number, medicine, day, status, intent, is_referred) in ORDERS {
            let (id, rxnorm, display, _) = MEDICINES[medicine];
            let mut order = json!({
                "resourceType": "MedicationRequest",
                "id": self.id("prescription", number),
                "meta": self.claims_to_be(&["us-core-medicationrequest"], &[]),
                "status": status,
                "intent": intent,
                "category": [code(&format!("{TERMINOLOGY}/medicationrequest-category"), "community")],
                "reportedBoolean": number == 104,
                "subject": self.subject(),
                "encounter": self.visit(number - 100),
                "authoredOn": at(&self.day(day), "09:20"),
                "requester": self.practitioner(),
                "dosageInstruction": [dosage()],
                "dispenseRequest": {
                    "numberOfRepeatsAllowed": 3,
                    "quantity": {"value": 30, "unit": "tablet", "system": UCUM, "code": "{tbl}"},
                },
            });
            if is_referred {
                order["medicationReference"] = reference("Medication", id);
            } else {
                order["medicationCodeableConcept"] = coded(RXNORM, rxnorm, display);
            }
            all.push(order);
        }
        for dispense in &DISPENSES {
            all.push(self.dispense(dispense));
            if self.has_both_flavours() {
                all.push(self.plain_dispense(dispense));
            }
        }
        all
    }

    /// A drug claim, as PDex wants it: by its National Drug Code.
    fn dispense(&self, (number, medicine, ndc, day, status, kind, visit): &Dispense) -> Value {
        let (_, rxnorm, display, _) = MEDICINES[*medicine];
        let mut concept = coded(NDC, ndc, display);
        push(
            &mut concept["coding"],
            json!({"system": RXNORM, "code": rxnorm, "display": display}),
        );
        let was_substituted = number % 2 == 0;
        // Equivalent, or none.
        let substitution = if was_substituted { "E" } else { "N" };
        json!({
            "resourceType": "MedicationDispense",
            "id": self.id("dispense", *number),
            "meta": self.claims_to_be(&["pdex-medicationdispense"], &[]),
            "extension": [{
                "url": format!("{PDEX}/StructureDefinition/DispenseRefill"),
                "valueQuantity": {"value": number - 101},
            }],
            "status": status,
            "medicationCodeableConcept": concept,
            "subject": self.subject(),
            "context": self.visit(*visit),
            "performer": [{
                "function": code(&format!("{TERMINOLOGY}/medicationdispense-performer-function"), "finalchecker"),
                "actor": self.colleague(1),
            }],
            "authorizingPrescription": [reference("MedicationRequest", &self.id("prescription", *number))],
            "type": coded(&format!("{TERMINOLOGY}/v3-ActCode"), kind.0, kind.1),
            "quantity": {"value": 30, "unit": "tablet", "system": UCUM, "code": "{tbl}"},
            "daysSupply": quantity(30.0, "d"),
            "whenHandedOver": at(&self.day(day), "15:00"),
            "dosageInstruction": [dosage()],
            "substitution": {
                "wasSubstituted": was_substituted,
                "type": code(&format!("{TERMINOLOGY}/v3-substanceAdminSubstitution"), substitution),
            },
        })
    }

    /// The same, as US Core wants it from 6.1.0 on, with the medicine beside it.
    fn plain_dispense(&self, dispense: &Dispense) -> Value {
        let mut one = self.dispense(dispense);
        let number = dispense.0 + 10;
        one["id"] = json!(self.id("dispense", number));
        one["meta"] = self.claims_to_be(&[], &["us-core-medicationdispense"]);
        let (id, ..) = MEDICINES[dispense.1];
        let fields = one.as_object_mut();
        fields.map(|fields| fields.remove("medicationCodeableConcept"));
        one["medicationReference"] = reference("Medication", id);
        one
    }
}

fn dosage() -> Value {
    json!({
        "text": "one tablet a day",
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet", "system": UCUM, "code": "{tbl}"}}],
    })
}

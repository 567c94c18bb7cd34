//! What is planned: care plans, care teams and goals.

use super::Records;
use super::coding::{SNOMED, at, code, coded, reference};
use serde_json::{Value, json};

const NUCC: &str = "http://nucc.org/provider-taxonomy";

/// Number, text, status, first and last day.
const PLANS: [(usize, &str, &str, &str, &str); 3] = [
    (
        101,
        "Walk every day and keep a log of glucose.",
        "active",
        "2024-01-10",
        "2026-01-10",
    ),
    (
        102,
        "Recover from pneumonia at home.",
        "completed",
        "2022-02-07",
        "2022-04-07",
    ),
    (
        103,
        "Exercises for the knee.",
        "revoked",
        "2019-12-01",
        "2020-03-01",
    ),
];

/// Number, SNOMED CT code, text, status, first day, day it is due.
const GOALS: [(usize, &str, &str, &str, &str, &str); 3] = [
    (
        101,
        "281666001",
        "Lower the hemoglobin A1c below six percent",
        "active",
        "2024-01-10",
        "2026-01-10",
    ),
    (
        102,
        "182856006",
        "Stop smoking",
        "completed",
        "2018-06-12",
        "2019-06-12",
    ),
    (
        103,
        "289169006",
        "Keep the weight steady",
        "on-hold",
        "2022-11-15",
        "2023-11-15",
    ),
];

impl Records<'_> {
    pub(super) fn plans_of_care(&self) -> Vec<Value> {
        let mut all: Vec<Value> = PLANS.iter().map(|one| self.care_plan(one)).collect();
        all.extend(GOALS.iter().map(|one| self.goal(one)));
        all.extend(self.care_teams());
        all
    }

    fn care_plan(
        &self,
        (number, text, status, first, last): &(usize, &str, &str, &str, &str),
    ) -> Value {
        let mut categories = vec![code(
            "http://hl7.org/fhir/us/core/CodeSystem/careplan-category",
            "assess-plan",
        )];
        if *number != 101 {
            categories.push(coded(SNOMED, "736253002", "Mental health crisis plan"));
        }
        json!({
            "resourceType": "CarePlan",
            "id": self.id("care-plan", *number),
            "meta": self.claims_to_be(&["us-core-careplan"], &[]),
            "text": {
                "status": "generated",
                "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>"),
            },
            "status": status,
            "intent": "plan",
            "category": categories,
            "subject": self.subject(),
            "period": {"start": self.day(first), "end": self.day(last)},
            "careTeam": [reference("CareTeam", &self.id("care-team", 101))],
        })
    }

    fn goal(
        &self,
        (number, snomed, text, status, first, due): &(usize, &str, &str, &str, &str, &str),
    ) -> Value {
        json!({
            "resourceType": "Goal",
            "id": self.id("goal", *number),
            "meta": self.claims_to_be(&["us-core-goal"], &[]),
            "lifecycleStatus": status,
            "description": {"coding": [{"system": SNOMED, "code": snomed}], "text": text},
            "subject": self.subject(),
            "startDate": self.day(first),
            "target": [{
                "measure": code(super::coding::LOINC, "4548-4"),
                "detailString": "reached",
                "dueDate": self.day(due),
            }],
        })
    }

    /// Two teams that every flavour of US Core understands, and one with members that 3.1.1 does not know.
    fn care_teams(&self) -> Vec<Value> {
        let role = |code: &str, display: &str| coded(SNOMED, code, display);
        let taxonomy = |code: &str, display: &str| coded(NUCC, code, display);
        let participant = |role: Value, member: Value| json!({"role": [role], "member": member});
        let team = |number: usize,
                    status: &str,
                    always: &[&str],
                    newer: &[&str],
                    participants: Vec<Value>| {
            json!({
                "resourceType": "CareTeam",
                "id": self.id("care-team", number),
                "meta": self.claims_to_be(always, newer),
                "status": status,
                "subject": self.subject(),
                "period": {"start": at(&self.day("2019-12-01"), "00:00")},
                "participant": participants,
            })
        };
        let known = ["us-core-careteam"];
        let mut all = vec![
            team(
                101,
                "active",
                &known,
                &[],
                vec![
                    participant(
                        taxonomy("207Q00000X", "Family Medicine Physician"),
                        self.practitioner(),
                    ),
                    participant(role("116154003", "Patient"), self.subject()),
                ],
            ),
            team(
                102,
                "inactive",
                &known,
                &[],
                vec![
                    participant(
                        taxonomy("207RC0000X", "Cardiovascular Disease Physician"),
                        self.colleague(0),
                    ),
                    participant(
                        taxonomy("282N00000X", "General Acute Care Hospital"),
                        self.place(0),
                    ),
                ],
            ),
        ];
        if self.has_both_flavours() {
            let newer = ["us-core-careteam|6.1.0", "us-core-careteam|7.0.0"];
            all.push(team(
                103,
                "proposed",
                &[],
                &newer,
                vec![
                    participant(role("17561000", "Cardiologist"), self.role(1)),
                    participant(
                        role("133932002", "Caregiver"),
                        reference("RelatedPerson", &self.id("related", 101)),
                    ),
                ],
            ));
        }
        all
    }

    fn role(&self, number: usize) -> Value {
        let all = &self.settings.role;
        let id = all
            .get(number % all.len().max(1))
            .map(|one| one.id.as_str());
        reference("PractitionerRole", id.unwrap_or_default())
    }
}

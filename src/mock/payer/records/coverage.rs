//! The member's coverage, now and before.

use super::Records;
use super::coding::{TERMINOLOGY, code, coded, organization};
use serde_json::{Value, json};

impl Records<'_> {
    pub(super) fn coverage(&self) -> Value {
        let seed = self.seed;
        let mut period = json!({"start": seed.covered_from});
        if let Some(end) = &seed.covered_until {
            period["end"] = end.as_str().into();
        }
        let status = if seed.covered_until.is_some() {
            "cancelled"
        } else {
            "active"
        };
        self.coverage_of("coverage", status, &self.settings.payer.id, period)
    }

    /// What the partner plan covered before, as it told when the member came over.
    pub(super) fn former_coverage(&self) -> Vec<Value> {
        let period = json!({"start": "2015-01-01", "end": "2019-12-31"});
        vec![self.coverage_of(
            "coverage-101",
            "cancelled",
            &self.settings.partner.id,
            period,
        )]
    }

    fn coverage_of(&self, name: &str, status: &str, payer: &str, period: Value) -> Value {
        let seed = self.seed;
        let class = |kind: &str, value: &str, name: &str| json!({"type": code(&format!("{TERMINOLOGY}/coverage-class"), kind), "value": value, "name": name});
        json!({
            "resourceType": "Coverage",
            "id": format!("{}-{name}", seed.id),
            "meta": self.claims_to_be(&["hrex-coverage"], &["us-core-coverage"]),
            "identifier": [self.member_identifier()],
            "status": status,
            "type": coded(&format!("{TERMINOLOGY}/v3-ActCode"), "HIP", "health insurance plan policy"),
            "policyHolder": self.subject(),
            "subscriberId": seed.subscriber_id,
            "subscriber": if seed.relationship == "self" { self.subject() } else { json!({"display": "the subscriber"}) },
            "beneficiary": self.subject(),
            "dependent": "01",
            "relationship": code(&format!("{TERMINOLOGY}/subscriber-relationship"), &seed.relationship),
            "period": period,
            "payor": [organization(payer)],
            "class": [
                class("group", "SAMPLE-GROUP", "Sample Group"),
                class("plan", "SAMPLE-PLAN", "Sample Plan"),
            ],
        })
    }
}

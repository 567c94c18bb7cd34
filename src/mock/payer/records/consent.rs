//! The member's choices about what providers may get.

use super::super::version::Version;
use super::Records;
use super::coding::{PDEX, TERMINOLOGY, code, coded, organization};
use serde_json::{Value, json};

impl Records<'_> {
    /// A denial that is over, and a permission that is in force: who opts out is in another file of members.
    pub(super) fn provider_consents(&self) -> Vec<Value> {
        vec![
            self.provider_consent(
                101,
                "deny",
                json!({"start": "2021-01-01", "end": "2022-12-31"}),
            ),
            self.provider_consent(102, "permit", json!({"start": "2023-01-01"})),
        ]
    }

    /// A denial that is in force.
    pub(super) fn opt_out(&self) -> Value {
        self.provider_consent(1, "deny", json!({"start": "2024-05-01"}))
    }

    fn provider_consent(&self, number: usize, kind: &str, period: Value) -> Value {
        let is_in_force = period.get("end").is_none();
        let mut categories = vec![code(&format!("{TERMINOLOGY}/v3-ActCode"), "IDSCL")];
        let mut action = code(&format!("{TERMINOLOGY}/consentaction"), "disclose");
        if self.version >= Version::V2_2_0 {
            let purpose = format!("{PDEX}/CodeSystem/pdex-consent-api-purpose");
            categories.push(code(&purpose, "provider-access"));
            action["extension"] = json!([{
                "url": format!("{PDEX}/StructureDefinition/pdex-provider-access-use-case"),
                "valueBoolean": is_in_force,
            }]);
            if !is_in_force {
                action["coding"][0]["code"] = json!("access");
            }
        }
        json!({
            "resourceType": "Consent",
            "id": self.id("choice", number),
            "meta": self.claims_to_be(&[], &["pdex-provider-consent"]),
            "status": "active",
            "scope": code(&format!("{TERMINOLOGY}/consentscope"), "patient-privacy"),
            "category": categories,
            "patient": self.subject(),
            "dateTime": period["start"],
            "performer": [self.subject()],
            "organization": [organization(&self.settings.payer.id)],
            "policyRule": coded(&format!("{TERMINOLOGY}/consentpolicycodes"), "cric", "Common Rule Informed Consent"),
            "provision": {
                "type": kind,
                "period": period,
                "actor": [{
                    "role": code(&format!("{TERMINOLOGY}/provenance-participant-type"), "performer"),
                    "reference": organization(&self.settings.payer.id),
                }],
                "action": [action],
            },
        })
    }
}

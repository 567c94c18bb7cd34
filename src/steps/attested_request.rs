//! A match request of a provider, who attests to treat the person instead of bringing a consent (PDex
//! `provider-treatment-relationship-consent`).

use super::{MatchRequest, Party};
use serde_json::{Value, json};
use time::{Date, Duration};

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
const PROFILE: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/provider-treatment-relationship-consent";

/// Has `provider` attest to treat the person of a request since last month, and leaves out what only payers submit.
pub(super) fn attest(request: &mut MatchRequest, provider: &Party, today: Date) {
    request.leave_out("CoverageToLink");
    let Some(consent) = request.resource_mut("Consent") else {
        return;
    };
    let patient = consent["patient"].clone();
    *consent = attestation(&patient, provider, today);
}

fn attestation(patient: &Value, provider: &Party, today: Date) -> Value {
    let coded = |system: &str, code: &str| json!({"coding": [{"system": format!("{TERMINOLOGY}/{system}"), "code": code}]});
    let own = json!({
        "type": "Organization",
        "identifier": {"system": crate::config::NPI_SYSTEM, "value": provider.npi},
        "display": provider.name,
    });
    json!({
        "resourceType": "Consent",
        "id": "attestation",
        "meta": {"profile": [PROFILE]},
        "status": "active",
        "scope": coded("consentscope", "patient-privacy"),
        "category": [coded("v3-ActCode", "IDSCL")],
        "patient": patient,
        "dateTime": today.to_string(),
        "performer": [own],
        "policy": [{"uri": "https://provider.example/attestation"}],
        "provision": {
            "type": "permit",
            "period": {"start": (today - Duration::days(30)).to_string()},
            "actor": [{"role": coded("v3-ParticipationType", "IRCP"), "reference": own}],
            "purpose": [{"system": format!("{TERMINOLOGY}/v3-ActReason"), "code": "TREAT"}],
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{MatchRequest, Party, attest};
    use serde_json::json;

    #[test]
    fn the_attestation_takes_the_place_of_the_consent() {
        let mut request = MatchRequest::empty();
        request.add(
            "Consent",
            json!({"resourceType": "Consent", "patient": {"reference": "Patient/a"}}),
        );
        request.add("CoverageToLink", json!({"resourceType": "Coverage"}));
        let provider = Party {
            npi: "3333333334".into(),
            name: "A Clinic".into(),
        };
        attest(&mut request, &provider, time::macros::date!(2026 - 03 - 31));
        let sent = request.to_json();
        assert_eq!(sent["parameter"].as_array().map(Vec::len), Some(1));
        let consent = &sent["parameter"][0]["resource"];
        assert_eq!(consent["patient"]["reference"], "Patient/a");
        assert_eq!(consent["performer"][0]["identifier"]["value"], "3333333334");
        assert_eq!(consent["provision"]["period"]["start"], "2026-03-01");
    }
}

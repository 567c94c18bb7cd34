//! A match request of a provider, who attests to treat the person instead of bringing a consent (PDex
//! `provider-treatment-relationship-consent`).

use super::{MatchRequest, Party};
use serde_json::{Value, json};
use time::{Date, Duration};

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
const PROFILE: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/provider-treatment-relationship-consent";

/// What an attestation says, in the words of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AttestationTerms {
    InOrder,
    Ended,
    NotStarted,
    ByAnotherProvider,
    EnteredInError,
    OfSomebodyElse,
    Denying,
}

impl AttestationTerms {
    const ALL: [(Self, &'static str); 7] = [
        (Self::InOrder, "in order"),
        (Self::Ended, "ended last month"),
        (Self::NotStarted, "starts next month"),
        (Self::ByAnotherProvider, "by another provider"),
        (Self::EnteredInError, "entered in error"),
        (Self::OfSomebodyElse, "about somebody else"),
        (Self::Denying, "denies the treatment"),
    ];

    /// Reads the words; those that are known, if these are not.
    pub(super) fn read(words: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(_, known)| *known == words);
        known.map(|(terms, _)| *terms).ok_or_else(|| {
            let known = Self::ALL.map(|(_, known)| known).join(", ");
            format!("{words:?} is none of the terms of an attestation: {known}")
        })
    }
}

/// Has `provider` attest to treat the person of a request, since last month if it is in order, and leaves out what
/// only payers submit.
pub(super) fn attest(
    request: &mut MatchRequest,
    provider: &Party,
    today: Date,
    terms: AttestationTerms,
) {
    request.leave_out("CoverageToLink");
    let Some(consent) = request.resource_mut("Consent") else {
        return;
    };
    let other = Party {
        npi: "6666666667".into(),
        name: "Somebody Else's Clinic".into(),
    };
    let by = match terms {
        AttestationTerms::ByAnotherProvider => &other,
        _ => provider,
    };
    let patient = consent["patient"].clone();
    *consent = attestation(&patient, by, today);
    let (month, year) = (Duration::days(30), Duration::days(400));
    let period =
        |start: Date, end: Date| json!({"start": start.to_string(), "end": end.to_string()});
    match terms {
        AttestationTerms::InOrder | AttestationTerms::ByAnotherProvider => {}
        AttestationTerms::Ended => {
            consent["provision"]["period"] = period(today - year, today - month);
        }
        AttestationTerms::NotStarted => {
            consent["provision"]["period"] = period(today + month, today + year);
        }
        AttestationTerms::EnteredInError => consent["status"] = json!("entered-in-error"),
        AttestationTerms::OfSomebodyElse => {
            consent["patient"] = json!({"reference": "Patient/somebody-else"});
        }
        AttestationTerms::Denying => consent["provision"]["type"] = json!("deny"),
    }
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
    use super::{AttestationTerms, MatchRequest, Party, attest};
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
        let today = time::macros::date!(2026 - 03 - 31);
        attest(&mut request, &provider, today, AttestationTerms::InOrder);
        let sent = request.to_json();
        assert_eq!(sent["parameter"].as_array().map(Vec::len), Some(1));
        let consent = &sent["parameter"][0]["resource"];
        assert_eq!(consent["patient"]["reference"], "Patient/a");
        assert_eq!(consent["performer"][0]["identifier"]["value"], "3333333334");
        assert_eq!(consent["provision"]["period"]["start"], "2026-03-01");
    }
}

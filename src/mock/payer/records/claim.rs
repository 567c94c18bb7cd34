//! Claims, without prices, as CARIN's Basis profiles want them.

use super::super::vocabulary::ServiceWord;
use super::claim_detail::{Details, carin, marked};
use super::coding::{
    HCPCS, ICD_10_CM, NDC, PLACE_OF_SERVICE, TERMINOLOGY, at, code, coded, organization,
};
use super::{Record, Records};
use serde_json::{Value, json};

/// Number, kind, day, status, encounter.
const CLAIMS: [(usize, Kind, &str, &str, usize); 8] = [
    (101, Kind::Professional, "2019-11-12", "active", 2),
    (102, Kind::Inpatient, "2022-02-03", "active", 3),
    (103, Kind::Outpatient, "2023-09-25", "active", 4),
    (104, Kind::Oral, "2023-11-20", "active", 4),
    (105, Kind::Pharmacy, "2022-02-20", "active", 3),
    (106, Kind::Pharmacy, "2025-03-12", "active", 6),
    (107, Kind::Vision, "2024-12-03", "active", 5),
    (108, Kind::Professional, "2025-03-11", "cancelled", 6),
];

/// What a claim is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inpatient,
    Outpatient,
    Professional,
    Vision,
    Oral,
    Pharmacy,
}

impl Kind {
    /// Its profile, type with display, and the role of who gave care.
    fn facts(self) -> (&'static str, (&'static str, &'static str), &'static str) {
        let institutional = ("institutional", "Institutional");
        match self {
            Self::Inpatient => ("Inpatient-Institutional", institutional, "attending"),
            Self::Outpatient => ("Outpatient-Institutional", institutional, "attending"),
            Self::Professional => (
                "Professional-NonClinician",
                ("professional", "Professional"),
                "rendering",
            ),
            Self::Vision => (
                "Professional-NonClinician",
                ("vision", "Vision"),
                "rendering",
            ),
            Self::Oral => ("Oral", ("oral", "Oral"), "rendering"),
            Self::Pharmacy => ("Pharmacy", ("pharmacy", "Pharmacy"), "prescribing"),
        }
    }

    pub(super) fn is_institutional(self) -> bool {
        matches!(self, Self::Inpatient | Self::Outpatient)
    }
}

impl Records<'_> {
    /// A claim that the seed lists.
    pub(super) fn claim(&self, record: &Record<'_, ServiceWord>) -> Value {
        let service = (
            HCPCS,
            record.word.code.as_str(),
            record.word.display.as_str(),
        );
        self.claim_of(
            &record.id,
            Kind::Professional,
            record.date,
            service,
            &record.word.diagnosis,
        )
    }

    /// Claims of every kind.
    pub(super) fn claims(&self) -> Vec<Value> {
        CLAIMS.iter().map(|(number, kind, day, status, visit)| {
            let day = self.day(day);
            let (service, diagnosis) = match kind {
                Kind::Inpatient => ((HCPCS, "G0378", "Hospital observation, sample"), "J18.9"),
                Kind::Outpatient => ((HCPCS, "G0105", "Colonoscopy, sample"), "Z12.11"),
                Kind::Professional => ((HCPCS, "G0463", "Office visit, sample"), "E11.9"),
                Kind::Vision => ((HCPCS, "V2020", "Frames, sample"), "H52.4"),
                Kind::Oral => (("http://www.ada.org/cdt", "D2740", "Crown, sample"), "K02.9"),
                Kind::Pharmacy => ((NDC, "68180098001", "lisinopril 10 MG Oral Tablet"), "I10"),
            };
            let id = self.id("claim", *number);
            let mut claim = self.claim_of(&id, *kind, &day, service, diagnosis);
            claim["status"] = json!(status);
            claim["item"][0]["encounter"] = json!([self.visit(*visit)]);
            claim["related"] = json!([{
                "relationship": code(&format!("{TERMINOLOGY}/ex-relatedclaimrelationship"), "prior"),
                "reference": {"system": "https://payer.example/ids/benefit", "value": self.id("claim", number - 1)},
            }]);
            claim["payee"] = json!({
                "type": code(&format!("{TERMINOLOGY}/payeetype"), "provider"),
                "party": claim["provider"],
            });
            claim["payment"] = json!({
                "type": code(&carin("C4BBPayerAdjudicationStatus"), "paid"), "date": super::shift(&day, 30),
            });
            claim["processNote"] = json!([{"number": 1, "text": "A sample note on how this claim was handled."}]);
            claim["item"][0]["noteNumber"] = json!([1]);
            Details::new(*kind, &day, &self.seed.id).add_to(&mut claim, self.place(0));
            claim
        }).collect()
    }

    fn claim_of(
        &self,
        id: &str,
        kind: Kind,
        day: &str,
        service: (&str, &str, &str),
        diagnosis: &str,
    ) -> Value {
        let (profile, type_code, role) = kind.facts();
        let mut claim = self.benefit(id, "claim", type_code, day);
        let profile = format!("C4BB-ExplanationOfBenefit-{profile}-Basis");
        claim["meta"] = self.claims_to_be(&[], &[&profile]);
        claim["identifier"][0]["type"] = code(&carin("C4BBIdentifierType"), "uc");
        claim["careTeam"][0]["role"] = code(&carin("C4BBClaimCareTeamRole"), role);
        let item = &mut claim["item"][0];
        item["productOrService"] =
            json!({"coding": [{"system": service.0, "code": service.1}], "text": service.2});
        let paid = marked("benefitpaymentstatus", "innetwork");
        if kind.is_institutional() || kind == Kind::Pharmacy {
            claim["adjudication"] = json!([paid]);
        } else {
            item["locationCodeableConcept"] = code(PLACE_OF_SERVICE, "11");
            item["adjudication"] = json!([paid]);
        }
        if kind == Kind::Oral {
            claim["adjudication"] = json!([paid, marked("renderingnetworkstatus", "innetwork")]);
        }
        if kind != Kind::Pharmacy {
            claim["diagnosis"] = json!([{
                "sequence": 1,
                "diagnosisCodeableConcept": code(ICD_10_CM, diagnosis),
                "type": [code(&format!("{TERMINOLOGY}/ex-diagnosistype"), "principal")],
            }]);
        }
        match kind {
            Kind::Inpatient => {
                claim["subType"] = code(&carin("C4BBInstitutionalClaimSubType"), "inpatient")
            }
            Kind::Outpatient => {
                claim["subType"] = code(&carin("C4BBInstitutionalClaimSubType"), "outpatient")
            }
            Kind::Pharmacy => claim["provider"] = self.place(1),
            _ => {}
        }
        claim
    }

    /// What claims and prior authorizations have in common.
    pub(super) fn benefit(&self, id: &str, usage: &str, kind: (&str, &str), day: &str) -> Value {
        json!({
            "resourceType": "ExplanationOfBenefit",
            "id": id,
            "identifier": [{"system": "https://payer.example/ids/benefit", "value": id}],
            "status": "active",
            "type": coded(&format!("{TERMINOLOGY}/claim-type"), kind.0, kind.1),
            "use": usage,
            "patient": self.subject(),
            "billablePeriod": {"start": day, "end": day},
            "created": at(day, "12:00"),
            "insurer": organization(&self.settings.payer.id),
            "provider": organization(&self.settings.clinic.id),
            "outcome": "complete",
            "careTeam": [{"sequence": 1, "provider": self.practitioner()}],
            "insurance": [{"focal": true, "coverage": self.coverage_reference()}],
            "item": [{"sequence": 1, "careTeamSequence": [1], "servicedDate": day}],
        })
    }
}

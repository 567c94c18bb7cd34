//! What each kind of claim says beyond the common: supporting information, procedures, adjudication.

use super::claim::Kind;
use super::coding::{ICD_10_CM, TERMINOLOGY, code, push, quantity};
use serde_json::{Value, json};

const NUBC: &str = "https://www.nubc.org/CodeSystem";

/// A code system of CARIN's guide.
pub(super) fn carin(name: &str) -> String {
    format!("http://hl7.org/fhir/us/carin-bb/CodeSystem/{name}")
}

/// An adjudication that says a status, and no amount.
pub(super) fn marked(category: &str, reason: &str) -> Value {
    json!({
        "category": code(&carin("C4BBAdjudicationDiscriminator"), category),
        "reason": code(&carin("C4BBPayerAdjudicationStatus"), reason),
    })
}

/// The details of one claim.
pub(super) struct Details<'a> {
    kind: Kind,
    day: &'a str,
    member: &'a str,
    informations: Vec<Value>,
}

impl<'a> Details<'a> {
    pub(super) fn new(kind: Kind, day: &'a str, member: &'a str) -> Self {
        Self {
            kind,
            day,
            member,
            informations: Vec::new(),
        }
    }

    /// Adds them; `facility` is where the service was given.
    pub(super) fn add_to(mut self, claim: &mut Value, facility: Value) {
        self.inform(
            "clmrecvddate",
            "timingDate",
            json!(super::shift(self.day, 3)),
        );
        if self.kind != Kind::Pharmacy {
            let (record, account) = (format!("MR-{}", self.member), format!("PA-{}", self.member));
            self.inform("medicalrecordnumber", "valueString", json!(record));
            self.inform("patientaccountnumber", "valueString", json!(account));
        }
        match self.kind {
            Kind::Inpatient | Kind::Outpatient => self.institutional(claim),
            Kind::Professional | Kind::Vision | Kind::Oral => {
                self.inform("servicefacility", "valueReference", facility);
                self.professional(claim);
            }
            Kind::Pharmacy => self.pharmacy(claim),
        }
        if let Some(all) = claim["adjudication"].as_array_mut() {
            all.push(marked("billingnetworkstatus", "innetwork"));
        } else {
            claim["adjudication"] = json!([
                marked("billingnetworkstatus", "innetwork"),
                marked("renderingnetworkstatus", "innetwork"),
            ]);
        }
        claim["supportingInfo"] = Value::Array(self.informations);
    }

    /// Adds one piece of supporting information.
    fn inform(&mut self, category: &str, element: &str, value: Value) {
        let mut information = json!({
            "sequence": self.informations.len() + 1,
            "category": code(&carin("C4BBSupportingInfoType"), category),
        });
        information[element] = value;
        self.informations.push(information);
    }

    fn institutional(&mut self, claim: &mut Value) {
        let nubc = |name: &str, value: &str| code(&format!("{NUBC}/{name}"), value);
        self.inform("typeofbill", "code", nubc("TypeOfBill", "0111"));
        self.inform("pointoforigin", "code", nubc("PointOfOrigin", "1"));
        self.inform("admtype", "code", nubc("PriorityTypeOfAdmitOrVisit", "1"));
        self.inform("discharge-status", "code", nubc("PatDischargeStatus", "01"));
        if self.kind == Kind::Inpatient {
            let stay = json!({"start": self.day, "end": super::shift(self.day, 4)});
            self.inform("admissionperiod", "timingPeriod", stay.clone());
            claim["billablePeriod"] = stay;
            let groups = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software";
            self.inform("drg", "code", code(groups, "194"));
            let admission = "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/HospitalAcqCond/Coding";
            claim["diagnosis"][0]["onAdmission"] = code(admission, "Y");
        }
        let second = json!({
            "sequence": 2,
            "diagnosisCodeableConcept": code(ICD_10_CM, "I10"),
            "type": [code(&carin("C4BBClaimDiagnosisType"), "other")],
        });
        push(&mut claim["diagnosis"], second);
        claim["procedure"] = json!([{
            "sequence": 1,
            "type": [code(&carin("C4BBClaimProcedureType"), "principal")],
            "date": self.day,
            "procedureCodeableConcept": code("http://www.cms.gov/Medicare/Coding/ICD10", "0DJD8ZZ"),
        }]);
        let item = &mut claim["item"][0];
        item["revenue"] = nubc("RevenueCodes", "0450");
        item["modifier"] = json!([code(super::coding::HCPCS, "PT")]);
        item["quantity"] = quantity(1.0, "1");
        item["adjudication"] = json!([units(), adjusted()]);
        if let Some(all) = claim["adjudication"].as_array_mut() {
            all.push(adjusted());
        }
    }

    fn professional(&mut self, claim: &mut Value) {
        if self.kind == Kind::Oral {
            let tooth = format!("{TERMINOLOGY}/ADAUniversalToothDesignationSystem");
            self.inform("orthodontics", "valueQuantity", quantity(12.0, "mo"));
            self.inform("prosthesis", "valueBoolean", json!(false));
            self.inform("additionalbodysite", "code", code(&tooth, "4"));
            self.inform("missingtoothnumber", "code", code(&tooth, "1"));
            claim["item"][0]["bodySite"] = code(&tooth, "3");
            claim["item"][0]["informationSequence"] = json!([self.informations.len() - 1]);
        }
        if self.kind == Kind::Professional {
            self.ambulance();
            let all: Vec<usize> = (1..=self.informations.len()).collect();
            claim["item"][0]["informationSequence"] = json!(all);
        }
        claim["careTeam"][0]["qualification"] =
            code("http://nucc.org/provider-taxonomy", "207Q00000X");
        let item = &mut claim["item"][0];
        item["modifier"] = json!([code(super::coding::HCPCS, "GT")]);
        item["quantity"] = quantity(1.0, "1");
        if let Some(all) = item["adjudication"].as_array_mut() {
            all.extend([units(), adjusted()]);
        }
    }

    /// How the member came.
    fn ambulance(&mut self) {
        let reasons = "https://x12.org/codesystem.x12.org/ambulance-transport-reason-codes";
        self.inform("patientweight", "valueQuantity", quantity(172.0, "[lb_av]"));
        self.inform(
            "ambulancetransportreason",
            "reason",
            json!({"system": reasons, "code": "A"}),
        );
        self.inform(
            "transportationdistance",
            "valueQuantity",
            quantity(4.0, "[mi_i]"),
        );
        self.inform("roudtrippurpose", "valueString", json!("a sample purpose"));
        self.inform("stretcherpurpose", "valueString", json!("could not sit"));
        self.inform(
            "pickuplocation",
            "valueString",
            json!("1 Specimen Lane, Sampleton"),
        );
        self.inform(
            "dropofflocation",
            "valueString",
            json!("8 Mock Avenue, Testhaven"),
        );
    }

    fn pharmacy(&mut self, claim: &mut Value) {
        let ncpdp = |name: &str, value: &str| code(&format!("{TERMINOLOGY}/{name}"), value);
        let count = |value: i32| json!({"value": value});
        self.inform("dayssupply", "valueQuantity", quantity(30.0, "d"));
        self.inform(
            "dawcode",
            "code",
            ncpdp("NCPDPDispensedAsWrittenOrProductSelectionCode", "0"),
        );
        self.inform("refillnum", "valueQuantity", count(1));
        self.inform("refillsauthorized", "valueQuantity", count(3));
        self.inform(
            "brandgenericindicator",
            "code",
            ncpdp("NCPDPBrandGenericIndicator", "2"),
        );
        self.inform(
            "rxorigincode",
            "code",
            ncpdp("NCPDPPrescriptionOriginCode", "3"),
        );
        self.inform("compoundcode", "code", ncpdp("NCPDPCompoundCode", "0"));
        let item = &mut claim["item"][0];
        item["quantity"] = quantity(30.0, "1");
        item["detail"] = json!([{
            "sequence": 1,
            "productOrService": code(super::coding::NDC, "68180098001"),
            "quantity": quantity(30.0, "1"),
        }]);
        item["adjudication"] = json!([{
            "category": code(&carin("C4BBAdjudicationDiscriminator"), "rejectreason"),
            "reason": ncpdp("NCPDPRejectCode", "75"),
        }]);
    }
}

fn units() -> Value {
    json!({"category": code(&carin("C4BBAdjudicationDiscriminator"), "allowedunits"), "value": 1})
}

fn adjusted() -> Value {
    json!({
        "category": code(&carin("C4BBAdjudicationDiscriminator"), "adjustmentreason"),
        "reason": code("https://x12.org/codes/claim-adjustment-reason-codes", "45"),
    })
}

//! Prior authorizations: asked for, granted in full or in part, denied, and run out.

use super::super::version::Version;
use super::super::vocabulary::ServiceWord;
use super::coding::{HCPCS, ICD_10_CM, PDEX, TERMINOLOGY, code, coded, identifier, reference};
use super::document::PAPERS;
use super::{Record, Records};
use serde_json::{Value, json};

const X12: &str = "https://codesystem.x12.org/005010";
/// HCPCS Level II, as PAS writes it.
const PAS_HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
const PAS: &str = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition";

/// What became of one.
struct Request {
    number: usize,
    day: &'static str,
    /// Days it is good for.
    days: i64,
    kind: (&'static str, &'static str),
    outcome: &'static str,
    /// X12 306: A1 certified, A3 not certified, A4 pended, A6 modified.
    action: &'static str,
    /// HCPCS code, units allowed and consumed, whether it was denied.
    items: &'static [(&'static str, i64, i64, bool)],
}

const PROFESSIONAL: (&str, &str) = ("professional", "Professional");
const INSTITUTIONAL: (&str, &str) = ("institutional", "Institutional");

const REQUESTS: [Request; 5] = [
    Request {
        number: 101,
        day: "2025-05-12",
        days: 90,
        kind: PROFESSIONAL,
        outcome: "queued",
        action: "A4",
        items: &[("S9131", 0, 0, false)],
    },
    Request {
        number: 102,
        day: "2025-03-02",
        days: 7000,
        kind: PROFESSIONAL,
        outcome: "complete",
        action: "A1",
        items: &[("S9131", 12, 3, false)],
    },
    Request {
        number: 103,
        day: "2024-09-10",
        days: 900,
        kind: INSTITUTIONAL,
        outcome: "partial",
        action: "A6",
        items: &[("S8035", 1, 1, false), ("G0151", 0, 0, true)],
    },
    Request {
        number: 104,
        day: "2023-06-20",
        days: 0,
        kind: PROFESSIONAL,
        outcome: "complete",
        action: "A3",
        items: &[("S8035", 0, 0, true)],
    },
    Request {
        number: 105,
        day: "2021-01-15",
        days: 180,
        kind: INSTITUTIONAL,
        outcome: "complete",
        action: "A1",
        items: &[("G0151", 20, 20, false)],
    },
];

impl Records<'_> {
    /// A prior authorization that the seed lists: granted for three months.
    pub(super) fn prior_authorization(&self, record: &Record<'_, ServiceWord>) -> Value {
        let mut authorization = self.authorization(&record.id, PROFESSIONAL, record.date, 91);
        authorization["item"][0]["productOrService"] = json!({
            "coding": [{"system": HCPCS, "code": record.word.code}], "text": record.word.display,
        });
        let (documents, observations) = (self.seed.documents.len(), self.seed.observations.len());
        if documents > 0 && observations > 0 {
            authorization["supportingInfo"] = json!([
                papers(1, "DocumentReference", &self.id("document", documents)),
                papers(2, "Observation", &self.id("observation", observations)),
            ]);
        }
        let units = |name: &str, count: usize| {
            json!({
                "category": code(&format!("{PDEX}/CodeSystem/PDexAdjudicationDiscriminator"), name),
                "value": count,
                "extension": self.review("A1", 1, record.date),
            })
        };
        authorization["item"][0]["adjudication"] =
            json!([units("allowedunits", 2), units("consumedunits", 1)]);
        pin(&mut authorization);
        authorization
    }

    pub(super) fn prior_authorizations(&self) -> Vec<Value> {
        let mut all: Vec<Value> = REQUESTS.iter().map(|one| self.requested(one)).collect();
        all.iter_mut().for_each(pin);
        all
    }

    fn authorization(&self, id: &str, kind: (&str, &str), day: &str, days: i64) -> Value {
        let mut authorization = self.benefit(id, "preauthorization", kind, day);
        // The profile of 2.0.0 wants its own canonical with the version, later ones without.
        let version = match self.version {
            Version::V2_0_0 => "|2.0.0",
            Version::V2_1_0 | Version::V2_2_0 => "",
        };
        authorization["meta"] = json!({"profile": [format!(
            "{PDEX}/StructureDefinition/pdex-priorauthorization{version}"
        )]});
        authorization["preAuthRef"] = json!([format!("PA-{id}")]);
        authorization["preAuthRefPeriod"] = json!([{"start": day, "end": super::shift(day, days)}]);
        authorization
    }

    fn requested(&self, request: &Request) -> Value {
        let day = self.day(request.day);
        let id = self.id("prior-auth", request.number);
        let mut one = self.authorization(&id, request.kind, &day, request.days);
        one["extension"] = json!([{
            "url": format!("{PDEX}/StructureDefinition/extension-levelOfServiceCode"),
            "valueCodeableConcept": code(&format!("{X12}/1338"), "U"),
        }]);
        one["outcome"] = json!(request.outcome);
        one["enterer"] = self.practitioner();
        one["facility"] = self.location(1);
        one["priority"] = code(&format!("{TERMINOLOGY}/processpriority"), "normal");
        one["supportingInfo"] = json!([
            papers(1, "DocumentReference", &self.id("document", PAPERS)),
            papers(
                2,
                "Observation",
                &self.id("observation", self.seed.observations.len())
            ),
        ]);
        one["diagnosis"] = json!([{
            "sequence": 1,
            "diagnosisCodeableConcept": code(ICD_10_CM, "M25.561"),
            "type": [code(&format!("{TERMINOLOGY}/ex-diagnosistype"), "principal")],
        }]);
        if request.action == "A4" {
            // Nothing was granted yet.
            one["preAuthRefPeriod"] = json!([{"start": day}]);
        }
        let items = request.items.iter().enumerate();
        one["item"] = items
            .map(|(position, item)| self.item(request, position, *item, &day))
            .collect();
        let is_denied = request.items.iter().all(|item| item.3);
        one["adjudication"] = json!([self.decision(request, &day, is_denied)]);
        one["total"] = request.items.iter().map(|(_, allowed, consumed, _)| json!({
            "category": code(&format!("{PDEX}/CodeSystem/PriorAuthorizationValueCodes"),
                if *consumed > 0 { "utilized" } else if *allowed > 0 { "eligible" } else { "submitted" }),
            // FHIR wants an amount; what counts is the extension.
            "amount": {"value": 0, "currency": "USD"},
            "extension": [{
                "url": format!("{PDEX}/StructureDefinition/PriorAuthorizationUtilization"),
                "valueQuantity": {"value": consumed},
            }],
        })).collect();
        one
    }

    fn item(
        &self,
        request: &Request,
        position: usize,
        (service, allowed, consumed, is_denied): (&str, i64, i64, bool),
        day: &str,
    ) -> Value {
        let number = request.number;
        let until = super::shift(day, request.days);
        let extension = |name: &str, element: &str, value: Value| {
            let mut extension = json!({"url": format!("{PAS}/extension-{name}")});
            extension[element] = value;
            extension
        };
        let detail = json!([
            {"url": "productOrServiceCode", "valueCodeableConcept": code(PAS_HCPCS, service)},
            {"url": "quantity", "valueQuantity": {"value": allowed}},
        ]);
        let provider = json!([{"url": "provider", "valueReference": self.colleague(0)}]);
        let discriminator = |name: &str| {
            code(
                &format!("{PDEX}/CodeSystem/PDexAdjudicationDiscriminator"),
                name,
            )
        };
        let mut adjudication = vec![
            json!({"category": discriminator("allowedunits"), "value": allowed}),
            json!({"category": discriminator("consumedunits"), "value": consumed}),
            json!({"category": code(&format!("{TERMINOLOGY}/adjudication"), "eligible"),
                "amount": {"value": 0, "currency": "USD"}}),
        ];
        if is_denied {
            adjudication.push(json!({
                "category": discriminator("denialreason"),
                "reason": code("https://x12.org/codes/claim-adjustment-reason-codes", "50"),
            }));
        }
        for one in &mut adjudication {
            let action = if is_denied { "A3" } else { request.action };
            one["extension"] = self.review(action, number, day);
        }
        let mut item = json!({
            "sequence": position + 1,
            "extension": [
                extension("itemTraceNumber", "valueIdentifier", identifier("trace", &format!("T-{number}"))),
                extension("itemPreAuthIssueDate", "valueDate", json!(day)),
                extension("itemPreAuthPeriod", "valuePeriod", json!({"start": day, "end": until})),
                extension("authorizationNumber", "valueString", json!(format!("EARLIER-{number}"))),
                extension("administrationReferenceNumber", "valueString", json!(format!("ADMIN-{number}"))),
                extension("itemAuthorizedDetail", "extension", detail),
                extension("itemAuthorizedProvider", "extension", provider),
            ],
            "careTeamSequence": [1],
            "diagnosisSequence": [1],
            "category": code("https://x12.org/codes/service-type-codes", "1"),
            "productOrService": code(HCPCS, service),
            "servicedDate": day,
            "adjudication": adjudication,
        });
        // PAS 2.0.1, which PDex 2.0.0 builds on, lets none of these stand here.
        if self.version == Version::V2_0_0 {
            let fields = item.as_object_mut();
            fields.map(|fields| fields.remove("extension"));
        }
        item
    }

    /// The decision as a whole: why it was denied, or that it is eligible.
    fn decision(&self, request: &Request, day: &str, is_denied: bool) -> Value {
        let mut decision = if is_denied && self.version >= Version::V2_1_0 {
            json!({
                "category": code(&format!("{PDEX}/CodeSystem/PDexAdjudicationDiscriminator"), "denialreason"),
                "reason": code("https://x12.org/codes/claim-adjustment-reason-codes", "50"),
            })
        } else {
            json!({
                "category": code(&format!("{TERMINOLOGY}/adjudication"), "eligible"),
                "amount": {"value": 0, "currency": "USD"},
            })
        };
        decision["extension"] = self.review(request.action, request.number, day);
        decision
    }

    /// Who decided how, and when.
    fn review(&self, action: &str, number: usize, day: &str) -> Value {
        let mut parts = vec![
            json!({
                "url": format!("{PDEX}/StructureDefinition/extension-reviewActionCode"),
                "valueCodeableConcept": coded(&format!("{X12}/306"), action, action_display(action)),
            }),
            json!({"url": "number", "valueString": format!("AUTH{number}")}),
        ];
        if action == "A3" {
            parts.push(json!({
                "url": "reasonCode",
                "valueCodeableConcept": code("https://codesystem.x12.org/external/886", "0V"),
            }));
        }
        let mut all = vec![json!({
            "url": format!("{PDEX}/StructureDefinition/extension-reviewAction"), "extension": parts,
        })];
        if self.version >= Version::V2_1_0 {
            all.push(json!({
                "url": format!("{PDEX}/StructureDefinition/base-ext-when-adjudicated"),
                "valueDateTime": super::shift(day, 1),
            }));
        }
        Value::Array(all)
    }
}

/// Names a record that supports a prior authorization.
fn papers(sequence: usize, kind: &str, id: &str) -> Value {
    json!({
        "sequence": sequence,
        "category": coded("http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes",
            "additionalInformation", "Additional Information"),
        "valueReference": reference(kind, id),
    })
}

fn action_display(action: &str) -> &'static str {
    match action {
        "A1" => "Certified in total",
        "A3" => "Not Certified",
        "A4" => "Pended",
        _ => "Modified",
    }
}

/// Makes references lead to the versions that were there when it was decided: earlier versions are kept.
fn pin(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "reference" => text.push_str("/_history/1"),
                    _ => pin(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(pin),
        _ => {}
    }
}

//! Documents, with their content inside or beside.

use super::super::vocabulary::DocumentWord;
use super::coding::{LOINC, TERMINOLOGY, at, coded, organization, span};
use super::{Record, Records};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Number, type with display, day, status. The last one is the papers of a prior authorization.
const DOCUMENTS: [(usize, &str, &str, &str, &str); 7] = [
    (101, "11488-4", "Consult note", "2017-05-09", "current"),
    (
        102,
        "34117-2",
        "History and physical note",
        "2019-11-12",
        "superseded",
    ),
    (103, "18842-5", "Discharge summary", "2022-02-07", "current"),
    (104, "28570-0", "Procedure note", "2023-09-25", "current"),
    (105, "11506-3", "Progress note", "2024-12-03", "current"),
    (
        106,
        "34133-9",
        "Summarization of episode note",
        "2024-12-20",
        "current",
    ),
    (107, "57133-1", "Referral note", "2024-09-08", "current"),
];

/// Number of the document that prior authorizations are supported by.
pub(super) const PAPERS: usize = 107;

impl Records<'_> {
    pub(super) fn document(&self, record: &Record<'_, DocumentWord>) -> Value {
        let word = record.word;
        let text = format!(
            "Sample document of {} for member {}.",
            record.date, self.seed.member_id
        );
        let mut document = self.document_of(&record.id, (&word.code, &word.display), record.date);
        document["content"][0]["attachment"]["data"] = json!(STANDARD.encode(text));
        document
    }

    /// One document of each of the common kinds; every other one has its content in a Binary.
    pub(super) fn documents(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for (number, code, display, day, status) in DOCUMENTS {
            let day = self.day(day);
            let text = format!(
                "Sample document of {day} for member {}.",
                self.seed.member_id
            );
            let data = STANDARD.encode(text);
            let mut document =
                self.document_of(&self.id("document", number), (code, display), &day);
            document["status"] = json!(status);
            document["context"]["encounter"] = json!([self.visit(number - 100)]);
            if number % 2 == 1 {
                let id = self.id("binary", number);
                document["content"][0]["attachment"]["url"] = json!(format!("Binary/{id}"));
                all.push(json!({
                    "resourceType": "Binary",
                    "id": id,
                    "contentType": "text/plain",
                    "securityContext": self.subject(),
                    "data": data,
                }));
            } else {
                document["content"][0]["attachment"]["data"] = json!(data);
            }
            if number == PAPERS {
                document["category"] = json!([coded(LOINC, "48768-6", "Payment sources Document")]);
            }
            all.push(document);
        }
        all
    }

    fn document_of(&self, id: &str, (code, display): (&str, &str), day: &str) -> Value {
        json!({
            "resourceType": "DocumentReference",
            "id": id,
            "meta": self.claims_to_be(&["us-core-documentreference"], &[]),
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": format!("https://payer.example/documents/{id}")}],
            "status": "current",
            "type": coded(LOINC, code, display),
            "category": [coded("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                "clinical-note", "Clinical Note")],
            "subject": self.subject(),
            "date": at(day, "18:00"),
            "author": [self.practitioner()],
            "custodian": organization(&self.settings.payer.id),
            "content": [{
                "attachment": {"contentType": "text/plain", "title": display},
                "format": {"system": format!("{TERMINOLOGY}/v3-HL7DocumentFormatCodes"), "code": "urn:hl7-org:sdwg:ccda-nonXMLBody:2.1"},
            }],
            "context": {"period": span(day, "09:00", "09:30")},
        })
    }
}

//! The records of a chart as FHIR resources, in the flavour of US Core that goes with the version of CDex.

use super::chart::Chart;
use super::settings::Settings;
use crate::mock::cdex_version::Version;
use crate::mock::code::{CDEX, LOINC, NPI, SNOMED, TERMINOLOGY, US_CORE, code, coded};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const UCUM: &str = "http://unitsofmeasure.org";
/// When the records were last changed.
const RECORDED: &str = "2025-06-01T08:00:00Z";

/// Code and name.
type Fact = (String, String);

/// Writes records.
pub(super) struct Writer<'a> {
    pub(super) settings: &'a Settings,
    pub(super) version: Version,
}

impl Writer<'_> {
    /// The provider, the payer it knows, and those who work for it.
    pub(super) fn staff(&self) -> Vec<Value> {
        let organization = |one: &crate::mock::organization::Organization, kind: (&str, &str)| {
            json!({
                "resourceType": "Organization",
                "id": one.id,
                "meta": {"profile": [format!("{US_CORE}/us-core-organization")]},
                "identifier": [{"system": NPI, "value": one.npi}],
                "active": true,
                "type": [coded(&format!("{TERMINOLOGY}/organization-type"), kind.0, kind.1)],
                "name": one.name,
                "telecom": [{"system": "phone", "value": "555-0100"}],
                "address": [{"line": ["1 Example Road"], "city": one.city, "state": one.state,
                    "postalCode": "00000", "country": "US"}],
            })
        };
        let mut all = vec![
            organization(&self.settings.provider, ("prov", "Healthcare Provider")),
            organization(&self.settings.payer, ("pay", "Payer")),
        ];
        for one in &self.settings.practitioner {
            all.push(json!({
                "resourceType": "Practitioner",
                "id": one.id,
                "meta": {"profile": [format!("{US_CORE}/us-core-practitioner")]},
                "identifier": [{"system": NPI, "value": one.npi}],
                "name": [{"family": one.family, "given": [one.given]}],
                "telecom": [{"system": "phone", "value": "555-0101", "use": "work"}],
                "address": [{"line": ["1 Example Road"], "city": self.settings.provider.city,
                    "state": self.settings.provider.state, "postalCode": "00000", "country": "US"}],
            }));
            let specialty = coded(
                "http://nucc.org/provider-taxonomy",
                &one.specialty.0,
                &one.specialty.1,
            );
            all.push(json!({
                "resourceType": "PractitionerRole",
                "id": format!("role-of-{}", one.id),
                "meta": {"profile": [format!("{US_CORE}/us-core-practitionerrole")]},
                "practitioner": {"reference": format!("Practitioner/{}", one.id),
                    "identifier": {"system": NPI, "value": one.npi}},
                "organization": {"reference": format!("Organization/{}", self.settings.provider.id),
                    "identifier": {"system": NPI, "value": self.settings.provider.npi}},
                "code": [specialty],
                "specialty": [specialty],
                "telecom": [{"system": "phone", "value": "555-0102"}],
            }));
        }
        all
    }

    /// The patient, known by the numbers of the provider and of the payer.
    pub(super) fn patient(&self, chart: &Chart) -> Value {
        let numbered = |kind: &str, name: &str, system: &str, value: &str| json!({"type": coded(&format!("{TERMINOLOGY}/v2-0203"), kind, name), "system": system, "value": value});
        let category = |name: &str, code: &str, text: &str| {
            json!({"url": format!("{US_CORE}/{name}"), "extension": [
                {"url": "ombCategory", "valueCoding": {"system": "urn:oid:2.16.840.1.113883.6.238",
                    "code": code, "display": text}},
                {"url": "text", "valueString": text},
            ]})
        };
        json!({
            "resourceType": "Patient",
            "id": chart.id,
            "meta": {"profile": [format!("{US_CORE}/us-core-patient")]},
            "extension": [
                category("us-core-race", "2106-3", "White"),
                category("us-core-ethnicity", "2186-5", "Not Hispanic or Latino"),
                {"url": format!("{US_CORE}/us-core-birthsex"),
                    "valueCode": if chart.gender == "female" { "F" } else { "M" }},
            ],
            "identifier": [
                numbered("MR", "Medical record number", &self.settings.systems.record, &chart.record),
                numbered("MB", "Member Number", &self.settings.systems.member, &chart.member_id),
            ],
            "active": true,
            "name": [{"use": "official", "family": chart.family, "given": chart.given}],
            "telecom": [{"system": "phone", "value": "555-0199", "use": "home"}],
            "gender": chart.gender,
            "birthDate": chart.birth_date,
            "address": [{"use": "home", "line": [chart.line], "city": chart.city,
                "state": self.settings.provider.state, "postalCode": "00000", "country": "US",
                "period": {"start": "2015-04-01"}}],
            "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}],
        })
    }

    /// A problem of the patient.
    pub(super) fn condition(
        &self,
        chart: &Chart,
        number: usize,
        fact: &Fact,
        status: &str,
        date: &str,
    ) -> Value {
        let profile = match self.version {
            Version::V2_0_0 => "us-core-condition",
            _ => "us-core-condition-problems-health-concerns",
        };
        let mut record = self.record("Condition", chart, number, profile);
        record["clinicalStatus"] = code(&format!("{TERMINOLOGY}/condition-clinical"), status);
        record["verificationStatus"] =
            code(&format!("{TERMINOLOGY}/condition-ver-status"), "confirmed");
        record["category"] = json!([coded(
            &format!("{TERMINOLOGY}/condition-category"),
            "problem-list-item",
            "Problem List Item"
        )]);
        record["code"] = coded(SNOMED, &fact.0, &fact.1);
        record["onsetDateTime"] = date.into();
        record["recordedDate"] = date.into();
        if status == "resolved" {
            record["abatementDateTime"] = date.into();
        }
        record
    }

    /// A laboratory result.
    pub(super) fn result(
        &self,
        chart: &Chart,
        number: usize,
        fact: &(String, String, String),
        date: &str,
        value: f64,
    ) -> Value {
        let mut record = self.record("Observation", chart, number, "us-core-observation-lab");
        record["status"] = "final".into();
        record["category"] = json!([coded(
            &format!("{TERMINOLOGY}/observation-category"),
            "laboratory",
            "Laboratory"
        )]);
        record["code"] = coded(LOINC, &fact.0, &fact.1);
        record["effectiveDateTime"] = format!("{date}T09:30:00Z").into();
        record["valueQuantity"] =
            json!({"value": number_of(value), "unit": fact.2, "system": UCUM, "code": fact.2});
        record
    }

    /// A document, with its text inside or behind a link; the text then is a record, too.
    pub(super) fn document(
        &self,
        chart: &Chart,
        number: usize,
        fact: &Fact,
        is_linked: bool,
        date: &str,
    ) -> Vec<Value> {
        let text = format!(
            "{} of {date} about the made-up patient {} {}.",
            fact.1, chart.given[0], chart.family
        );
        let text = STANDARD.encode(text);
        let mut record = self.record(
            "DocumentReference",
            chart,
            number,
            "us-core-documentreference",
        );
        record["identifier"] = json!([{"system": "https://provider.example/ids/document",
            "value": format!("{}-{number}", chart.id)}]);
        record["status"] = "current".into();
        record["type"] = coded(LOINC, &fact.0, &fact.1);
        record["category"] = json!([coded(
            "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
            "clinical-note",
            "Clinical Note"
        )]);
        record["date"] = format!("{date}T10:00:00Z").into();
        record["author"] = json!([self.doctor()]);
        record["custodian"] =
            json!({"reference": format!("Organization/{}", self.settings.provider.id)});
        record["context"] = json!({"period": {"start": date, "end": date}});
        let format = json!({"system": "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode",
            "code": "urn:ihe:iti:xds:2017:mimeTypeSufficient", "display": "mimeType Sufficient"});
        let id = format!("{}-text-{number}", chart.id);
        let mut attachment =
            json!({"contentType": "text/plain", "title": fact.1, "creation": date});
        if !is_linked {
            attachment["data"] = text.into();
            record["content"] = json!([{"attachment": attachment, "format": format}]);
            return vec![record];
        }
        attachment["url"] = format!("Binary/{id}").into();
        record["content"] = json!([{"attachment": attachment, "format": format}]);
        let binary =
            json!({"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": text});
        vec![record, binary]
    }

    /// A visit.
    pub(super) fn encounter(&self, chart: &Chart, number: usize, fact: &Fact, date: &str) -> Value {
        let mut record = self.record("Encounter", chart, number, "us-core-encounter");
        record["identifier"] = json!([{"system": "https://provider.example/ids/visit",
            "value": format!("{}-{number}", chart.id)}]);
        record["status"] = "finished".into();
        record["class"] = json!({"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": "AMB", "display": "ambulatory"});
        record["type"] = json!([coded(SNOMED, &fact.0, &fact.1)]);
        record["participant"] = json!([{"individual": self.doctor(), "period": {"start": date}}]);
        record["period"] =
            json!({"start": format!("{date}T09:00:00Z"), "end": format!("{date}T09:45:00Z")});
        record["serviceProvider"] =
            json!({"reference": format!("Organization/{}", self.settings.provider.id)});
        record
    }

    /// Something that was done.
    pub(super) fn procedure(&self, chart: &Chart, number: usize, fact: &Fact, date: &str) -> Value {
        let mut record = self.record("Procedure", chart, number, "us-core-procedure");
        record["status"] = "completed".into();
        record["code"] = coded(SNOMED, &fact.0, &fact.1);
        record["performedDateTime"] = format!("{date}T11:00:00Z").into();
        record
    }

    /// A prescription.
    pub(super) fn medication(
        &self,
        chart: &Chart,
        number: usize,
        fact: &Fact,
        date: &str,
    ) -> Value {
        let mut record = self.record(
            "MedicationRequest",
            chart,
            number,
            "us-core-medicationrequest",
        );
        record["status"] = "active".into();
        record["intent"] = "order".into();
        record["reportedBoolean"] = false.into();
        record["medicationCodeableConcept"] = coded(RXNORM, &fact.0, &fact.1);
        record["authoredOn"] = date.into();
        record["requester"] = self.doctor();
        record["dosageInstruction"] = json!([{"text": "once a day"}]);
        record
    }

    /// Who wrote a record; nobody tells about texts behind links.
    pub(super) fn provenance(&self, record: &Value) -> Option<Value> {
        let (kind, id) = (record["resourceType"].as_str()?, record["id"].as_str()?);
        if kind == "Binary" {
            return None;
        }
        let organization =
            json!({"reference": format!("Organization/{}", self.settings.provider.id)});
        let agent = |system: &str, code: &str, name: &str, who: Value| json!({"type": coded(system, code, name), "who": who, "onBehalfOf": organization});
        let participant = format!("{TERMINOLOGY}/provenance-participant-type");
        let transmitter = json!({
            "type": coded("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                "transmitter", "Transmitter"),
            "who": organization,
        });
        Some(json!({
            "resourceType": "Provenance",
            "id": format!("{id}-source"),
            "meta": {"profile": [
                format!("{US_CORE}/us-core-provenance"),
                "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-provenance",
            ]},
            "target": [{"reference": format!("{kind}/{id}")}],
            "recorded": RECORDED,
            "agent": [agent(&participant, "author", "Author", self.doctor()), transmitter],
        }))
    }

    /// Answers to a Questionnaire about a patient, completed.
    pub(super) fn answers(&self, id: &str, patient: &str, questionnaire: &str, day: &str) -> Value {
        json!({
            "resourceType": "QuestionnaireResponse",
            "id": id,
            "meta": {"profile": [format!("{CDEX}/StructureDefinition/cdex-sdc-questionnaireresponse")]},
            "questionnaire": questionnaire,
            "status": "completed",
            "subject": {"reference": format!("Patient/{patient}")},
            "authored": format!("{day}T09:00:00Z"),
            "author": self.doctor(),
            "item": [{
                "linkId": "1",
                "text": "Can the patient walk without help?",
                "answer": [{"valueBoolean": false}],
            }, {
                "linkId": "2",
                "text": "How many hours a day does the patient sit?",
                // Written with a fraction, which its canonical form has not (RFC 8785, 3.2.2.3).
                "answer": [{"valueDecimal": 6.0}],
            }],
        })
    }

    fn doctor(&self) -> Value {
        let one = self.settings.practitioner.first();
        json!({"reference": format!("Practitioner/{}", one.map_or("nobody", |one| one.id.as_str()))})
    }

    /// A record about a patient that claims a profile of US Core.
    fn record(&self, kind: &str, chart: &Chart, number: usize, profile: &str) -> Value {
        json!({
            "resourceType": kind,
            "id": format!("{}-{number}", chart.id),
            "meta": {"profile": [format!("{US_CORE}/{profile}")]},
            "subject": {"reference": format!("Patient/{}", chart.id)},
        })
    }
}

/// A number as people write it: without a fraction when there is none.
fn number_of(value: f64) -> Value {
    if value.fract() == 0.0 {
        #[expect(clippy::cast_possible_truncation, reason = "measurements are small")]
        return Value::from(value as i64);
    }
    Value::from(value)
}

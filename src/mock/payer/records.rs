//! Expands a member's seed into resources, shaped as US Core 6.1 and PDex want them.

use super::seed::MemberSeed;
use super::settings::Settings;
use super::version::Version;
use super::vocabulary::{
    ConditionWord, DocumentWord, EncounterWord, ObservationWord, ServiceWord, Vocabulary,
};
use crate::fhir::Span;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition";
const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
const SNOMED: &str = "http://snomed.info/sct";
/// HCPCS Level II, and where services are given, as CMS publishes them.
const HCPCS: &str = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
const PLACE_OF_SERVICE: &str =
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set";
const LOINC: &str = "http://loinc.org";

/// A member about to be expanded.
pub(super) struct Records<'a> {
    pub(super) seed: &'a MemberSeed,
    pub(super) settings: &'a Settings,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) version: Version,
}

/// A record as written: `word date` or `word date value`.
struct Record<'a, W> {
    word: &'a W,
    date: &'a str,
    value: Option<f64>,
    /// Id of its resource.
    id: String,
}

impl Records<'_> {
    /// All resources of the member, each clinical one with its Provenance.
    pub(super) fn expand(&self) -> Result<Vec<Value>, String> {
        let (seed, words) = (self.seed, self.vocabulary);
        let mut records = Vec::new();
        for record in self.read("encounter", &seed.encounters, &words.encounter)? {
            records.push(self.encounter(&record));
        }
        for record in self.read("condition", &seed.conditions, &words.condition)? {
            records.push(self.condition(&record));
        }
        for record in self.read("observation", &seed.observations, &words.observation)? {
            records.push(self.observation(&record)?);
        }
        for record in self.read("document", &seed.documents, &words.document)? {
            records.push(self.document(&record));
        }
        for record in self.read("claim", &seed.claims, &words.claim)? {
            records.push(self.claim(&record));
        }
        for record in self.read(
            "prior-auth",
            &seed.prior_authorizations,
            &words.prior_authorization,
        )? {
            records.push(self.prior_authorization(&record));
        }
        let mut all = vec![self.patient(), self.coverage()];
        all.extend(records.iter().map(|record| self.provenance(record)));
        all.append(&mut records);
        Ok(all)
    }

    fn read<'a, W>(
        &self,
        kind: &str,
        written: &'a [String],
        words: &'a BTreeMap<String, W>,
    ) -> Result<Vec<Record<'a, W>>, String> {
        let read = |(position, text): (usize, &'a String)| {
            let mut parts = text.split_whitespace();
            let word = parts.next().and_then(|name| words.get(name));
            let date = parts.next().filter(|date| Span::parse(date).is_ok());
            match (word, date) {
                (Some(word), Some(date)) => Ok(Record {
                    word,
                    date,
                    value: parts.next().and_then(|value| value.parse().ok()),
                    id: format!("{}-{kind}-{}", self.seed.id, position + 1),
                }),
                _ => Err(format!(
                    "{text:?} is no {kind}: write a word of vocabulary.toml and a date"
                )),
            }
        };
        written.iter().enumerate().map(read).collect()
    }

    fn subject(&self) -> Value {
        json!({"reference": format!("Patient/{}", self.seed.id)})
    }

    fn member_identifier(&self) -> Value {
        json!({
            "type": coded(&format!("{TERMINOLOGY}/v2-0203"), "MB", "Member Number"),
            "system": self.settings.systems.member,
            "value": self.seed.member_id,
        })
    }

    fn patient(&self) -> Value {
        let seed = self.seed;
        let mut names =
            vec![json!({"use": "official", "family": seed.family, "given": seed.given})];
        names.extend(seed.earlier_families.iter().map(|family| {
            json!({"use": "old", "family": family, "given": seed.given, "period": {"end": "2022-06-30"}})
        }));
        json!({
            "resourceType": "Patient",
            "id": seed.id,
            "meta": {"profile": [format!("{US_CORE}/us-core-patient")]},
            "identifier": [
                self.member_identifier(),
                {
                    "type": code("http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp", "UMB"),
                    "system": self.settings.systems.unique_member,
                    "value": seed.unique_id(),
                },
            ],
            "active": true,
            "name": names,
            "telecom": [{"system": "phone", "value": "555-0199", "use": "home"}],
            "gender": seed.gender,
            "birthDate": seed.birth_date,
            "address": [{"use": "home", "line": [seed.line], "city": seed.city,
                "state": self.settings.clinic.state, "postalCode": "00000", "country": "US"}],
            "managingOrganization": organization(&self.settings.payer.id),
        })
    }

    fn coverage(&self) -> Value {
        let seed = self.seed;
        let mut period = json!({"start": seed.covered_from});
        if let Some(end) = &seed.covered_until {
            period["end"] = end.as_str().into();
        }
        json!({
            "resourceType": "Coverage",
            "id": format!("{}-coverage", seed.id),
            "meta": {"profile": ["http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-coverage"]},
            "identifier": [self.member_identifier()],
            "status": if seed.covered_until.is_some() { "cancelled" } else { "active" },
            "type": coded(&format!("{TERMINOLOGY}/v3-ActCode"), "HIP", "health insurance plan policy"),
            "subscriberId": seed.subscriber_id,
            "beneficiary": self.subject(),
            "relationship": code(&format!("{TERMINOLOGY}/subscriber-relationship"), &seed.relationship),
            "period": period,
            "payor": [organization(&self.settings.payer.id)],
            "class": [{
                "type": coded(&format!("{TERMINOLOGY}/coverage-class"), "plan", "Plan"),
                "value": "SAMPLE-PLAN", "name": "Sample Plan",
            }],
        })
    }

    fn encounter(&self, record: &Record<'_, EncounterWord>) -> Value {
        let word = record.word;
        json!({
            "resourceType": "Encounter",
            "id": record.id,
            "meta": {"profile": [format!("{US_CORE}/us-core-encounter")]},
            "status": "finished",
            "class": {"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": word.class, "display": word.class_display},
            "type": [coded(SNOMED, &word.code, &word.display)],
            "subject": self.subject(),
            "participant": [{"individual": self.practitioner()}],
            "period": {"start": at(record.date, "09:00"), "end": at(record.date, "09:30")},
            "reasonCode": [{"text": "planned visit"}],
            "serviceProvider": organization(&self.settings.clinic.id),
        })
    }

    fn condition(&self, record: &Record<'_, ConditionWord>) -> Value {
        let word = record.word;
        let profile = match word.category.as_str() {
            "encounter-diagnosis" => "us-core-condition-encounter-diagnosis",
            _ => "us-core-condition-problems-health-concerns",
        };
        let mut condition = json!({
            "resourceType": "Condition",
            "id": record.id,
            "meta": {"profile": [format!("{US_CORE}/{profile}")]},
            "clinicalStatus": coded(&format!("{TERMINOLOGY}/condition-clinical"), "active", "Active"),
            "verificationStatus": coded(&format!("{TERMINOLOGY}/condition-ver-status"), "confirmed", "Confirmed"),
            "category": [code(&format!("{TERMINOLOGY}/condition-category"), &word.category)],
            "code": coded(SNOMED, &word.code, &word.display),
            "subject": self.subject(),
            "onsetDateTime": record.date,
            "recordedDate": record.date,
        });
        if let Some(sensitivity) = &word.sensitivity {
            condition["meta"]["security"] = json!([
                {"system": format!("{TERMINOLOGY}/v3-Confidentiality"), "code": "R", "display": "restricted"},
                {"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": sensitivity},
            ]);
        }
        condition
    }

    fn observation(&self, record: &Record<'_, ObservationWord>) -> Result<Value, String> {
        let word = record.word;
        let value = record
            .value
            .ok_or_else(|| format!("{} has no value", record.id))?;
        Ok(json!({
            "resourceType": "Observation",
            "id": record.id,
            "meta": {"profile": [format!("{US_CORE}/{}", word.profile)]},
            "status": "final",
            "category": [code(&format!("{TERMINOLOGY}/observation-category"), &word.category)],
            "code": coded(LOINC, &word.code, &word.display),
            "subject": self.subject(),
            "effectiveDateTime": at(record.date, "09:10"),
            "performer": [self.practitioner()],
            "valueQuantity": {"value": value, "unit": word.unit,
                "system": "http://unitsofmeasure.org", "code": word.unit},
        }))
    }

    fn document(&self, record: &Record<'_, DocumentWord>) -> Value {
        let word = record.word;
        let text = format!(
            "Sample document of {} for member {}.",
            record.date, self.seed.member_id
        );
        json!({
            "resourceType": "DocumentReference",
            "id": record.id,
            "meta": {"profile": [format!("{US_CORE}/us-core-documentreference")]},
            "identifier": [{"system": "urn:ietf:rfc:3986", "value": format!("https://payer.example/documents/{}", record.id)}],
            "status": "current",
            "type": coded(LOINC, &word.code, &word.display),
            "category": [coded("http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                "clinical-note", "Clinical Note")],
            "subject": self.subject(),
            "date": at(record.date, "18:00"),
            "author": [self.practitioner()],
            "custodian": organization(&self.settings.payer.id),
            "content": [{"attachment": {
                "contentType": "text/plain", "data": STANDARD.encode(text), "title": word.display,
            }}],
            "context": {"period": {"start": at(record.date, "09:00"), "end": at(record.date, "09:30")}},
        })
    }

    fn claim(&self, record: &Record<'_, ServiceWord>) -> Value {
        let carin = |name: &str| format!("http://hl7.org/fhir/us/carin-bb/CodeSystem/{name}");
        let mut claim = self.benefit(record, "claim");
        claim["meta"]["profile"] = json!([
            "http://hl7.org/fhir/us/carin-bb/StructureDefinition/C4BB-ExplanationOfBenefit-Professional-NonClinician-Basis"
        ]);
        claim["identifier"][0]["type"] = code(&carin("C4BBIdentifierType"), "uc");
        claim["careTeam"][0]["role"] = code(&format!("{TERMINOLOGY}/claimcareteamrole"), "primary");
        claim["diagnosis"] = json!([{
            "sequence": 1,
            "diagnosisCodeableConcept": code("http://hl7.org/fhir/sid/icd-10-cm", &record.word.diagnosis),
            "type": [code(&format!("{TERMINOLOGY}/ex-diagnosistype"), "principal")],
        }]);
        let item = &mut claim["item"][0];
        item["locationCodeableConcept"] = code(PLACE_OF_SERVICE, "11");
        item["adjudication"] = json!([{
            "category": code(&carin("C4BBAdjudicationDiscriminator"), "benefitpaymentstatus"),
            "reason": code(&carin("C4BBPayerAdjudicationStatus"), "innetwork"),
        }]);
        claim
    }

    fn prior_authorization(&self, record: &Record<'_, ServiceWord>) -> Value {
        let mut authorization = self.benefit(record, "preauthorization");
        // The profile of 2.0.0 wants its own canonical with the version, later ones without.
        let version = match self.version {
            Version::V2_0_0 => "|2.0.0",
            Version::V2_1_0 | Version::V2_2_0 => "",
        };
        authorization["meta"]["profile"] = json!([format!(
            "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-priorauthorization{version}"
        )]);
        authorization["preAuthRef"] = json!([format!("PA-{}", record.id)]);
        authorization["preAuthRefPeriod"] = json!([{"start": record.date}]);
        authorization
    }

    fn benefit(&self, record: &Record<'_, ServiceWord>, usage: &str) -> Value {
        json!({
            "resourceType": "ExplanationOfBenefit",
            "id": record.id,
            "identifier": [{"system": "https://payer.example/ids/benefit", "value": record.id}],
            "status": "active",
            "type": coded(&format!("{TERMINOLOGY}/claim-type"), "professional", "Professional"),
            "use": usage,
            "patient": self.subject(),
            "billablePeriod": {"start": record.date, "end": record.date},
            "created": record.date,
            "insurer": organization(&self.settings.payer.id),
            "provider": organization(&self.settings.clinic.id),
            "outcome": "complete",
            "careTeam": [{"sequence": 1, "provider": self.practitioner()}],
            "insurance": [{"focal": true, "coverage": {"reference": format!("Coverage/{}-coverage", self.seed.id)}}],
            "item": [{
                "sequence": 1, "careTeamSequence": [1], "servicedDate": record.date,
                "productOrService": {
                    "coding": [{"system": HCPCS, "code": record.word.code}],
                    "text": record.word.display,
                },
            }],
        })
    }

    fn provenance(&self, record: &Value) -> Value {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let agent = |system: &str, code: &str, display: &str, who: &str| json!({"type": coded(system, code, display), "who": organization(who)});
        let mut provenance = json!({
            "resourceType": "Provenance",
            "id": format!("{}-source", text("id")),
            "meta": {"profile": [format!("{US_CORE}/us-core-provenance")]},
            "target": [{"reference": format!("{}/{}", text("resourceType"), text("id"))}],
            "recorded": super::store::SEEDED,
            "agent": [
                agent("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                    "transmitter", "Transmitter", &self.settings.payer.id),
                agent(&format!("{TERMINOLOGY}/provenance-participant-type"),
                    "author", "Author", &self.settings.clinic.id),
            ],
        });
        // What tells about a sensitive record is as sensitive.
        if let Some(security) = record["meta"].get("security") {
            provenance["meta"]["security"] = security.clone();
        }
        provenance
    }

    fn practitioner(&self) -> Value {
        json!({"reference": format!("Practitioner/{}", self.settings.practitioner.id)})
    }
}

fn organization(id: &str) -> Value {
    json!({"reference": format!("Organization/{id}")})
}

fn code(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn coded(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [{"system": system, "code": code, "display": display}]})
}

fn at(date: &str, clock: &str) -> String {
    format!("{date}T{clock}:00Z")
}

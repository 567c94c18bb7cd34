//! What the payer keeps of an honoured match: the caller's coverage, the Consent, and how much it allows.

use super::Payer;
use super::consent::Disclosure;
use super::match_request::MatchRequest;
use super::member::Member;
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::{Map, Value, json};

/// Elements kept of a coverage: those HRex marks must-support, but for the references.
const COVERAGE: [&str; 8] = [
    "identifier",
    "status",
    "type",
    "subscriberId",
    "relationship",
    "period",
    "class",
    "dependent",
];

/// Elements kept of a Consent.
const CONSENT: [&str; 6] = [
    "status",
    "scope",
    "category",
    "dateTime",
    "policy",
    "provision",
];

/// What a kept coverage or consent came with.
const MATCH: &str = "a request to match a member";

impl Payer {
    /// Keeps what came with an honoured match. A later match of the same member replaces it.
    pub(super) fn keep(
        &mut self,
        submitted: &MatchRequest,
        member: &Member,
        disclosure: Disclosure,
        deviation: &Deviation,
    ) {
        self.disclosures.insert(member.id.clone(), disclosure);
        self.note_match(&member.id);
        if !submitted.link.is_null() && deviation.enforces(Rule::Linking) {
            let coverage = self.linked_coverage(&submitted.link, member);
            let told = self.received(&coverage, MATCH);
            self.store.put(coverage, Some(&member.id));
            self.store.put(told, Some(&member.id));
        }
        if !submitted.consent.is_null() {
            let consent = self.kept_consent(&submitted.consent, member);
            let told = self.received(&consent, MATCH);
            self.store.put(consent, Some(&member.id));
            self.store.put(told, Some(&member.id));
        }
    }

    /// What tells of something that the caller sent: the caller said so, and this payer keeps it.
    pub(super) fn received(&self, record: &Value, by: &str) -> Value {
        let text = |name: &str| record[name].as_str().unwrap_or_default();
        let agent = |system: &str, code: &str, id: &str| {
            json!({
                "type": {"coding": [{"system": system, "code": code}]},
                "who": {"reference": format!("Organization/{id}")},
            })
        };
        let pdex = "http://hl7.org/fhir/us/davinci-pdex";
        let format = json!({"coding": [{
            "system": format!("{pdex}/CodeSystem/ProvenancePayerDataSource"), "code": "hl7fhirr4",
        }]});
        json!({
            "resourceType": "Provenance",
            "id": format!("{}-source", text("id")),
            "meta": {
                "profile": [format!("{pdex}/StructureDefinition/pdex-provenance")],
                "lastUpdated": record["meta"]["lastUpdated"],
            },
            "target": [{"reference": format!("{}/{}", text("resourceType"), text("id"))}],
            "recorded": record["meta"]["lastUpdated"],
            "agent": [
                agent("http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type",
                    "transmitter", &self.settings.payer.id),
                agent("http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                    "author", &self.settings.partner.id),
            ],
            "entity": [{
                "role": "source",
                "what": {"display": by},
                "extension": [{
                    "url": format!("{pdex}/StructureDefinition/ProvenanceSourceFrom"),
                    "valueCodeableConcept": format,
                }],
            }],
        })
    }

    /// The caller's coverage as ours: about our member, paid by the trading partner we know.
    fn linked_coverage(&self, submitted: &Value, member: &Member) -> Value {
        let mut coverage = pick(submitted, &COVERAGE);
        coverage["resourceType"] = json!("Coverage");
        coverage["id"] = json!(format!("{}-linked-coverage", member.id));
        coverage["meta"] = self.meta("hrex-coverage");
        coverage["beneficiary"] = json!({"reference": format!("Patient/{}", member.id)});
        coverage["payor"] =
            json!([{"reference": format!("Organization/{}", self.settings.partner.id)}]);
        coverage
    }

    /// The Consent as ours. References that only the caller can resolve are not kept.
    fn kept_consent(&self, submitted: &Value, member: &Member) -> Value {
        let mut consent = pick(submitted, &CONSENT);
        let patient = json!({"reference": format!("Patient/{}", member.id)});
        consent["resourceType"] = json!("Consent");
        consent["id"] = json!(format!("{}-consent", member.id));
        consent["meta"] = self.meta("hrex-consent");
        consent["patient"] = patient.clone();
        consent["performer"] = json!([patient]);
        consent["sourceReference"] = json!({"display": "kept by the requesting payer"});
        let actors = consent
            .get_mut("provision")
            .and_then(|provision| provision.get_mut("actor"));
        for actor in actors.and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(reference) = actor.get_mut("reference").and_then(Value::as_object_mut) {
                reference.remove("reference");
            }
        }
        consent
    }

    fn meta(&self, profile: &str) -> Value {
        let profile = format!("http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/{profile}");
        json!({"profile": [profile], "lastUpdated": format!("{}T00:00:00Z", self.date())})
    }
}

fn pick(from: &Value, names: &[&str]) -> Value {
    let kept: Map<String, Value> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), from.get(name)?.clone())))
        .collect();
    Value::Object(kept)
}

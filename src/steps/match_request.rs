//! The body of a member match request, in the making (HRex `member-match-in`).

use crate::config::{Coverage, Member};
use serde_json::{Map, Value, json};
use time::{Date, Duration};

const V2_0203: &str = "http://terminology.hl7.org/CodeSystem/v2-0203";
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
const CONSENT_PAGE: &str =
    "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition-hrex-consent.html";

/// An organisation that takes part in the exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// National provider identifier.
    pub npi: String,
    /// Name for people.
    pub name: String,
}

impl Party {
    fn identifier(&self) -> Value {
        json!({"identifier": {"system": NPI, "value": self.npi}, "display": self.name})
    }
}

/// A member match request: parameter name and resource, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchRequest {
    parameters: Vec<(String, Value)>,
}

impl MatchRequest {
    /// A request for `member` that every payer who knows the member must honour: consent to share
    /// everything from last month to next year, and local references as HRex asks for (mm-6).
    #[must_use]
    pub fn new(member: &Member, requester: &Party, payer: &Party, today: Date) -> Self {
        let parameters = vec![
            ("MemberPatient".to_owned(), patient(member)),
            ("Consent".to_owned(), consent(requester, payer, today)),
            (
                "CoverageToMatch".to_owned(),
                coverage_to_match(member, payer),
            ),
            ("CoverageToLink".to_owned(), coverage_to_link(requester)),
        ];
        Self { parameters }
    }

    /// A request that holds nothing.
    pub(super) const fn empty() -> Self {
        Self {
            parameters: Vec::new(),
        }
    }

    /// Submits another card of the same person.
    pub(super) fn set_card(&mut self, card: &Coverage) {
        if let Some(coverage) = self.resource_mut("CoverageToMatch") {
            write_card(coverage, card);
        }
    }

    /// Leaves a parameter out.
    pub fn leave_out(&mut self, name: &str) {
        self.parameters.retain(|(known, _)| known != name);
    }

    /// Adds a parameter.
    pub fn add(&mut self, name: &str, resource: Value) {
        self.parameters.push((name.to_owned(), resource));
    }

    /// The resource of a parameter, to change it.
    pub fn resource_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.parameters
            .iter_mut()
            .find(|(known, _)| known == name)
            .map(|(_, resource)| resource)
    }

    /// Calls the member by another local id, in the member's own record and in every reference to it.
    pub fn call_member(&mut self, id: &str) {
        for (name, resource) in &mut self.parameters {
            match name.as_str() {
                "MemberPatient" => resource["id"] = json!(id),
                "Consent" => {
                    resource["patient"] = reference(id);
                    resource["performer"] = json!([reference(id)]);
                }
                _ => resource["beneficiary"] = reference(id),
            }
        }
    }

    /// The consent's terms, to change them.
    pub fn provision_mut(&mut self) -> Option<&mut Map<String, Value>> {
        self.resource_mut("Consent")?
            .get_mut("provision")?
            .as_object_mut()
    }

    /// Sets the kind of data the consent covers: `regular` or `sensitive`.
    pub fn set_policy(&mut self, kind: &str) {
        if let Some(consent) = self.resource_mut("Consent") {
            consent["policy"] = json!([{"uri": format!("{CONSENT_PAGE}#{kind}")}]);
        }
    }

    /// Sets the first and last day of the consent.
    pub fn set_period(&mut self, start: Date, end: Date) {
        if let Some(provision) = self.provision_mut() {
            provision.insert(
                "period".into(),
                json!({"start": start.to_string(), "end": end.to_string()}),
            );
        }
    }

    /// Names another organisation as the one that may receive the data.
    pub fn set_recipient(&mut self, party: &Party) {
        let actors = self
            .provision_mut()
            .and_then(|provision| provision.get_mut("actor")?.as_array_mut());
        for actor in actors.into_iter().flatten() {
            if actor.pointer("/role/coding/0/code") == Some(&json!("IRCP")) {
                actor["reference"] = party.identifier();
            }
        }
    }

    /// The request as FHIR JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let parameters: Vec<Value> = self
            .parameters
            .iter()
            .map(|(name, resource)| json!({"name": name, "resource": resource}))
            .collect();
        json!({"resourceType": "Parameters", "parameter": parameters})
    }
}

/// Local id of the member inside the request.
const LOCAL_ID: &str = "member-1";

fn reference(id: &str) -> Value {
    json!({"reference": format!("Patient/{id}")})
}

fn coding(system: &str, code: &str) -> Value {
    json!({"coding": [{"system": system, "code": code}]})
}

fn patient(member: &Member) -> Value {
    let mut name = Map::new();
    if let Some(family) = &member.family {
        name.insert("family".into(), json!(family));
    }
    if !member.given.is_empty() {
        name.insert("given".into(), json!(member.given));
    }
    let mut patient = json!({"resourceType": "Patient", "id": LOCAL_ID, "name": [name]});
    if let Some(birth_date) = &member.birth_date {
        patient["birthDate"] = json!(birth_date);
    }
    if let Some(gender) = &member.gender {
        patient["gender"] = json!(gender.as_str());
    }
    if !member.identifiers.is_empty() {
        patient["identifier"] = member
            .identifiers
            .iter()
            .map(|identifier| identifier_json(&identifier.system, &identifier.value))
            .collect();
    }
    patient
}

fn identifier_json(system: &str, value: &str) -> Value {
    json!({"type": coding(V2_0203, "MB"), "system": system, "value": value})
}

fn coverage_to_match(member: &Member, payer: &Party) -> Value {
    let mut coverage = json!({
        "resourceType": "Coverage",
        "id": "coverage-to-match",
        "status": "active",
        "relationship": coding("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
        "beneficiary": reference(LOCAL_ID),
        "payor": [payer.identifier()],
    });
    if let Some(card) = &member.coverage {
        write_card(&mut coverage, card);
    }
    coverage
}

fn write_card(coverage: &mut Value, card: &Coverage) {
    if let Some(identifier) = &card.member_id {
        coverage["identifier"] = json!([identifier_json(&identifier.system, &identifier.value)]);
    }
    if let Some(subscriber) = &card.subscriber_id {
        coverage["subscriberId"] = json!(subscriber);
    }
}

fn coverage_to_link(requester: &Party) -> Value {
    json!({
        "resourceType": "Coverage",
        "id": "coverage-to-link",
        "status": "active",
        "subscriberId": "NEW-PLAN-1",
        "relationship": coding("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self"),
        "beneficiary": reference(LOCAL_ID),
        "payor": [requester.identifier()],
    })
}

fn consent(requester: &Party, payer: &Party, today: Date) -> Value {
    let role = |system: &str, code: &str, party: &Party| json!({"role": coding(system, code), "reference": party.identifier()});
    json!({
        "resourceType": "Consent",
        "id": "consent-1",
        "status": "active",
        "scope": coding("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
        "category": [coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IDSCL")],
        "patient": reference(LOCAL_ID),
        "performer": [reference(LOCAL_ID)],
        "sourceReference": {"reference": "https://new-payer.example/fhir/DocumentReference/consent-form"},
        "policy": [{"uri": format!("{CONSENT_PAGE}#sensitive")}],
        "provision": {
            "type": "permit",
            "period": {
                "start": (today - Duration::days(30)).to_string(),
                "end": (today + Duration::days(365)).to_string(),
            },
            "actor": [
                role("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "performer", payer),
                role("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", requester),
            ],
            "action": [coding("http://terminology.hl7.org/CodeSystem/consentaction", "disclose")],
        },
    })
}

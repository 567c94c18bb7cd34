//! What the provider declares: its CapabilityStatement.

use super::Provider;
use super::route::{CREATED, TYPES};
use super::subscription::{BACKPORT, TOPIC};
use crate::mock::cdex_version::Version;
use crate::mock::code::CDEX;
use crate::mock::payer::include::REVERSE;
use crate::mock::payer::resource_type::ResourceType;
use crate::mock::{Request, Response};
use serde_json::{Value, json};

const US_CORE: &str = "http://hl7.org/fhir/us/core";

impl Provider {
    /// `GET /metadata`.
    pub(super) fn metadata(&self, request: &Request) -> Response {
        let version = self.version;
        let resources: Vec<Value> = TYPES
            .iter()
            .filter_map(|name| ResourceType::find(name))
            .map(|kind| resource(kind, version))
            .collect();
        Response::fhir(
            200,
            &json!({
                "resourceType": "CapabilityStatement",
                "status": "active",
                "date": "2025-06-01",
                "publisher": self.settings.provider.name,
                "kind": "instance",
                "instantiates": statements(version),
                "software": {"name": "Vitruvian mock provider", "version": env!("CARGO_PKG_VERSION")},
                "implementation": {"description": "A mock hospital with synthetic patients", "url": request.base},
                "fhirVersion": "4.0.1",
                "format": ["json", "application/fhir+json"],
                "implementationGuide": guides(version),
                "rest": [{
                    "mode": "server",
                    "documentation": "CDex by direct query, and by Tasks: a query, a code, words or a Questionnaire.",
                    "resource": resources,
                }],
            }),
        )
    }
}

/// The capability statements that are fulfilled.
fn statements(version: Version) -> Vec<String> {
    let mut all = vec![
        format!("{CDEX}/CapabilityStatement/data-source-server"),
        format!("{US_CORE}/CapabilityStatement/us-core-server"),
    ];
    if version > Version::V2_0_0 {
        all.push(format!(
            "{BACKPORT}/CapabilityStatement/backport-subscription-server-r4"
        ));
    }
    all
}

/// The guides that are followed.
fn guides(version: Version) -> Vec<String> {
    let of = |guide: &str, package: &str, number: &str| {
        format!("http://hl7.org/fhir/{guide}/ImplementationGuide/{package}|{number}")
    };
    let us_core = |number: &str| of("us/core", "hl7.fhir.us.core", number);
    let mut guides = vec![
        of(
            "us/davinci-cdex",
            "hl7.fhir.us.davinci-cdex",
            version.as_str(),
        ),
        us_core("3.1.1"),
    ];
    if version > Version::V2_0_0 {
        guides.extend([
            us_core("6.1.0"),
            us_core("7.0.0"),
            of("us/davinci-hrex", "hl7.fhir.us.davinci-hrex", "1.1.0"),
            of("us/davinci-dtr", "hl7.fhir.us.davinci-dtr", "2.1.0"),
            of(
                "uv/subscriptions-backport",
                "hl7.fhir.uv.subscriptions-backport.r4",
                "1.1.0",
            ),
        ]);
    }
    guides
}

fn resource(kind: &ResourceType, version: Version) -> Value {
    let mut interactions = vec!["read", "vread", "history-instance", "search-type"];
    if CREATED.contains(&kind.name) {
        interactions.push("create");
    }
    if matches!(kind.name, "Task" | "Subscription") {
        interactions.push("update");
    }
    let interactions: Vec<Value> = interactions
        .into_iter()
        .filter(|code| kind.name != "Binary" || *code == "read")
        .map(|code| json!({"code": code}))
        .collect();
    let parameters: Vec<Value> = kind
        .all_parameters()
        .map(|one| json!({"name": one.name, "type": one.kind.code()}))
        .collect();
    let mut resource = json!({
        "type": kind.name,
        "interaction": interactions,
        "versioning": "versioned",
    });
    let profiles = profiles(kind.name, version);
    if !profiles.is_empty() {
        resource["supportedProfile"] = json!(profiles);
    }
    if kind.name != "Binary" {
        resource["searchParam"] = json!(parameters);
        resource["searchRevInclude"] = json!([REVERSE]);
    }
    match kind.name {
        "Patient" => {
            resource["referencePolicy"] = json!(["literal", "logical"]);
            resource["operation"] = json!([{
                "name": "match", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match",
            }]);
        }
        "PractitionerRole" | "Task" => resource["referencePolicy"] = json!(["literal", "logical"]),
        _ => {}
    }
    if kind.name == "Subscription" && version > Version::V2_0_0 {
        let extension = "capabilitystatement-subscriptiontopic-canonical";
        resource["extension"] = json!([{
            "url": format!("{BACKPORT}/StructureDefinition/{extension}"), "valueCanonical": TOPIC,
        }]);
        resource["operation"] = json!([{
            "name": "status", "definition": format!("{BACKPORT}/OperationDefinition/backport-subscription-status"),
        }]);
    }
    if kind.name == "Task" {
        resource["documentation"] = json!(
            "Requests are taken by query, by LOINC code, in words and by Questionnaire. A request that \
             needs a signature is rejected."
        );
    }
    resource
}

/// The profiles of a type.
fn profiles(kind: &str, version: Version) -> Vec<String> {
    let cdex = |name: &str| format!("{CDEX}/StructureDefinition/{name}");
    let us_core = |name: &str| format!("{US_CORE}/StructureDefinition/{name}");
    match kind {
        "Bundle" => vec![cdex("cdex-signature-bundle")],
        "Task" => vec![
            cdex("cdex-task-data-request"),
            cdex("cdex-task-attachment-request"),
        ],
        "Patient" => vec![
            us_core("us-core-patient"),
            cdex("cdex-patient-demographics"),
        ],
        "PractitionerRole" => vec![
            us_core("us-core-practitionerrole"),
            cdex("cdex-practitionerrole"),
        ],
        "Subscription" if version > Version::V2_0_0 => {
            vec![format!(
                "{BACKPORT}/StructureDefinition/backport-subscription"
            )]
        }
        "QuestionnaireResponse" => vec![cdex("cdex-sdc-questionnaireresponse")],
        "Provenance" => vec![
            us_core("us-core-provenance"),
            "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-provenance".to_owned(),
        ],
        "Condition" if version == Version::V2_0_0 => vec![us_core("us-core-condition")],
        "Condition" => vec![us_core("us-core-condition-problems-health-concerns")],
        "Observation" => vec![us_core("us-core-observation-lab")],
        "DocumentReference" => vec![us_core("us-core-documentreference")],
        "Encounter" => vec![us_core("us-core-encounter")],
        "MedicationRequest" => vec![us_core("us-core-medicationrequest")],
        "Organization" => vec![us_core("us-core-organization")],
        "Practitioner" => vec![us_core("us-core-practitioner")],
        "Procedure" => vec![us_core("us-core-procedure")],
        _ => Vec::new(),
    }
}

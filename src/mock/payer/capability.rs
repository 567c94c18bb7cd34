//! What the payer declares: its CapabilityStatement and its SMART configuration.

use super::Payer;
use super::include::REVERSE;
use super::resource_type::ResourceType;
use super::version::Version;
use crate::mock::cdex_version::Version as CdexVersion;
use crate::mock::code::CDEX;
use crate::mock::{Request, Response};
use serde_json::{Value, json};

impl Payer {
    /// `GET /metadata`.
    pub(super) fn metadata(&self, request: &Request) -> Response {
        let version = self.version;
        let pdex = "http://hl7.org/fhir/us/davinci-pdex";
        // Both flavours of US Core are served at once, where the guide has both.
        let statements: &[&str] = match version {
            Version::V2_0_0 => &["pdex-server"],
            Version::V2_1_0 | Version::V2_2_0 => &["pdex-server", "pdex-server-6-1"],
        };
        let instantiates: Vec<String> = statements
            .iter()
            .map(|name| format!("{pdex}/CapabilityStatement/{name}"))
            .collect();
        let bulk = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data";
        let cdex = format!("{CDEX}/CapabilityStatement/data-consumer-server");
        let instantiates: Vec<String> = instantiates
            .into_iter()
            .chain([bulk.to_owned(), cdex])
            .collect();
        Response::fhir(
            200,
            &json!({
                "resourceType": "CapabilityStatement",
                "status": "active",
                "date": "2025-06-01",
                "publisher": self.settings.payer.name,
                "kind": "instance",
                "instantiates": instantiates,
                "software": {"name": "Vitruvian mock payer", "version": env!("CARGO_PKG_VERSION")},
                "implementation": {"description": "A mock health plan with synthetic members", "url": request.base},
                "fhirVersion": "4.0.1",
                "format": ["json", "application/fhir+json"],
                "implementationGuide": guides(version, self.cdex),
                "rest": [{
                    "mode": "server",
                    "documentation": "Reads, searches and the operations listed for each type. CDex by attachments: documents, answers to questionnaires and other records.",
                    "security": security(&request.base),
                    "resource": resources(version),
                    "interaction": [{"code": "batch"}],
                    "operation": [self.submission()],
                }],
            }),
        )
    }

    /// `$submit-attachment`, with what has to be known of it.
    fn submission(&self) -> Value {
        let limit = match self.cdex >= CdexVersion::V3_0_0 {
            true => format!(
                " A submission has {} bytes at most.",
                self.settings.attachments.largest
            ),
            false => String::new(),
        };
        json!({
            "name": "submit-attachment",
            "definition": format!("{CDEX}/OperationDefinition/submit-attachment"),
            "documentation": format!(
                "Content may be a DocumentReference with inline data or a url, a QuestionnaireResponse, or any \
                 other resource. With Final false more submissions may follow under the same TrackingId.{limit}"
            ),
        })
    }

    /// `GET /.well-known/smart-configuration`. This mock issues no tokens and asks for none.
    pub(super) fn smart_configuration(request: &Request) -> Response {
        let base = &request.base;
        let document = json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/auth/authorize"),
            "token_endpoint": format!("{base}/auth/token"),
            "registration_endpoint": format!("{base}/auth/register"),
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "fhirUser", "launch/patient", "patient/*.rs", "system/*.rs"],
            "capabilities": ["launch-standalone", "client-confidential-asymmetric", "permission-v2", "permission-patient"],
        });
        Response::new(200, "application/json", document.to_string())
    }
}

fn security(base: &str) -> Value {
    let endpoint = |name: &str| json!({"url": name, "valueUri": format!("{base}/auth/{name}")});
    json!({
        "extension": [{
            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
            "extension": [endpoint("authorize"), endpoint("token"), endpoint("register")],
        }],
        "service": [{"coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "SMART-on-FHIR",
        }]}],
    })
}

/// The guides that are followed, with the versions of US Core.
fn guides(version: Version, cdex: CdexVersion) -> Vec<String> {
    let pdex = "http://hl7.org/fhir/us/davinci-pdex/ImplementationGuide/hl7.fhir.us.davinci-pdex";
    let of_cdex = format!("{CDEX}/ImplementationGuide/hl7.fhir.us.davinci-cdex");
    let mut guides = vec![
        format!("{pdex}|{}", version.as_str()),
        format!("{of_cdex}|{}", cdex.as_str()),
    ];
    if version >= Version::V2_1_0 {
        let us_core = "http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core";
        guides.extend(["3.1.1", "6.1.0", "7.0.0"].map(|number| format!("{us_core}|{number}")));
        let hrex =
            "http://hl7.org/fhir/us/davinci-hrex/ImplementationGuide/hl7.fhir.us.davinci-hrex";
        guides.push(format!("{hrex}|1.1.0"));
    }
    guides
}

/// All types of the version. ValueSet has an operation only: nothing can be read or searched.
fn resources(version: Version) -> Vec<Value> {
    let served = ResourceType::all().filter(|kind| kind.is_in(version));
    let mut resources: Vec<Value> = served.map(|kind| resource(kind, version)).collect();
    resources.push(json!({"type": "ValueSet", "operation": [{
        "name": "expand", "definition": "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
    }]}));
    resources
}

fn resource(kind: &ResourceType, version: Version) -> Value {
    let parameters: Vec<_> = kind
        .all_parameters()
        .map(|one| json!({"name": one.name, "type": one.kind.code()}))
        .collect();
    let mut interactions = vec!["read", "vread", "history-instance", "history-type"];
    if kind.is_searched {
        interactions.push("search-type");
    }
    if kind.is_created(version) {
        interactions.push("create");
        if kind.name == "Consent" {
            interactions.push("delete");
        }
    }
    if kind.is_updated {
        interactions.push("update");
    }
    let interactions: Vec<_> = interactions
        .into_iter()
        .map(|code| json!({"code": code}))
        .collect();
    let mut resource = json!({
        "type": kind.name,
        "interaction": interactions,
        "versioning": "versioned",
        "readHistory": true,
        "conditionalRead": "not-match",
    });
    let profiles = kind.profiles(version);
    if !profiles.is_empty() {
        resource["supportedProfile"] = json!(profiles);
    }
    if kind.is_searched {
        resource["searchParam"] = json!(parameters);
        resource["searchRevInclude"] = json!([REVERSE]);
    }
    if let Some(text) = documentation(kind) {
        resource["documentation"] = json!(text);
    }
    let includes = kind.includes();
    if !includes.is_empty() {
        resource["searchInclude"] = json!(includes);
    }
    let operations: Vec<_> = operations(kind.name, version)
        .iter()
        .map(|(name, definition)| json!({"name": name, "definition": definition}))
        .collect();
    if !operations.is_empty() {
        resource["operation"] = Value::Array(operations);
    }
    resource
}

/// What the searches of a type demand.
fn documentation(kind: &ResourceType) -> Option<String> {
    (!kind.needs_patient.is_empty()).then(|| {
        let names = kind.needs_patient.join(", ");
        format!("Searches by {names} also name a patient.")
    })
}

/// Name and canonical URL of an operation.
type Operation = (&'static str, &'static str);

const BULK_MATCH: Operation = (
    "bulk-member-match",
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/BulkMemberMatch",
);
const EXPORT: Operation = (
    "davinci-data-export",
    "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/davinci-data-export",
);
const PROVIDER_MATCH: Operation = (
    "provider-member-match",
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/ProviderMemberMatch",
);

/// The operations on a type.
fn operations(kind: &str, version: Version) -> &'static [Operation] {
    match kind {
        "Patient" => &[
            (
                "member-match",
                "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match",
            ),
            (
                "everything",
                "http://hl7.org/fhir/OperationDefinition/Patient-everything",
            ),
            (
                "export",
                "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
            ),
        ],
        "Group" if version >= Version::V2_2_0 => &[BULK_MATCH, EXPORT, PROVIDER_MATCH],
        "Group" => &[BULK_MATCH, EXPORT],
        "DocumentReference" => &[(
            "docref",
            "http://hl7.org/fhir/us/core/OperationDefinition/docref",
        )],
        _ => &[],
    }
}

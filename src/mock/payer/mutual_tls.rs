//! How partners reach the payer over mutual TLS: what a directory lists of it.

use super::plan::{NPI, last};
use super::records::coding::{PDEX, TERMINOLOGY, coded, reference};
use super::settings::Settings;
use super::version::Version;
use serde_json::{Value, json};

/// Number that the National Association of Insurance Commissioners gives out.
const NAIC: &str = "urn:oid:2.16.840.1.113883.6.300";
/// Number of a laboratory (Clinical Laboratory Improvement Amendments).
const CLIA: &str = "urn:oid:2.16.840.1.113883.4.7";
/// What stands for a signed object: it holds nothing.
const SIGNED: &str = "bm90IHNpZ25lZA==";

/// The Organization and its Endpoint.
pub(super) fn all(settings: &Settings, version: Version) -> [Value; 2] {
    let id = format!("{}-mtls", settings.payer.id);
    [
        organization(settings, &id),
        endpoint(settings, &id, version),
    ]
}

fn organization(settings: &Settings, id: &str) -> Value {
    let payer = &settings.payer;
    let identifier = |code: &str, display: &str, system: &str, value: String| {
        json!({
            "type": coded(&format!("{TERMINOLOGY}/v2-0203"), code, display),
            "system": system,
            "value": value,
        })
    };
    json!({
        "resourceType": "Organization",
        "id": id,
        "meta": {"profile": [format!("{PDEX}/StructureDefinition/mtls-organization")]},
        "identifier": [
            identifier("NPI", "National provider identifier", NPI, payer.npi.clone()),
            identifier("XX", "Organization identifier", NAIC, last(&payer.npi, 5).to_owned()),
            identifier("XX", "Organization identifier", CLIA, format!("00D{}", last(&payer.npi, 7))),
        ],
        "active": true,
        "type": [coded(&format!("{TERMINOLOGY}/organization-type"), "pay", "Payer")],
        "name": format!("{}, exchange with partners", payer.name),
        "telecom": [{"system": "url", "value": format!("https://{}.example", payer.id)}],
        "address": [{"line": ["1 Sample Street"], "city": payer.city, "state": payer.state,
            "postalCode": "00000", "country": "US"}],
        "endpoint": [reference("Endpoint", id)],
    })
}

fn endpoint(settings: &Settings, id: &str, version: Version) -> Value {
    let payer = &settings.payer;
    let server = |what: &str, address: &str| {
        json!({
            "url": format!("{PDEX}/StructureDefinition/base-ext-associatedServers"),
            "extension": [
                {"url": "associatedServersType", "valueCodeableConcept": {"text": what}},
                {"url": "serverURL", "valueString": address},
            ],
        })
    };
    let address = format!("https://mtls.{}.example/fhir", payer.id);
    let registration = format!("https://mtls.{}.example/register", payer.id);
    // Codes of later versions are those of the National Directory.
    let codes = if version == Version::V2_0_0 {
        format!("{PDEX}/CodeSystem")
    } else {
        "http://hl7.org/fhir/us/ndh/CodeSystem".to_owned()
    };
    json!({
        "resourceType": "Endpoint",
        "id": id,
        "meta": {"profile": [format!("{PDEX}/StructureDefinition/mtls-endpoint")]},
        "extension": [{
            "url": format!("{PDEX}/StructureDefinition/pdex-mtls-signedobject-extension"),
            "extension": [
                {"url": "ObjectType", "valueCodeableConcept":
                    {"coding": [{"system": format!("{PDEX}/CodeSystem/MtlsObjectCodeCS"), "code": "MTLS"}]}},
                {"url": "Object", "valueBase64Binary": SIGNED},
            ],
        }, server("base of the exchange", &address), server("registration of clients", &registration)],
        "identifier": [{"system": "https://payer.example/ids/endpoint", "value": id}],
        "status": "active",
        "connectionType": {"system": format!("{TERMINOLOGY}/endpoint-connection-type"), "code": "hl7-fhir-rest"},
        "name": format!("{}, exchange with partners", payer.name),
        "managingOrganization": reference("Organization", id),
        "payloadType": [{"coding": [{"system": format!("{codes}/EndpointPayloadTypeCS"), "code": "NA"}]}],
        "payloadMimeType": ["application/fhir+json"],
        "address": address,
    })
}

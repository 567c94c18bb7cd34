//! What an export asks for: for whom, with which parameters, and of which Group.

use super::group::{Audience, PROVIDER_MATCH};
use super::provider_group::OPTED_OUT;
use super::refusal::Refusal;
use crate::fhir::{parameters, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

const PAYER_TO_PAYER: &str = "hl7.fhir.us.davinci-pdex#payertopayer";
const PROVIDER_DELTA: &str = "hl7.fhir.us.davinci-pdex#provider-delta";
const PROVIDER: [&str; 3] = [
    PROVIDER_DELTA,
    "hl7.fhir.us.davinci-pdex#provider-download",
    "hl7.fhir.us.davinci-pdex#provider-snapshot",
];

/// Profiles of Groups that are for providers: of those who matched, and of lists of attributed members.
const PROVIDERS: [&str; 3] = [
    PROVIDER_MATCH,
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-provider-group",
    "http://hl7.org/fhir/us/davinci-atr/StructureDefinition/atr-group",
];
/// Codes of the Groups whose data is exported.
const EXPORTED: [&str; 2] = ["match", "pdexprovidergroup"];

/// Parameters of `$davinci-data-export` with the element that holds each value, and the format, which has only one
/// value here.
const PARAMETERS: [(&str, &str); 7] = [
    ("exportType", "valueCanonical"),
    ("patient", "valueReference"),
    ("_since", "valueInstant"),
    ("_until", "valueInstant"),
    ("_type", "valueString"),
    ("_typeFilter", "valueString"),
    ("_outputFormat", "valueString"),
];

/// Names by which clients may ask for the only format of files.
const FORMATS: [&str; 3] = ["application/fhir+ndjson", "application/ndjson", "ndjson"];

/// For whom a Group is.
pub(super) fn audience(group: &Value) -> Audience {
    let is_for_provider = group["id"] == OPTED_OUT
        || path::elements(group, "meta.profile")
            .iter()
            .any(|one| PROVIDERS.iter().any(|own| **one == **own));
    if is_for_provider {
        Audience::Provider
    } else {
        Audience::Payer
    }
}

/// Refuses a Group of members whose data is not given out.
pub(super) fn check_group(group: &Value, deviation: &Deviation) -> Result<(), Refusal> {
    let code = group["code"]["coding"][0]["code"].as_str();
    let is_exported = code.is_some_and(|code| EXPORTED.contains(&code));
    if is_exported || !deviation.enforces(Rule::OptedOutGroups) {
        return Ok(());
    }
    let text = "only the data of matched and of attributed members is exported";
    Err(Refusal::new(422, "business-rule", text))
}

/// Refuses an export type that is not for the kind of Group.
pub(super) fn check_export_type<'a>(
    audience: Audience,
    text: &impl Fn(&str) -> Option<&'a str>,
) -> Result<(), Refusal> {
    let given = text("exportType").unwrap_or_default();
    let is_fitting = match audience {
        Audience::Provider => PROVIDER.contains(&given),
        Audience::Payer => given == PAYER_TO_PAYER,
    };
    if !is_fitting {
        let text = "a Group is exported with the exportType of its audience";
        return Err(Refusal::new(422, "business-rule", text));
    }
    if given == PROVIDER_DELTA && text("_since").is_none() {
        return Err(Refusal::new(422, "required", "provider-delta needs _since"));
    }
    Ok(())
}

/// Refuses parameters that hold a value of another type than the operation's; says whether there are any that it
/// does not have.
pub(super) fn check_types(body: &Value, deviation: &Deviation) -> Result<bool, Refusal> {
    let mut is_unknown = false;
    for parameter in parameters::all(body) {
        let Some(name) = parameter["name"].as_str() else {
            continue;
        };
        let Some((_, element)) = PARAMETERS.iter().find(|(known, _)| *known == name) else {
            is_unknown = true;
            continue;
        };
        if parameter.get(element).is_none() && deviation.enforces(Rule::ParameterTypes) {
            let text = format!("{name} is given by {element}");
            return Err(Refusal::new(422, "invalid", text));
        }
    }
    Ok(is_unknown)
}

/// Refuses any other format of files than the one there is.
pub(super) fn check_format<'a>(text: &impl Fn(&str) -> Option<&'a str>) -> Result<(), Refusal> {
    // A `+` that was not percent-encoded arrives as a blank.
    let format = text("_outputFormat").map(|format| format.replace(' ', "+"));
    if format.is_some_and(|format| !FORMATS.contains(&format.as_str())) {
        return Err(Refusal::bad_request(
            "files are application/fhir+ndjson only",
        ));
    }
    Ok(())
}

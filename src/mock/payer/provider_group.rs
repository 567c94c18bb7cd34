//! Groups that the payer keeps for providers: whose patients its members are, and who treats a member.

use super::plan::{NPI, TAX_NUMBER, last};
use super::records::coding::PDEX;
use super::settings::Settings;
use super::version::Version;
use crate::mock::organization::Organization;
use serde_json::{Value, json};

/// Where Member Attribution List defines its profiles and extensions.
const ATR: &str = "http://hl7.org/fhir/us/davinci-atr/StructureDefinition";
/// Id of the member who is attributed to providers.
const MEMBER: &str = "pt-002";

/// The Groups that a version of the guide knows.
pub(super) fn all(settings: &Settings, version: Version) -> Vec<Value> {
    let mut groups = Vec::new();
    if version >= Version::V2_1_0 {
        groups.push(attributed_to_clinic(settings, version));
        groups.extend(settings.place.first().map(attributed_to_place));
    }
    if version >= Version::V2_2_0 {
        groups.push(treatment(settings));
    }
    groups
}

/// What Member Attribution List asks of every such Group.
fn attributed(
    id: &str,
    provider: &Organization,
    profile: String,
    status: &str,
    code: &Value,
) -> Value {
    let recipient = json!({
        "reference": format!("Organization/{}", provider.id),
        "identifier": {"system": NPI, "value": provider.npi},
    });
    json!({
        "resourceType": "Group",
        "id": id,
        "meta": {"profile": [profile]},
        "extension": [{"url": format!("{ATR}/ext-attributionListStatus"), "valueCode": status}],
        "identifier": [{"system": "https://payer.example/ids/group", "value": id}],
        "active": true,
        "type": "person",
        "actual": true,
        "code": code,
        "managingEntity": recipient,
        "name": format!("Members of {}", provider.name),
        "quantity": 1,
        "characteristic": [{
            "code": code, "valueReference": recipient, "exclude": false, "period": {"start": "2025-01-01"},
        }],
        "member": [{
            "entity": {"reference": format!("Patient/{MEMBER}")},
            "period": {"start": "2025-01-01"},
            "inactive": false,
        }],
    })
}

/// A final list for the first other place.
fn attributed_to_place(place: &Organization) -> Value {
    let code = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMultiMemberMatchResultCS"), "code": "match",
    }]});
    let profile = format!("{ATR}/atr-group");
    attributed("attributed-place", place, profile, "final", &code)
}

/// A draft for the clinic, with all that PDex adds.
fn attributed_to_clinic(settings: &Settings, version: Version) -> Value {
    let clinic = &settings.clinic;
    // The profile fixes the code of what such Groups have in common, with its display.
    let code = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMemberAttributionCS"),
        "code": "pdexprovidergroup",
        "display": "PDex Provider Group",
    }]});
    let profile = format!("{PDEX}/StructureDefinition/pdex-provider-group");
    let mut group = attributed("attributed-clinic", clinic, profile, "draft", &code);
    let own = |name: &str| format!("{PDEX}/StructureDefinition/{name}");
    extend(
        &mut group["extension"],
        [
            json!({"url": format!("{ATR}/ext-contractValidityPeriod"),
                "valuePeriod": {"start": "2025-01-01", "end": "2027-12-31"}}),
            json!({"url": own("base-ext-members-opted-out"), "valueQuantity": {"value": 1}}),
        ],
    );
    extend(
        &mut group["identifier"],
        [
            json!({"system": NPI, "value": clinic.npi}),
            json!({"system": TAX_NUMBER, "value": format!("00-{}", last(&clinic.npi, 7))}),
        ],
    );
    let mut extensions = vec![
        json!({"url": format!("{ATR}/ext-changeType"), "valueCode": "nochange"}),
        json!({"url": format!("{ATR}/ext-coverageReference"),
            "valueReference": {"reference": format!("Coverage/{MEMBER}-coverage")}}),
        json!({"url": format!("{ATR}/ext-attributedProvider"),
            "valueReference": {"reference": format!("Organization/{}", clinic.id)}}),
    ];
    if version == Version::V2_1_0 {
        extensions.extend([
            json!({"url": own("base-ext-last-transmission"), "valueDateTime": "2025-06-01T10:00:00Z"}),
            json!({"url": own("base-ext-last-types"), "valueString": "Patient,Condition"}),
            json!({"url": own("base-ext-last-typefilter"),
                "valueString": "Condition?clinical-status=active"}),
        ]);
    }
    group["member"][0]["extension"] = Value::Array(extensions);
    group
}

fn extend<const N: usize>(list: &mut Value, items: [Value; N]) {
    if let Value::Array(list) = list {
        list.extend(items);
    }
}

/// Who treats the member. Payers keep such Groups for themselves; whoever is shown this one may look.
fn treatment(settings: &Settings) -> Value {
    let member = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMemberAttributionCS"),
        "code": "pdex-member",
        "display": "PDex Member",
    }]});
    json!({
        "resourceType": "Group",
        "id": "treating",
        "meta": {"profile": [format!("{PDEX}/StructureDefinition/pdex-treatment-relationship")]},
        "identifier": [{"system": "https://payer.example/ids/group", "value": "treating"}],
        "active": true,
        "type": "practitioner",
        "actual": true,
        "code": {"coding": [{
            "system": format!("{PDEX}/CodeSystem/PdexMultiMemberMatchResultCS"), "code": "match",
        }]},
        "managingEntity": {"reference": format!("Organization/{}", settings.payer.id)},
        "quantity": 1,
        "characteristic": [{
            "code": member,
            "valueReference": {"reference": format!("Patient/{MEMBER}")},
            "exclude": false,
            "period": {"start": "2025-01-01"},
        }],
        "member": [{
            "entity": {
                "extension": [{
                    "url": format!("{PDEX}/StructureDefinition/treatment-relationship-details"),
                    "valueString": "seen since 2025",
                }],
                "reference": format!("Practitioner/{}", settings.practitioner.id),
            },
            "period": {"start": "2025-01-01"},
        }],
    })
}

//! Groups that the payer keeps for providers: whose patients its members are, and who treats a member.

use super::group::{self, Audience, Bucket, Entry};
use super::member::Member;
use super::plan::{NPI, TAX_NUMBER, last};
use super::records::coding::PDEX;
use super::settings::Settings;
use super::store::{SEEDED, Store};
use super::transmission;
use super::version::Version;
use crate::fhir::path;
use crate::mock::organization::Organization;
use serde_json::{Value, json};

/// Where Member Attribution List defines its profiles and extensions.
const ATR: &str = "http://hl7.org/fhir/us/davinci-atr/StructureDefinition";
/// Id of the member who is attributed to another provider, and whose treatment is told.
const MEMBER: &str = "pt-002";
/// Id of the list of the clinic's members.
pub(super) const ATTRIBUTED: &str = "attributed-clinic";
/// Id of the list of another provider's members, which the clinic does not see.
pub(in crate::mock) const ELSEWHERE: &str = "attributed-place";
/// Id of the Group of those who have opted out, which the payer keeps for itself.
pub(in crate::mock) const OPTED_OUT: &str = "opted-out-clinic";
/// Id of the Group of who treats a member.
pub(super) const TREATING: &str = "treating";

/// The Groups that a version of the guide knows and that no member's choice changes.
pub(super) fn all(settings: &Settings, version: Version) -> Vec<Value> {
    let mut groups = Vec::new();
    if version >= Version::V2_1_0 {
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
    members: &[&str],
) -> Value {
    let recipient = json!({
        "reference": format!("Organization/{}", provider.id),
        "identifier": {"system": NPI, "value": provider.npi},
    });
    let members: Vec<Value> = members
        .iter()
        .map(|member| {
            json!({
                "entity": {"reference": format!("Patient/{member}")},
                "period": {"start": "2025-01-01"},
                "inactive": false,
            })
        })
        .collect();
    let mut group = json!({
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
        "quantity": members.len(),
        "characteristic": [{
            "code": code, "valueReference": recipient, "exclude": false, "period": {"start": "2025-01-01"},
        }],
    });
    if !members.is_empty() {
        group["member"] = Value::Array(members);
    }
    group
}

/// A final list for the first other place.
fn attributed_to_place(place: &Organization) -> Value {
    let code = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMultiMemberMatchResultCS"), "code": "match",
    }]});
    let profile = format!("{ATR}/atr-group");
    attributed(ELSEWHERE, place, profile, "final", &code, &[MEMBER])
}

/// A draft for the clinic, with all that PDex adds: those of its members who have not opted out, and how many have.
pub(super) fn attributed_to_clinic(
    settings: &Settings,
    version: Version,
    members: &[&str],
    opted_out: usize,
) -> Value {
    let clinic = &settings.clinic;
    // The profile fixes the code of what such Groups have in common, with its display.
    let code = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMemberAttributionCS"),
        "code": "pdexprovidergroup",
        "display": "PDex Provider Group",
    }]});
    let profile = format!("{PDEX}/StructureDefinition/pdex-provider-group");
    let mut group = attributed(ATTRIBUTED, clinic, profile, "draft", &code, members);
    let own = |name: &str| format!("{PDEX}/StructureDefinition/{name}");
    extend(
        &mut group["extension"],
        [
            json!({"url": format!("{ATR}/ext-contractValidityPeriod"),
                "valuePeriod": {"start": "2025-01-01", "end": "2027-12-31"}}),
            json!({"url": own("base-ext-members-opted-out"), "valueQuantity": {"value": opted_out}}),
        ],
    );
    extend(
        &mut group["identifier"],
        [
            json!({"system": NPI, "value": clinic.npi}),
            json!({"system": TAX_NUMBER, "value": format!("00-{}", last(&clinic.npi, 7))}),
        ],
    );
    let of_members = group["member"].as_array_mut().into_iter().flatten();
    for (member, id) in of_members.zip(members) {
        let mut extensions = vec![
            json!({"url": format!("{ATR}/ext-changeType"), "valueCode": "nochange"}),
            json!({"url": format!("{ATR}/ext-coverageReference"),
                "valueReference": {"reference": format!("Coverage/{id}-coverage")}}),
            json!({"url": format!("{ATR}/ext-attributedProvider"),
                "valueReference": {"reference": format!("Organization/{}", clinic.id)}}),
        ];
        if version == Version::V2_1_0 {
            extensions.extend(transmission::before());
        }
        member["extension"] = Value::Array(extensions);
    }
    group
}

/// Keeps what the present list says of its members.
pub(super) fn keep_extensions(group: &mut Value, present: &Value) {
    let known = path::elements(present, "member");
    let members = group["member"].as_array_mut().into_iter().flatten();
    for member in members {
        let same = known.iter().find(|one| one["entity"] == member["entity"]);
        if let Some(same) = same {
            member["extension"] = same["extension"].clone();
        }
    }
}

/// Those who have opted out. The payer keeps this Group for itself; its shape is that of later versions.
pub(super) fn opted_out(
    members: &[Member],
    opted_out: &[&str],
    store: &Store,
    version: Version,
    settings: &Settings,
) -> Value {
    let entries: Vec<Entry> = members
        .iter()
        .filter(|member| opted_out.contains(&member.id.as_str()))
        .filter_map(|member| {
            Some(Entry {
                patient: store.get("Patient", &member.id)?.resource.clone(),
                coverage: None,
                member: Some(member.clone()),
            })
        })
        .collect();
    let bucket = (Audience::Provider, Bucket::ConsentConstraint);
    let day = &SEEDED[..10];
    let mut group = group::build(bucket, OPTED_OUT, &entries, day, version, settings);
    let of_members = group["member"].as_array_mut().into_iter().flatten();
    for (member, id) in of_members.zip(opted_out) {
        member["entity"]["reference"] = json!(format!("Patient/{id}"));
    }
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
        "id": TREATING,
        "meta": {"profile": [format!("{PDEX}/StructureDefinition/pdex-treatment-relationship")]},
        "identifier": [{"system": "https://payer.example/ids/group", "value": TREATING}],
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

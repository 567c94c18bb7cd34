//! Groups that hold the outcome of a bulk match.

use super::member::Member;
use super::plan::NPI;
use super::settings::Settings;
use super::version::Version;
use serde_json::{Map, Value, json};

const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex";

/// What became of a submitted member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bucket {
    Match,
    NoMatch,
    ConsentConstraint,
}

impl Bucket {
    /// The buckets in the order they are reported.
    pub(super) const ALL: [Self; 3] = [Self::Match, Self::NoMatch, Self::ConsentConstraint];

    /// Its code.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::NoMatch => "nomatch",
            Self::ConsentConstraint => "consentconstraint",
        }
    }

    /// Its name among the parameters of 2.1.0.
    pub(super) fn parameter(self) -> &'static str {
        match self {
            Self::Match => "MatchedMembers",
            Self::NoMatch => "NonMatchedMembers",
            Self::ConsentConstraint => "ConsentConstrainedMembers",
        }
    }
}

/// Who asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Another health plan, the trading partner.
    Payer,
    /// A provider, the clinic.
    Provider,
}

/// Profile of the Groups of matched members that a provider gets.
pub(super) const PROVIDER_MATCH: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-provider-member-match";

/// Profile of the Groups of members who opted out.
const OPT_OUT: &str = "pdex-member-opt-out";

/// A submitted member in its bucket.
pub(super) struct Entry {
    /// The submitted Patient.
    pub(super) patient: Value,
    /// The submitted Coverage, when the same Patient was submitted with several.
    pub(super) coverage: Option<Value>,
    /// Who it is, when that may be said.
    pub(super) member: Option<Member>,
}

/// The Group of a bucket. Which members it holds is told by contained copies of what was submitted.
pub(super) fn build(
    (audience, bucket): (Audience, Bucket),
    id: &str,
    entries: &[Entry],
    today: &str,
    version: Version,
    settings: &Settings,
) -> Value {
    let mut contained = Contained::default();
    let members: Vec<Value> = entries
        .iter()
        .map(|entry| member((audience, bucket), entry, version, &mut contained))
        .collect();
    let mut code = json!({"coding": [{
        "system": format!("{PDEX}/CodeSystem/PdexMultiMemberMatchResultCS"), "code": bucket.code(),
    }]});
    let profile = match (audience, bucket) {
        (Audience::Payer, Bucket::Match) => "pdex-member-match-group",
        (Audience::Payer, _) => "pdex-member-no-match-group",
        (Audience::Provider, Bucket::Match) => "pdex-provider-member-match",
        (Audience::Provider, Bucket::NoMatch) => "pdex-provider-member-no-match",
        (Audience::Provider, Bucket::ConsentConstraint) => OPT_OUT,
    };
    if profile == OPT_OUT {
        // The profile fixes the code with its display.
        code["coding"][0]["display"] = json!("Consent Constraint");
    }
    let mut group = json!({
        "resourceType": "Group",
        "id": id,
        "meta": {
            "profile": [format!("{PDEX}/StructureDefinition/{profile}")],
            "lastUpdated": format!("{today}T00:00:00Z"),
        },
        "identifier": [{"system": "https://payer.example/ids/group", "value": id}],
        "active": true,
        "type": "person",
        "actual": true,
        "code": code,
        "managingEntity": {"reference": format!("Organization/{}", settings.payer.id)},
        "quantity": entries.len(),
    });
    if let Some(mut characteristic) = characteristic(audience, bucket, settings) {
        characteristic["code"] = group["code"].clone();
        characteristic["exclude"] = json!(false);
        characteristic["period"] = json!({"start": today});
        group["characteristic"] = json!([characteristic]);
    }
    let is_empty_match = profile == "pdex-provider-member-match" && entries.is_empty();
    if is_empty_match || profile == OPT_OUT && version < Version::V2_2_0 {
        // The guide wants the Group even when nobody matched, its profile wants somebody in it. That of those who
        // have opted out came with 2.2.0.
        if let Some(meta) = group["meta"].as_object_mut() {
            meta.remove("profile");
        }
    }
    for (name, list) in [("contained", contained.resources), ("member", members)] {
        if !list.is_empty() {
            group[name] = Value::Array(list);
        }
    }
    group
}

/// Who the members were matched for, or how far their opt-out goes.
fn characteristic(audience: Audience, bucket: Bucket, settings: &Settings) -> Option<Value> {
    let caller = match audience {
        Audience::Payer => &settings.partner,
        Audience::Provider => &settings.clinic,
    };
    match (audience, bucket) {
        (_, Bucket::Match) => Some(json!({"valueReference": {
            "reference": format!("Organization/{}", caller.id),
            "identifier": {"system": NPI, "value": caller.npi},
        }})),
        (Audience::Provider, Bucket::ConsentConstraint) => {
            let coded = |system: &str, code: &str| json!({"coding": [{"system": format!("{PDEX}/CodeSystem/{system}"), "code": code}]});
            Some(json!({
                "valueCodeableConcept": coded("opt-out-scope", "global"),
                "extension": [{
                    "url": format!("{PDEX}/StructureDefinition/opt-out-reason"),
                    "valueCodeableConcept": coded("opt-out-reason", "member-choice"),
                }],
            }))
        }
        _ => None,
    }
}

fn member(
    (audience, bucket): (Audience, Bucket),
    entry: &Entry,
    version: Version,
    contained: &mut Contained,
) -> Value {
    let (patient_url, coverage_url) = ("base-ext-match-parameters", "base-ext-match-coverage");
    let local = contained.add(&entry.patient);
    let extension = |name: &str, local: &str| json!({"url": format!("{PDEX}/StructureDefinition/{name}"), "valueReference": {"reference": local}});
    let mut extensions = vec![extension(patient_url, &local)];
    if let (Some(coverage), true) = (&entry.coverage, version >= Version::V2_2_0) {
        extensions.push(extension(coverage_url, &contained.add(coverage)));
    }
    if (audience, bucket) == (Audience::Provider, Bucket::ConsentConstraint) {
        extensions.push(json!({
            "url": format!("{PDEX}/StructureDefinition/opt-out-details"),
            "valueString": "on record with the plan",
        }));
    }
    let reference = match (&entry.member, bucket) {
        (Some(member), Bucket::Match) => format!("Patient/{}", member.id),
        _ => local,
    };
    json!({"entity": {"reference": reference, "extension": extensions}})
}

/// Resources to be contained, each once.
#[derive(Default)]
struct Contained {
    resources: Vec<Value>,
}

impl Contained {
    /// Contains a copy without what FHIR forbids in contained resources, and returns the reference to it.
    fn add(&mut self, submitted: &Value) -> String {
        let mut copy = submitted.clone();
        if let Some(fields) = copy.as_object_mut() {
            fields.remove("contained");
            let meta = fields.get_mut("meta").and_then(Value::as_object_mut);
            if let Some(meta) = meta {
                for forbidden in ["versionId", "lastUpdated", "security"] {
                    meta.remove(forbidden);
                }
            }
            if fields
                .get("meta")
                .and_then(Value::as_object)
                .is_some_and(Map::is_empty)
            {
                fields.remove("meta");
            }
        }
        if !self.resources.contains(&copy) {
            // Different resources with one id: only the first keeps it.
            let wanted = copy["id"].as_str().unwrap_or("submitted").to_owned();
            let mut id = wanted.clone();
            let mut number = 1;
            while self.resources.iter().any(|one| one["id"] == id.as_str()) {
                number += 1;
                id = format!("{wanted}-{number}");
            }
            copy["id"] = json!(id);
            if !self.resources.contains(&copy) {
                self.resources.push(copy.clone());
            }
        }
        format!("#{}", copy["id"].as_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::Contained;
    use serde_json::json;

    #[test]
    fn copies_are_clean_and_have_their_own_ids() {
        let mut contained = Contained::default();
        let first = json!({"resourceType": "Patient", "id": "m", "meta": {"versionId": "1"}, "contained": []});
        assert_eq!(contained.add(&first), "#m");
        assert_eq!(contained.add(&first), "#m");
        assert_eq!(
            contained.add(&json!({"resourceType": "Patient", "id": "m", "gender": "male"})),
            "#m-2"
        );
        assert_eq!(contained.resources.len(), 2);
        assert_eq!(
            contained.resources[0],
            json!({"resourceType": "Patient", "id": "m"})
        );
    }
}

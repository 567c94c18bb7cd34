//! What became of the members of a bulk match: the Groups of the answer (PDex `pdex-member-match-group`,
//! `pdex-member-no-match-group`).

use super::Mismatch;
use super::audience::{Audience, tells_of_treatment};
use super::instance::{claims, split};
use serde_json::Value;

/// Code system of the outcome of a bulk match.
pub(super) const RESULT: &str =
    "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PdexMultiMemberMatchResultCS";
/// Extension that says which submitted Patient a member is.
const MATCH_PARAMETERS: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-match-parameters";
/// Extension that says which submitted Coverage was matched.
pub(super) const MATCH_COVERAGE: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-match-coverage";

/// Where a submitted member is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bucket {
    /// Matched, with a consent that can be honoured.
    Matched,
    /// Not matched.
    NotMatched,
    /// Matched, with a consent that cannot be honoured.
    Constrained,
}

impl Bucket {
    /// All of them: code, parameter of 2.1.0, words of features.
    const ALL: [(Self, &'static str, &'static str, &'static str); 3] = [
        (Self::Matched, "match", "MatchedMembers", "matched"),
        (
            Self::NotMatched,
            "nomatch",
            "NonMatchedMembers",
            "not matched",
        ),
        (
            Self::Constrained,
            "consentconstraint",
            "ConsentConstrainedMembers",
            "constrained by consent",
        ),
    ];

    /// Name among the parameters of PDex 2.1.0.
    pub(super) fn parameter(self) -> &'static str {
        Self::ALL[self as usize].2
    }

    /// What people call it.
    pub(super) fn words(self) -> &'static str {
        Self::ALL[self as usize].3
    }

    /// Reads the words of a feature.
    pub(super) fn read(words: &str) -> Option<Self> {
        Self::ALL.iter().find(|one| one.3 == words).map(|one| one.0)
    }

    /// The bucket a Group says it is: by the profile it claims where every bucket has one of its own, as for
    /// providers, or else by its code.
    pub(super) fn of(group: &Value) -> Option<Self> {
        let of_profile = |claim: &str| {
            let name = split(claim).0.rsplit('/').next();
            let profiles = Audience::Provider.profiles();
            let known = profiles.into_iter().find(|(_, own)| name == Some(own));
            known.map(|(bucket, _)| bucket)
        };
        if let Some(bucket) = claims(group).find_map(of_profile) {
            return Some(bucket);
        }
        let codings = group["code"]["coding"].as_array()?;
        Self::ALL
            .iter()
            .find(|(_, code, ..)| {
                codings
                    .iter()
                    .any(|coding| coding["system"] == RESULT && coding["code"] == *code)
            })
            .map(|one| one.0)
    }
}

/// How the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As one Parameters resource (PDex 2.1.0).
    Parameters,
    /// As Group resources (PDex 2.2.0).
    Groups,
}

/// The outcome of a bulk match.
#[derive(Clone, Debug)]
pub(super) struct Sorted {
    /// How it came.
    pub(super) shape: Shape,
    /// The Groups with the bucket each is.
    pub(super) groups: Vec<(Bucket, Value)>,
}

impl Sorted {
    /// Reads the outcome from the resources of the answer: Groups if there are any, or else Parameters.
    pub(super) fn read(resources: &[Value]) -> Result<Self, Mismatch> {
        let of_type = |kind: &'static str| {
            resources
                .iter()
                .filter(move |resource| resource["resourceType"] == kind)
        };
        if of_type("Group").next().is_some() {
            let outcomes = of_type("Group").filter(|group| !tells_of_treatment(group));
            let groups = outcomes.map(|group| {
                let bucket = Bucket::of(group);
                bucket.map(|bucket| (bucket, group.clone())).ok_or_else(|| {
                    Mismatch::new(
                        "each Group says by its code whether its members match",
                        format!("a Group with the code {}", group["code"]),
                    )
                    .at("Group.code")
                })
            });
            let groups = groups.collect::<Result<Vec<_>, _>>()?;
            return Ok(Self {
                shape: Shape::Groups,
                groups,
            });
        }
        let Some(parameters) = of_type("Parameters").next() else {
            return Err(Mismatch::new(
                "the outcome as Groups, or as Parameters that hold them",
                "neither",
            )
            .at("output"));
        };
        let listed = parameters["parameter"].as_array().map(Vec::as_slice);
        let groups = listed.unwrap_or_default().iter().filter_map(|parameter| {
            let bucket = Bucket::ALL.iter().find(|one| parameter["name"] == one.2)?.0;
            (parameter["resource"]["resourceType"] == "Group")
                .then(|| (bucket, parameter["resource"].clone()))
        });
        Ok(Self {
            shape: Shape::Parameters,
            groups: groups.collect(),
        })
    }

    /// The Group of a bucket.
    pub(super) fn group(&self, bucket: Bucket) -> Option<&Value> {
        self.groups
            .iter()
            .find(|(own, _)| *own == bucket)
            .map(|(_, group)| group)
    }

    /// Where a submitted person is found, once for each entry.
    pub(super) fn buckets_of(&self, submitted: &Value) -> Vec<Bucket> {
        let mut found = Vec::new();
        for (bucket, group) in &self.groups {
            for member in members(group) {
                if copy_of(group, member).is_some_and(|copy| is_same_person(copy, submitted)) {
                    found.push(*bucket);
                }
            }
        }
        found
    }
}

/// The members of a Group.
pub(super) fn members(group: &Value) -> &[Value] {
    group["member"].as_array().map_or(&[], Vec::as_slice)
}

/// What an extension of a member refers to inside the Group.
pub(super) fn contained<'a>(group: &'a Value, member: &'a Value, url: &str) -> Option<&'a Value> {
    let extensions = [&member["entity"]["extension"], &member["extension"]];
    let mut extensions = extensions.into_iter().filter_map(Value::as_array).flatten();
    let reference =
        extensions.find(|one| one["url"] == url)?["valueReference"]["reference"].as_str()?;
    local(group, reference)
}

/// The copy of the submitted Patient that a member points to: by the extension, or, as PDex 2.1.0 allows,
/// by the entity itself.
pub(super) fn copy_of<'a>(group: &'a Value, member: &'a Value) -> Option<&'a Value> {
    contained(group, member, MATCH_PARAMETERS)
        .or_else(|| local(group, member["entity"]["reference"].as_str()?))
}

fn local<'a>(group: &'a Value, reference: &str) -> Option<&'a Value> {
    let id = reference.strip_prefix('#')?;
    let contained = group["contained"].as_array()?;
    contained.iter().find(|resource| resource["id"] == id)
}

/// Whether a copy is that of the submitted Patient: by its id, or by all that identifies a person.
fn is_same_person(copy: &Value, submitted: &Value) -> bool {
    copy["id"] == submitted["id"]
        || ["name", "birthDate", "gender", "identifier"]
            .iter()
            .all(|element| copy[element] == submitted[element])
}

#[cfg(test)]
mod tests {
    use super::{Bucket, MATCH_PARAMETERS, RESULT, Shape, Sorted};
    use serde_json::{Value, json};

    fn group(code: &str, ids: &[&str]) -> Value {
        let contained: Vec<Value> = ids
            .iter()
            .map(|id| json!({"resourceType": "Patient", "id": id, "birthDate": id}))
            .collect();
        let member: Vec<Value> = ids.iter().map(|id| json!({"entity": {
            "reference": "Patient/own", "extension": [{"url": MATCH_PARAMETERS, "valueReference": {"reference": format!("#{id}")}}],
        }})).collect();
        json!({"resourceType": "Group", "code": {"coding": [{"system": RESULT, "code": code}]},
            "contained": contained, "member": member})
    }

    fn person(id: &str) -> Value {
        json!({"resourceType": "Patient", "id": id, "birthDate": id})
    }

    #[test]
    fn members_are_found_where_they_were_sorted() {
        let groups = [
            group("match", &["a", "b"]),
            group("consentconstraint", &["c"]),
        ];
        let sorted = Sorted::read(&groups).unwrap();
        assert_eq!(sorted.shape, Shape::Groups);
        assert_eq!(sorted.buckets_of(&person("b")), [Bucket::Matched]);
        assert_eq!(sorted.buckets_of(&person("c")), [Bucket::Constrained]);
        assert!(sorted.buckets_of(&person("d")).is_empty());
    }

    #[test]
    fn the_older_shape_says_the_same() {
        let parameters = json!({"resourceType": "Parameters", "parameter": [
            {"name": "MatchedMembers", "resource": group("match", &["a"])},
            {"name": "NonMatchedMembers", "resource": group("nomatch", &["b"])},
        ]});
        let sorted = Sorted::read(&[parameters]).unwrap();
        assert_eq!(sorted.shape, Shape::Parameters);
        assert_eq!(sorted.buckets_of(&person("b")), [Bucket::NotMatched]);
    }

    #[test]
    fn an_answer_without_an_outcome_is_none() {
        assert!(Sorted::read(&[json!({"resourceType": "Bundle"})]).is_err());
        assert!(Sorted::read(&[group("other", &[])]).is_err());
    }

    #[test]
    fn the_words_of_features_are_read() {
        for bucket in [Bucket::Matched, Bucket::NotMatched, Bucket::Constrained] {
            assert_eq!(Bucket::read(bucket.words()), Some(bucket));
        }
    }
}

//! Who has members matched, and gets their data: another payer, or a provider.

use super::instance::{claims, split};
use super::sorted::Bucket;
use serde_json::Value;

/// Who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Audience {
    #[default]
    Payer,
    Provider,
}

impl Audience {
    /// The operation that matches many members, below the base URL.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Payer => "Group/$bulk-member-match",
            Self::Provider => "Group/$provider-member-match",
        }
    }

    /// What the data is wanted for (`exportType`).
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Payer => "hl7.fhir.us.davinci-pdex#payertopayer",
            Self::Provider => "hl7.fhir.us.davinci-pdex#provider-download",
        }
    }

    /// Profiles of the Groups, by where people are sorted.
    pub(super) fn profiles(self) -> [(Bucket, &'static str); 3] {
        match self {
            Self::Payer => [
                (Bucket::Matched, "pdex-member-match-group"),
                (Bucket::NotMatched, "pdex-member-no-match-group"),
                (Bucket::Constrained, "pdex-member-no-match-group"),
            ],
            Self::Provider => [
                (Bucket::Matched, "pdex-provider-member-match"),
                (Bucket::NotMatched, "pdex-provider-member-no-match"),
                (Bucket::Constrained, "pdex-member-opt-out"),
            ],
        }
    }

    /// Profile of the Parameters that hold them.
    pub(super) fn envelope(self) -> &'static str {
        match self {
            Self::Payer => "pdex-parameters-multi-member-match-bundle-out",
            Self::Provider => "provider-parameters-multi-member-match-bundle-out",
        }
    }

    /// The profile a Group must hold to: by the parameter it is in, or else by what it claims, or else by its code.
    fn profile_of(self, parameter: Option<&str>, group: &Value) -> Option<&'static str> {
        let profiles = self.profiles();
        let by_parameter = || {
            profiles
                .iter()
                .find(|(bucket, _)| parameter == Some(bucket.parameter()))
        };
        let by_claim = || {
            let mut claimed = claims(group).filter_map(|claim| split(claim).0.rsplit('/').next());
            claimed.find_map(|name| profiles.iter().find(|(_, profile)| *profile == name))
        };
        let by_code = || {
            let bucket = Bucket::of(group)?;
            profiles.iter().find(|(known, _)| *known == bucket)
        };
        by_parameter()
            .or_else(by_claim)
            .or_else(by_code)
            .map(|(_, profile)| *profile)
    }

    /// The Groups of an answer with the profile of each: files of their own, or else what Parameters hold.
    pub(super) fn groups(self, resources: &[Value]) -> Vec<(&'static str, Value)> {
        let of_type = |kind: &'static str| {
            resources
                .iter()
                .filter(move |one| one["resourceType"] == kind)
        };
        if of_type("Group").next().is_some() {
            let groups = of_type("Group").filter(|group| !tells_of_treatment(group));
            let sorted =
                groups.filter_map(|group| Some((self.profile_of(None, group)?, group.clone())));
            return sorted.collect();
        }
        let parameters = of_type("Parameters")
            .filter_map(|one| one["parameter"].as_array())
            .flatten();
        let held = parameters.filter(|one| one["resource"]["resourceType"] == "Group");
        let sorted = held.filter_map(|one| {
            let group = &one["resource"];
            Some((self.profile_of(one["name"].as_str(), group)?, group.clone()))
        });
        sorted.collect()
    }
}

/// Whether a Group tells who treats a member, and so is none of the outcomes of a match.
pub(super) fn tells_of_treatment(group: &Value) -> bool {
    let is_claimed =
        claims(group).any(|claim| split(claim).0.ends_with("/pdex-treatment-relationship"));
    let codes = crate::fhir::path::elements(group, "characteristic.code.coding.code");
    is_claimed || codes.iter().any(|code| **code == "pdex-member")
}

#[cfg(test)]
mod tests {
    use super::{Audience, tells_of_treatment};
    use crate::steps::sorted::RESULT;
    use serde_json::{Value, json};

    fn group(code: &str, claim: Option<&str>) -> Value {
        let claims: Vec<String> = claim
            .map(|name| format!("http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/{name}|1"))
            .into_iter()
            .collect();
        json!({"resourceType": "Group", "id": code, "meta": {"profile": claims},
            "code": {"coding": [{"system": RESULT, "code": code}]}})
    }

    fn profiles(audience: Audience, resources: &[Value]) -> Vec<&'static str> {
        let groups = audience.groups(resources).into_iter();
        groups.map(|(profile, _)| profile).collect()
    }

    #[test]
    fn groups_are_told_by_their_claim_before_their_code() {
        let groups = [
            group("match", None),
            group("odd", Some("pdex-member-no-match-group")),
            group("odd", None),
        ];
        let expected = ["pdex-member-match-group", "pdex-member-no-match-group"];
        assert_eq!(profiles(Audience::Payer, &groups), expected);
        let silent = [group("consentconstraint", None)];
        assert_eq!(
            profiles(Audience::Provider, &silent),
            ["pdex-member-opt-out"]
        );
    }

    #[test]
    fn groups_in_parameters_are_told_by_their_name() {
        let held = json!({"resourceType": "Parameters", "parameter": [
            {"name": "NonMatchedMembers", "resource": group("match", None)},
            {"name": "Else", "valueString": "x"},
        ]});
        let no_match = "pdex-member-no-match-group";
        assert_eq!(
            profiles(Audience::Payer, std::slice::from_ref(&held)),
            [no_match]
        );
        // Groups of their own come first.
        let both = [held, group("match", None)];
        assert_eq!(
            profiles(Audience::Payer, &both),
            ["pdex-member-match-group"]
        );
    }

    #[test]
    fn who_treats_whom_is_no_outcome_of_a_match() {
        let treating = group("match", Some("pdex-treatment-relationship"));
        assert!(tells_of_treatment(&treating));
        let matched = group("match", Some("pdex-provider-member-match"));
        assert_eq!(
            profiles(Audience::Provider, &[treating, matched]),
            ["pdex-provider-member-match"]
        );
    }
}

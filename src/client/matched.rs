//! Who was matched: the Group of a match of many.

use serde_json::Value;

/// The id of the Group of those who were matched, which claims that profile: from a file of Groups where there is one,
/// else from the Parameters.
pub(super) fn group(files: &[Value], profile: &str) -> Option<String> {
    let of_kind = |kind: &'static str| files.iter().filter(move |one| one["resourceType"] == kind);
    let is_matched = |group: &&Value| {
        let profiles = group["meta"]["profile"].as_array().into_iter().flatten();
        let mut names = profiles.filter_map(|one| one.as_str()?.rsplit('/').next());
        names.any(|name| name == profile)
    };
    let parameters = of_kind("Parameters");
    let parameters = parameters.flat_map(|one| one["parameter"].as_array().into_iter().flatten());
    let mut in_parameters = parameters
        .filter(|one| one["name"] == "MatchedMembers")
        .map(|one| &one["resource"]);
    let group = of_kind("Group").find(is_matched);
    let group = group.or_else(|| in_parameters.next())?;
    Some(group["id"].as_str()?.to_owned())
}

//! What the payer holds is valid, and leaves nothing out that a profile wants to be supported.

use super::ask::{get, payer};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::fhir::{bundle, path};
use vitruvian::mock::Payer;
use vitruvian::profile::{Library, Validator};

/// US Core versions whose profiles the data of an IG version must meet.
pub(super) const FLAVOURS: [(&str, &[&str]); 3] = [
    ("2.0.0", &["us-core@3.1.1"]),
    (
        "2.1.0",
        &["us-core@3.1.1", "us-core@6.1.0", "us-core@7.0.0"],
    ),
    (
        "2.2.0",
        &["us-core@3.1.1", "us-core@6.1.0", "us-core@7.0.0"],
    ),
];

/// All resources of a search, page by page.
pub(super) fn all(payer: &mut Payer, target: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = Some(target.to_owned());
    while let Some(target) = next.take() {
        let (status, page) = get(payer, &target);
        assert_eq!(status, 200, "{target}: {page}");
        found.extend(bundle::matches(&page).cloned());
        let link = path::elements(&page, "link")
            .into_iter()
            .find(|link| link["relation"] == "next")
            .and_then(|link| link["url"].as_str());
        next = link.map(|url| url.trim_start_matches(super::ask::BASE).to_owned());
    }
    found
}

/// Everything that can be searched.
pub(super) fn everything(payer: &mut Payer) -> Vec<Value> {
    let (_, statement) = get(payer, "/metadata");
    let searched = path::elements(&statement, "rest.resource")
        .into_iter()
        .filter(|kind| {
            path::elements(kind, "interaction.code").contains(&&Value::from("search-type"))
        })
        .filter_map(|kind| kind["type"].as_str().map(str::to_owned))
        .collect::<Vec<_>>();
    searched
        .iter()
        .flat_map(|kind| all(payer, &format!("/{kind}?_count=200")))
        .collect()
}

/// An expression without the numbers of repetitions.
fn without_numbers(expression: &str) -> String {
    expression
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect()
}

#[test]
fn all_that_is_held_is_valid_in_every_flavour() {
    let mut wrong: BTreeMap<String, usize> = BTreeMap::new();
    for (version, flavours) in FLAVOURS {
        let mut payer = payer(version);
        let resources = everything(&mut payer);
        assert!(resources.len() > 500, "{version}");
        let pdex = format!("pdex@{version}");
        for (turn, flavour) in flavours.iter().enumerate() {
            let library = Library::for_igs(&Data::Embedded, &[&pdex, flavour], None).unwrap();
            let validator = Validator::new(Arc::new(library));
            // Records of members but one are alike: each is looked at in one flavour.
            let is_turn = |position: usize| position % flavours.len() == turn;
            for (position, resource) in resources.iter().enumerate() {
                let text = resource.to_string();
                let is_of_other = text.contains("\"pt-0") && !text.contains("\"pt-001");
                if is_of_other && !is_turn(position) {
                    continue;
                }
                for issue in validator.validate(resource, &[]).errors() {
                    let text = format!(
                        "{version} {flavour} {}: {} {} ({})",
                        resource["resourceType"],
                        without_numbers(&issue.expression),
                        issue.message,
                        issue.profile.as_deref().unwrap_or("-")
                    );
                    *wrong.entry(text).or_default() += 1;
                }
            }
        }
    }
    let shown: Vec<_> = wrong.iter().take(60).collect();
    assert!(wrong.is_empty(), "{} kinds: {shown:#?}", wrong.len());
}

#[test]
fn the_records_of_a_member_stay_valid_when_they_are_multiplied() {
    for (version, _) in FLAVOURS {
        let (status, found) = get(&mut payer(version), "/Patient/pt-001/$everything");
        assert_eq!(status, 200, "{version}");
        let pdex = format!("pdex@{version}");
        let library = Library::for_igs(&Data::Embedded, &[&pdex], None).unwrap();
        let validator = Validator::new(Arc::new(library));
        let records = path::elements(&found, "entry.resource");
        assert!(records.len() > 100, "{version}: {}", records.len());
        for record in records {
            let copy = record.to_string().replace("pt-001", "m7");
            let copy: Value = serde_json::from_str(&copy).unwrap();
            let report = validator.validate(&copy, &[]);
            let wrong: Vec<_> = report.errors().map(|issue| &issue.message).collect();
            assert!(wrong.is_empty(), "{version} {}: {wrong:?}", copy["id"]);
        }
    }
}

//! Suites: what they name exists, and every feature is in one.

use super::super::requirement::names;
use super::super::suite::PlacedSuite;
use super::super::{Catalog, Code, Ig, Problem, suggestion};
use crate::data::Data;

/// Finds suites that name what is not there, and features that no suite names.
pub(super) fn find(data: &Data, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let paths: Vec<String> = catalog
        .features()
        .iter()
        .map(|feature| feature.path())
        .collect();
    for ig in catalog.igs() {
        let own = format!("{}/suites.toml", ig.at.folder());
        for placed in ig.suites.iter().filter(|placed| placed.file == own) {
            find_features(data, placed, &paths, problems);
            find_scope(ig, placed, problems);
        }
    }
    for feature in catalog.features() {
        let path = feature.path();
        let suites = catalog
            .igs()
            .iter()
            .filter(|ig| ig.at.ig == feature.ig)
            .flat_map(Ig::suites);
        if !suites
            .into_iter()
            .any(|suite| suite.features.contains(&path))
        {
            problems.push(Problem::new(
                Code::FeatureInNoSuite,
                (&feature.file, 0),
                "no suite names the feature, so it would never be run",
                format!(
                    "add {path:?} to the features of a suite in scenarios/{}/",
                    feature.ig
                ),
            ));
        }
    }
}

fn find_features(data: &Data, placed: &PlacedSuite, paths: &[String], problems: &mut Vec<Problem>) {
    for (path, line) in placed.suite.features.iter().zip(&placed.feature_lines) {
        let file = format!("features/{path}.feature");
        // One that is there and does not parse is reported as that.
        if paths.contains(path) || data.has(&file) {
            continue;
        }
        let help = match suggestion::nearest(path, paths.iter().map(String::as_str)) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("write {file}, or remove it from the suite"),
        };
        problems.push(Problem::new(
            Code::UnknownFeature,
            (&placed.file, *line),
            format!(
                "suite {} names the feature {path:?}, which is not there",
                placed.suite.id
            ),
            help,
        ));
    }
}

fn find_scope(ig: &Ig, placed: &PlacedSuite, problems: &mut Vec<Problem>) {
    for (name, line) in placed
        .suite
        .requirements
        .iter()
        .zip(&placed.requirement_lines)
    {
        if ig.requirements.iter().any(|row| names(name, &row.id)) {
            continue;
        }
        let areas = ig
            .requirements
            .iter()
            .flat_map(|row| [row.id.as_str(), row.area()]);
        let help = match suggestion::nearest(name, areas) {
            Some(near) => format!("did you mean {near}?"),
            None => "name an id, or a prefix of whole parts such as PDEX-MMC".to_owned(),
        };
        problems.push(Problem::new(
            Code::EmptyScope,
            (&placed.file, *line),
            format!("{name:?} names no requirement of {}", ig.at),
            help,
        ));
    }
}

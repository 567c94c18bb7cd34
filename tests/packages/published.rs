//! Every published package at hand: what is read from it survives the way through a table.

use super::{published_packages, say};
use std::borrow::Cow;
use std::path::Path;
use vitruvian::profile::{Artifact, Origin, Package, Source, Table, TableSource, write_table};

fn table(package: &Package) -> (Table, Vec<String>) {
    let source = TableSource {
        package,
        only: None,
        properties: None,
    };
    let written = write_table(source).unwrap();
    if package.id() == "hl7.fhir.us.core" {
        let again = write_table(source).unwrap();
        assert!(
            written == again,
            "{} differs when written again",
            package.id()
        );
    }
    let table = Table::open("test", Cow::Owned(written.bytes), Origin::Embedded).unwrap();
    (table, written.left_out)
}

/// Compares everything, and says how many resources that were.
fn compare(package: &Package, table: &Table) -> usize {
    let mut count = 0;
    for artifact in Artifact::ALL {
        for (url, version) in package.canonicals(artifact) {
            count += 1;
            let is_same = match artifact {
                // Tables hold none.
                Artifact::Questionnaire => continue,
                Artifact::Definition => match package.definition(url, version) {
                    Ok(expected) => table.definition(url, version).unwrap() == expected,
                    Err(_) => table.definition(url, version).unwrap().is_none(),
                },
                Artifact::ValueSet => {
                    table.value_set(url, version).unwrap()
                        == package.value_set(url, version).unwrap()
                }
                Artifact::CodeSystem => {
                    table.code_system(url, version).unwrap()
                        == package.code_system(url, version).unwrap()
                }
            };
            assert!(
                is_same,
                "{url}|{version} of {} is not what it was",
                package.id()
            );
        }
    }
    count
}

/// Sends a package through a table, and says how many resources that were.
fn survives(path: &Path) -> usize {
    let package = Package::open(path).unwrap();
    let (table, left_out) = table(&package);
    for why in left_out {
        // The three that are known to be published, or assembled, without a snapshot.
        let known = [
            "example-composition",
            "example-section-library",
            "atr-list-change-subscription",
        ];
        let is_known = known.iter().any(|name| why.contains(name));
        assert!(is_known && why.contains("no snapshot"), "{why}");
    }
    compare(&package, &table)
}

#[test]
fn everything_in_every_published_package_survives_the_way_through_a_table() {
    let paths = published_packages();
    let (left, right): (Vec<_>, Vec<_>) = paths
        .iter()
        .enumerate()
        .partition(|(index, _)| index % 2 == 0);
    let count = std::thread::scope(|scope| {
        let halves = [left, right].map(|half| {
            scope.spawn(move || half.iter().map(|(_, path)| survives(path)).sum::<usize>())
        });
        halves
            .map(|half| half.join().unwrap())
            .iter()
            .sum::<usize>()
    });
    say(&format!("{count} resources compared"));
}

#[test]
fn an_embedded_table_has_the_definitions_of_the_package_it_names() {
    let tables = vitruvian::profile::embedded_tables(&vitruvian::data::Data::Embedded).unwrap();
    let mut compared = 0;
    for path in published_packages() {
        let bytes = std::fs::read(&path).unwrap();
        let package = Package::open_archive(Path::new("test.tgz"), &bytes).unwrap();
        let Some(table) = tables
            .iter()
            .find(|table| table.about().sha256 == package.sha256())
        else {
            continue;
        };
        for (url, version) in table.canonicals(Artifact::Definition) {
            let (expected, found) = (
                package.definition(url, version),
                table.definition(url, version),
            );
            assert!(expected.unwrap() == found.unwrap(), "{url}|{version}");
            compared += 1;
        }
    }
    if !published_packages().is_empty() {
        assert!(compared > 1500, "only {compared} definitions were compared");
    }
}

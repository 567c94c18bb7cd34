//! `vitruvian packages` from outside.

use super::registry::Registry;
use super::{archive, value_set};
use crate::support::command::{Output, vitruvian};
use std::path::Path;

const ID: &str = "x.example.guide";

fn install(registry: &str, cache: &Path, package: &str) -> Output {
    vitruvian(
        [
            "packages",
            "install",
            package,
            "--registry",
            registry,
            "--cache",
        ],
        [cache],
    )
}

fn listed(cache: &Path) -> Vec<String> {
    let output = vitruvian(["packages", "list", "--format", "json", "--cache"], [cache]);
    assert_eq!(output.code, 0, "{output:?}");
    let listing: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    let packages = listing["packages"].as_array().unwrap();
    packages
        .iter()
        .filter(|package| package["where"] == "cache")
        .map(|package| {
            format!(
                "{}@{}",
                package["id"].as_str().unwrap(),
                package["version"].as_str().unwrap()
            )
        })
        .collect()
}

#[test]
fn a_package_is_fetched_checked_and_found_again() {
    let bytes = archive(
        ID,
        "1.0.0",
        &[("v.json", &value_set("http://x.example/v", "1", "a"))],
    );
    let registry = Registry::with(ID, "1.0.0", &bytes).start();
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("packages");
    let output = install(&registry.url, &cache, "x.example.guide@1.0.0");
    assert_eq!(output.code, 0, "{output:?}");
    assert!(
        output
            .stdout
            .contains("its digest is the one the registry gives"),
        "{}",
        output.stdout
    );
    assert!(cache.join("x.example.guide#1.0.0/package/v.json").is_file());
    assert_eq!(listed(&cache), ["x.example.guide@1.0.0"]);
    let again = install(&registry.url, &cache, "x.example.guide@1.0.0");
    assert!(
        again.code == 0 && again.stdout.contains("already"),
        "{again:?}"
    );
    assert_eq!(registry.downloads(), 1);
}

#[test]
fn a_registry_that_gives_no_digest_is_believed_and_that_is_said() {
    let bytes = archive(ID, "1.0.0", &[]);
    let registry = Registry::with(ID, "1.0.0", &bytes)
        .without_listing()
        .start();
    let folder = tempfile::tempdir().unwrap();
    let output = install(&registry.url, folder.path(), "x.example.guide@1.0.0");
    assert_eq!(output.code, 0, "{output:?}");
    assert!(
        output.stdout.contains("gives no digest"),
        "{}",
        output.stdout
    );
}

/// The installation fails with this in its message, and leaves nothing behind.
fn refused(registry: &str, package: &str, expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = install(registry, folder.path(), package);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.stderr.contains(expected), "{}", output.stderr);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn an_archive_with_another_digest_is_refused() {
    let bytes = archive(ID, "1.0.0", &[]);
    let registry = Registry::with(ID, "1.0.0", &bytes)
        .with_shasum(&"0".repeat(40))
        .start();
    refused(&registry.url, "x.example.guide@1.0.0", "another digest");
}

#[test]
fn an_archive_of_another_package_is_refused() {
    let registry = Registry::with(ID, "1.0.0", &archive("x.other", "1.0.0", &[])).start();
    refused(
        &registry.url,
        "x.example.guide@1.0.0",
        "is the package x.other#1.0.0",
    );
}

#[test]
fn what_is_no_package_is_refused() {
    let registry = Registry::with(ID, "1.0.0", b"<html>Welcome</html>").start();
    refused(&registry.url, "x.example.guide@1.0.0", "is no FHIR package");
}

#[test]
fn a_version_the_registry_has_not_is_refused_with_those_it_has() {
    let registry = Registry::with(ID, "1.0.0", &archive(ID, "1.0.0", &[])).start();
    refused(
        &registry.url,
        "x.example.guide@2.0.0",
        "use one of its versions: 1.0.0",
    );
    refused(&registry.url, "x.unknown@1.0.0", "has no x.unknown@1.0.0");
}

#[test]
fn without_a_network_it_is_said_what_to_do() {
    refused(
        "http://127.0.0.1:1",
        "us-core@6.1.0",
        "cannot connect to 127.0.0.1:1",
    );
    refused("http://127.0.0.1:1", "us-core@6.1.0", "without a network");
}

#[test]
fn an_unknown_guide_is_refused_before_anything_is_asked() {
    refused("http://127.0.0.1:1", "us-cor@6.1.0", "us-core");
}

#[test]
fn distilling_writes_one_table_per_package_and_names_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, reached) = (
        folder.path().join("whole.tgz"),
        folder.path().join("reached.tgz"),
    );
    let outer = r#"{"resourceType":"ValueSet","url":"http://x.example/outer","version":"1",
        "compose":{"include":[{"valueSet":["http://x.example/v","http://x.example/lost"]}]}}"#;
    std::fs::write(&whole, archive("x.whole", "1.0.0", &[("o.json", outer)])).unwrap();
    let needed = value_set("http://x.example/v", "1", "a");
    let other = value_set("http://x.example/w", "1", "a");
    let files = [("v.json", needed.as_str()), ("w.json", other.as_str())];
    std::fs::write(&reached, archive("x.reached", "2.0.0", &files)).unwrap();
    let out = folder.path().join("tables");
    let paths = [
        &whole,
        &std::path::PathBuf::from("--reached"),
        &reached,
        &std::path::PathBuf::from("--out"),
        &out,
    ];
    let output = vitruvian(["packages", "distill"], paths);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(
        output
            .stdout
            .contains("x.reached-2.0.0.table.gz: 1 resources"),
        "{}",
        output.stdout
    );
    let missing = "missing: ValueSet http://x.example/lost, named by http://x.example/outer|1";
    assert!(output.stderr.contains(missing), "{}", output.stderr);
    assert!(out.join("x.whole-1.0.0.table.gz").is_file());
}

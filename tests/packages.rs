//! Packages, profile tables and the library: what is read is what was published, and the right version answers.
//!
//! Tests on published packages read a folder of them: `VITRUVIAN_TEST_PACKAGES`, else `../shared/packages`.
//! Test data of HL7 are looked for in the folder `data` beside it.
//! Without them they say so and pass: neither is part of this repository.

mod embedded;
mod install;
mod published;
mod registry;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::path::PathBuf;

/// Where published packages are kept.
fn folder() -> PathBuf {
    std::env::var_os("VITRUVIAN_TEST_PACKAGES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/packages"),
        PathBuf::from,
    )
}

/// What is kept at `path` in the folder that holds `packages` and `data`; none, and a word, when it is
/// not there.
pub(crate) fn kept(path: &str) -> Option<PathBuf> {
    let found = folder().parent()?.join(path);
    let is_there = found.exists();
    if !is_there {
        say(&format!("skipped: {} is not there", found.display()));
    }
    is_there.then_some(found)
}

/// The published packages at hand, sorted.
pub(crate) fn published_packages() -> Vec<PathBuf> {
    let folder = folder();
    let Ok(entries) = std::fs::read_dir(&folder) else {
        say(&format!(
            "skipped: there are no packages in {}",
            folder.display()
        ));
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tgz"))
        .collect();
    found.sort();
    found
}

/// Says what a test did, for who runs it with `--nocapture`.
#[expect(clippy::print_stdout, reason = "a skipped test says why")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// A package of this id and version with some value sets: name of the file and text.
pub(crate) fn archive(id: &str, version: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let manifest = format!(r#"{{"name":{id:?},"version":{version:?},"fhirVersions":["4.0.1"]}}"#);
    for (name, text) in [("package.json", manifest.as_str())].iter().chain(files) {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, format!("package/{name}"), text.as_bytes())
            .unwrap();
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A value set with one code.
pub(crate) fn value_set(url: &str, version: &str, code: &str) -> String {
    format!(
        r#"{{"resourceType":"ValueSet","url":{url:?},"version":{version:?},
            "compose":{{"include":[{{"system":"http://x.example/c","concept":[{{"code":{code:?}}}]}}]}}}}"#
    )
}

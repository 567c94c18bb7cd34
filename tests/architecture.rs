//! The modules import each other only as the table in `src/lib.rs` says, files stay small, and the
//! README names nothing that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Module and what it may import, from the table in `src/lib.rs`.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let rows = text
        .lines()
        .filter_map(|line| line.strip_prefix("//! | [`"));
    rows.map(|row| {
        let (module, rest) = row.split_once("`]").unwrap();
        let last = rest
            .trim_end()
            .trim_end_matches('|')
            .rsplit('|')
            .next()
            .unwrap();
        let allowed = last
            .split(['`', ' '])
            .map(str::trim)
            .filter(|word| word.chars().all(char::is_alphabetic));
        (
            module.to_owned(),
            allowed
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    })
    .collect()
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let table = table();
    assert!(
        table.len() >= 10,
        "the table in src/lib.rs was not understood: {table:?}"
    );
    let import = regex::Regex::new(r"\bcrate::(\{[^}]*\}|[a-z_]+)").unwrap();
    let word = regex::Regex::new(r"(?:^\{?|,)\s*([a-z_]+)").unwrap();
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (module, allowed) in &table {
        let mut files = Vec::new();
        let folder = root().join("src").join(module);
        if folder.is_dir() {
            rust_files(&folder, &mut files);
        } else {
            files.push(folder.with_extension("rs"));
        }
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for found in import.captures_iter(&text) {
                for name in word.captures_iter(&found[1]) {
                    let imported = name[1].to_owned();
                    seen.insert(imported.clone());
                    if table.contains_key(&imported)
                        && imported != *module
                        && !allowed.contains(&imported)
                    {
                        problems.push(format!("{} imports {imported}", file.display()));
                    }
                }
            }
        }
    }
    assert!(seen.contains("evidence"), "no import was recognised at all");
    assert!(problems.is_empty(), "{problems:#?}");
}

#[test]
fn every_module_is_in_the_table() {
    let text = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let declared: BTreeSet<String> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("pub mod ")?
                .strip_suffix(';')
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(declared, table().into_keys().collect());
}

#[test]
fn no_source_file_is_too_long_to_read_at_a_sitting() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    rust_files(&root().join("tests"), &mut files);
    let too_long: Vec<String> = files
        .iter()
        .filter_map(|file| {
            let text = std::fs::read_to_string(file).unwrap();
            // Unit tests at the foot of a file do not count.
            let lines = text
                .lines()
                .take_while(|line| *line != "mod tests {")
                .count();
            (lines > 500).then(|| format!("{}: {lines} lines", file.display()))
        })
        .collect();
    assert!(too_long.is_empty(), "{too_long:#?}");
}

#[test]
fn paths_named_in_the_readme_exist() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let path = regex::Regex::new(
        r"`((?:src|features|scenarios|mocks|reports|tests|benches|docs|\.ci)/[^`\s]*)`",
    )
    .unwrap();
    let mut named = 0;
    for found in path.captures_iter(&readme) {
        let name = &found[1];
        // A place-holder in angle brackets stands for a name the reader chooses.
        if name.contains('<') {
            continue;
        }
        named += 1;
        assert!(
            root().join(name).exists(),
            "README.md names {name}, which does not exist"
        );
    }
    assert!(named >= 8, "the README's paths were not recognised");
}

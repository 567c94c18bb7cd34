//! Reading an unpacked package, as the FHIR package cache holds them.

use super::archive::{LARGEST_FILE, MOST_FILES};
use super::error::Error;
use super::head::{Head, Index, without_mark};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The folder of a package that holds `package.json`: the one given, or `package` in it.
pub(super) fn locate(path: &Path) -> Option<PathBuf> {
    [path.join("package"), path.to_owned()]
        .into_iter()
        .find(|folder| folder.join("package.json").is_file())
}

/// Most bytes of a `.tgz`.
const LARGEST_ARCHIVE: u64 = 256 << 20;

/// The bytes of one file of a package.
pub(super) fn bytes(file: &Path) -> Result<Vec<u8>, Error> {
    bounded(file, LARGEST_FILE)
}

/// The bytes of a `.tgz`.
pub(super) fn packed(file: &Path) -> Result<Vec<u8>, Error> {
    bounded(file, LARGEST_ARCHIVE)
}

/// Reads a file, and no more than so much of it, also of one that grows or never ends.
fn bounded(path: &Path, most: u64) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut bytes = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(Error::io(path))?;
    if bytes.len() as u64 > most {
        return Err(Error::too_large(
            path,
            format!("it has more than {} MB", most >> 20),
        ));
    }
    Ok(bytes)
}

/// Names of the JSON files in a folder, sorted.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        let entry = entry.map_err(Error::io(folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_resource_file(&name) && entry.path().is_file() {
            names.push(name);
        }
        if names.len() > MOST_FILES {
            return Err(Error::too_large(
                folder,
                format!("it holds more than {MOST_FILES} files"),
            ));
        }
    }
    names.sort();
    Ok(names)
}

/// File and head of every resource: from `.index.json` when there is a good one, else by looking.
pub(super) fn heads(folder: &Path) -> Result<Vec<(String, Head)>, Error> {
    if let Some(rows) = index(folder) {
        return Ok(rows);
    }
    let mut heads = Vec::new();
    for name in names(folder)? {
        if let Some(head) = Head::of(&bytes(&folder.join(&name))?) {
            heads.push((name, head));
        }
    }
    Ok(heads)
}

fn index(folder: &Path) -> Option<Vec<(String, Head)>> {
    let bytes = bytes(&folder.join(".index.json")).ok()?;
    let index: Index = serde_json::from_slice(without_mark(&bytes)).ok()?;
    let mut rows: Vec<_> = index
        .files
        .into_iter()
        .filter(|row| is_resource_file(&row.filename))
        .map(|row| (row.filename, row.head))
        .collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    (!rows.is_empty()).then_some(rows)
}

/// A plain name: an index must not lead out of its folder.
pub(super) fn is_resource_file(name: &str) -> bool {
    let is_json = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "json");
    is_json && !name.contains(['/', '\\', ':']) && !name.starts_with('.') && name != "package.json"
}

//! FHIR packages: read lazily from a `.tgz` or an unpacked folder.

mod archive;
mod error;
mod folder;
mod head;
pub(super) mod json;
mod manifest;
mod structure;
mod terminology;

pub use error::Error as PackageError;
pub use manifest::Manifest;
pub(super) use manifest::is_plain;

use super::{
    Artifact, CodeSystem, Definition, Origin, Provenance, Questionnaire, Source, ValueSet,
};
use error::Error;
use head::Head;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A FHIR package: an index of its definitions by canonical URL and version; the resources themselves are
/// understood only when they are asked for.
#[derive(Debug)]
pub struct Package {
    manifest: Manifest,
    path: PathBuf,
    index: BTreeMap<(Artifact, String), Vec<Entry>>,
    /// None while the hash of a folder was not asked for: it takes reading all of it.
    sha256: OnceLock<String>,
}

/// One version of something.
#[derive(Debug)]
struct Entry {
    version: String,
    file: String,
    place: Place,
}

/// Where the bytes of a resource are.
#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    Disk(PathBuf),
}

impl Package {
    /// Opens a `.tgz`, or a folder that holds `package/package.json` or `package.json`.
    ///
    /// # Errors
    /// When it cannot be read, is no FHIR package, or is too large.
    pub fn open(path: &Path) -> Result<Self, Error> {
        if path.is_dir() {
            Self::open_folder(path)
        } else {
            Self::open_archive(path, &folder::packed(path)?)
        }
    }

    /// Reads a `.tgz` that is already in memory; `path` is where it is said to be from.
    ///
    /// # Errors
    /// When it is no FHIR package, or is too large.
    pub fn open_archive(path: &Path, packed: &[u8]) -> Result<Self, Error> {
        let mut manifest = None;
        let mut index = BTreeMap::new();
        let is_wanted = |name: &str| name == "package.json" || folder::is_resource_file(name);
        archive::read(path, packed, is_wanted, |name, bytes| {
            if name == "package.json" {
                manifest = Some(Manifest::parse(head::without_mark(&bytes)));
            } else if let Some(head) = Head::of(&bytes) {
                insert(&mut index, head, name, Place::Memory(bytes));
            }
            Ok(())
        })?;
        let manifest = manifest
            .ok_or_else(|| Error::not_a_package(path, "it holds no package/package.json"))?
            .map_err(|why| Error::not_a_package(path, why))?;
        Ok(Self {
            manifest,
            path: path.to_owned(),
            index: sorted(index),
            sha256: OnceLock::from(hex(Sha256::digest(packed))),
        })
    }

    /// Writes the files of a `.tgz` below a folder, as package caches hold them: `FOLDER/package/…`.
    ///
    /// # Errors
    /// When it is no FHIR package, is too large, or cannot be written.
    pub fn unpack(path: &Path, packed: &[u8], folder: &Path) -> Result<(), Error> {
        archive::read(
            path,
            packed,
            |_| true,
            |name, bytes| {
                let file = folder.join("package").join(name);
                if let Some(parent) = file.parent() {
                    std::fs::create_dir_all(parent).map_err(Error::write(parent))?;
                }
                std::fs::write(&file, bytes).map_err(Error::write(&file))
            },
        )
    }

    fn open_folder(path: &Path) -> Result<Self, Error> {
        let folder = folder::locate(path)
            .ok_or_else(|| Error::not_a_package(path, "it holds no package.json"))?;
        let bytes = folder::bytes(&folder.join("package.json"))?;
        let manifest = Manifest::parse(head::without_mark(&bytes))
            .map_err(|why| Error::not_a_package(path, why))?;
        let mut index = BTreeMap::new();
        for (name, head) in folder::heads(&folder)? {
            let place = Place::Disk(folder.join(&name));
            insert(&mut index, head, name, place);
        }
        Ok(Self {
            manifest,
            path: path.to_owned(),
            index: sorted(index),
            sha256: OnceLock::new(),
        })
    }

    /// What the package says of itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// SHA-256 of the `.tgz`; for a folder, of the names and bytes of its JSON files in order. Empty when
    /// the folder cannot be read any more.
    #[must_use]
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| self.hash().unwrap_or_default())
    }

    fn hash(&self) -> Option<String> {
        let folder = folder::locate(&self.path)?;
        let mut hash = Sha256::new();
        for name in folder::names(&folder).ok()? {
            let bytes = folder::bytes(&folder.join(&name)).ok()?;
            hash.update(name.as_bytes());
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        Some(hex(hash.finalize()))
    }

    fn entry(&self, artifact: Artifact, url: &str, version: &str) -> Option<&Entry> {
        let entries = self.index.get(&(artifact, url.to_owned()))?;
        entries.iter().find(|entry| entry.version == version)
    }

    /// The facts of one resource, if it is here.
    fn facts<T>(
        &self,
        artifact: Artifact,
        (url, version): (&str, &str),
        understand: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<Option<T>, Error> {
        let Some(entry) = self.entry(artifact, url, version) else {
            return Ok(None);
        };
        let from_disk;
        let bytes = match &entry.place {
            Place::Memory(bytes) => bytes,
            Place::Disk(path) => {
                from_disk = folder::bytes(path)?;
                &from_disk
            }
        };
        let facts = serde_json::from_slice(head::without_mark(bytes))
            .map_err(|error| format!("it is not JSON ({error})"))
            .and_then(|value| understand(&value));
        facts.map(Some).map_err(|why| Error::Unusable {
            package: format!("{}#{}", self.manifest.name, self.manifest.version),
            file: entry.file.clone(),
            why,
        })
    }
}

impl Source for Package {
    fn id(&self) -> &str {
        &self.manifest.name
    }

    fn version(&self) -> &str {
        &self.manifest.version
    }

    fn provenance(&self) -> Provenance {
        Provenance {
            id: self.manifest.name.clone(),
            version: self.manifest.version.clone(),
            sha256: self.sha256().to_owned(),
            build: self.manifest.build(),
            origin: Origin::Path(self.path.clone()),
        }
    }

    fn canonicals(&self, artifact: Artifact) -> Vec<(&str, &str)> {
        let entries = self.index.iter();
        entries
            .filter(|((kind, _), _)| *kind == artifact)
            .flat_map(|((_, url), entries)| {
                entries
                    .iter()
                    .map(|entry| (url.as_str(), entry.version.as_str()))
            })
            .collect()
    }

    fn versions(&self, artifact: Artifact, url: &str) -> Vec<&str> {
        let entries = self.index.get(&(artifact, url.to_owned()));
        let entries = entries.map_or(&[][..], Vec::as_slice);
        entries.iter().map(|entry| entry.version.as_str()).collect()
    }

    fn definition(&self, url: &str, version: &str) -> Result<Option<Definition>, String> {
        self.facts(Artifact::Definition, (url, version), structure::definition)
            .map_err(|error| error.to_string())
    }

    fn value_set(&self, url: &str, version: &str) -> Result<Option<ValueSet>, String> {
        self.facts(Artifact::ValueSet, (url, version), terminology::value_set)
            .map_err(|error| error.to_string())
    }

    fn code_system(&self, url: &str, version: &str) -> Result<Option<CodeSystem>, String> {
        self.facts(
            Artifact::CodeSystem,
            (url, version),
            terminology::code_system,
        )
        .map_err(|error| error.to_string())
    }

    fn questionnaire(&self, url: &str, version: &str) -> Result<Option<Questionnaire>, String> {
        self.facts(Artifact::Questionnaire, (url, version), |value| {
            Ok(Questionnaire::read(value))
        })
        .map_err(|error| error.to_string())
    }
}

type Entries = BTreeMap<(Artifact, String), Vec<Entry>>;

fn insert(index: &mut Entries, head: Head, file: String, place: Place) {
    if let Some((artifact, url, version)) = head.canonical() {
        index.entry((artifact, url)).or_default().push(Entry {
            version,
            file,
            place,
        });
    }
}

/// Two files may claim the same canonical and version: the first by name wins, wherever the archive has it.
fn sorted(mut index: Entries) -> Entries {
    for entries in index.values_mut() {
        entries.sort_by(|one, other| (&one.version, &one.file).cmp(&(&other.version, &other.file)));
        entries.dedup_by(|later, earlier| later.version == earlier.version);
    }
    index
}

pub(super) fn hex(bytes: impl AsRef<[u8]>) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in bytes.as_ref() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("package")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("package").join(name), text).unwrap();
        }
        folder
    }

    const MANIFEST: (&str, &str) = (
        "package.json",
        r#"{"name":"x.example","version":"1.0.0","fhirVersions":["4.0.1"]}"#,
    );
    const SET: &str = r#"{"resourceType":"ValueSet","url":"http://x.example/v","version":"1","compose":{"include":[{"system":"s"}]}}"#;

    #[test]
    fn a_folder_without_an_index_is_looked_through() {
        let folder = folder(&[MANIFEST, ("b.json", SET), ("broken.json", "{")]);
        let package = Package::open(folder.path()).unwrap();
        assert_eq!(
            package.canonicals(Artifact::ValueSet),
            [("http://x.example/v", "1")]
        );
        let set = package.value_set("http://x.example/v", "1").unwrap();
        assert_eq!(set.unwrap().includes[0].system.as_deref(), Some("s"));
        assert_eq!(package.value_set("http://x.example/v", "2").unwrap(), None);
        assert_eq!(package.sha256().len(), 64);
    }

    #[test]
    fn an_index_is_believed_but_does_not_lead_out_of_the_folder() {
        let index = r#"{"files":[
            {"filename":"b.json","resourceType":"ValueSet","url":"http://x.example/v","version":"1"},
            {"filename":"../outside.json","resourceType":"ValueSet","url":"http://x.example/w","version":"1"}]}"#;
        let folder = folder(&[MANIFEST, ("b.json", SET), (".index.json", index)]);
        std::fs::write(folder.path().join("outside.json"), SET).unwrap();
        let package = Package::open(folder.path()).unwrap();
        assert_eq!(package.canonicals(Artifact::ValueSet).len(), 1);
    }

    #[test]
    fn of_two_files_with_one_canonical_the_first_by_name_wins() {
        let other = SET.replace("\"s\"", "\"t\"");
        let folder = folder(&[MANIFEST, ("z.json", SET), ("a.json", &other)]);
        let package = Package::open(folder.path()).unwrap();
        let set = package.value_set("http://x.example/v", "1").unwrap();
        assert_eq!(set.unwrap().includes[0].system.as_deref(), Some("t"));
    }

    #[test]
    fn what_cannot_be_used_says_which_file_of_which_package() {
        let folder = folder(&[
            MANIFEST,
            (
                "d.json",
                r#"{"resourceType":"StructureDefinition","url":"http://x.example/d","kind":"resource"}"#,
            ),
        ]);
        let package = Package::open(folder.path()).unwrap();
        let error = package.definition("http://x.example/d", "").unwrap_err();
        assert!(
            error.contains("d.json in x.example#1.0.0") && error.contains("no snapshot"),
            "{error}"
        );
    }

    #[test]
    fn a_folder_that_is_no_package_is_refused() {
        let empty = tempfile::tempdir().unwrap();
        let error = Package::open(empty.path()).unwrap_err().to_string();
        assert!(error.contains("is no FHIR package"), "{error}");
        assert!(Package::open(&empty.path().join("none.tgz")).is_err());
    }
}

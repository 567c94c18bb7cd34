//! Published packages and data from the folder beside this repository.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use vitruvian::profile::{
    CodeSystem, Definition, Definitions, Library, Package, Questionnaire, Terminology, ValueSet,
};

/// The folder with packages and data, if it is there.
pub(super) fn shared() -> Option<PathBuf> {
    crate::packages::kept("packages")?
        .parent()
        .map(PathBuf::from)
}

/// Packages, the first that has a canonical answers.
#[derive(Default)]
pub(super) struct Chain {
    pub(super) parts: Vec<Arc<dyn Definitions>>,
    terminology: Terminology,
}

impl Chain {
    /// The packages of these files, before those that every guide builds on.
    pub(super) fn new(names: &[&str]) -> Self {
        let common = [
            "hl7.fhir.uv.extensions.r4-5.2.0",
            "hl7.terminology.r4-6.3.0-assembled",
            "hl7.fhir.r4.core-4.0.1",
        ];
        let parts = names
            .iter()
            .chain(&common)
            .map(|name| opened(name))
            .collect();
        Self {
            parts,
            terminology: Terminology::default(),
        }
    }
}

impl Definitions for Chain {
    fn definition(&self, canonical: &str) -> Option<Arc<Definition>> {
        self.parts
            .iter()
            .find_map(|part| part.definition(canonical))
    }

    fn value_set(&self, canonical: &str) -> Option<Arc<ValueSet>> {
        self.parts.iter().find_map(|part| part.value_set(canonical))
    }

    fn questionnaire(&self, canonical: &str) -> Option<Arc<Questionnaire>> {
        self.parts
            .iter()
            .find_map(|part| part.questionnaire(canonical))
    }

    fn terminology(&self) -> Option<&Terminology> {
        Some(&self.terminology)
    }

    fn code_system(&self, canonical: &str) -> Option<Arc<CodeSystem>> {
        self.parts
            .iter()
            .find_map(|part| part.code_system(canonical))
    }
}

/// A package, opened once.
fn opened(name: &str) -> Arc<dyn Definitions> {
    static OPEN: OnceLock<Mutex<HashMap<String, Arc<Library>>>> = OnceLock::new();
    let mut open = OPEN.get_or_init(Mutex::default).lock().unwrap();
    let library = open.entry(name.to_owned()).or_insert_with(|| {
        let path = shared().unwrap().join(format!("packages/{name}.tgz"));
        Arc::new(Library::empty().with_package(Package::open(&path).unwrap()))
    });
    Arc::clone(library) as Arc<dyn Definitions>
}

/// Resources as a package in a folder of its own, which lives as long as the guard.
pub(super) fn opened_folder(
    resources: &[serde_json::Value],
) -> (tempfile::TempDir, Arc<dyn Definitions>) {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("package");
    std::fs::create_dir(&package).unwrap();
    let manifest = serde_json::json!({
        "name": "example.fhir.test", "version": "1.0.0", "fhirVersions": ["4.0.1"],
    });
    std::fs::write(package.join("package.json"), manifest.to_string()).unwrap();
    for (at, resource) in resources.iter().enumerate() {
        std::fs::write(package.join(format!("r{at}.json")), resource.to_string()).unwrap();
    }
    let library = Library::empty().with_package(Package::open(folder.path()).unwrap());
    (folder, Arc::new(library))
}

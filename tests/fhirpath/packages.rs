//! FHIR packages beside the checkout: the model of R4's types, and all invariants.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use vitruvian::profile::fhirpath::Model;

/// The folder beside the checkout where material is kept that is not ours to commit.
pub(super) fn shared(path: &str) -> Option<PathBuf> {
    crate::packages::kept(path)
}

/// The StructureDefinitions of a package.
fn definitions(package: &Path) -> Vec<Value> {
    let file = std::fs::File::open(package).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut found = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("StructureDefinition") && name.ends_with(".json") {
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            found.push(serde_json::from_str(&text).unwrap());
        }
    }
    found
}

fn elements(definition: &Value) -> impl Iterator<Item = &Value> {
    definition["snapshot"]["element"]
        .as_array()
        .into_iter()
        .flatten()
}

/// The types of R4, from the core package.
#[derive(Default)]
pub(super) struct R4 {
    elements: HashMap<String, HashMap<String, String>>,
    choices: HashMap<String, Vec<String>>,
    bases: HashMap<String, String>,
}

impl R4 {
    /// Read once; none when the package is not there.
    pub(super) fn load() -> Option<&'static Self> {
        static MODEL: OnceLock<Option<R4>> = OnceLock::new();
        let load = || {
            let package = shared("packages/hl7.fhir.r4.core-4.0.1.tgz")?;
            let mut model = Self::default();
            for definition in definitions(&package) {
                if definition["derivation"] != "constraint" {
                    model.add(&definition);
                }
            }
            Some(model)
        };
        MODEL.get_or_init(load).as_ref()
    }

    fn add(&mut self, definition: &Value) {
        let Some(own) = definition["type"].as_str() else {
            return;
        };
        if let Some(base) = definition["baseDefinition"].as_str() {
            let base = base.rsplit('/').next().unwrap();
            self.bases.insert(own.to_owned(), base.to_owned());
        }
        for element in elements(definition) {
            let path = element["path"].as_str().unwrap();
            let Some((parent, name)) = path.rsplit_once('.') else {
                continue;
            };
            if let Some(stem) = name.strip_suffix("[x]") {
                self.choices
                    .entry(parent.to_owned())
                    .or_default()
                    .push(stem.to_owned());
                continue;
            }
            let code = element["type"][0]["code"].as_str().unwrap_or_default();
            let found = match (element["contentReference"].as_str(), code) {
                (Some(reference), _) => reference.trim_start_matches('#').to_owned(),
                (None, "BackboneElement" | "Element") if own != "Element" => {
                    self.bases.insert(path.to_owned(), code.to_owned());
                    path.to_owned()
                }
                (None, code) if code.contains("System.String") => "string".to_owned(),
                (None, code) => code.to_owned(),
            };
            let children = self.elements.entry(parent.to_owned()).or_default();
            children.insert(name.to_owned(), found);
        }
    }
}

impl Model for R4 {
    fn element_type(&self, parent: &str, element: &str) -> Option<&str> {
        self.elements.get(parent)?.get(element).map(String::as_str)
    }

    fn is_choice(&self, parent: &str, element: &str) -> bool {
        let choices = self.choices.get(parent);
        choices.is_some_and(|choices| choices.iter().any(|choice| choice == element))
    }

    fn is_subtype(&self, of: &str, base: &str) -> bool {
        let mut own = Some(of);
        while let Some(name) = own {
            if name == base {
                return true;
            }
            own = self.bases.get(name).map(String::as_str);
        }
        false
    }
}

/// Every distinct invariant of every package, with key and path of one use; none without packages.
pub(super) fn invariants() -> Option<BTreeMap<String, (String, String)>> {
    let folder = shared("packages")?;
    let mut packages: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    packages.retain(|path| path.extension().is_some_and(|extension| extension == "tgz"));
    packages.sort();
    let mut found = BTreeMap::new();
    for definition in packages.iter().flat_map(|package| definitions(package)) {
        for element in elements(&definition) {
            for invariant in element["constraint"].as_array().into_iter().flatten() {
                if let Some(expression) = invariant["expression"].as_str() {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let place = (text(&invariant["key"]), text(&element["path"]));
                    found.entry(expression.to_owned()).or_insert(place);
                }
            }
        }
    }
    Some(found)
}

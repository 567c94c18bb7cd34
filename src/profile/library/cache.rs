//! The FHIR package cache: a folder of unpacked packages, `id#version` each, that FHIR tools share.

use crate::profile::{Package, PackageError, Source};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A package cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cache {
    folder: PathBuf,
}

/// A package in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedPackage {
    /// Package id.
    pub id: String,
    /// Package version.
    pub version: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Cache {
    /// The cache in this folder, which need not exist.
    #[must_use]
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    /// Where packages are put.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a package is, or would be.
    #[must_use]
    pub fn place(&self, id: &str, version: &str) -> PathBuf {
        self.folder.join(format!("{id}#{version}"))
    }

    /// Puts a `.tgz` into the cache, whole or not at all; what was there under its name stays. `from` is where
    /// it is said to be from.
    ///
    /// # Errors
    /// When it is not that package, or cannot be written.
    pub fn install(
        &self,
        (id, version): (&str, &str),
        from: &Path,
        packed: &[u8],
    ) -> Result<PathBuf, PackageError> {
        let package = Package::open_archive(from, packed)?;
        let manifest = package.manifest();
        if (manifest.name.as_str(), manifest.version.as_str()) != (id, version) {
            return Err(PackageError::Another {
                path: from.to_owned(),
                wanted: format!("{id}#{version}"),
                found: format!("{}#{}", manifest.name, manifest.version),
            });
        }
        let place = self.place(id, version);
        // In the same folder, so that the last step is a rename, which happens at once or not at all.
        let draft = self
            .folder
            .join(format!(".{id}#{version}.{}", std::process::id()));
        let written = Package::unpack(from, packed, &draft)
            .and_then(|()| std::fs::rename(&draft, &place).map_err(PackageError::write(&place)));
        if written.is_err() {
            // What could not be put in place is of no use; that it cannot be removed either changes nothing.
            drop(std::fs::remove_dir_all(&draft));
        }
        written.map(|()| place)
    }

    /// The packages in the cache, sorted; none when there is no cache.
    #[must_use]
    pub fn packages(&self) -> Vec<CachedPackage> {
        let Ok(entries) = std::fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut packages: Vec<CachedPackage> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let name = path.file_name()?.to_str()?.to_owned();
                // What begins with a dot is being written.
                let (id, version) = name
                    .split_once('#')
                    .filter(|(id, _)| !id.starts_with('.'))?;
                path.is_dir().then(|| CachedPackage {
                    id: id.to_owned(),
                    version: version.to_owned(),
                    path: path.clone(),
                })
            })
            .collect();
        packages.sort_by(|one, other| (&one.id, &one.version).cmp(&(&other.id, &other.version)));
        packages
    }

    /// One package, if it is here, whole, and for R4.
    pub(super) fn open(&self, id: &str, version: &str) -> Option<Arc<dyn Source>> {
        open(&self.place(id, version))
    }

    /// Every package that can be used with R4. Others are passed over: the cache is shared with other tools,
    /// and what they leave there is not the user's mistake.
    pub(super) fn sources(&self) -> Vec<Arc<dyn Source>> {
        let packages = self.packages();
        packages
            .iter()
            .filter_map(|package| open(&package.path))
            .collect()
    }
}

fn open(path: &Path) -> Option<Arc<dyn Source>> {
    let package = Package::open(path).ok()?;
    package
        .manifest()
        .is_r4()
        .then(|| Arc::new(package) as Arc<dyn Source>)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_folder_the_cache_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("none"));
        assert!(cache.packages().is_empty() && cache.sources().is_empty());
    }

    #[test]
    fn packages_of_other_fhir_versions_and_broken_ones_are_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = |fhir: &str| {
            format!(r#"{{"name":"x.example","version":"1.0.0","fhirVersions":["{fhir}"]}}"#)
        };
        for (name, text) in [
            ("r4#1.0.0", manifest("4.0.1")),
            ("r5#1.0.0", manifest("5.0.0")),
            ("broken#1.0.0", "{".to_owned()),
        ] {
            std::fs::create_dir_all(folder.path().join(name).join("package")).unwrap();
            std::fs::write(folder.path().join(name).join("package/package.json"), text).unwrap();
        }
        let cache = Cache::at(folder.path());
        assert_eq!(cache.packages().len(), 3);
        assert_eq!(cache.sources().len(), 1);
    }
}

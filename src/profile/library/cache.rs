//! The FHIR package cache: a folder of unpacked packages, `id#version` each, that FHIR tools share.

use crate::profile::{Package, Source};
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
                let (id, version) = name.split_once('#')?;
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

//! Where definitions come from.

use super::{Artifact, CodeSystem, Definition, Questionnaire, ValueSet};
use std::fmt;
use std::path::PathBuf;

/// One version of one package, however it is stored. Nothing is understood before it is asked for.
pub trait Source: Send + Sync {
    /// Package id, for example `hl7.fhir.us.core`.
    fn id(&self) -> &str;
    /// Package version.
    fn version(&self) -> &str;
    /// Which package this is, and where it is from.
    fn provenance(&self) -> Provenance;
    /// Canonical URL and version of everything of a kind, sorted.
    fn canonicals(&self, artifact: Artifact) -> Vec<(&str, &str)>;
    /// Versions under which a canonical URL is defined here.
    fn versions(&self, artifact: Artifact, url: &str) -> Vec<&str>;
    /// A StructureDefinition of exactly this version.
    ///
    /// # Errors
    /// When it is here and cannot be used: why.
    fn definition(&self, url: &str, version: &str) -> Result<Option<Definition>, String>;
    /// A ValueSet of exactly this version.
    ///
    /// # Errors
    /// When it is here and cannot be used: why.
    fn value_set(&self, url: &str, version: &str) -> Result<Option<ValueSet>, String>;
    /// A CodeSystem of exactly this version.
    ///
    /// # Errors
    /// When it is here and cannot be used: why.
    fn code_system(&self, url: &str, version: &str) -> Result<Option<CodeSystem>, String>;
    /// A Questionnaire of exactly this version.
    ///
    /// # Errors
    /// When it is here and cannot be used: why.
    fn questionnaire(&self, _url: &str, _version: &str) -> Result<Option<Questionnaire>, String> {
        Ok(None)
    }
}

/// What FHIR itself defines.
pub(super) const CORE: &str = "hl7.fhir.r4.core";

/// Whether a version that a source has is the one wanted.
pub(super) fn is_wanted(source: &dyn Source, version: &str, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| {
        // R4 pins its own bindings with the version of FHIR, also where what is bound has a version of its own.
        wanted == version || (source.id() == CORE && wanted.starts_with("4.0."))
    })
}

/// Which package an answer is from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    /// Package id.
    pub id: String,
    /// Package version.
    pub version: String,
    /// SHA-256 of the package as it was published or found, in hexadecimal.
    pub sha256: String,
    /// Who made it.
    pub build: Build,
    /// Where it was read from.
    pub origin: Origin,
}

/// Who made a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Build {
    /// The publisher: it is the archive that was published.
    Published,
    /// The publisher's build server, or somebody's machine: nearly or not yet what was published.
    Continuous,
    /// Somebody from the guide's sources: not the archive that was published.
    Assembled,
}

impl Build {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Published, Self::Continuous, Self::Assembled];

    /// The word for it in tables and lists.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Continuous => "continuous build",
            Self::Assembled => "assembled from sources",
        }
    }
}

/// Where a package was read from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// The binary itself.
    Embedded,
    /// A file or folder.
    Path(PathBuf),
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{} ", self.id, self.version)?;
        match &self.origin {
            Origin::Embedded => f.write_str("(embedded, ")?,
            Origin::Path(path) => write!(f, "({}, ", path.display())?,
        }
        if self.build != Build::Published {
            write!(f, "{}, ", self.build.word())?;
        }
        write!(f, "sha-256 {})", self.sha256.get(..12).unwrap_or("unknown"))
    }
}

//! Where definitions come from.

use super::{Artifact, CodeSystem, Definition, ValueSet};
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
    /// Whether it was put together from the guide's sources, and is not the archive that was published.
    pub is_assembled: bool,
    /// Where it was read from.
    pub origin: Origin,
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
        if self.is_assembled {
            f.write_str("assembled from sources, ")?;
        }
        write!(f, "sha-256 {})", self.sha256.get(..12).unwrap_or("unknown"))
    }
}

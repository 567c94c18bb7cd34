//! Literal references, taken apart.

use super::id;

/// A literal reference (`Reference.reference`, or the value of a reference search parameter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `#id`: a contained resource.
    Local(String),
    /// `Type/id` or `Type/id/_history/version`.
    Relative {
        /// Resource type.
        resource: String,
        /// Logical id.
        id: String,
        /// Version, when the reference is to one version.
        version: Option<String>,
    },
    /// `https://server/base/Type/id`, with or without a version.
    Absolute {
        /// All before `/Type/id`.
        base: String,
        /// Resource type.
        resource: String,
        /// Logical id.
        id: String,
        /// Version, when the reference is to one version.
        version: Option<String>,
    },
    /// Anything else: `urn:uuid:…`, a canonical, nonsense.
    Other(String),
}

impl Reference {
    /// Takes a reference apart. Never fails: what has no known shape is [`Reference::Other`].
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if let Some(local) = text.strip_prefix('#') {
            return Self::Local(local.to_owned());
        }
        let is_absolute = text.starts_with("http://") || text.starts_with("https://");
        let mut parts: Vec<&str> = text.split('/').collect();
        let version = match parts.as_slice() {
            [.., "_history", version] if id::is_valid(version) => Some((*version).to_owned()),
            _ => None,
        };
        if version.is_some() {
            parts.truncate(parts.len() - 2);
        }
        match parts.as_slice() {
            [resource, id] if is_type(resource) && id::is_valid(id) => Self::Relative {
                resource: (*resource).to_owned(),
                id: (*id).to_owned(),
                version,
            },
            [base @ .., resource, id]
                if is_absolute && base.len() > 2 && is_type(resource) && id::is_valid(id) =>
            {
                Self::Absolute {
                    base: base.join("/"),
                    resource: (*resource).to_owned(),
                    id: (*id).to_owned(),
                    version,
                }
            }
            _ => Self::Other(text.to_owned()),
        }
    }

    /// Type and id of a reference that holds both.
    #[must_use]
    pub fn target(&self) -> Option<(&str, &str)> {
        match self {
            Self::Relative { resource, id, .. } | Self::Absolute { resource, id, .. } => {
                Some((resource, id))
            }
            Self::Local(_) | Self::Other(_) => None,
        }
    }
}

/// Whether `text` has the shape of a resource type's name.
#[must_use]
fn is_type(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn references_of_every_shape_are_taken_apart() {
        assert_eq!(Reference::parse("#m1"), Reference::Local("m1".into()));
        assert_eq!(
            Reference::parse("Patient/1").target(),
            Some(("Patient", "1"))
        );
        let absolute = Reference::parse("https://x.example/fhir/Patient/1/_history/2");
        assert_eq!(
            absolute,
            Reference::Absolute {
                base: "https://x.example/fhir".into(),
                resource: "Patient".into(),
                id: "1".into(),
                version: Some("2".into()),
            }
        );
    }

    #[test]
    fn what_is_no_reference_has_no_target() {
        for odd in [
            "",
            "urn:uuid:1",
            "Patient/",
            "patient/1",
            "a/b/c",
            "https://Patient/1",
        ] {
            assert_eq!(Reference::parse(odd).target(), None, "{odd}");
        }
    }
}

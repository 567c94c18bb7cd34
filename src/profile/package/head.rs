//! The first look at a file: what it is, without reading it all into values.

use crate::profile::Artifact;
use serde::Deserialize;

/// What a resource says of itself at the top.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Head {
    #[serde(rename = "resourceType")]
    resource_type: String,
    url: Option<String>,
    version: Option<String>,
}

/// One row of `.index.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Row {
    /// File name in the package's folder.
    pub(super) filename: String,
    #[serde(flatten)]
    pub(super) head: Head,
}

/// `.index.json`.
#[derive(Debug, Deserialize)]
pub(super) struct Index {
    /// One row per file.
    pub(super) files: Vec<Row>,
}

impl Head {
    /// Looks at the bytes of a file; none when it is no JSON resource.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(without_mark(bytes)).ok()
    }

    /// Kind, canonical URL and version, when it is something definitions are looked up in.
    pub(super) fn canonical(self) -> Option<(Artifact, String, String)> {
        let artifact = Artifact::of(&self.resource_type)?;
        let url = self.url.filter(|url| !url.is_empty())?;
        Some((artifact, url, self.version.unwrap_or_default()))
    }
}

/// JSON must not begin with a byte order mark, and sometimes does.
pub(super) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_definitions_with_a_url_are_of_interest() {
        let canonical = |text: &str| Head::of(text.as_bytes()).and_then(Head::canonical);
        assert_eq!(
            canonical("\u{feff}{\"resourceType\":\"ValueSet\",\"url\":\"http://x.example/v\"}"),
            Some((
                Artifact::ValueSet,
                "http://x.example/v".to_owned(),
                String::new()
            ))
        );
        assert_eq!(canonical(r#"{"resourceType":"ValueSet"}"#), None);
        assert_eq!(canonical(r#"{"resourceType":"Patient","url":"x"}"#), None);
        assert_eq!(canonical("[1"), None);
    }
}

//! Authorities whose certificates count for those who sign: as a configuration names them, and as evidence keeps them.

use super::Error;
use crate::evidence::Identity;
use crate::signature::Certificate;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

/// The setting that holds them in the evidence, for those who judge the run again.
pub(super) const SETTING: &str = "authorities of signers";

/// The certificates in a PEM file.
///
/// # Errors
/// When it cannot be read, or holds none.
pub(super) fn read(path: &Path) -> Result<Vec<Certificate>, Error> {
    let problem =
        |text: String| Error::Signers(format!("target.signers {}: {text}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    let found = Certificate::parse_all(&text).map_err(|error| problem(error.to_string()))?;
    match found.is_empty() {
        true => Err(problem("it holds no certificate".to_owned())),
        false => Ok(found),
    }
}

/// Certificates as text: base64 of each, with blanks between them.
pub(super) fn text(signers: &[Certificate]) -> String {
    let texts = signers.iter().map(|one| STANDARD.encode(one.der()));
    texts.collect::<Vec<String>>().join(" ")
}

/// The certificates that evidence names.
#[must_use]
pub fn named_by(identity: &Identity) -> Vec<Certificate> {
    let text = identity.settings.get(SETTING).map_or("", String::as_str);
    let found = text.split(' ').filter_map(|one| STANDARD.decode(one).ok());
    found
        .filter_map(|der| Certificate::from_der(&der).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{SETTING, named_by, read, text};
    use crate::evidence::Identity;
    use crate::signature::Authority;
    use std::collections::BTreeMap;
    use std::path::Path;

    #[test]
    fn what_the_evidence_keeps_can_be_read_again() {
        let authorities = ["One", "Another"].map(|name| Authority::root(name).unwrap());
        let certificates = authorities.map(|one| one.certificate().clone());
        let kept = text(&certificates);
        let identity: Identity = serde_json::from_value(serde_json::json!({
            "tool": "", "version": "", "started": "", "target": "", "igs": [], "suites": [],
            "settings": BTreeMap::from([(SETTING, kept)]), "strict": false,
        }))
        .unwrap();
        assert_eq!(named_by(&identity), certificates);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("no/such.pem")).unwrap_err().to_string();
        assert!(error.contains("target.signers no/such.pem"), "{error}");
    }
}

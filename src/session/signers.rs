//! Authorities whose certificates count for those who sign, as a configuration names them.

use super::Error;
use crate::signature::Certificate;
use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::read;
    use std::path::Path;

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("no/such.pem")).unwrap_err().to_string();
        assert!(error.contains("target.signers no/such.pem"), "{error}");
    }
}

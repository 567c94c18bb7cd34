//! What stands in for credentials in a replay: it reaches nobody.

use super::Error;
use crate::evidence::Secret;
use crate::signature::{
    Algorithm, Certificate, Kind, PrivateKey, Request as CertificateRequest, self_signed,
};

/// Any secret.
pub(super) fn secret() -> Secret {
    Secret::new("whatever-the-run-had-here")
}

/// A new key that goes with the algorithm.
pub(super) fn key(algorithm: Option<Algorithm>) -> Result<PrivateKey, Error> {
    let kind = algorithm.map_or(Kind::P384, Algorithm::kind);
    PrivateKey::generate(kind).map_err(failed)
}

/// A certificate of that key.
pub(super) fn certificate(key: &PrivateKey) -> Result<Certificate, Error> {
    let name = "https://vitruvian.example/replay";
    let request = CertificateRequest::client("Replay", name);
    self_signed(&request, key).map_err(failed)
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Unusable {
        key: "target.auth".to_owned(),
        reason: format!("nothing can stand in for its key: {error}"),
    }
}

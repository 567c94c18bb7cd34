//! What a run says and warns of about TLS and the secrets in files.

use super::{Failure, Terminal};
use crate::config::{Config, Target, TlsIdentity};
use crate::http::Identity;

/// Who we are to the target over TLS, if it wants to know.
pub(super) fn identity(target: &Target) -> Result<Option<Identity>, Failure> {
    read(target.tls.identity.as_ref())
}

/// Another certificate that the target takes, if there is one.
pub(super) fn other_identity(target: &Target) -> Result<Option<Identity>, Failure> {
    read(target.tls.other.as_ref())
}

fn read(identity: Option<&TlsIdentity>) -> Result<Option<Identity>, Failure> {
    let Some(identity) = identity else {
        return Ok(None);
    };
    let (certificate, key) = identity.resolve(|name| std::env::var(name).ok())?;
    let identity = Identity::from_pem(&certificate, key.expose().as_bytes())?;
    Ok(Some(identity))
}

/// Warns of files with secrets that others can read.
pub(super) fn warn(config: &Config, terminal: Terminal) {
    let credentials = config.target.iter().flat_map(Target::credentials);
    for exposure in credentials.filter_map(crate::config::Credential::exposure) {
        terminal.tell(&format!("warning: {exposure}"));
    }
}

//! What a token stands for.

use super::Registered;
use crate::oauth::Scopes;
use std::sync::Arc;

/// What somebody may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mock) struct Grant {
    pub(in crate::mock) client_id: String,
    /// For whom the client acts.
    pub(in crate::mock) npis: Vec<String>,
    pub(in crate::mock) is_contracted: bool,
    pub(in crate::mock) scopes: Scopes,
    /// Ids of the patients whose data may be seen; none for all of them.
    pub(in crate::mock) patients: Option<Vec<String>>,
    /// Whether the member has asked to leave sensitive data out.
    pub(in crate::mock) hides_sensitive: bool,
}

impl Grant {
    /// What a client has by itself.
    pub(super) fn of(client: &Registered, scopes: Scopes) -> Self {
        Self {
            client_id: client.client_id.clone(),
            npis: client.npis.clone(),
            is_contracted: client.is_contracted,
            scopes,
            patients: client.patients.clone(),
            hides_sensitive: false,
        }
    }
}

/// An access token.
#[derive(Clone)]
pub(super) struct Token {
    pub(super) grant: Arc<Grant>,
    /// The patient an app is launched for, or the one that a system asked for.
    pub(super) patient: Option<String>,
    /// Who has logged in.
    pub(super) user: Option<String>,
    /// Seconds since 1970.
    pub(super) issued: i64,
    pub(super) expires: i64,
    /// The certificate it is bound to.
    pub(super) certificate: Option<String>,
    /// What it came from; all of a family are revoked together.
    pub(super) family: String,
    pub(super) is_revoked: bool,
}

/// A refresh token.
#[derive(Clone)]
pub(super) struct Refresh {
    pub(super) grant: Arc<Grant>,
    pub(super) patient: Option<String>,
    pub(super) user: Option<String>,
    pub(super) family: String,
    /// Whether it was used or revoked.
    pub(super) is_spent: bool,
}

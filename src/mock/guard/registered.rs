//! Who may ask for tokens, and who may log in.

use crate::evidence::Secret;
use crate::oauth::Jwks;

/// How a client proves who it is.
#[derive(Clone, Debug)]
pub enum Credential {
    /// It signs assertions with one of these keys (`private_key_jwt`).
    Keys(Jwks),
    /// It knows a secret.
    Secret(Secret),
    /// It has a certificate with this URI, from an authority that is trusted (UDAP).
    Certified(String),
    /// It is an app that can keep no secret.
    Public,
}

/// A client that is known to the authorization server.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Its id.
    pub client_id: String,
    /// What members are shown.
    pub name: String,
    /// How it proves who it is.
    pub credential: Credential,
    /// The most it may have: scopes separated by blanks.
    pub scope: String,
    /// NPIs of those it acts for. Groups that were made for others are hidden from it.
    pub npis: Vec<String>,
    /// Whether those have a contract with the payer.
    pub is_contracted: bool,
    /// Ids of the patients whose data it may see; none for all of them.
    pub patients: Option<Vec<String>>,
    /// Where members are sent back to, each as it stands.
    pub redirect_uris: Vec<String>,
}

impl Registered {
    /// A system that acts for these NPIs and proves itself by its keys.
    #[must_use]
    pub fn system(client_id: &str, keys: Jwks, scope: &str, npis: &[&str]) -> Self {
        Self {
            client_id: client_id.to_owned(),
            name: client_id.to_owned(),
            credential: Credential::Keys(keys),
            scope: scope.to_owned(),
            npis: npis.iter().map(|npi| (*npi).to_owned()).collect(),
            is_contracted: true,
            patients: None,
            redirect_uris: Vec::new(),
        }
    }

    /// An app that members use, and that can keep no secret.
    #[must_use]
    pub fn app(client_id: &str, scope: &str, redirect_uri: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            name: client_id.to_owned(),
            credential: Credential::Public,
            scope: scope.to_owned(),
            npis: Vec::new(),
            is_contracted: true,
            patients: None,
            redirect_uris: vec![redirect_uri.to_owned()],
        }
    }
}

/// One who logs in to let an app have data.
#[derive(Clone, Debug)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
    /// Ids of the patients whose data the user may see; the first is the one an app is launched for.
    pub patients: Vec<String>,
}

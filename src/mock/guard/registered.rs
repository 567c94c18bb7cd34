//! Who may ask for tokens, and who may log in.

use crate::evidence::Secret;
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use crate::oauth::Jwks;
use url::{Host, Url};

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
    /// Where members are sent back to, each as it stands; on this machine at any port.
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

    /// Whether members are sent back to that address: one that was registered, letter by letter (RFC 6749, 3.1.2.3).
    pub(super) fn returns_to(&self, sent: &str, deviation: &Deviation) -> bool {
        let (whole, _) = sent.split_once('#').unwrap_or((sent, ""));
        let (place, _) = whole.split_once('?').unwrap_or((whole, ""));
        self.redirect_uris.iter().any(|own| {
            own == sent
                || is_at_other_port(own, sent)
                || !deviation.enforces(Rule::RedirectFragment) && own == whole
                || !deviation.enforces(Rule::RedirectQuery) && own == place
                || !deviation.enforces(Rule::RedirectEnd) && place.starts_with(own)
        })
    }
}

/// Whether two addresses differ by the port of this machine alone, where an app may listen at any (RFC 8252, 7.3).
fn is_at_other_port(own: &str, sent: &str) -> bool {
    let bare = |text: &str| {
        let mut url = Url::parse(text).ok().filter(|url| url.as_str() == text)?;
        let is_here = match url.host()? {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(_) => false,
        };
        if !is_here || url.scheme() != "http" {
            return None;
        }
        url.set_port(None).ok()?;
        Some(url)
    };
    bare(own).is_some_and(|own| bare(sent) == Some(own))
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

#[cfg(test)]
mod tests {
    use super::Registered;
    use crate::mock::deviation::Deviation;

    #[test]
    fn addresses_are_compared_letter_by_letter_but_for_ports_of_this_machine() {
        let returns = |own: &str, sent: &str| {
            Registered::app("app", "", own).returns_to(sent, &Deviation::default())
        };
        let own = "http://127.0.0.1:9123/back";
        for sent in [own, "http://127.0.0.1/back", "http://127.0.0.1:40000/back"] {
            assert!(returns(own, sent), "{sent}");
        }
        for sent in [
            "",
            "http://127.0.0.1:9123/back/",
            "http://127.0.0.1:9123/back/more",
            "http://127.0.0.1:9123/backwards",
            "http://127.0.0.1:9123/x/../back",
            "http://127.0.0.1:9123/back?more=1",
            "http://127.0.0.1:9123/back#more",
            "https://127.0.0.1:9123/back",
            "http://127.0.0.2:9123/back",
            "http://nobody@127.0.0.1:9123/back",
            "http://localhost:9123/back",
        ] {
            assert!(!returns(own, sent), "{sent}");
        }
        let other = "https://app.example/back";
        assert!(!returns(other, "https://app.example:8443/back"));
        assert!(!returns("http://localhost/back", "http://localhost:1/back"));
    }
}

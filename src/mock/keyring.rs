//! Keys and certificates that are made to test with and thrown away: of a stand-in, and of who speaks to it.

use super::{ClientAuth, Error, Tls};
use crate::signature::{Authority, Certificate, Kind, PrivateKey, Request};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An authority, and what it has issued to a server on this machine and to its client. Clients of its TLS have to
/// trust [`Keyring::authority`].
#[derive(Debug)]
pub struct Keyring {
    authority: Authority,
    server: (Certificate, PrivateKey),
    client: (Certificate, PrivateKey),
}

impl Keyring {
    /// New keys. The server is known as `localhost`, by the loopback addresses and by these; the client by `uri`.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(addresses: &[IpAddr], uri: &str) -> Result<Self, Error> {
        let made = |problem: crate::signature::AuthorityError| Error::Tls(problem.to_string());
        let key = || PrivateKey::generate(Kind::P256).map_err(|problem| made(problem.into()));
        let authority = Authority::root("Example Stand-in Authority").map_err(made)?;
        let loopback = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        let addresses = [&loopback, addresses].concat();
        let server = Request::server("Example Stand-in", &["localhost"], &addresses);
        let client = Request::client("Example Client", uri);
        let issue = |request: &Request| -> Result<_, Error> {
            let key = key()?;
            Ok((authority.issue(request, &key).map_err(made)?, key))
        };
        Ok(Self {
            server: issue(&server)?,
            client: issue(&client)?,
            authority,
        })
    }

    /// Who has issued both certificates.
    #[must_use]
    pub const fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The client's certificate and key.
    #[must_use]
    pub const fn client(&self) -> (&Certificate, &PrivateKey) {
        (&self.client.0, &self.client.1)
    }

    /// A certificate for another client, known by `uri`, and its key.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn another(&self, uri: &str) -> Result<(Certificate, PrivateKey), Error> {
        let made = |problem: crate::signature::AuthorityError| Error::Tls(problem.to_string());
        let key = PrivateKey::generate(Kind::P256).map_err(|problem| made(problem.into()))?;
        let request = Request::client("Example Other Client", uri);
        Ok((self.authority.issue(&request, &key).map_err(made)?, key))
    }

    /// TLS with the server's certificate, for clients that need none.
    ///
    /// # Errors
    /// When the TLS library does not take what was made.
    pub fn tls(&self) -> Result<Tls, Error> {
        self.tls_for(ClientAuth::None)
    }

    /// The same, for clients that need a certificate of this authority.
    ///
    /// # Errors
    /// When the TLS library does not take what was made.
    pub fn mutual_tls(&self) -> Result<Tls, Error> {
        let anchors = vec![self.authority.certificate().clone()];
        self.tls_for(ClientAuth::Required(anchors))
    }

    /// The same, for clients as they are told here.
    ///
    /// # Errors
    /// When the TLS library does not take what was made.
    pub fn tls_for(&self, clients: ClientAuth) -> Result<Tls, Error> {
        let (certificate, key) = &self.server;
        Tls::new(std::slice::from_ref(certificate), key, clients)
    }
}

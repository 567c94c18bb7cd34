//! Which addresses a target may send us to: those of the internet, and those of its own neighbourhood.
//!
//! A redirect, a link or an endpoint of the target can name a host of the network we stand in. Addresses are looked
//! at when a connection is made, so that a name whose address changes between two look-ups gains nothing.

use super::{Failure, Settings, target};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use url::{Host, Url};

/// A class of addresses that the internet cannot reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// This machine.
    Loopback,
    /// RFC 1918, RFC 4193.
    Private,
    /// RFC 3927, RFC 4291: where clouds keep the metadata of a machine.
    LinkLocal,
    /// RFC 6598.
    Shared,
    /// No address at all, which some systems take for this machine.
    Unspecified,
    /// Many machines at once.
    Multicast,
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Loopback => "a loopback address",
            Self::Private => "an address of a private network",
            Self::LinkLocal => "a link-local address",
            Self::Shared => "a shared address (100.64.0.0/10)",
            Self::Unspecified => "the unspecified address",
            Self::Multicast => "a multicast or broadcast address",
        })
    }
}

impl Class {
    /// The class of an address; none for one of the internet.
    pub(super) fn of(address: IpAddr) -> Option<Self> {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Option<Self> {
        let [first, second, ..] = address.octets();
        match (first, second) {
            (0, _) => Some(Self::Unspecified),
            (127, _) => Some(Self::Loopback),
            (169, 254) => Some(Self::LinkLocal),
            (100, 64..=127) => Some(Self::Shared),
            (224..=239 | 255, _) => Some(Self::Multicast),
            _ if address.is_private() => Some(Self::Private),
            _ => None,
        }
    }

    fn of_v6(address: Ipv6Addr) -> Option<Self> {
        let segments = address.segments();
        // Addresses that lead to one of the older kind: mapped, compatible, translated (RFC 6052), 6to4.
        let inner = match segments {
            [0, 0, 0, 0, 0, 0 | 0xffff, high, low] if high != 0 => Some((high, low)),
            [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some((high, low)),
            [0x2002, high, low, ..] => Some((high, low)),
            _ => None,
        };
        if let Some((high, low)) = inner {
            let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
            return Self::of_v4(Ipv4Addr::new(a, b, c, d));
        }
        match segments[0] {
            _ if address.is_loopback() => Some(Self::Loopback),
            0 if segments[..7] == [0; 7] => Some(Self::Unspecified),
            0 if segments[..6] == [0, 0, 0, 0, 0, 0xffff] => Some(Self::Unspecified),
            0xfe80..=0xfebf => Some(Self::LinkLocal),
            0xfc00..=0xfdff | 0xfec0..=0xfeff => Some(Self::Private),
            0xff00.. => Some(Self::Multicast),
            _ => None,
        }
    }
}

/// A host that is not connected to.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{host} is {class}")]
pub(super) struct Refused {
    host: String,
    class: Class,
}

impl Refused {
    pub(super) fn failure(&self) -> Failure {
        Failure::Forbidden {
            host: self.host.clone(),
            reason: self.class.to_string(),
        }
    }
}

/// Whom we may speak to. Clones share what they know.
#[derive(Clone)]
pub(super) struct Neighbourhood(Arc<Inner>);

struct Inner {
    allows_all: bool,
    /// Host of the base: where it is, others may be.
    home: String,
    /// Hosts that the configuration names.
    trusted: RwLock<BTreeSet<String>>,
}

impl Neighbourhood {
    pub(super) fn new(settings: &Settings) -> Self {
        let home = host(&settings.base);
        let mut trusted = BTreeSet::from([home.clone()]);
        if !target::is_loopback(&settings.base) {
            trusted.extend(proxies());
        }
        Self(Arc::new(Inner {
            allows_all: settings.allow_private,
            home,
            trusted: RwLock::new(trusted),
        }))
    }

    /// Lets requests go to the host of this URL, wherever it is: the configuration names it.
    pub(super) fn trust(&self, url: &Url) {
        let mut trusted = self.0.trusted.write();
        let trusted = trusted.as_mut().map_err(|poisoned| poisoned.get_mut());
        match trusted {
            Ok(hosts) => hosts.insert(host(url)),
            Err(hosts) => hosts.insert(host(url)),
        };
    }

    fn trusts(&self, host: &str) -> bool {
        let trusted = self.0.trusted.read();
        let trusted = trusted.unwrap_or_else(PoisonError::into_inner);
        self.0.allows_all || trusted.contains(host)
    }

    /// Looks at the address that a URL spells out. A name is looked at when it is resolved.
    pub(super) async fn check(&self, url: &Url) -> Result<(), Failure> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(()),
        };
        let host = host(url);
        if self.trusts(&host) {
            return Ok(());
        }
        match Class::of(address) {
            Some(class) if !self.at_home().await.contains(&class) => {
                Err(Refused { host, class }.failure())
            }
            _ => Ok(()),
        }
    }

    /// The classes of the base's own addresses.
    async fn at_home(&self) -> BTreeSet<Class> {
        let home = self.0.home.trim_matches(['[', ']']);
        if let Ok(address) = home.parse() {
            return Class::of(address).into_iter().collect();
        }
        let found = tokio::net::lookup_host((home, 0)).await;
        found
            .into_iter()
            .flatten()
            .filter_map(|address| Class::of(address.ip()))
            .collect()
    }

    /// The addresses of a host that may be connected to.
    async fn addresses(&self, host: &str) -> Result<Vec<SocketAddr>, Problem> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((host, 0)).await?.collect();
        if self.trusts(host) || found.iter().all(|one| Class::of(one.ip()).is_none()) {
            return Ok(found);
        }
        let home = self.at_home().await;
        let mut refused = None;
        let allowed: Vec<SocketAddr> = found
            .into_iter()
            .filter(|address| match Class::of(address.ip()) {
                Some(class) if !home.contains(&class) => {
                    refused = Some(class);
                    false
                }
                _ => true,
            })
            .collect();
        match refused {
            Some(class) if allowed.is_empty() => Err(Box::new(Refused {
                host: host.to_owned(),
                class,
            })),
            _ => Ok(allowed),
        }
    }
}

type Problem = Box<dyn std::error::Error + Send + Sync>;

impl Resolve for Neighbourhood {
    fn resolve(&self, name: Name) -> Resolving {
        let neighbourhood = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_ascii_lowercase();
            let addresses = neighbourhood.addresses(&host).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

/// Hosts of the proxies that the environment names: they stand in our own network, and it is they who resolve the
/// names of targets.
fn proxies() -> impl Iterator<Item = String> {
    let names = ["http_proxy", "https_proxy", "all_proxy"];
    let spelled = names
        .into_iter()
        .flat_map(|name| [name.to_owned(), name.to_ascii_uppercase()]);
    spelled.filter_map(|name| {
        let value = std::env::var(name).ok()?;
        let url = if value.contains("://") {
            value
        } else {
            format!("http://{value}")
        };
        Url::parse(&url).ok().map(|url| host(&url))
    })
}

#[cfg(test)]
mod tests {
    use super::{Class, Neighbourhood};
    use crate::http::Settings;
    use url::Url;

    fn class(address: &str) -> Option<Class> {
        Class::of(address.parse().unwrap())
    }

    #[test]
    fn every_address_that_the_internet_cannot_reach_has_a_class() {
        for (address, expected) in [
            ("127.0.0.1", Class::Loopback),
            ("127.9.9.9", Class::Loopback),
            ("::1", Class::Loopback),
            ("::ffff:127.0.0.1", Class::Loopback),
            ("64:ff9b::7f00:1", Class::Loopback),
            ("2002:7f00:1::1", Class::Loopback),
            ("::127.0.0.1", Class::Loopback),
            ("10.1.2.3", Class::Private),
            ("172.16.0.1", Class::Private),
            ("172.31.255.255", Class::Private),
            ("192.168.0.1", Class::Private),
            ("fc00::1", Class::Private),
            ("fdff::1", Class::Private),
            ("fec0::1", Class::Private),
            ("::ffff:10.0.0.1", Class::Private),
            ("169.254.169.254", Class::LinkLocal),
            ("fe80::1", Class::LinkLocal),
            ("febf::1", Class::LinkLocal),
            ("::ffff:169.254.169.254", Class::LinkLocal),
            ("100.64.0.1", Class::Shared),
            ("100.127.255.255", Class::Shared),
            ("0.0.0.0", Class::Unspecified),
            ("0.1.2.3", Class::Unspecified),
            ("::", Class::Unspecified),
            ("::ffff:0.0.0.1", Class::Unspecified),
            ("224.0.0.1", Class::Multicast),
            ("255.255.255.255", Class::Multicast),
            ("ff02::1", Class::Multicast),
        ] {
            assert_eq!(class(address), Some(expected), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_have_none() {
        for address in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "169.253.0.1",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert_eq!(class(address), None, "{address}");
        }
    }

    fn neighbourhood(base: &str, allow_private: bool) -> Neighbourhood {
        let base = Url::parse(base).unwrap();
        Neighbourhood::new(&Settings {
            allow_private,
            ..Settings::new(base)
        })
    }

    async fn may(neighbourhood: &Neighbourhood, url: &str) -> bool {
        neighbourhood.check(&Url::parse(url).unwrap()).await.is_ok()
    }

    #[tokio::test]
    async fn literals_are_allowed_where_the_base_is_and_nowhere_else() {
        let outside = neighbourhood("https://192.0.2.1/fhir", false);
        assert!(may(&outside, "https://192.0.2.1/x").await);
        assert!(may(&outside, "https://198.51.100.7/").await);
        for url in [
            "http://169.254.169.254/latest",
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
        ] {
            assert!(!may(&outside, url).await, "{url}");
        }
        let inside = neighbourhood("http://127.0.0.1:8080/fhir", false);
        assert!(may(&inside, "http://127.0.0.2/").await);
        assert!(!may(&inside, "http://10.0.0.1/").await);
        assert!(
            may(
                &neighbourhood("https://192.0.2.1/", true),
                "http://10.0.0.1/"
            )
            .await
        );
        outside.trust(&Url::parse("http://127.0.0.1:9/token").unwrap());
        assert!(
            may(&outside, "http://127.0.0.1/").await && !may(&outside, "http://127.0.0.2/").await
        );
    }

    #[tokio::test]
    async fn names_are_looked_at_when_they_are_resolved() {
        let outside = neighbourhood("https://192.0.2.1/fhir", false);
        let refused = outside.addresses("localhost").await.unwrap_err();
        assert!(refused.to_string().contains("loopback"), "{refused}");
        let inside = neighbourhood("http://127.0.0.1/fhir", false);
        assert!(!inside.addresses("localhost").await.unwrap().is_empty());
        let named = neighbourhood("http://localhost/fhir", false);
        assert!(may(&named, "http://127.0.0.1/").await);
    }
}

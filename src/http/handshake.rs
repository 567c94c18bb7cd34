//! Which versions of TLS and which cipher suites a server takes: one ClientHello, and what comes back for it.
//!
//! - [`Offer`] is what the ClientHello offers: one [`Version`], and cipher suites of one [`Family`].
//! - [`Answer`] is what came back. The handshake goes no further.
//! - `hello` writes the one, `reading` understands the other; neither touches the network.

mod answer;
mod family;
mod hello;
mod reading;

pub use answer::Answer;
pub use family::Family;

use super::{Asked, Client, Failure};
use crate::evidence::{Captured, CapturedRequest};
use bytes::Bytes;
use futures::future::BoxFuture;
use std::fmt;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// The method that exchanges of a ClientHello are recorded with; there is no such method in HTTP.
pub const METHOD: &str = "TLS";

/// Content type of what was offered, as it is recorded.
const KIND: &str = "text/plain";
/// Longest time for a connection and an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most bytes of an answer that are looked at.
const MOST_ANSWER: usize = 40 << 10;

/// A version of TLS, or of what came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// SSL 3.0.
    Ssl30,
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl Version {
    /// All, oldest first.
    pub const ALL: [Self; 5] = [
        Self::Ssl30,
        Self::Tls10,
        Self::Tls11,
        Self::Tls12,
        Self::Tls13,
    ];

    /// Its number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::Ssl30 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// The version with this number.
    #[must_use]
    pub fn of(number: u16) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.number() == number)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ssl30 => "SSL 3.0",
            Self::Tls10 => "TLS 1.0",
            Self::Tls11 => "TLS 1.1",
            Self::Tls12 => "TLS 1.2",
            Self::Tls13 => "TLS 1.3",
        })
    }
}

/// What a ClientHello offers: nothing but this version, and nothing but these cipher suites.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The version.
    pub version: Version,
    /// The cipher suites.
    pub family: Family,
}

impl Offer {
    /// This version, with the cipher suites that are usual with it.
    #[must_use]
    pub const fn version(version: Version) -> Self {
        Self {
            version,
            family: Family::Usual,
        }
    }

    /// TLS 1.2 with these cipher suites.
    #[must_use]
    pub const fn family(family: Family) -> Self {
        Self {
            version: Version::Tls12,
            family,
        }
    }
}

impl fmt::Display for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ClientHello: {} alone, with {}",
            self.version, self.family
        )
    }
}

/// What an offer led to.
#[derive(Debug)]
pub struct Offered {
    /// The exchange for the recorder: method [`METHOD`], the base as URL, what was offered as body. There is no response
    /// in the sense of HTTP; what came back is told in place of why there is none.
    pub captured: Captured,
    /// What came back, or why the server could not be asked at all.
    pub result: Result<Answer, Failure>,
}

impl Client {
    /// Sends a ClientHello to the host and port of the base, past any proxy, and looks at what comes back: for ten
    /// seconds at most, or as long as a request may take if that is less.
    #[must_use]
    pub fn offer(&self, offer: Offer) -> BoxFuture<'_, Offered> {
        Box::pin(async move {
            let url = self.base();
            let _turn = self.turn(url).await;
            let started = Instant::now();
            let body = Bytes::from(offer.to_string());
            let result = match self.playback() {
                Some(playback) => {
                    let told = playback.answer(&Asked {
                        method: METHOD,
                        url: url.as_str(),
                        authorization: None,
                        content_type: Some(KIND),
                        body: &body,
                    });
                    told.map_or_else(recorded, |_| Ok(Answer::NotTls))
                }
                None => ask(url, offer, started + PATIENCE.min(self.patience())).await,
            };
            let told = match &result {
                Ok(answer) => answer.to_string(),
                Err(failure) => failure.to_string(),
            };
            let captured = Captured {
                request: CapturedRequest {
                    method: METHOD.to_owned(),
                    url: url.to_string(),
                    headers: vec![("content-type".to_owned(), KIND.to_owned())],
                    body,
                },
                response: None,
                error: Some(told),
                started: started.into_std(),
                first_byte: None,
                duration: started.elapsed(),
            };
            Offered { captured, result }
        })
    }
}

/// The answer that was recorded in place of a response.
fn recorded(failure: Failure) -> Result<Answer, Failure> {
    let answer = match &failure {
        Failure::Closed { .. } => Some(Answer::Closed),
        Failure::Connect { reason, .. } => Answer::told(reason),
        _ => None,
    };
    answer.ok_or(failure)
}

async fn ask(url: &Url, offer: Offer, deadline: Instant) -> Result<Answer, Failure> {
    let refuse = |reason: &str| Failure::InvalidUrl {
        url: url.to_string(),
        reason: reason.to_owned(),
    };
    if url.scheme() != "https" {
        return Err(refuse("TLS is for https: only"));
    }
    let host = url.host().ok_or_else(|| refuse("it names no host"))?;
    let port = url.port_or_known_default().unwrap_or(443);
    let (address, name) = match host {
        Host::Domain(name) => (name.to_owned(), Some(name)),
        Host::Ipv4(address) => (address.to_string(), None),
        Host::Ipv6(address) => (address.to_string(), None),
    };
    let mut random = [0; 96];
    getrandom::fill(&mut random).map_err(|problem| Failure::InvalidRequest {
        reason: problem.to_string(),
    })?;
    let started = Instant::now();
    let connecting = TcpStream::connect((address.as_str(), port));
    let mut stream = match timeout_at(deadline, connecting).await {
        Err(_) => {
            return Err(Failure::TimedOut {
                after: started.elapsed(),
            });
        }
        Ok(Err(problem)) => {
            return Err(Failure::Connect {
                host: format!("{address}:{port}"),
                reason: problem.to_string(),
            });
        }
        Ok(Ok(stream)) => stream,
    };
    let hello = hello::client_hello(offer, name, &random);
    let answer = timeout_at(deadline, exchange(&mut stream, &hello)).await;
    Ok(answer.unwrap_or(Answer::Silent))
}

/// Sends the ClientHello and reads until it is clear what came back.
async fn exchange(stream: &mut TcpStream, hello: &[u8]) -> Answer {
    // A server that has hung up already may have said why.
    let _ = stream.write_all(hello).await;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some(answer) = reading::answer(&received) {
            return answer;
        }
        if received.len() > MOST_ANSWER {
            return Answer::NotTls;
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return Answer::Closed,
            Ok(length) => received.extend_from_slice(&buffer[..length]),
        }
    }
}

//! Why no (whole) reply came.

use super::TlsProblem;
use super::neighbourhood::Refused;
use std::error::Error as StdError;
use std::io::ErrorKind;
use std::time::Duration;
use url::Url;

/// No (whole) reply came. The text is for people: what happened, then what to check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host has no address.
    #[error("the host {host} cannot be found; check the spelling of the URL and the network")]
    Resolve {
        /// Host name.
        host: String,
    },
    /// No connection.
    #[error(
        "cannot connect to {host}: {reason}; check that the server runs and that host and port are right"
    )]
    Connect {
        /// Host and port.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// No trusted TLS connection.
    #[error("no trusted TLS connection to {host}: {reason}; {advice}")]
    Tls {
        /// Host and port.
        host: String,
        /// What kind of thing is wrong.
        problem: TlsProblem,
        /// What is wrong.
        reason: String,
        /// What to do.
        advice: String,
    },
    /// The time for the whole request is over.
    #[error("no complete answer within {}; check the server, or raise limits.request_timeout", seconds(*.after))]
    TimedOut {
        /// The bound.
        after: Duration,
    },
    /// The server hung up.
    #[error("the server closed the connection {}; check its log", when(*.received))]
    Closed {
        /// Bytes of the body that had come; `None` when not even the head had.
        received: Option<usize>,
    },
    /// Redirects without end.
    #[error("more than {limit} redirects; check what the server sends as Location")]
    TooManyRedirects {
        /// The bound.
        limit: usize,
    },
    /// A redirect that cannot or must not be followed.
    #[error(
        "the redirect to {location:?} is not followed: {reason}; check what the server sends as Location"
    )]
    BadRedirect {
        /// The header as received, shortened.
        location: String,
        /// Why not.
        reason: String,
    },
    /// The URL of the request is not usable.
    #[error("{url:?} cannot be requested: {reason}")]
    InvalidUrl {
        /// What was asked for.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The request holds something HTTP cannot carry.
    #[error("the request cannot be sent: {reason}")]
    InvalidRequest {
        /// What is wrong.
        reason: String,
    },
    /// The target sends us to an address that it must not choose.
    #[error(
        "{host} is not requested: it is {reason}, and the target is not there itself; check what the target sends, or set limits.allow_private = true"
    )]
    Forbidden {
        /// The host.
        host: String,
        /// What its address is.
        reason: String,
    },
    /// There is no access token to send.
    #[error("no access token: {reason}")]
    Token {
        /// What went wrong, and what to check.
        reason: String,
    },
    /// What came back is not HTTP.
    #[error("the answer is not valid HTTP: {reason}; check that the URL leads to a web server")]
    Protocol {
        /// What is wrong.
        reason: String,
    },
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

fn when(received: Option<usize>) -> String {
    received.map_or_else(
        || "before it answered".to_owned(),
        |bytes| format!("in the middle of the body, after {bytes} bytes"),
    )
}

impl Failure {
    /// The failure that was told in these words, as far as steps tell failures apart; of anything else that there was no
    /// answer. `received` is how many bytes of the body had come.
    #[must_use]
    pub fn told(words: &str, received: Option<usize>) -> Self {
        if words.starts_with("the server closed") {
            return Self::Closed { received };
        }
        if words.starts_with("the answer is not valid HTTP") {
            return Self::Protocol {
                reason: words.to_owned(),
            };
        }
        let tls = words.strip_prefix("no trusted TLS connection to ");
        let tls = tls.and_then(|rest| rest.split_once(": "));
        match tls.map(|(host, rest)| (host, rest.rsplit_once("; ").unwrap_or((rest, "")))) {
            Some((host, (reason, advice))) => Self::Tls {
                host: host.to_owned(),
                problem: TlsProblem::told(reason),
                reason: reason.to_owned(),
                advice: advice.to_owned(),
            },
            None => Self::Connect {
                host: "the evidence".to_owned(),
                reason: words.to_owned(),
            },
        }
    }

    /// Whether the server may have hung up because of who we are: it said so, or it said nothing. A server that speaks
    /// TLS 1.3 judges client certificates when the client has begun to send already.
    #[must_use]
    pub fn may_be_refused_certificate(&self) -> bool {
        match self {
            Self::Tls { problem, .. } => problem.is_about_us() || *problem == TlsProblem::Closed,
            Self::Closed { received } => received.is_none(),
            _ => false,
        }
    }

    /// What an error of the HTTP stack means. `received` is `None` until the head has come.
    pub(super) fn read(
        error: &reqwest::Error,
        url: &Url,
        received: Option<usize>,
        trust: Trust,
    ) -> Self {
        let host = place(url);
        if let Some(refused) = refused(error) {
            return refused.failure();
        }
        if error.is_dns() {
            let host = url.host_str().unwrap_or_default().to_owned();
            return Self::Resolve { host };
        }
        let chain = Chain::of(error);
        if let Some((reason, error)) = &chain.tls {
            let problem = TlsProblem::of(error, trust.has_identity);
            return Self::tls(host, problem, reason, trust);
        }
        match chain.io {
            Some(ErrorKind::UnexpectedEof) if error.is_connect() && url.scheme() == "https" => {
                Self::tls(host, TlsProblem::Closed, "", trust)
            }
            _ if error.is_connect() => Self::Connect {
                host,
                reason: chain.deepest,
            },
            Some(
                ErrorKind::UnexpectedEof
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::NotConnected,
            ) => Self::Closed { received },
            _ if chain.is_closed => Self::Closed { received },
            _ if error.is_builder() => Self::InvalidRequest {
                reason: chain.deepest,
            },
            _ => Self::Protocol {
                reason: chain.deepest,
            },
        }
    }

    fn tls(host: String, problem: TlsProblem, reason: &str, trust: Trust) -> Self {
        Self::Tls {
            host,
            problem,
            reason: problem.wording().unwrap_or(reason).to_owned(),
            advice: problem.advice(trust.has_roots).to_owned(),
        }
    }
}

/// Whom a client trusts, and who it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trust {
    /// Whether it trusts any authority.
    pub(super) has_roots: bool,
    /// Whether it has a certificate to show.
    pub(super) has_identity: bool,
}

/// Why a host was not connected to, when that was our own decision.
fn refused(error: &reqwest::Error) -> Option<&Refused> {
    let mut cause = error.source();
    while let Some(current) = cause {
        if let Some(refused) = current.downcast_ref() {
            return Some(refused);
        }
        cause = current.source();
    }
    None
}

/// `host:port` as people write it.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default()
        .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// What the causes of an error say.
#[derive(Default)]
struct Chain {
    tls: Option<(String, rustls::Error)>,
    io: Option<ErrorKind>,
    is_closed: bool,
    deepest: String,
}

impl Chain {
    fn of(error: &reqwest::Error) -> Self {
        let mut chain = Self::default();
        let mut cause: Option<&(dyn StdError + 'static)> = error.source();
        chain.deepest = "no reason given".to_owned();
        while let Some(current) = cause {
            chain.deepest = current.to_string();
            chain.note(current);
            // What an I/O error wraps is not its source, but its source's parent.
            let wrapped = current
                .downcast_ref::<std::io::Error>()
                .and_then(std::io::Error::get_ref);
            cause = match wrapped {
                Some(inner) => Some(inner as &(dyn StdError + 'static)),
                None => current.source(),
            };
        }
        chain
    }

    fn note(&mut self, cause: &(dyn StdError + 'static)) {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            self.tls = Some((tls.to_string(), tls.clone()));
        } else if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            self.io = Some(io.kind());
        } else if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
            self.is_closed |=
                hyper.is_incomplete_message() || hyper.is_canceled() || hyper.is_closed();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, TlsProblem};

    #[test]
    fn what_was_told_is_the_same_failure_again() {
        let refused = Failure::Tls {
            host: "payer.example:443".to_owned(),
            problem: TlsProblem::CertificateRefused,
            reason: "the server refuses our client certificate".to_owned(),
            advice: "check it; or ask".to_owned(),
        };
        let again = Failure::told(&refused.to_string(), None);
        assert!(again.may_be_refused_certificate(), "{again:?}");
        assert!(matches!(again, Failure::Tls { problem, .. } if problem.is_about_us()));
        let closed = Failure::Closed { received: Some(7) };
        assert_eq!(Failure::told(&closed.to_string(), Some(7)), closed);
        let other = Failure::told("the host payer.example cannot be found", None);
        assert!(matches!(other, Failure::Connect { .. }), "{other:?}");
        assert!(!other.may_be_refused_certificate());
    }
}

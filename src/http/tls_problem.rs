//! What went wrong in a TLS handshake, in words that lead on.

use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};

/// What went wrong in a TLS handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// The server's certificate leads to nobody who is trusted.
    Untrusted,
    /// The server's certificate is for another host.
    WrongName,
    /// The server's certificate is not valid any more.
    Expired,
    /// The server's certificate is not valid yet.
    NotYetValid,
    /// The server's certificate is wrong in another way.
    BadCertificate,
    /// The server demands a client certificate, and there is none.
    CertificateDemanded,
    /// The server does not take our client certificate.
    CertificateRefused,
    /// There is no version or cipher suite that both speak.
    NothingInCommon,
    /// The server does not speak TLS there.
    NotTls,
    /// The server closed the connection during the handshake.
    Closed,
    /// Something else.
    Other,
}

impl TlsProblem {
    /// What an error of the TLS library means; `has_identity` says whether we had a certificate to show.
    pub(super) fn of(error: &Error, has_identity: bool) -> Self {
        match error {
            Error::InvalidCertificate(problem) => Self::of_certificate(problem),
            Error::AlertReceived(alert) => Self::of_alert(*alert, has_identity),
            Error::PeerIncompatible(_) => Self::NothingInCommon,
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
            ) => Self::NotTls,
            _ => Self::Other,
        }
    }

    fn of_certificate(problem: &CertificateError) -> Self {
        match problem {
            CertificateError::UnknownIssuer => Self::Untrusted,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Self::WrongName
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Self::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                Self::NotYetValid
            }
            _ => Self::BadCertificate,
        }
    }

    fn of_alert(alert: AlertDescription, has_identity: bool) -> Self {
        use AlertDescription as Alert;
        match alert {
            Alert::CertificateRequired | Alert::NoCertificate => Self::CertificateDemanded,
            Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::DecryptError
            | Alert::AccessDenied => match has_identity {
                true => Self::CertificateRefused,
                // TLS 1.2 has no alert of its own for a certificate that is missing.
                false => Self::CertificateDemanded,
            },
            Alert::HandshakeFailure => match has_identity {
                true => Self::CertificateRefused,
                false => Self::NothingInCommon,
            },
            Alert::ProtocolVersion | Alert::InsufficientSecurity => Self::NothingInCommon,
            _ => Self::Other,
        }
    }

    /// Whether it is about who we are: the server wants a certificate, or another one.
    #[must_use]
    pub const fn is_about_us(self) -> bool {
        matches!(self, Self::CertificateDemanded | Self::CertificateRefused)
    }

    /// What happened, when it says more than the TLS library does.
    pub(super) const fn wording(self) -> Option<&'static str> {
        match self {
            Self::Untrusted => {
                Some("the server's certificate was issued by an authority that is not trusted here")
            }
            Self::CertificateDemanded => Some("the server demands a client certificate"),
            Self::CertificateRefused => Some("the server refuses our client certificate"),
            Self::NotTls => Some("what answers there is not TLS"),
            Self::Closed => Some("the server closed the connection during the handshake"),
            _ => None,
        }
    }

    /// The problem that was told in these words.
    pub(super) fn told(reason: &str) -> Self {
        let worded = [
            Self::Untrusted,
            Self::CertificateDemanded,
            Self::CertificateRefused,
            Self::NotTls,
            Self::Closed,
        ];
        let is_told = |problem: &Self| {
            let wording = problem.wording();
            wording.is_some_and(|wording| reason.starts_with(wording))
        };
        worded.into_iter().find(is_told).unwrap_or(Self::Other)
    }

    /// What to do next. `has_roots` says whether any authority is trusted at all.
    pub(super) const fn advice(self, has_roots: bool) -> &'static str {
        match self {
            Self::Untrusted | Self::BadCertificate if !has_roots => {
                "this machine has no CA certificates: install them, or name a PEM file in target.ca_file"
            }
            Self::Untrusted => "name the certificate of its CA in target.ca_file",
            Self::WrongName => "use the host name that the certificate is for in target.url",
            Self::Expired => "renew the server's certificate",
            Self::NotYetValid => {
                "check the clocks of the server and of this machine, and the certificate"
            }
            Self::BadCertificate | Self::Other => {
                "check the server's certificate, or name its CA in target.ca_file"
            }
            Self::CertificateDemanded => {
                "name one that the server knows in target.tls.certificate, and its key in target.tls.key"
            }
            Self::CertificateRefused => {
                "check that target.tls.certificate is valid and issued by an authority the server trusts, with the whole chain"
            }
            Self::NothingInCommon => {
                "the server has to speak TLS 1.2 or 1.3 with cipher suites that are still safe"
            }
            Self::NotTls => "check the port, or write http:// if it is meant to be without TLS",
            Self::Closed => {
                "check the server's log; it may want a client certificate (target.tls.certificate), or not speak TLS there"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TlsProblem;
    use rustls::{AlertDescription, CertificateError, Error};

    #[test]
    fn alerts_are_about_us_when_we_have_something_to_show() {
        let alert = |alert, has| TlsProblem::of(&Error::AlertReceived(alert), has);
        use AlertDescription::{CertificateRequired, HandshakeFailure, UnknownCA};
        assert_eq!(
            alert(CertificateRequired, false),
            TlsProblem::CertificateDemanded
        );
        assert_eq!(alert(UnknownCA, true), TlsProblem::CertificateRefused);
        assert!(alert(HandshakeFailure, true).is_about_us());
        assert!(!alert(HandshakeFailure, false).is_about_us());
    }

    #[test]
    fn every_problem_says_what_to_do() {
        let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let problem = TlsProblem::of(&unknown, false);
        assert!(problem.advice(true).contains("target.ca_file"));
        assert!(problem.advice(false).contains("no CA certificates"));
        assert!(
            TlsProblem::CertificateRefused
                .advice(true)
                .contains("target.tls.certificate")
        );
    }
}

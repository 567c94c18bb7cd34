//! Signatures that break one rule: what verifiers are tried with, and what shows that a check can fail.

use super::authority::Request;
use super::json::Json;

/// What an author commits to, which is not verification.
const AUTHOR: &str = "urn:oid:1.2.840.10065.1.12.1.1";
/// An NPI that is nobody's.
const NOBODY: &str = "9999999995";

/// One rule that a signature breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The header names no algorithm.
    NoAlgorithm,
    /// The header does not say what kind of key it is.
    NoKeyType,
    /// The header has no certificate.
    NoCertificate,
    /// The header does not say when it was signed.
    NoTime,
    /// The header says another time than the Signature.
    OtherTime,
    /// The header names no commitment.
    NoCommitments,
    /// The header names a commitment that is not the type of the Signature.
    OtherCommitment,
    /// The certificate has no alternative name.
    NoName,
    /// The certificate is that of somebody else.
    OtherName,
}

impl Flaw {
    /// Changes the header to it.
    #[must_use]
    pub fn alter(self) -> fn(&mut Json) {
        match self {
            Self::NoAlgorithm => |header| drop_member(header, "alg"),
            Self::NoKeyType => |header| drop_member(header, "kty"),
            Self::NoCertificate => |header| drop_member(header, "x5c"),
            Self::NoTime => |header| drop_member(header, "sigT"),
            Self::OtherTime => |header| header.set("sigT", Json::text("2020-02-02T02:02:02Z")),
            Self::NoCommitments => |header| drop_member(header, "srCms"),
            Self::OtherCommitment => |header| {
                let commitment = Json::object([
                    ("id", Json::text(AUTHOR)),
                    ("desc", Json::text("Author's Signature")),
                ]);
                let commitments = vec![Json::object([("commId", commitment)])];
                header.set("srCms", Json::Array(commitments));
            },
            Self::NoName | Self::OtherName => |_| {},
        }
    }

    /// Changes what the certificate will say to it.
    pub fn spoil(self, request: &mut Request) {
        match self {
            Self::NoName => request.npis.clear(),
            Self::OtherName => {
                request.subject = "Somebody Else".to_owned();
                request.npis = vec![NOBODY.to_owned()];
            }
            _ => {}
        }
    }
}

fn drop_member(header: &mut Json, name: &str) {
    header.remove(name);
}

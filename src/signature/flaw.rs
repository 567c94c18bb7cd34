//! Signatures that break one rule: what verifiers are tried with, and what shows that a check can fail.

use super::authority::{Request, Usage};
use super::carrier::{Meta, Removal};
use super::json::{Json, Style};
use super::key::PrivateKey;
use ring::hmac;
use serde::Deserialize;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

/// What an author commits to, which is not verification.
const AUTHOR: &str = "urn:oid:1.2.840.10065.1.12.1.1";
/// An NPI that is nobody's.
const NOBODY: &str = "9999999995";

/// One rule that a signature breaks. Named in fault files: `{ sign = "no-algorithm" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The certificate is valid no more.
    Expired,
    /// The certificate's key is not for signatures.
    NotForSignatures,
    /// The certificate was issued by an authority that nobody knows.
    Stranger,
    /// The algorithm uses another hash than SHA-256.
    OtherHash,
    /// A single signature is written in JSON, where the compact form is expected.
    JsonSerialization,
    /// What is signed still holds the `meta` that the guide has removed first.
    MetaSigned,
    /// Numbers are signed with the digits they were written with, not in their canonical form: 6.0, not 6.
    WrittenNumbers,
    /// The algorithm is `none`, and nothing is signed (RFC 8725, 2.1).
    NothingSigned,
    /// The algorithm is HS256, with the public key that everybody has as the secret (RFC 8725, 2.1).
    PublicSecret,
    /// The header names an algorithm of another kind of key than the one that was signed with.
    OtherAlgorithm,
}

impl Flaw {
    /// What is taken off the content before it is signed.
    pub(super) fn removal(flaw: Option<Self>) -> Removal {
        Removal {
            meta: match flaw {
                Some(Self::MetaSigned) => Meta::Kept,
                _ => Meta::Removed,
            },
            ..Removal::GUIDE
        }
    }

    /// How the content is put into bytes.
    pub(super) fn style(flaw: Option<Self>) -> Style {
        Style {
            ecmascript_numbers: flaw != Some(Self::WrittenNumbers),
            ..Style::CANONICAL
        }
    }

    /// What stands in the place of the signature, where it is none that the key has made.
    pub(super) fn forged(self, key: &PrivateKey, input: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::NothingSigned => Some(Vec::new()),
            Self::PublicSecret => {
                let public = key.public();
                let secret = hmac::Key::new(hmac::HMAC_SHA256, public.material());
                Some(hmac::sign(&secret, input).as_ref().to_vec())
            }
            _ => None,
        }
    }

    /// Changes the header to it.
    pub(super) fn alter(self, header: &mut Json) {
        match self {
            Self::NoAlgorithm => drop_member(header, "alg"),
            Self::NoKeyType => drop_member(header, "kty"),
            Self::NoCertificate => drop_member(header, "x5c"),
            Self::NoTime => drop_member(header, "sigT"),
            Self::OtherTime => {
                // A time at which the certificate is valid, too.
                let earlier = OffsetDateTime::now_utc() - Duration::HOUR;
                let text = earlier.format(&Rfc3339).unwrap_or_default();
                header.set("sigT", Json::text(text));
            }
            Self::NoCommitments => drop_member(header, "srCms"),
            Self::OtherCommitment => {
                let commitment = Json::object([
                    ("id", Json::text(AUTHOR)),
                    ("desc", Json::text("Author's Signature")),
                ]);
                let commitments = vec![Json::object([("commId", commitment)])];
                header.set("srCms", Json::Array(commitments));
            }
            Self::NothingSigned => header.set("alg", Json::text("none")),
            Self::PublicSecret => header.set("alg", Json::text("HS256")),
            // The keys that sign with flaws are RSA.
            Self::OtherAlgorithm => header.set("alg", Json::text("ES256")),
            _ => {}
        }
    }

    /// Changes what the certificate will say to it.
    pub(super) fn spoil(self, request: &mut Request) {
        match self {
            Self::NoName => request.npis.clear(),
            Self::OtherName => {
                request.subject = "Somebody Else".to_owned();
                request.npis = vec![NOBODY.to_owned()];
            }
            Self::Expired => {
                let now = OffsetDateTime::now_utc();
                request.not_before = now - 400 * Duration::DAY;
                request.not_after = now - 30 * Duration::DAY;
            }
            Self::NotForSignatures => request.usage = Usage::Encipherment,
            _ => {}
        }
    }
}

fn drop_member(header: &mut Json, name: &str) {
    header.remove(name);
}

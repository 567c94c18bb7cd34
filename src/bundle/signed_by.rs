//! Who has signed a bundle, and who vouches for it.

use super::Doubt;
use crate::signature::{Certificate, Trust, trusted};
use serde::Serialize;
use time::{Duration, OffsetDateTime};

/// How far the clocks of two machines may be apart.
const CLOCKS: Duration = Duration::minutes(5);

/// Whose signature counts, and when that is judged. With no key and no authority, any signature that holds is
/// taken, and nobody vouches for it.
#[derive(Clone, Debug)]
pub struct Believed {
    /// Fingerprint of the key that must have signed: SHA-256 over its SPKI form, lower-case hex.
    pub fingerprint: Option<String>,
    /// Authorities, one of which must have issued the signer's certificate, at first or second hand.
    pub anchors: Vec<Certificate>,
    /// Now.
    pub now: OffsetDateTime,
}

impl Believed {
    /// Whoever has signed.
    #[must_use]
    pub const fn anybody(now: OffsetDateTime) -> Self {
        Self {
            fingerprint: None,
            anchors: Vec::new(),
            now,
        }
    }

    /// The owner of the key with this fingerprint.
    #[must_use]
    pub const fn key(fingerprint: String, now: OffsetDateTime) -> Self {
        Self {
            fingerprint: Some(fingerprint),
            anchors: Vec::new(),
            now,
        }
    }

    /// Somebody whose certificate one of these authorities has issued.
    #[must_use]
    pub const fn certified(anchors: Vec<Certificate>, now: OffsetDateTime) -> Self {
        Self {
            fingerprint: None,
            anchors,
            now,
        }
    }

    pub(super) const fn is_somebody(&self) -> bool {
        self.fingerprint.is_some() || !self.anchors.is_empty()
    }
}

/// The key whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedBy {
    /// `Ed25519`, or an algorithm of RFC 7518.
    pub algorithm: String,
    /// SHA-256 over the public key in its SPKI form, lower-case hex.
    pub fingerprint: String,
    /// What its certificate says; none of a bare key.
    pub credential: Option<Credential>,
    /// Why one may believe that it is who it says; empty when nobody vouches for it.
    pub vouchers: Vec<Voucher>,
}

/// What the certificate of a signer says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// Whose it is (RFC 4514).
    pub subject: String,
    /// Who has issued it.
    pub issuer: String,
    /// SHA-256 over the certificate, lower-case hex.
    pub fingerprint: String,
    /// From when it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_from: OffsetDateTime,
    /// Until when it is valid.
    #[serde(with = "time::serde::rfc3339")]
    pub valid_until: OffsetDateTime,
    /// When the signer says to have signed.
    #[serde(with = "time::serde::rfc3339")]
    pub signed_at: OffsetDateTime,
}

/// Somebody who vouches for a signer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voucher {
    /// Who verifies: by naming this very key.
    Key,
    /// An authority who verifies has named, over these subjects, the signer's first.
    Authority(Vec<String>),
}

impl Credential {
    pub(super) fn of(certificate: &Certificate, signed_at: OffsetDateTime) -> Self {
        let [valid_from, valid_until] = certificate.validity();
        Self {
            subject: certificate.subject(),
            issuer: certificate.issuer(),
            fingerprint: certificate.fingerprint(),
            valid_from,
            valid_until,
            signed_at,
        }
    }

    /// Whether it was valid when it signed, and is not now. That is no doubt: what was signed in time stays so.
    #[must_use]
    pub fn has_expired_since(&self, now: OffsetDateTime) -> bool {
        self.signed_at <= self.valid_until && self.valid_until < now
    }
}

impl SignedBy {
    /// Looks for those who vouch, among those whose word counts.
    pub(super) fn vouch(
        &mut self,
        chain: &[Certificate],
        believed: &Believed,
        doubts: &mut Vec<Doubt>,
    ) {
        match &believed.fingerprint {
            Some(fingerprint) if *fingerprint == self.fingerprint => {
                self.vouchers.push(Voucher::Key);
            }
            Some(_) => doubts.push(Doubt::OtherKey(self.fingerprint.clone())),
            None => {}
        }
        if believed.anchors.is_empty() {
            return;
        }
        let Some(credential) = &self.credential else {
            let told = "it was signed with a bare key; name the key instead";
            doubts.push(Doubt::Untrusted(told.to_owned()));
            return;
        };
        let trust = Trust {
            anchors: believed.anchors.clone(),
            at: credential.signed_at,
        };
        match trusted(chain, &trust) {
            Ok(subjects) => self.vouchers.push(Voucher::Authority(subjects)),
            Err(reason) => doubts.push(Doubt::Untrusted(reason)),
        }
    }

    /// What is wrong with the certificate and the time of signing, whoever vouches. `started` is when the run
    /// started.
    pub(super) fn doubts(
        &self,
        chain: &[Certificate],
        started: Option<OffsetDateTime>,
        now: OffsetDateTime,
        doubts: &mut Vec<Doubt>,
    ) {
        let (Some(credential), Some(leaf)) = (&self.credential, chain.first()) else {
            return;
        };
        let signed_at = credential.signed_at;
        let mut doubt = |told: String| doubts.push(Doubt::Certificate(told));
        if !leaf.is_valid_at(signed_at) {
            doubt(format!(
                "it is valid from {} until {}, and it signed on {}",
                credential.valid_from.date(),
                credential.valid_until.date(),
                signed_at.date()
            ));
        }
        if leaf.may_sign() == Some(false) {
            doubt("it says that its key is not for signatures".to_owned());
        }
        if let Some(oid) = leaf.unknown_critical() {
            doubt(format!(
                "it has a critical extension {oid} that is not understood"
            ));
        }
        if signed_at > now + CLOCKS {
            doubt(format!("it signed in the future, at {signed_at}"));
        }
        if started.is_some_and(|started| signed_at < started - CLOCKS) {
            doubt(format!(
                "it signed before the run had started, at {signed_at}"
            ));
        }
    }
}

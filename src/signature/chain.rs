//! From a signer's certificate to somebody who is trusted (RFC 5280, section 6, as far as signatures need it).

use super::certificate::Certificate;
use time::OffsetDateTime;

/// Longest chain that is followed.
const LONGEST: usize = 10;

/// Whom to trust, and when.
#[derive(Clone, Debug)]
pub struct Trust {
    /// Certificates of authorities that are trusted. Without any, nobody can be said to be trusted, and a
    /// certificate's faults are warnings; with some, they make a signature invalid.
    pub anchors: Vec<Certificate>,
    /// The time to verify at.
    pub at: OffsetDateTime,
}

impl Trust {
    /// Trusts these authorities, now.
    #[must_use]
    pub fn now(anchors: Vec<Certificate>) -> Self {
        Self {
            anchors,
            at: OffsetDateTime::now_utc(),
        }
    }
}

impl Trust {
    /// Whether the first of these certificates is valid, and the others lead from it to an authority that is trusted.
    #[must_use]
    pub fn leads_from(&self, certificates: &[Certificate]) -> bool {
        let is_valid = certificates
            .first()
            .is_some_and(|leaf| leaf.is_valid_at(self.at));
        is_valid && matches!(follow(certificates, self), Chain::Trusted(_))
    }
}

/// Where a chain leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chain {
    /// To a trusted authority, over these subjects.
    Trusted(Vec<String>),
    /// Nowhere one trusts, for this reason.
    Untrusted(String),
    /// Nobody said whom to trust; what the chain looks like.
    Unknown(String),
}

/// The subjects from the first of these certificates to an authority that is trusted. Whether the first is valid at the
/// time is for the caller to say.
///
/// # Errors
/// Why it leads to none.
pub fn trusted(certificates: &[Certificate], trust: &Trust) -> Result<Vec<String>, String> {
    match follow(certificates, trust) {
        Chain::Trusted(subjects) => Ok(subjects),
        Chain::Untrusted(reason) | Chain::Unknown(reason) => Err(reason),
    }
}

/// Follows the chain of the first of these certificates.
pub(super) fn follow(certificates: &[Certificate], trust: &Trust) -> Chain {
    let Some(leaf) = certificates.first() else {
        return Chain::Untrusted("there is no certificate".to_owned());
    };
    if let Some(oid) = leaf.unknown_critical() {
        let reason = format!("it has a critical extension {oid} that is not understood");
        return Chain::Untrusted(reason);
    }
    let mut subjects = vec![leaf.subject()];
    let mut current = leaf;
    let mut rest: Vec<&Certificate> = certificates.iter().skip(1).take(LONGEST).collect();
    for below in 0..LONGEST {
        if trust.anchors.contains(current) {
            return Chain::Trusted(subjects);
        }
        if let Some(anchor) = issuer(current, trust.anchors.iter()) {
            subjects.push(anchor.subject());
            return match why_not(anchor, below, trust.at) {
                None => Chain::Trusted(subjects),
                Some(reason) => Chain::Untrusted(format!("{}: {reason}", anchor.subject())),
            };
        }
        let Some(next) = issuer(current, rest.iter().copied()) else {
            return end(current, certificates, trust, &subjects);
        };
        if let Some(reason) = why_not(next, below, trust.at) {
            return Chain::Untrusted(format!("{}: {reason}", next.subject()));
        }
        rest.retain(|certificate| *certificate != next);
        subjects.push(next.subject());
        current = next;
    }
    Chain::Untrusted(format!("it is longer than {LONGEST} certificates"))
}

/// Who has issued and signed this certificate.
fn issuer<'a>(
    certificate: &Certificate,
    mut candidates: impl Iterator<Item = &'a Certificate>,
) -> Option<&'a Certificate> {
    candidates.find(|candidate| {
        certificate.names_as_issuer(candidate) && certificate.is_signed_by(candidate)
    })
}

/// Why an authority may not have issued what it has.
fn why_not(authority: &Certificate, below: usize, at: OffsetDateTime) -> Option<String> {
    if !authority.is_valid_at(at) {
        return Some("it is not valid at the time".to_owned());
    }
    authority.why_no_authority(below)
}

/// What is said of a chain that leads no further.
fn end(
    last: &Certificate,
    certificates: &[Certificate],
    trust: &Trust,
    subjects: &[String],
) -> Chain {
    let claimed = certificates
        .iter()
        .chain(&trust.anchors)
        .any(|other| other != last && last.names_as_issuer(other));
    let reason = if last.is_self_issued() && last.is_signed_by(last) {
        if subjects.len() == 1 {
            "it is self-signed".to_owned()
        } else {
            format!("it ends at {}, which nobody here trusts", last.subject())
        }
    } else if claimed {
        format!(
            "{} names {} as its issuer, whose key did not sign it",
            last.subject(),
            last.issuer()
        )
    } else {
        format!(
            "{} was issued by {}, which is not at hand",
            last.subject(),
            last.issuer()
        )
    };
    // A signature of an authority that does not hold is wrong whomever one trusts.
    if trust.anchors.is_empty() && !claimed {
        Chain::Unknown(reason)
    } else {
        Chain::Untrusted(reason)
    }
}

//! The rules that a signature is held against, each with its clause and the requirements it decides.

use super::edition::Edition;

/// How much hangs on a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// Broken, it makes the signature invalid.
    Must,
    /// Broken, it is worth a warning.
    Should,
}

/// A rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// Its name, for programs.
    pub(super) id: &'static str,
    /// Where it stands.
    pub(super) clause: &'static str,
    pub(super) weight: Weight,
    /// The requirements of 2.0.0 and 2.1.0; none when the rule is not theirs.
    published: Option<&'static [&'static str]>,
    /// The requirements of 3.0.0-ballot; none when the rule is not its.
    ballot: Option<&'static [&'static str]>,
}

type Ids = &'static [&'static str];

const fn both(id: &'static str, clause: &'static str, weight: Weight, ids: Ids) -> Rule {
    differing(id, clause, weight, Some(ids), Some(ids))
}

const fn differing(
    id: &'static str,
    clause: &'static str,
    weight: Weight,
    published: Option<Ids>,
    ballot: Option<Ids>,
) -> Rule {
    Rule {
        id,
        clause,
        weight,
        published,
        ballot,
    }
}

impl Rule {
    /// The requirements it decides in this version; none when the version has no such rule.
    pub(super) const fn requirements(&self, edition: Edition) -> Option<Ids> {
        if edition.is_ballot() {
            self.ballot
        } else {
            self.published
        }
    }
}

use Weight::{Must, Should};

pub(super) const TYPE: Rule = differing(
    "type",
    "Signature.type: one verification coding",
    Must,
    Some(&["CDEX-SIG-046"]),
    Some(&["CDEX-SIG-039"]),
);
pub(super) const WHEN: Rule = differing(
    "when",
    "Signature.when: an instant with time zone",
    Must,
    Some(&[]),
    Some(&["CDEX-SIG-040"]),
);
pub(super) const WHO: Rule = differing(
    "who",
    "Signature.who; cdex-13 in 2.0.0 and 2.1.0",
    Must,
    Some(&["CDEX-SIG-047"]),
    Some(&["CDEX-SIG-041"]),
);
pub(super) const WHO_IDENTIFIER: Rule = differing(
    "who-identifier",
    "Signature.who.identifier",
    Must,
    Some(&["CDEX-SIG-048"]),
    Some(&["CDEX-SIG-042"]),
);
pub(super) const TARGET_FORMAT: Rule = differing(
    "target-format",
    "CONF-031; Signature.targetFormat",
    Must,
    None,
    Some(&["CDEX-SIG-013", "CDEX-SIG-043"]),
);
pub(super) const SIG_FORMAT: Rule = differing(
    "sig-format",
    "CONF-029; Signature.sigFormat",
    Must,
    None,
    Some(&["CDEX-SIG-010", "CDEX-SIG-044"]),
);
pub(super) const ELECTRONIC: Rule = both(
    "electronic",
    "CDex Signatures, Electronic Signatures",
    Must,
    &["CDEX-SIG-038"],
);
pub(super) const DATA: Rule = differing(
    "data",
    "Signature.data",
    Must,
    Some(&["CDEX-SIG-049"]),
    Some(&["CDEX-SIG-045"]),
);
pub(super) const BASE64: Rule = both(
    "base64",
    "CDex Signatures, the note on the compact form",
    Must,
    &["CDEX-SIG-029"],
);
pub(super) const JWS: Rule = differing(
    "jws",
    "CONF-028; RFC 7515, 5.2",
    Must,
    Some(&["CDEX-SIG-008", "CDEX-SIG-009"]),
    Some(&["CDEX-SIG-008"]),
);
pub(super) const DETACHED: Rule = both(
    "detached",
    "CONF-028; RFC 7515, appendix F",
    Must,
    &["CDEX-SIG-008"],
);
pub(super) const SERIALIZATION: Rule = both(
    "serialization",
    "CONF-046, CONF-047; RFC 7515, section 7",
    Should,
    &["CDEX-SIG-027", "CDEX-SIG-028"],
);
pub(super) const CRITICAL: Rule = both(
    "critical",
    "RFC 7515, 4.1.11; RFC 7797, section 6",
    Must,
    &["CDEX-SIG-008"],
);
pub(super) const ALGORITHM: Rule = differing(
    "algorithm",
    "CONF-040; RFC 7515, 4.1.1; RFC 8725, 3.1",
    Must,
    Some(&["CDEX-SIG-023"]),
    Some(&["CDEX-SIG-022"]),
);
pub(super) const HASH: Rule = both("hash", "CONF-045", Should, &["CDEX-SIG-026"]);
pub(super) const KEY_TYPE: Rule = differing(
    "key-type",
    "CDex Signatures, signer's step 1",
    Should,
    Some(&["CDEX-SIG-023"]),
    None,
);
pub(super) const SIGNING_TIME: Rule = differing(
    "signing-time",
    "CONF-043",
    Must,
    None,
    Some(&["CDEX-SIG-025"]),
);
pub(super) const SIGNING_TIME_IS_WHEN: Rule = differing(
    "signing-time-is-when",
    "CONF-055",
    Must,
    None,
    Some(&["CDEX-VER-003"]),
);
pub(super) const COMMITMENTS: Rule = differing(
    "commitments",
    "CONF-037, CONF-044",
    Must,
    None,
    Some(&["CDEX-SIG-019"]),
);
pub(super) const VERIFICATION_COMMITMENT: Rule = differing(
    "verification-commitment",
    "CONF-038",
    Must,
    None,
    Some(&["CDEX-SIG-020"]),
);
pub(super) const COMMITMENTS_ARE_TYPES: Rule = differing(
    "commitments-are-types",
    "CONF-039, CONF-054",
    Must,
    None,
    Some(&["CDEX-SIG-021", "CDEX-VER-002"]),
);
pub(super) const CERTIFICATES: Rule = both(
    "certificates",
    "CONF-042; RFC 7515, 4.1.6",
    Must,
    &["CDEX-SIG-024"],
);
pub(super) const SAME_KEY: Rule = both(
    "same-key",
    "RFC 7515, 4.1.3, 4.1.7 and 4.1.8",
    Must,
    &["CDEX-VER-008"],
);
pub(super) const KEY: Rule = both(
    "key",
    "CDex Signatures, receiver's step 8; RFC 8725, 3.1",
    Must,
    &["CDEX-VER-008"],
);
pub(super) const ALTERNATIVE_NAME: Rule = differing(
    "alternative-name",
    "CONF-048",
    Must,
    None,
    Some(&["CDEX-SIG-030"]),
);
pub(super) const NAME_IS_SIGNER: Rule = differing(
    "name-is-signer",
    "CONF-049, CONF-053",
    Must,
    None,
    Some(&["CDEX-SIG-031", "CDEX-VER-001"]),
);
pub(super) const NAME_FITS_SIGNER: Rule = differing(
    "name-fits-signer",
    "CDex Signatures, additional JWS rules",
    Should,
    Some(&["CDEX-SIG-032"]),
    None,
);
pub(super) const USAGE: Rule = both(
    "key-usage",
    "CONF-051; RFC 5280, 4.2.1.3",
    Should,
    &["CDEX-SIG-034", "CDEX-VER-009"],
);
pub(super) const VALID_WHEN_SIGNED: Rule = both(
    "valid-when-signed",
    "CONF-052; RFC 5280, 4.1.2.5",
    Should,
    &["CDEX-SIG-035", "CDEX-VER-009"],
);
pub(super) const VALID_NOW: Rule = both(
    "valid-now",
    "CONF-052; RFC 5280, 6.1.3",
    Should,
    &["CDEX-SIG-035", "CDEX-VER-009"],
);
pub(super) const CHAIN: Rule = both(
    "chain",
    "CONF-050; RFC 5280, section 6",
    Should,
    &["CDEX-SIG-033", "CDEX-VER-009"],
);
/// The requirement of the carrier comes on top.
pub(super) const REMOVED: Rule = both(
    "removed",
    "CONF-034, CONF-035, CONF-036; receiver's step 2",
    Must,
    &["CDEX-SIG-011", "CDEX-VER-005"],
);
pub(super) const CANONICAL: Rule = both(
    "canonical",
    "CONF-030; RFC 8785",
    Must,
    &["CDEX-SIG-012", "CDEX-VER-006"],
);
pub(super) const SIGNING_INPUT: Rule = both(
    "signing-input",
    "CDex Signatures, signer's steps 2 to 6; RFC 7515, 5.1",
    Must,
    &["CDEX-SIG-036", "CDEX-VER-007"],
);
/// The requirement of the carrier comes on top.
pub(super) const SIGNATURE: Rule = both(
    "signature",
    "CDex Signatures, receiver's step 10; RFC 7515, 5.2",
    Must,
    &[
        "CDEX-SIG-008",
        "CDEX-SIG-011",
        "CDEX-SIG-012",
        "CDEX-VER-010",
    ],
);

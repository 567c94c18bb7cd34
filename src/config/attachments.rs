//! What documentation can be submitted for at a payer, and where (CDex).

use super::member::Identifier;
use super::value::de;
use super::{Error, parse};
use crate::evidence::Redactor;
use serde::Deserialize;
use url::Url;

/// `[attachments]`: what a payer under test expects documentation for. The default knows of nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attachments {
    /// URL of `$submit-attachment`, where it is not below the target.
    #[serde(deserialize_with = "de::maybe_base")]
    pub endpoint: Option<Url>,
    /// Whether the payer asks for documentation by Questionnaires, when that is known.
    pub questionnaires: Option<bool>,
    /// Bytes that a submission may have at most.
    #[serde(deserialize_with = "de::maybe_size")]
    pub largest: Option<usize>,
    /// References to formal authorizations at the target: `ServiceRequest/1`, `CommunicationRequest/2`.
    pub authorizations: Vec<String>,
    /// Claims and prior authorizations that lack documentation.
    #[serde(rename = "claim")]
    pub claims: Vec<Claim>,
}

/// `[[attachments.claim]]`: a claim or a prior authorization that the payer has and that lacks documentation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// How reports call it: a nickname that identifies nobody.
    #[serde(deserialize_with = "de::filled")]
    pub name: String,
    /// Claim or prior authorization.
    #[serde(rename = "use")]
    pub use_: Use,
    /// Whose it is: the number on the card.
    pub member_id: Identifier,
    /// The day of the service; needed for a claim.
    #[serde(default, deserialize_with = "de::maybe_date")]
    pub service_date: Option<String>,
    /// Numbers of its lines.
    #[serde(default)]
    pub lines: Vec<String>,
    /// The tracking id by which the payer asked for documentation, if it did.
    #[serde(default)]
    pub tracking_id: Option<Identifier>,
    /// Whether the payer asked for it signed.
    #[serde(default)]
    pub signed: bool,
}

/// What a claim is for: codes of FHIR's claim-use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Payment.
    Claim,
    /// Authorization before the service.
    Preauthorization,
}

impl Use {
    /// The FHIR code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Preauthorization => "preauthorization",
        }
    }
}

impl Attachments {
    /// Reads the text of a file that holds nothing else: scenario data of the built-in target. `path` is what
    /// messages call it.
    ///
    /// # Errors
    /// When it says something that cannot be.
    pub fn parse(text: &str, path: &str) -> Result<Self, Error> {
        parse::parse(text, path)
    }

    /// Tells the redactor by which numbers members can be recognised.
    pub fn teach(&self, redactor: &Redactor) {
        for claim in &self.claims {
            redactor.person(&claim.member_id.value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Attachments, Use};

    #[test]
    fn claims_are_read() {
        let text = "largest = '256KiB'\n[[claim]]\nname = 'a'\nuse = 'preauthorization'\n\
                    member_id = { system = 's', value = 'v' }";
        let read = Attachments::parse(text, "x").unwrap();
        assert_eq!(read.largest, Some(256 << 10));
        assert_eq!(read.claims[0].use_, Use::Preauthorization);
        assert!(Attachments::parse("[[claim]]\nname = 'a'\nuse = 'x'", "x").is_err());
    }
}

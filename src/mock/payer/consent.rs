//! Whether a Consent lets this payer disclose a member's data to the caller, and how much of it.

use super::match_request::MatchRequest;
use super::member::Member;
use super::plan::NPI;
use super::refusal::Refusal;
use crate::fhir::{Span, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

const POLICY: &str = "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition-hrex-consent.html";

/// How much may be disclosed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Disclosure {
    /// All but what is specially protected.
    Regular,
    /// Everything.
    Sensitive,
}

/// Why a Consent cannot be honoured. The text goes to the client and names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error("no consent was sent, and an exchange between payers needs one")]
    Missing,
    #[error("the consent cannot be honoured: it is not active")]
    NotActive,
    #[error("the consent cannot be honoured: it does not permit the disclosure")]
    NoPermit,
    #[error("the consent cannot be honoured: it is not about the submitted member")]
    OtherSubject,
    #[error("the consent cannot be honoured: it is not valid today")]
    OutsidePeriod,
    #[error("the consent cannot be honoured: its policy is neither regular nor sensitive")]
    UnknownPolicy,
    #[error("the consent cannot be honoured: sensitive data cannot be held back here")]
    CannotSegment,
    #[error("the consent cannot be honoured: it does not name the requesting payer as recipient")]
    OtherRecipient,
    #[error("the consent cannot be honoured: it does not name this payer as the one who discloses")]
    OtherPerformer,
    #[error("the consent cannot be honoured: it was revoked")]
    Revoked,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let code = match problem {
            Problem::CannotSegment => "suppressed",
            _ => "business-rule",
        };
        Self::new(422, code, problem.to_string())
    }
}

/// Evaluates the Consent of a request for the member that was matched.
pub(super) fn evaluate(
    request: &MatchRequest,
    member: &Member,
    (recipients, performer): (&[String], &str),
    today: &Span,
    deviation: &Deviation,
) -> Result<Disclosure, Problem> {
    let consent = &request.consent;
    if consent.is_null() {
        return match deviation.enforces(Rule::ConsentParameter) {
            true => Err(Problem::Missing),
            false => Ok(Disclosure::Regular),
        };
    }
    let provision = &consent["provision"];
    let is_bounded = ["start", "end"]
        .iter()
        .any(|bound| provision["period"].get(bound).is_some());
    let period = Span::period(&provision["period"]).filter(|_| is_bounded);
    let checks = [
        (Rule::Revocation, !member.is_revoked, Problem::Revoked),
        (
            Rule::ConsentStatus,
            consent["status"] == "active",
            Problem::NotActive,
        ),
        (
            Rule::ConsentSubject,
            request.is_submitted(&consent["patient"]),
            Problem::OtherSubject,
        ),
        (
            Rule::ConsentPermit,
            provision["type"] == "permit",
            Problem::NoPermit,
        ),
        (
            Rule::ConsentPeriod,
            period.is_some_and(|period| period.overlaps(today)),
            Problem::OutsidePeriod,
        ),
        (
            Rule::ConsentRecipient,
            recipients.iter().any(|npi| has_actor(consent, "IRCP", npi)),
            Problem::OtherRecipient,
        ),
        (
            Rule::ConsentPerformer,
            has_actor(consent, "performer", performer),
            Problem::OtherPerformer,
        ),
    ];
    for (rule, holds, problem) in checks {
        if !holds && deviation.enforces(rule) {
            return Err(problem);
        }
    }
    let disclosure = match policy(consent) {
        Some(disclosure) => disclosure,
        None if deviation.enforces(Rule::ConsentPolicy) => return Err(Problem::UnknownPolicy),
        None => Disclosure::Regular,
    };
    let can_separate = member.is_segmentable || !deviation.enforces(Rule::ConsentSegmentation);
    if disclosure == Disclosure::Regular && !can_separate {
        return Err(Problem::CannotSegment);
    }
    Ok(disclosure)
}

fn policy(consent: &Value) -> Option<Disclosure> {
    path::elements(consent, "policy.uri")
        .into_iter()
        .find_map(|uri| match uri.as_str()?.strip_prefix(POLICY)? {
            "#regular" => Some(Disclosure::Regular),
            "#sensitive" => Some(Disclosure::Sensitive),
            _ => None,
        })
}

/// Whether an actor in that role has that NPI, in the reference or in the contained resource it points to.
pub(super) fn has_actor(consent: &Value, role: &str, npi: &str) -> bool {
    path::elements(consent, "provision.actor")
        .into_iter()
        .filter(|actor| {
            path::elements(actor, "role.coding.code")
                .iter()
                .any(|code| *code == role)
        })
        .any(|actor| {
            let local = actor["reference"]["reference"]
                .as_str()
                .and_then(|text| text.strip_prefix('#'));
            let contained = path::elements(consent, "contained")
                .into_iter()
                .filter(|resource| local.is_some() && resource["id"].as_str() == local)
                .flat_map(|resource| path::elements(resource, "identifier"));
            path::elements(actor, "reference.identifier")
                .into_iter()
                .chain(contained)
                .any(|one| is_npi(one, npi))
        })
}

/// Whether an identifier is that NPI.
pub(super) fn is_npi(identifier: &Value, npi: &str) -> bool {
    identifier["system"] == NPI && identifier["value"] == npi
}

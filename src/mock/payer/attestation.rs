//! Whether a provider may have a member's data: opt-out, treatment relationship, attestation.

use super::Payer;
use super::group::Bucket;
use super::match_request::MatchRequest;
use super::matcher::{Found, card_key, demographics_key};
use super::member::Member;
use super::{consent, matcher};
use crate::fhir::{Span, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;

impl Payer {
    /// Sorts a member a provider asks for. Without authentication the provider is the one clinic of `mock.toml`.
    pub(super) fn decide_for_provider(
        &mut self,
        submitted: &MatchRequest,
        deviation: &Deviation,
    ) -> (Bucket, Option<Member>) {
        let demographics = demographics_key(submitted);
        if self.throttle.is_locked(&demographics) {
            return (Bucket::NoMatch, None);
        }
        let system = &self.settings.systems.member;
        let member = match matcher::find(&self.members, submitted, system, &self.today, deviation) {
            Found::One(member) => member.clone(),
            Found::Several => return (Bucket::NoMatch, None),
            Found::Nobody => {
                self.throttle.failed(&demographics, &card_key(submitted));
                return (Bucket::NoMatch, None);
            }
        };
        let is_treated =
            self.is_treated(&member) || !deviation.enforces(Rule::TreatmentRelationship);
        if !is_treated || member.is_revoked || !self.is_attested(submitted, deviation) {
            return (Bucket::NoMatch, None);
        }
        if self.keeps_from_providers(&member.id, deviation) {
            return (Bucket::ConsentConstraint, None);
        }
        (Bucket::Match, Some(member))
    }

    /// Whether the clinic has seen the member.
    fn is_treated(&self, member: &Member) -> bool {
        let clinic = format!("Organization/{}", self.settings.clinic.id);
        self.store.compartment(&member.id).any(|stored| {
            stored.resource["resourceType"] == "Encounter"
                && stored.resource["serviceProvider"]["reference"] == clinic.as_str()
        })
    }

    /// Whether the Consent attests that this clinic treats the submitted member now.
    fn is_attested(&self, submitted: &MatchRequest, deviation: &Deviation) -> bool {
        let attestation = &submitted.consent;
        let provision = &attestation["provision"];
        let has_start = provision["period"].get("start").is_some();
        let period = Span::period(&provision["period"]).filter(|_| has_start);
        let npi = &self.settings.clinic.npi;
        let is_performer = path::elements(attestation, "performer.identifier")
            .into_iter()
            .any(|identifier| consent::is_npi(identifier, npi));
        let checks = [
            (Rule::ConsentStatus, attestation["status"] == "active"),
            (Rule::ConsentPermit, provision["type"] == "permit"),
            (
                Rule::ConsentSubject,
                submitted.is_submitted(&attestation["patient"]),
            ),
            (
                Rule::ConsentPeriod,
                period.is_some_and(|period| period.contains(&self.today)),
            ),
            (
                Rule::ConsentPerformer,
                is_performer || consent::has_actor(attestation, "IRCP", npi),
            ),
        ];
        checks
            .into_iter()
            .all(|(rule, holds)| holds || !deviation.enforces(rule))
    }
}

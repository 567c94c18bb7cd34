//! `Patient/$member-match`.

use super::consent::{Disclosure, Problem};
use super::match_request::MatchRequest;
use super::matcher::{Found, card_key, demographics_key};
use super::member::Member;
use super::negotiation::check_json_body;
use super::refusal::Refusal;
use super::{Payer, consent, matcher};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use serde_json::{Value, json};

/// What became of a request to match a member.
#[derive(Clone, Debug)]
pub(super) enum Decision {
    /// The member, and how much may be disclosed.
    Match(Member, Disclosure),
    Nobody,
    Several,
    /// Too many cards were tried with these demographics.
    Locked,
    /// The member was found, and the Consent does not let us say so.
    Consent(Member, Problem),
}

impl Payer {
    /// Answers `$member-match`.
    pub(super) fn member_match(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        let submitted = MatchRequest::parse(&request.body, self.version, deviation)?;
        match self.decide(&submitted, deviation) {
            Decision::Match(member, disclosure) => {
                self.keep(&submitted, &member, disclosure, deviation);
                Ok(Response::fhir(200, &self.result(&member)))
            }
            Decision::Nobody => Err(Refusal::new(
                422,
                "not-found",
                "no member fits the demographics and the coverage",
            )),
            Decision::Several => Err(Refusal::new(
                422,
                "multiple-matches",
                "several members fit and cannot be told apart",
            )),
            Decision::Locked => Err(Refusal::too_many(self.settings.limits.retry_after)),
            Decision::Consent(member, problem) => {
                let mut refusal = Refusal::from(problem);
                if !deviation.enforces(Rule::DiscreetRefusal) {
                    refusal.text = format!("{} (Patient/{})", refusal.text, member.id);
                }
                Err(refusal)
            }
        }
    }

    /// Decides a request, and remembers a failure.
    pub(super) fn decide(&mut self, submitted: &MatchRequest, deviation: &Deviation) -> Decision {
        let demographics = demographics_key(submitted);
        if self.throttle.is_locked(&demographics) && deviation.enforces(Rule::BruteForce) {
            return Decision::Locked;
        }
        let system = &self.settings.systems.member;
        let found = matcher::find(&self.members, submitted, system, &self.today, deviation);
        let member = match found {
            Found::One(member) => self.instead_of(member, submitted, deviation).clone(),
            Found::Several => return Decision::Several,
            Found::Nobody => {
                self.throttle.failed(&demographics, &card_key(submitted));
                return Decision::Nobody;
            }
        };
        let recipients = self.asking_payers();
        let actors = (&recipients[..], self.settings.payer.npi.as_str());
        match consent::evaluate(submitted, &member, actors, &self.today, deviation) {
            Ok(disclosure) => Decision::Match(member, disclosure),
            Err(problem) => Decision::Consent(member, problem),
        }
    }

    /// The member to answer with: the one that was found, unless a fault mixes members up.
    fn instead_of<'a>(
        &'a self,
        found: &'a Member,
        submitted: &MatchRequest,
        deviation: &Deviation,
    ) -> &'a Member {
        let by_id = |id: &str| self.members.iter().find(|member| member.id == id);
        if deviation.other_member {
            return self
                .other_member(&found.id)
                .and_then(by_id)
                .unwrap_or(found);
        }
        if !deviation.enforces(Rule::SubmittedPatient) {
            return submitted.submitted_id().and_then(by_id).unwrap_or(found);
        }
        found
    }

    fn result(&self, member: &Member) -> Value {
        let has_reference = self.version.has_member_reference();
        let (type_system, code, system, value) = if has_reference {
            (
                "http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp",
                "UMB",
                &self.settings.systems.unique_member,
                &member.unique_id,
            )
        } else {
            (
                "http://terminology.hl7.org/CodeSystem/v2-0203",
                "MB",
                &self.settings.systems.member,
                &member.member_id,
            )
        };
        let mut parameters = vec![json!({"name": "MemberIdentifier", "valueIdentifier": {
            "type": {"coding": [{"system": type_system, "code": code}]}, "system": system, "value": value,
        }})];
        if has_reference {
            let reference = format!("Patient/{}", member.id);
            parameters
                .push(json!({"name": "MemberId", "valueReference": {"reference": reference}}));
        }
        json!({"resourceType": "Parameters", "parameter": parameters})
    }
}

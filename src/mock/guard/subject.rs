//! Tokens that are limited to the patient a match has found (PDex, after a member match).

use super::Guard;
use super::client::Known;
use super::form::Form;
use super::problem::Problem;
use super::world::World;
use crate::mock::Rule;
use crate::mock::deviation::Deviation;

/// Longest name of a patient.
const LONGEST: usize = 500;

impl Guard {
    /// The patient that a token is asked for, if it is for one: the `sub` of the assertion when it is not the client
    /// itself, else `patient` or `subject` of the form. Refused is whom the client has not had matched, and whose
    /// consent is not in force.
    pub(super) fn subject(
        &self,
        form: &Form,
        known: &Known,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Result<Option<String>, Problem> {
        let id = &known.client.client_id;
        let asserted = known.assertion.as_ref().and_then(|jwt| jwt.text("sub"));
        // Where anybody is taken for a client, who is named is no patient.
        let asserted = asserted.filter(|_| deviation.enforces(Rule::KnownClient));
        let other =
            asserted.filter(|subject| subject != id && !self.clients.contains_key(*subject));
        let named = other
            .or_else(|| form.get("patient"))
            .or_else(|| form.get("subject"));
        let Some(named) = named else {
            return Ok(None);
        };
        // Whether somebody is no member or was not matched is not told apart.
        let unknown = Problem::grant("the client has not had that patient matched");
        let by_number = deviation.enforces(Rule::SubjectIdentifier);
        let patient = (named.len() <= LONGEST)
            .then(|| world.patient(named, by_number))
            .flatten()
            .ok_or(unknown)?;
        if !world.was_matched_for(&patient, id) && deviation.enforces(Rule::MatchedSubject) {
            return Err(unknown);
        }
        let is_consented = world.has_consent(&patient, self.clock.now());
        if !is_consented && deviation.enforces(Rule::SubjectConsent) {
            return Err(Problem::grant(
                "the consent to this disclosure is not in force",
            ));
        }
        Ok(Some(patient))
    }
}

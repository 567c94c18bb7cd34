//! What the authorization server has to know of the records that it guards.

/// The records, as far as the authorization server asks.
pub(in crate::mock) trait World {
    /// The id of the patient that is meant by an id, `Patient/{id}`, or, when `by_number`, `system|value` or a member
    /// number.
    fn patient(&self, named: &str, by_number: bool) -> Option<String>;

    /// Whether this client has had the patient matched.
    fn was_matched_for(&self, patient: &str, client_id: &str) -> bool;

    /// Whether the consent to give the patient's data away is in force, at that time (seconds since 1970).
    fn has_consent(&self, patient: &str, now: i64) -> bool;

    /// Whether a provider or a Group of this number is known.
    fn knows(&self, subject: &str) -> bool;
}

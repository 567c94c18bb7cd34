//! A member, as far as matching and consent need to know.

use super::seed::MemberSeed;
use crate::fhir::Span;

/// A member of the plan.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// Id of the Patient resource.
    pub(super) id: String,
    /// As on the card. Two registrations of one person share it.
    pub(super) member_id: String,
    /// As on the card; a family shares it.
    pub(super) subscriber_id: String,
    /// What a match returns from HRex 1.1 on; one per registration.
    pub(super) unique_id: String,
    /// Family names, the present one first.
    pub(super) families: Vec<String>,
    /// First given name.
    pub(super) given: String,
    pub(super) birth_date: String,
    pub(super) gender: String,
    /// When the coverage is in force.
    pub(super) covered: Span,
    /// Whether sensitive data can be told apart from the rest.
    pub(super) is_segmentable: bool,
    /// Whether consent to disclose was revoked.
    pub(super) is_revoked: bool,
}

impl Member {
    /// The member behind a seed; `covered` is its coverage's period.
    pub(super) fn new(seed: &MemberSeed, covered: Span) -> Self {
        let earlier = seed.earlier_families.iter().cloned();
        Self {
            id: seed.id.clone(),
            member_id: seed.member_id.clone(),
            subscriber_id: seed.subscriber_id.clone(),
            unique_id: seed.unique_id(),
            families: std::iter::once(seed.family.clone())
                .chain(earlier)
                .collect(),
            given: seed.given.first().cloned().unwrap_or_default(),
            birth_date: seed.birth_date.clone(),
            gender: seed.gender.clone(),
            covered,
            is_segmentable: seed.segmentable,
            is_revoked: seed.revoked,
        }
    }
}

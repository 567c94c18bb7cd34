//! TEMPORARY
use super::Definitions;
/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// x
    In,
    /// x
    NotIn,
    /// x
    Undecided,
}
/// x
#[must_use]
pub fn membership(_: &dyn Definitions, _: &str, _: Option<&str>, _: &str) -> Membership {
    Membership::Undecided
}

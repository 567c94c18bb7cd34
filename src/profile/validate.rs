//! The walk: one pass over parsed JSON along compiled definitions, with an [`Issue`] for each broken rule.
//!
//! - [`Validator`] is what callers hold; it answers with a [`Report`].
//! - [`walk`] holds the state of one run; [`object`], [`repetition`] and [`value`] descend through it;
//!   [`slicing`] tells slices apart.
//! - [`resource`], [`contained`], [`bundle`], [`entries`], [`graph`], [`reference`] and [`resolve`] know what holds for
//!   resources
//!   and between them, [`vital_sign`] which profile an Observation must meet unasked; [`extension`] and
//!   [`context`] what holds for extensions.
//! - [`response`], [`answer`] and [`enabled`] hold responses against their questionnaires.
//! - [`binding`], [`coding`], [`primitive`] and [`invariant`] look at single values; [`trial`] asks whether
//!   something would meet a profile, without a word.

mod answer;
mod binding;
mod bundle;
mod coding;
mod contained;
mod context;
mod enabled;
mod entries;
mod extension;
mod finding;
mod graph;
mod invariant;
mod object;
mod predicate;
mod primitive;
mod reference;
mod repetition;
mod report;
mod resolve;
mod resource;
mod response;
mod slicing;
mod trial;
mod value;
mod vital_sign;
mod walk;

pub(super) use predicate::Predicate;
pub use report::{Report, Verdict};

use super::program::Programs;
use super::{Definitions, TerminologyService};
use serde_json::Value;
use std::sync::Arc;
use walk::Walk;

/// Validates resources; definitions are compiled when they are first needed, and kept.
pub struct Validator {
    programs: Programs,
    service: Option<Arc<dyn TerminologyService>>,
}

impl Validator {
    /// A validator of what `definitions` knows.
    #[must_use]
    pub fn new(definitions: Arc<dyn Definitions>) -> Self {
        Self {
            programs: Programs::new(definitions),
            service: None,
        }
    }

    /// Also asks `service` about codes that `definitions` leave undecided.
    #[must_use]
    pub fn with_service(mut self, service: Arc<dyn TerminologyService>) -> Self {
        self.service = Some(service);
        self
    }

    /// Validates `resource` against FHIR R4, the profiles it claims in `meta.profile`, and `profiles`.
    #[must_use]
    pub fn validate(&self, resource: &Value, profiles: &[String]) -> Report {
        let mut walk = Walk::new(&self.programs, self.service.as_deref(), resource);
        let checked = if walk::is_too_deep(resource) {
            walk.refuse_depth();
            Vec::new()
        } else {
            walk.start(resource, profiles)
        };
        let text = |name: &str| resource[name].as_str().map(str::to_owned);
        let (issues, undecided) = walk.finish();
        Report {
            resource_type: text("resourceType"),
            id: text("id"),
            profiles: checked,
            issues,
            undecided,
        }
    }
}

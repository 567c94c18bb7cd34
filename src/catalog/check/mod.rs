//! Refusals: every mistake in the data files that would make a run mean something else than it says.
//!
//! - [`check`] and [`check_complete`] find them all; a run itself starts with those that need
//!   neither step definitions nor faults.
//! - The caller hands over the step definitions as a [`StepBook`], because the catalogue does not
//!   know the steps.
//! - `layout` and `wording` look at each feature, `scenarios`, `suites` and `requirements` at what
//!   refers to what, `steps` at the vocabulary, `faults` at whether each check can fail.

mod faults;
mod layout;
mod outlines;
mod requirements;
mod scenarios;
mod steps;
mod suites;
mod whole;
mod wording;

pub use steps::{Binding, StepBook, StepDefinition};
pub(super) use whole::examine;
pub use whole::{check, check_complete};

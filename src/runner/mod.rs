//! Plan → cucumber → run: makes the selected scenarios happen and leaves the evidence in the log.
//!
//! - [`Runner`] runs features on the `cucumber` engine inside this process, never through its command line.
//! - `features` hands already parsed features to the engine; `silent` swallows the engine's events,
//!   because everything worth knowing is recorded by the [`crate::steps::World`].
//! - [`Observer`] lets a caller watch scenarios finish.

mod engine;
mod features;
mod silent;

pub use engine::{Observer, Runner};

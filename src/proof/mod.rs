//! Proof that every check can fail: the suites against the conformant stand-in, then against each of
//! its faults; the outcome is the kill matrix.
//!
//! - [`reflect`] holds every suite against its mirror: servers and clients of ours, over HTTP.
//! - [`prove`] does it; [`Proof`] is the matrix, one [`Trial`] per fault and IG version,
//!   and [`Untried`] what does not show where it is tried.

mod course;
mod matrix;
mod mirror;
mod rehearsal;
mod trial;

pub use matrix::{Error, Extent, Proof, prove};
pub use mirror::{Reflection, reflect};
pub use trial::{Trial, Untried};

//! Proof that every check can fail: the suites against the conformant stand-in, then against each of
//! its faults; the outcome is the kill matrix.
//!
//! - [`prove`] does it; [`Proof`] is the matrix, one [`Trial`] per fault and IG version.

mod course;
mod matrix;
mod rehearsal;
mod trial;

pub use matrix::{Error, Extent, Proof, prove};
pub use trial::Trial;

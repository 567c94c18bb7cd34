//! The validator finds every kind of mistake, where it is, and leaves alone what is right.
//!
//! - `rules`, `codes` and `slicing` hold each rule and each trap against small profiles of their own, with near-misses; `mutations`
//!   breaks valid resources, one thing at a time; `hostile` sends nonsense.
//! - `examples` and `cases` hold the validator against published packages and
//!   what others found in them. They need those packages in a folder beside this repository, and do
//!   nothing without it.

mod cases;
mod codes;
mod examples;
mod hostile;
mod mutations;
mod packages;
mod profiled;
mod resources;
mod rules;
mod slicing;
mod speed;

//! The validator finds every kind of mistake, where it is, and leaves alone what is right.
//!
//! - `rules`, `codes`, `slicing`, `bundles` and `responses` hold each rule and each trap against small profiles and
//!   resources of their own, with near-misses; `mutations`
//!   and `breadth` break valid resources, one thing at a time; `hostile` sends nonsense.
//! - `examples`, `outcomes` and `cases` hold the validator against published packages and
//!   what others found in them. They need those packages in a folder beside this repository, and do
//!   nothing without it.

mod breadth;
mod bundles;
mod cases;
mod codes;
mod examples;
mod hostile;
mod mutations;
mod outcomes;
mod packages;
mod profiled;
mod resources;
mod responses;
mod rules;
mod slicing;
mod speed;

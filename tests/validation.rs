//! The validator finds every kind of mistake, where it is, and leaves alone what is right.
//!
//! - [`rules`] and the modules below it hold small definitions of their own: each rule, each trap, each near-miss.
//! - [`examples`], [`cases`], [`outcomes`] and [`mutations`] hold the validator against published packages and
//!   what others found in them. They need those packages in a folder beside this repository, and do
//!   nothing without it.

mod cases;
mod examples;
mod packages;

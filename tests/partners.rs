//! Many systems side by side: whom to test is read and refused like any configuration, every trend has its name, hosts
//! are asked gently, and what is wrong with one partner stops nobody else.

mod declared;
mod file;
pub(crate) mod matrix;
mod politeness;
mod runs;
mod stage;

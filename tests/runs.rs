//! What can be done with runs once they are made.

mod attesting;
mod bundling;
mod comparing;
mod merging;
mod replaying;
mod signing;

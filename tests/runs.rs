//! What can be done with runs once they are made.

mod comparing;
mod merging;

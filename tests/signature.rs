//! Signatures: published vectors hold, every version's signatures round-trip, and whatever is wrong is named.

mod canonical;
mod jws;

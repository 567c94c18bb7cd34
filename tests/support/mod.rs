//! What several tests need.

pub(crate) mod golden_run;

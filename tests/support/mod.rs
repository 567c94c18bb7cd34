//! What several tests need: the binary as a command, servers that misbehave, a run made up for reports.

pub(crate) mod command;
pub(crate) mod golden_run;
pub(crate) mod schema;
pub(crate) mod servers;
pub(crate) mod validated;

//! What several tests need: a browser, the binary as a command and as a mock, servers that misbehave, odd values, a run
//! made up for reports.

pub(crate) mod browser;
pub(crate) mod command;
pub(crate) mod golden_run;
pub(crate) mod mock;
pub(crate) mod odd;
pub(crate) mod schema;
pub(crate) mod servers;
pub(crate) mod validated;

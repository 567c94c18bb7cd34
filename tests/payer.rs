//! The mock payer behaves as its documentation says, with and without faults.
pub(crate) mod ask;
mod bulk;
mod chart;
mod fault;
mod history;
mod hostile;
mod matching;
mod must_support;
mod provider;
mod reading;
mod searching;
mod server;

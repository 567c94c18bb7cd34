//! The mock payer behaves as its documentation says, with and without faults.
mod ask;
mod bulk;
mod chart;
mod fault;
mod hostile;
mod matching;
mod must_support;
mod provider;
mod reading;
mod searching;
mod server;

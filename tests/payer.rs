//! The mock payer behaves as its documentation says, with and without faults.
pub(crate) mod ask;
mod bulk;
mod fault;
mod hostile;
mod matching;
mod provider;
mod reading;
mod searching;
mod server;

//! The stand-ins with an authorization server: every rule holds, and can be switched off.
mod admission;
mod app;
mod authorization;
mod client;
mod harness;
mod hostile;
mod patient;
mod provider;
mod registration;
mod transport;
mod whole;

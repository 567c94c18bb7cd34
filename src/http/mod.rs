//! The client side: send, authenticate, bound.
//!
//! - [`Client`] sends a [`Request`] and gives back [`Sent`]: every hop as evidence, and either a
//!   [`Reply`] or the [`Failure`] that prevented one. It never panics on what a server answers, and
//!   everything a server can make large or slow is bounded by [`Settings`].
//! - Credentials go to the configured origin and nowhere else: not along a redirect to another
//!   origin, not to an absolute URL of one.
//! - TLS certificates are always verified.

mod client;
mod error;
mod failure;
mod headers;
mod redirect;
mod reply;
mod request;
mod settings;
mod target;
mod transport;

pub use client::{Client, Sent};
pub use error::Error;
pub use failure::Failure;
pub use reply::{NotJson, Reply};
pub use request::Request;
pub use settings::Settings;

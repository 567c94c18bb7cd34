//! The client side: send, authenticate, bound.
//!
//! - [`Client`] sends a [`Request`] and gives back [`Sent`]: every hop as evidence, and either a
//!   [`Reply`] or the [`Failure`] that prevented one. It never panics on what a server answers, and
//!   everything a server can make large or slow is bounded by [`Settings`].
//! - [`Client::open`] gives a [`Stream`] instead, for bodies too large to hold; [`Lines`] cuts it into
//!   lines.
//! - Credentials go to the configured origin and nowhere else: not along a redirect to another
//!   origin, not to an absolute URL of one.
//! - An [`Authorizer`] knows the credentials; a token that stays as it is comes from [`Settings`].
//! - A URL that the target gives leads to no address of this machine or its network, unless the target is there.
//! - [`handshake`] offers single versions of TLS and cipher suites, and tells what a server takes.
//! - [`Politeness`] bounds how many requests a host gets at a time, from all clients that share it.
//! - [`Playback`] answers in place of the network, for replays.
//! - TLS certificates are verified unless [`Settings::insecure`] says otherwise. An [`Identity`] is shown to the
//!   configured origin and nowhere else; [`TlsProblem`] says why there is no trusted connection.

mod authorizer;
mod client;
mod error;
mod failure;
pub mod handshake;
mod headers;
mod identity;
mod lines;
mod neighbourhood;
mod playback;
mod politeness;
mod redirect;
mod reply;
mod request;
mod settings;
mod stream;
mod target;
mod tls_problem;
mod transport;

pub use authorizer::Authorizer;
pub use client::{Client, Opened, Sent};
pub use error::Error;
pub use failure::Failure;
pub use identity::Identity;
pub use lines::{Line, LineEnd, LineFailure, LineLimits, LineTotals, Lines};
pub use playback::{Asked, Playback};
pub use politeness::Politeness;
pub use reply::{NotJson, Reply};
pub use request::Request;
pub use settings::Settings;
pub use stream::Stream;
pub use tls_problem::TlsProblem;

//! How tokens are had at one target.
//!
//! - [`Access`] finds the authorization server, asks it for tokens by one [`Way`], keeps them in memory, renews them in
//!   time, and is the [`crate::http::Authorizer`] of a client. Beside the ordinary client it knows others that the
//!   target has registered.
//! - [`Registration`] is what the target knows a client by. Steps change it, or the assertion made of it, to see that
//!   bad credentials are refused.
//! - [`Endpoints`] is what the target says of its authorization server; [`Grant`] is a token as it was given.
//! - [`Udap`] is how a client makes itself known by its certificate; [`App`] is how a member lets an app in, by hand or
//!   by a script that fills in forms.
//!
//! Credentials go to the token endpoint that the configuration names, or that was found over the configured origin,
//! and nowhere else. Every request made here is captured for the recorder.

mod app;
mod browser;
mod cookies;
mod endpoints;
mod error;
mod form;
mod grant;
mod holder;
mod listener;
mod page;
mod registration;
mod replayed;
mod request;
mod saved;
mod setup;
mod udap;

pub use app::{Action, App, Asked};
pub use endpoints::{Endpoints, Source};
pub use error::Error;
pub use grant::Grant;
pub use holder::{Access, Way};
pub use registration::Registration;
pub use request::authenticated;
pub use udap::Udap;

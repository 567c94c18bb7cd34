//! `vitruvian.toml` and files of members: read, checked, merged with flags and environment.
//!
//! - [`Config`] is the whole file: [`Target`], [`Requester`], [`Provider`], [`Limits`], [`Privacy`], [`Member`]s,
//!   [`Attachments`] and excuses. [`Members`] is a file of members alone.
//! - [`Partners`] is `partners.toml`: many targets, each with the tables of a configuration, and what they share.
//! - [`Auth`] says how the tokens of the target are had.
//! - [`Credential`] says where a secret is found; it is looked up only when it is needed.
//! - [`Overrides`] is what flags and environment say; they win over the file in this order.
//! - [`Error`] points at the line and says what to write instead.
//!
//! Nothing here reads the environment itself: callers pass what they found there.

mod attachments;
mod auth;
mod credential;
mod error;
mod file;
mod limits;
mod located;
mod member;
mod overrides;
mod parse;
mod partners;
mod suggestion;
mod target;
mod tls;
mod value;

pub use attachments::{Attachments, Claim, Use};
pub use auth::{Auth, AuthApp, AuthClient, AuthUdap, LoginAction, Method, SecretIn};
pub use credential::Credential;
pub use error::Error;
pub use file::{Config, Privacy};
pub use limits::Limits;
pub use located::Located;
pub use member::{Coverage, Expectation, Gender, Identifier, Member, MemberId, Members};
pub use overrides::Overrides;
pub use partners::{Manners, Partner, Partners};
pub use target::{Agreement, NPI_SYSTEM, Provider, Requester, Target};
pub use tls::{Tls, TlsIdentity};

/// Reads a duration as it is written on the command line and in configurations: `500ms`, `30s`, `5m`, `1h`.
///
/// # Errors
/// When it is none.
pub fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    value::duration(text)
}

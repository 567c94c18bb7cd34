//! OAuth 2.0 as SMART App Launch and UDAP use it: pure data, no clock, no network, no random numbers.
//!
//! - [`Jwt`] is a signed token (RFC 7519) that was read, and verified only when it is asked to be; [`sign`] makes one.
//! - [`Jwk`] and [`Jwks`] are public keys as JSON (RFC 7517), to and from [`crate::signature::PublicKey`].
//! - [`Assertion`] is what a client proves itself with: a client assertion of SMART Backend Services, one of UDAP
//!   with its [`B2b`] extension, or a software statement to register with. Each header and claim can be replaced or
//!   taken away, for those that have to be refused.
//! - [`Verifier`] is the proof key of RFC 7636.
//! - [`Scopes`] is what may be done, as SMART App Launch writes it: read, compared, and held against what is needed.

mod assertion;
mod jwk;
mod jwt;
mod pkce;
mod scope;

pub use assertion::{ASSERTION_TYPE, Assertion, B2b, LONGEST_LIFE, Software};
pub use jwk::{Jwk, JwkError, Jwks};
pub use jwt::{ACCEPTED, Jwt, JwtError, sign};
pub use pkce::{Verifier, VerifierError, challenge};
pub use scope::{Context, Interaction, ResourceScope, Scope, Scopes};

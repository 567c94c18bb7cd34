//! Digital signatures of CDex: made, and verified in steps that say what was looked at.
//!
//! - [`Json`] keeps a document as it was written, and writes it in any [`Style`], the canonical one of RFC 8785
//!   among them; [`read`] takes only JSON with one meaning, within [`Limits`].
//! - [`Jws`] is one signature of RFC 7515; [`Algorithm`], [`PrivateKey`] and [`PublicKey`] do the arithmetic.

mod algorithm;
mod json;
mod jws;
mod key;
mod pem;
mod reader;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use json::{Gaps, Json, NoCanonicalNumber, Style};
pub use jws::{Jws, JwsError, Serialization, Signer, detached_json, signing_input};
pub use key::{KeyError, Kind, PrivateKey, PublicKey};
pub use reader::{Limits, Unreadable, read};

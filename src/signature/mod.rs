//! Digital signatures of CDex: made, and verified in steps that say what was looked at.
//!
//! - [`Json`] keeps a document as it was written, and writes it in any [`Style`], the canonical one of RFC 8785
//!   among them; [`read`] takes only JSON with one meaning, within [`Limits`].
//! - [`Jws`] is one signature of RFC 7515; [`Algorithm`], [`PrivateKey`] and [`PublicKey`] do the arithmetic.
//! - [`Certificate`] is read of what strangers send; [`Trust`] says which authorities count. [`Authority`] makes
//!   throw-away certificates, also defective ones: a [`Request`] says what they hold.
//! - [`sign`] puts a Signature into a document by the rules of an [`Edition`] of the guide, or with one [`Flaw`].
//! - [`verify`] looks at every signature of a document, and leads to a [`Report`]: a [`Step`] per rule, with what
//!   was looked at and the requirements it decides, and a [`NearMiss`] where a known mistake explains a signature
//!   that does not verify.

mod algorithm;
mod authority;
mod carrier;
mod certificate;
mod certified;
mod chain;
mod edition;
mod element;
mod flaw;
mod header;
mod json;
mod jws;
mod key;
mod name;
mod near_miss;
mod pem;
mod reader;
mod report;
mod rule;
mod sign;
mod verify;
mod way;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use authority::{Authority, AuthorityError, Request, Usage, self_signed};
pub use carrier::{Carrier, EXTENSION};
pub use certificate::{Certificate, CertificateError};
pub use chain::{Trust, trusted};
pub use edition::{Edition, UnknownEdition};
pub use flaw::Flaw;
pub use json::{Gaps, Json, NoCanonicalNumber, Style};
pub use jws::{Jws, JwsError, Serialization, Signer, detached_json, signing_input};
pub use key::{KeyError, Kind, PrivateKey, PublicKey};
pub use name::{AlternativeName, NPI, TAX, Who};
pub use near_miss::NearMiss;
pub use reader::{Limits, Unreadable, read};
pub use report::{Bytes, Examined, Outcome, Report, Step, Verdict};
pub use rule::Weight;
pub use sign::{Hand, SignError, Signing, sign, sign_json};
pub use verify::{verify, verify_json};

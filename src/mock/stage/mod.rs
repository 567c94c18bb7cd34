//! A stage: a stand-in that a client under test talks to, heard from the first request to the last.
//!
//! - A [`Conversation`] is all that was said, in order and within bounds; each [`Heard`] is one request and its answer.
//! - [`Staged`] is the stand-in with the [`Manner`]s it has on stage: what servers may legally do and clients must
//!   cope with, a file each in `mocks/*/manners`.
//! - `expiry` is what becomes of tokens in it, `extra_file` what is put beside the files of a job.
//! - A [`Stopwatch`] tells the time in it: that of this machine, or one that somebody sets.

mod conversation;
mod expiry;
mod extra_file;
mod manner;
mod staged;
mod stopwatch;

pub use conversation::{Conversation, Heard, Sent, Turned};
pub use manner::{Busy, Manner};
pub use staged::Staged;
pub use stopwatch::Stopwatch;

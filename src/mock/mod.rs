//! The server side: a pure core that answers, and two fronts that put it on the wire.
//!
//! - [`StandIn`] is the core's one function: [`Request`] in, [`Response`] out. No I/O, no clock, no randomness.
//! - [`Payer`] is a stand-in for a health plan that offers payer-to-payer exchange, computed from `mocks/payer`.
//! - [`Provider`] is a stand-in for a hospital that answers a payer's questions, computed from `mocks/provider`.
//! - [`Fault`] is one deliberate deviation of either, a file in `mocks/payer/faults` or `mocks/provider/faults`: when
//!   it [`Applies`], and what it [`Change`]s. A [`Rule`] is something the stand-in normally enforces.
//! - On stage a stand-in is [`Staged`]: a client under test talks to it, and the [`Conversation`] is kept.
//! - A [`Witness`] tells from a run without faults which requests a fault would answer otherwise.
//! - A [`Delivery`] is what a stand-in sends on its own account; a [`Desk`] takes it, as the payer that asked.
//! - A [`Guard`] before a stand-in is its authorization server, and holds requests against the tokens it gave out.
//! - [`Server`] is our HTTP/1.1 front: bounded, with faults on the wire and a [`JournalEntry`] per request. It can hold
//!   a whole [`House`] of stand-ins, with pages around them.
//! - [`Tls`] puts a server behind TLS, with what it asks of clients ([`ClientAuth`]); a [`Keyring`] holds throw-away
//!   keys for both; [`Handshake`] is what a stand-in does wrong before HTTP begins.
//! - A [`signatory()`] signs for the stand-ins, with keys that are made once per process.
//! - [`WiremockFront`] answers inside a `wiremock` server, for tests that want its expectations.

mod applies;
mod cdex_version;
mod change;
mod code;
mod connection;
mod delivery;
mod desk;
mod deviation;
mod edit;
mod error;
mod family;
mod fault;
mod guard;
mod habit;
mod handshake;
mod house;
mod journal;
mod keyring;
mod line_fault;
mod organization;
mod payer;
mod provider;
mod request;
mod response;
mod rule;
mod server;
mod signatory;
mod stage;
mod stand_in;
mod tls;
mod waiting_room;
mod wire;
mod wiremock_front;
mod witness;

pub use applies::Applies;
pub use change::{Change, Echo};
pub use delivery::Delivery;
pub use desk::Desk;
pub use deviation::{DateFault, PageFault};
pub use error::Error;
pub use fault::Fault;
pub use guard::{BuiltIn, BuiltInClient, Clock, Credential, Guard, Login, Registered};
pub use habit::Habit;
pub use handshake::{Handshake, HandshakeFault};
pub use house::{Forward, House, Lobby, Page, Room};
pub use journal::JournalEntry;
pub use keyring::Keyring;
pub use line_fault::LineFault;
pub use payer::Payer;
pub use provider::Provider;
pub use request::Request;
pub use response::{Response, WireFault};
pub use rule::Rule;
pub use server::Server;
pub use signatory::signatory;
pub use stage::{Busy, Conversation, Heard, Manner, Sent, Staged, Stopwatch, Turned};
pub use stand_in::StandIn;
pub use tls::{ClientAuth, Tls};
pub use wiremock_front::WiremockFront;
pub use witness::{Asked, Testimony, Transcript, Witness};

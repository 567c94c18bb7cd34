//! Reference clients: the suites' own drivers turned round, good ones and mutated ones.
//!
//! - [`Actor`] is who asks, one for each role of clients; [`converse`] lets one do what its suite asks of it.
//! - A [`Line`] is how a client asks: it distorts what is sent when the client has a fault, tries again when the server
//!   is busy, and can tell which habits are kept.
//! - A [`Way`] leads to the server: [`InProcess`] without any network and without waiting, [`OverHttp`] as others do.
//! - A [`Brief`] is what the client knows before it asks: who it is, whom it asks, about whom.

mod brief;
mod in_process;
mod job;
mod line;
mod new_payer;
mod over_http;
mod submission;
mod token;
mod trouble;
mod way;

pub use brief::{Brief, Credentials};
pub use in_process::InProcess;
pub use line::Line;
pub use over_http::OverHttp;
pub use trouble::Trouble;
pub use way::Way;

use crate::mock::Fault;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A payer that fetches from another payer (PDex).
    NewPayer,
}

impl Actor {
    /// The client of that role, if there is a reference client for it.
    #[must_use]
    pub fn of_role(role: &str) -> Option<Self> {
        match role {
            "payer-client" => Some(Self::NewPayer),
            _ => None,
        }
    }
}

/// Lets a client do all that its suite asks of it, with the fault if there is one.
///
/// # Errors
/// When the server cannot be reached. Refusals are no errors: a client meets them and goes on with what is left.
pub async fn converse(
    actor: Actor,
    brief: &Brief,
    way: &mut dyn Way,
    fault: Option<&Fault>,
) -> Result<(), Trouble> {
    let mut line = Line::new(way, fault);
    let done = match actor {
        Actor::NewPayer => new_payer::converse(brief, &mut line).await,
    };
    match done {
        Err(Trouble::GaveUp) => Ok(()),
        done => done,
    }
}

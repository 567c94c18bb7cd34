//! Reference clients: the suites' own drivers turned round, good ones and mutated ones.
//!
//! - [`Actor`] is who asks, one for each role of clients; [`converse`] lets one do what its suite asks of it.
//! - A [`Line`] is how a client asks: it distorts what is sent when the client has a fault, tries again when the server
//!   is busy, and can tell which habits are kept.
//! - A [`Way`] leads to the server: [`InProcess`] without any network and without waiting, [`OverHttp`] as others do.
//! - A [`Brief`] is what the client knows before it asks: who it is, whom it asks, about whom.

mod app;
mod attachment_request;
mod brief;
mod codes;
mod data_consumer;
mod data_request;
mod data_source;
mod documentation;
mod in_process;
mod inbox;
mod job;
mod line;
mod matched;
mod new_payer;
mod over_http;
mod provider;
mod submission;
mod subscriber;
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
    /// A provider that fetches from a payer (PDex).
    Provider,
    /// An app that a member lets in (PDex).
    App,
    /// A payer that asks a provider for data and attachments (CDex).
    DataConsumer,
    /// A provider that submits documentation to a payer (CDex).
    DataSource,
}

impl Actor {
    /// The client of that role, if there is a reference client for it.
    #[must_use]
    pub fn of_role(role: &str) -> Option<Self> {
        match role {
            "payer-client" => Some(Self::NewPayer),
            "provider-client" => Some(Self::Provider),
            "app-client" => Some(Self::App),
            "data-consumer-client" => Some(Self::DataConsumer),
            "data-source-client" => Some(Self::DataSource),
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
        Actor::Provider => provider::converse(brief, &mut line).await,
        Actor::App => app::converse(brief, &mut line).await,
        Actor::DataConsumer => data_consumer::converse(brief, &mut line).await,
        Actor::DataSource => data_source::converse(brief, &mut line).await,
    };
    match done {
        Err(Trouble::GaveUp) => Ok(()),
        done => done,
    }
}

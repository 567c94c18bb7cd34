//! What a server shows to somebody it does not know.

use crate::http::{Client, Request};
use serde_json::Value;
use url::Url;

/// A document that servers have in a place that is known, or why it cannot be read.
#[derive(Debug)]
pub(super) enum Document {
    /// It was read.
    Read(Value),
    /// The server answered, but not with it.
    Refused(String),
    /// There was no answer.
    Silent(String),
}

/// What a server shows.
#[derive(Debug)]
pub(super) struct Sight {
    /// `metadata`.
    pub(super) capability: Document,
    /// `.well-known/smart-configuration`.
    pub(super) smart: Document,
    /// `.well-known/udap`.
    pub(super) udap: Document,
}

impl Document {
    /// The document, when it was read.
    pub(super) fn read(&self) -> Option<&Value> {
        match self {
            Self::Read(document) => Some(document),
            Self::Refused(_) | Self::Silent(_) => None,
        }
    }

    /// Why there is none.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::Read(_) => None,
            Self::Refused(reason) | Self::Silent(reason) => Some(reason),
        }
    }

    async fn of(client: &Client, path: &str, accept: &str) -> Self {
        let request = Request::get(path).anonymous().header("accept", accept);
        let reply = match client.send(request).await.result {
            Ok(reply) => reply,
            Err(failure) => return Self::Silent(failure.to_string()),
        };
        let is_own = Url::parse(&reply.url).is_ok_and(|url| url.origin() == client.base().origin());
        if !is_own {
            return Self::Refused("it is on another origin".to_owned());
        }
        if !reply.is_success() {
            return Self::Refused(format!("the answer is {}", reply.status));
        }
        match reply.json() {
            Ok(document) if document.is_object() => Self::Read(document),
            Ok(_) => Self::Refused("it is no object".to_owned()),
            Err(problem) => Self::Refused(problem.to_string()),
        }
    }
}

impl Sight {
    /// Asks the server, without credentials.
    pub(super) async fn of(client: &Client) -> Self {
        let json = "application/json";
        Self {
            capability: Document::of(client, "metadata", "application/fhir+json").await,
            smart: Document::of(client, ".well-known/smart-configuration", json).await,
            udap: Document::of(client, ".well-known/udap", json).await,
        }
    }

    /// Why nothing at all was answered, when nothing was.
    pub(super) fn unreachable(&self) -> Option<&str> {
        let all = [&self.capability, &self.smart, &self.udap];
        match (
            all.iter().all(|one| matches!(one, Document::Silent(_))),
            &self.capability,
        ) {
            (true, Document::Silent(reason)) => Some(reason),
            _ => None,
        }
    }
}

//! What a server holds: stand-ins, each below a path of its own, and the pages around them.

use super::{Request, Response, StandIn};
use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Stand-ins, each below a path of its own, and the pages around them.
pub struct House {
    pub(super) rooms: Vec<Room>,
    pub(super) lobby: Option<Box<dyn Lobby>>,
}

/// Who answers, and where.
pub struct Room {
    /// Path before `/fhir`: empty, or a slash and a word or several.
    pub(super) prefix: String,
    /// Who is there.
    pub(super) host: Host,
}

/// Who answers.
pub(super) enum Host {
    /// A stand-in.
    StandIn(Mutex<Box<dyn StandIn>>),
    /// Somebody else, who is asked.
    Forward(Arc<dyn Forward>),
}

/// Passes requests on to somebody else.
pub trait Forward: Send + Sync {
    /// Passes a request on, and brings the answer.
    fn forward(&self, request: Request) -> BoxFuture<'_, Response>;
}

impl Room {
    /// A stand-in below this path.
    #[must_use]
    pub fn of(prefix: String, stand_in: Box<dyn StandIn>) -> Self {
        let host = Host::StandIn(Mutex::new(stand_in));
        Self { prefix, host }
    }

    /// Somebody else below this path.
    #[must_use]
    pub fn before(prefix: String, forward: Arc<dyn Forward>) -> Self {
        let host = Host::Forward(forward);
        Self { prefix, host }
    }

    /// The stand-in, if there is one.
    pub(super) fn stand_in(&self) -> Option<MutexGuard<'_, Box<dyn StandIn>>> {
        match &self.host {
            Host::StandIn(one) => Some(one.lock().unwrap_or_else(PoisonError::into_inner)),
            Host::Forward(_) => None,
        }
    }
}

/// Pages beside the stand-ins.
pub trait Lobby: Send + Sync {
    /// Answers a request that is for no stand-in; none when there is no such page.
    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Page>;
}

/// What a lobby answers with.
pub enum Page {
    /// A page.
    Whole(Response),
    /// Server-sent events (HTML standard, section 9.2): each item is one, in its format.
    Events(BoxStream<'static, Bytes>),
}

impl Page {
    /// A page of this media type.
    #[must_use]
    pub fn of(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::Whole(Response::new(status, content_type, body))
    }

    /// Sends the browser elsewhere on this server (303).
    #[must_use]
    pub fn elsewhere(path: &str) -> Self {
        Self::Whole(Response::empty(303).with(http::header::LOCATION, path))
    }
}

impl House {
    /// A single stand-in, below `/fhir`.
    #[must_use]
    pub fn of(stand_in: Box<dyn StandIn>) -> Self {
        Self {
            rooms: vec![Room::of(String::new(), stand_in)],
            lobby: None,
        }
    }

    /// Several, and pages.
    #[must_use]
    pub fn new(rooms: Vec<Room>, lobby: Box<dyn Lobby>) -> Self {
        Self {
            rooms,
            lobby: Some(lobby),
        }
    }
}

impl fmt::Debug for House {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefixes = self.rooms.iter().map(|room| room.prefix.as_str());
        write!(out, "House({})", prefixes.collect::<Vec<_>>().join(" "))
    }
}

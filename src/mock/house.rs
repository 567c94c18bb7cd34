//! What a server holds: stand-ins, each below a path of its own, and the pages around them.

use super::{Response, StandIn};
use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, Method};
use std::fmt;

/// Stand-ins, each below a path of its own, and the pages around them.
pub struct House {
    pub(super) rooms: Vec<Room>,
    pub(super) lobby: Option<Box<dyn Lobby>>,
}

/// A stand-in and where it is.
pub struct Room {
    /// Path before `/fhir`: empty, or a slash and one word.
    pub prefix: String,
    /// Who is there.
    pub stand_in: Box<dyn StandIn>,
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
        let prefix = String::new();
        Self {
            rooms: vec![Room { prefix, stand_in }],
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

//! Answers from the evidence of an earlier run in place of the network.

use super::transport::Transport;
use super::{Client, Error, Failure, Settings};
use bytes::Bytes;
use std::sync::Arc;
use time::OffsetDateTime;

/// A request that is answered from evidence.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Absolute URL.
    pub url: &'a str,
    /// The `Authorization` header, if it is text.
    pub authorization: Option<&'a str>,
    /// The `Content-Type` header, if it is text.
    pub content_type: Option<&'a str>,
    /// The whole body; empty for none.
    pub body: &'a [u8],
}

/// Answers requests from what was recorded. A client that has one opens no connection.
pub trait Playback: Send + Sync {
    /// The answer that was recorded for this request.
    ///
    /// # Errors
    /// The failure that was recorded in place of an answer, or that nothing was recorded.
    fn answer(&self, asked: &Asked<'_>) -> Result<http::Response<Bytes>, Failure>;

    /// What time it was then.
    fn now(&self) -> OffsetDateTime;
}

impl Client {
    /// A client that opens no connection: `playback` answers in place of the network.
    ///
    /// # Errors
    /// When the base is not usable.
    pub fn replaying(settings: Settings, playback: Arc<dyn Playback>) -> Result<Self, Error> {
        let transport = Transport::new(&settings)?.with_playback(Some(playback));
        Self::over(Arc::new(transport), settings)
    }

    /// The same client, opening no connection: `playback` answers in place of the network.
    ///
    /// # Errors
    /// When the connection layer does not take the settings.
    pub fn played_back(&self, playback: Arc<dyn Playback>) -> Result<Self, Error> {
        Self::replaying((*self.settings).clone(), playback)
    }

    /// What time it is; in a replay what time it was.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.playback()
            .map_or_else(OffsetDateTime::now_utc, Playback::now)
    }
}

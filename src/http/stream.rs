//! A body that is read piece by piece, for files too large to hold.

use super::failure::Trust;
use super::politeness::Turn;
use super::{Failure, headers};
use crate::evidence::{Captured, CapturedResponse};
use bytes::{Bytes, BytesMut};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use url::Url;

/// Bytes of the beginning that are kept for the evidence: as many as of a body that is read at once.
pub(super) const SAMPLE: usize = 1 << 20;

/// An answer whose body is still coming. Memory does not grow with it: each piece is handed out and
/// forgotten, but for a sample of the beginning.
#[derive(Debug)]
pub struct Stream {
    /// HTTP status code.
    pub status: u16,
    /// Header names (lower case) and values in the order received.
    pub headers: Vec<(String, String)>,
    /// Absolute URL that gave this answer, after redirects.
    pub url: String,
    response: reqwest::Response,
    captured: Captured,
    sample: BytesMut,
    received: u64,
    patience: Duration,
    started: Instant,
    trust: Trust,
    /// As long as the body comes, the request is under way.
    _turn: Option<Turn>,
}

impl Stream {
    pub(super) fn new(
        (response, headers, turn): (reqwest::Response, Vec<(String, String)>, Option<Turn>),
        url: &Url,
        captured: Captured,
        (started, patience, trust): (Instant, Duration, Trust),
    ) -> Self {
        Self {
            status: response.status().as_u16(),
            headers,
            url: url.to_string(),
            response,
            captured,
            sample: BytesMut::new(),
            received: 0,
            patience,
            started,
            trust,
            _turn: turn,
        }
    }

    /// First value of the header of this name, in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        headers::find(&self.headers, name)
    }

    /// Bytes received so far, as they came over the wire.
    #[must_use]
    pub const fn received(&self) -> u64 {
        self.received
    }

    /// The next piece of the body; `None` at its end.
    ///
    /// # Errors
    /// When the connection breaks, or nothing comes for as long as a whole request may take.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Failure> {
        let patience = self.patience;
        let piece = timeout(patience, self.response.chunk())
            .await
            .map_err(|_| Failure::TimedOut { after: patience })
            .and_then(|piece| {
                piece.map_err(|problem| {
                    let received = usize::try_from(self.received).ok();
                    let url = Url::parse(&self.url).ok();
                    url.map_or(Failure::Closed { received }, |url| {
                        Failure::read(&problem, &url, received.or(Some(0)), self.trust)
                    })
                })
            });
        match &piece {
            Ok(Some(piece)) => {
                self.received += piece.len() as u64;
                let room = SAMPLE.saturating_sub(self.sample.len());
                self.sample
                    .extend_from_slice(&piece[..piece.len().min(room)]);
            }
            Ok(None) => {}
            Err(failure) => self.captured.error = Some(failure.to_string()),
        }
        piece
    }

    /// The exchange for the recorder: with the beginning of the body, as long as it was read.
    #[must_use]
    pub fn finish(mut self) -> Captured {
        self.captured.duration = self.started.elapsed();
        self.captured.response = Some(CapturedResponse {
            status: self.status,
            headers: self.headers,
            truncated: self.received > self.sample.len() as u64,
            body: self.sample.freeze(),
        });
        self.captured
    }
}

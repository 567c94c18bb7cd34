//! Answers from the evidence of an earlier run in place of the network.

use super::Failure;
use bytes::Bytes;

/// Answers requests from what was recorded. A client that has one opens no connection.
pub trait Playback: Send + Sync {
    /// The answer that was recorded for this request: method, absolute URL, whole body.
    ///
    /// # Errors
    /// The failure that was recorded in place of an answer, or that nothing was recorded.
    fn answer(
        &self,
        method: &str,
        url: &str,
        body: &[u8],
    ) -> Result<http::Response<Bytes>, Failure>;
}

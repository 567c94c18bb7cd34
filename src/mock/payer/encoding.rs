//! Content codings: files are compressed for those who ask for it.

use super::job::NDJSON;
use crate::mock::{Request, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use std::io::Write as _;

/// Compresses a file of lines, if the client takes gzip.
pub(super) fn encode(request: &Request, response: &mut Response) {
    let takes_gzip = request.header(&ACCEPT_ENCODING).is_some_and(|codings| {
        codings
            .split(',')
            .any(|coding| coding.split(';').next().unwrap_or_default().trim() == "gzip")
    });
    let is_file = response
        .headers
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind == NDJSON);
    if !takes_gzip || !is_file || response.headers.contains_key(CONTENT_ENCODING) {
        return;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let compressed = encoder
        .write_all(&response.body)
        .and_then(|()| encoder.finish());
    if let Ok(compressed) = compressed {
        response.body = compressed.into();
        response
            .headers
            .insert(CONTENT_ENCODING, http::HeaderValue::from_static("gzip"));
    }
}

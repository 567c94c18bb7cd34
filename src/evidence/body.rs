//! Message bodies, stored once by the SHA-256 of what is stored.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A body as stored: after redaction, cut at the cap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Lower-case hex SHA-256 of the stored bytes.
    pub hash: String,
    /// The stored text, when it is UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The stored bytes in base64, when they are not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// Points from a message to its stored [`Body`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyRef {
    /// Key of the stored body.
    pub hash: String,
    /// Size in bytes as sent or received.
    pub size: u64,
    /// Whether less than that is stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub truncated: bool,
}

impl Body {
    /// Stores these bytes as they are.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let hash = Sha256::digest(bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        match std::str::from_utf8(bytes) {
            Ok(text) => Self {
                hash,
                text: Some(text.to_owned()),
                base64: None,
            },
            Err(_) => Self {
                hash,
                text: None,
                base64: Some(STANDARD.encode(bytes)),
            },
        }
    }
}

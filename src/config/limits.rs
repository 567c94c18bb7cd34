//! How long, how large, how many.

use super::value::de;
use serde::Deserialize;
use std::time::Duration;

/// `[limits]`: how long, how large, how many.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Longest time for one request with its redirects and its whole body.
    #[serde(deserialize_with = "de::duration")]
    pub request_timeout: Duration,
    /// Longest time for the whole run.
    #[serde(deserialize_with = "de::duration")]
    pub run_timeout: Duration,
    /// Longest time to wait for a job of the target, such as an export.
    #[serde(deserialize_with = "de::duration")]
    pub max_wait: Duration,
    /// Most bytes of a body that are read.
    #[serde(deserialize_with = "de::size")]
    pub body_limit: usize,
    /// Scenarios at the same time.
    #[serde(deserialize_with = "de::jobs")]
    pub jobs: usize,
    /// How often a scenario that did not pass is tried again.
    #[serde(deserialize_with = "de::retry")]
    pub retry: u32,
    /// Whether the target may send us to addresses of private networks though it is in none of them itself.
    pub allow_private: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            run_timeout: Duration::from_secs(30 * 60),
            max_wait: Duration::from_secs(10 * 60),
            body_limit: 16 << 20,
            jobs: 8,
            retry: 0,
            allow_private: false,
        }
    }
}

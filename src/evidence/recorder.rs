//! The handle through which everything is recorded.

/// Redacts, stores bodies once, appends to the log.
#[derive(Clone)]
pub struct Recorder {}

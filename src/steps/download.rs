//! How far a file is that is being fetched, for a person who watches.

use std::fmt;
use std::sync::Arc;

/// How far a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download<'a> {
    /// Type of resource that it is said to hold.
    pub kind: &'a str,
    /// Lines so far.
    pub lines: u64,
    /// Bytes of them so far, expanded.
    pub bytes: u64,
    /// How many resources it is said to hold, if that is said.
    pub declared: Option<u64>,
}

type Watcher = dyn Fn(&Download<'_>) + Send + Sync;

/// Told after each line of a file how far it is; by default nobody is.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<Watcher>>);

impl Watch {
    /// Tells that one. It must not take long: it is told of every line.
    pub fn by(watcher: impl Fn(&Download<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(watcher)))
    }

    /// Tells whoever watches.
    pub(super) fn tell(&self, download: &Download<'_>) {
        if let Some(watcher) = &self.0 {
            watcher(download);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Watch({})", self.0.is_some())
    }
}

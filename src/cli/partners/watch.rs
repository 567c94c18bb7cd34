//! ctrl-C while many partners are tested.

use super::super::{Exit, Failure};
use tokio::sync::{Notify, watch};

/// Knows whether the user has stopped it all.
pub(super) struct Watch {
    stopped: watch::Sender<bool>,
    over: Notify,
    runtime: tokio::runtime::Runtime,
}

impl Watch {
    /// # Errors
    /// When no runtime can be had to wait on.
    pub(super) fn new() -> Result<Self, Failure> {
        Ok(Self {
            stopped: watch::Sender::new(false),
            over: Notify::new(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?,
        })
    }

    /// Whether the user has stopped it.
    pub(super) fn is_stopped(&self) -> bool {
        *self.stopped.borrow()
    }

    /// Waits until the user stops it.
    pub(super) async fn stopped(&self) {
        let mut stopped = self.stopped.subscribe();
        // The sender lives as long as we do.
        let _ = stopped.wait_for(|stopped| *stopped).await;
    }

    /// Watches while `work` is done. The first ctrl-C ends it with what happened so far; the second ends the process.
    pub(super) fn during(&self, work: impl FnOnce()) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                self.runtime.block_on(async {
                    tokio::select! {
                        () = self.listen() => {}
                        () = self.over.notified() => {}
                    }
                });
            });
            work();
            self.over.notify_one();
        });
    }

    async fn listen(&self) {
        while tokio::signal::ctrl_c().await.is_ok() {
            if self.stopped.send_replace(true) {
                // Every event is in the logs already.
                std::process::exit(i32::from(Exit::Interrupted.code()));
            }
        }
    }
}

//! Our HTTP/1.1 front: long-lived, bounded, able to misbehave on the wire.

use super::connection::{Shared, serve};
use super::request::BASE_PATH;
use super::{JournalEntry, StandIn};
use futures::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Connections served at the same time; more wait in the listener's queue.
const MOST_CONNECTIONS: usize = 512;
/// How long open connections may take to finish when the server stops.
const GRACE: Duration = Duration::from_millis(500);

/// A running server. Dropping it stops it without waiting; [`Server::stop`] waits.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves `stand_in` below `/fhir` on a listener that is bound already, keeping the newest
    /// `journal_limit` exchanges. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    /// When the listener cannot be handed to the runtime.
    pub fn start(
        listener: std::net::TcpListener,
        stand_in: Box<dyn StandIn>,
        journal_limit: usize,
    ) -> BoxFuture<'static, io::Result<Self>> {
        Box::pin(async move {
            listener.set_nonblocking(true)?;
            let listener = TcpListener::from_std(listener)?;
            let address = listener.local_addr()?;
            let shared = Arc::new(Shared::new(stand_in, journal_limit, address.to_string()));
            let (stop, stopped) = watch::channel(false);
            let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
            Ok(Self {
                address,
                shared,
                stop,
                accepting,
            })
        })
    }

    /// The FHIR base URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{BASE_PATH}", self.address)
    }

    /// The newest exchanges, oldest first.
    #[must_use]
    pub fn journal(&self) -> Vec<JournalEntry> {
        let journal = self
            .shared
            .journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        journal.entries()
    }

    /// Stops accepting, lets open connections finish for half a second, and closes the rest.
    pub fn stop(mut self) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.stop.send_replace(true);
            // The task ends by itself; if it panicked there is nothing left to stop.
            if let Err(problem) = (&mut self.accepting).await {
                tracing::debug!("the accepting task ended badly: {problem}");
            }
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Aborting the task drops its set of connections, which aborts them.
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let permit = Arc::clone(&permits).acquire_owned().await;
            (permit, listener.accept().await)
        };
        let (permit, accepted) = tokio::select! {
            next = next => next,
            _ = stopped.changed() => break,
        };
        while connections.try_join_next().is_some() {}
        let (Ok(permit), Ok((stream, _))) = (permit, accepted) else {
            // Out of file descriptors, or the peer is gone already: let others finish first.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (shared, stopped) = (Arc::clone(&shared), stopped.clone());
        connections.spawn(async move {
            serve(stream, shared, stopped).await;
            drop(permit);
        });
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(GRACE, finish).await.is_err() {
        connections.shutdown().await;
    }
}

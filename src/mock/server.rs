//! Our HTTP/1.1 front: long-lived, bounded, able to misbehave on the wire.

use super::connection::{Line, Shared, serve};
use super::request::BASE_PATH;
use super::tls::{Begun, Greeting};
use super::waiting_room::WaitingRoom;
use super::{House, JournalEntry, Room, StandIn, Tls};
use futures::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

/// Connections served at the same time; more wait in the listener's queue.
const MOST_CONNECTIONS: usize = 512;
/// TLS handshakes at the same time; when one more begins, the oldest is broken off.
const MOST_HANDSHAKES: usize = 128;
/// How long open connections may take to finish when the server stops.
const GRACE: Duration = Duration::from_millis(500);

/// A running server. Dropping it stops it without waiting; [`Server::stop`] waits.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    is_tls: bool,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves `stand_in` below `/fhir` on a listener that is bound already, keeping the newest
    /// `journal_limit` exchanges; over TLS, and not without, when it is given. Needs a Tokio runtime with I/O and time.
    ///
    /// # Errors
    /// When the listener cannot be handed to the runtime, or TLS cannot be set up so.
    pub fn start(
        listener: std::net::TcpListener,
        stand_in: Box<dyn StandIn>,
        journal_limit: usize,
        tls: Option<Tls>,
    ) -> BoxFuture<'static, io::Result<Self>> {
        Self::open(listener, House::of(stand_in), journal_limit, tls)
    }

    /// The same for several stand-ins and pages around them.
    ///
    /// # Errors
    /// When the listener cannot be handed to the runtime, or TLS cannot be set up so.
    pub fn open(
        listener: std::net::TcpListener,
        house: House,
        journal_limit: usize,
        tls: Option<Tls>,
    ) -> BoxFuture<'static, io::Result<Self>> {
        Box::pin(async move {
            listener.set_nonblocking(true)?;
            let listener = TcpListener::from_std(listener)?;
            let address = listener.local_addr()?;
            let first = house.rooms.first().and_then(Room::stand_in);
            let handshake = first.as_ref().map(|stand_in| stand_in.handshake());
            drop(first);
            let greeting = tls.map(|tls| Greeting::new(&tls, handshake.unwrap_or_default()));
            let greeting = greeting.transpose().map_err(io::Error::other)?;
            let is_tls = greeting.is_some();
            let shared = Arc::new(Shared::new(house, journal_limit, address));
            let (stop, stopped) = watch::channel(false);
            let front = Front {
                shared: Arc::clone(&shared),
                greeting: greeting.map(Arc::new),
                permits: Arc::new(Semaphore::new(MOST_CONNECTIONS)),
                room: WaitingRoom::new(MOST_HANDSHAKES),
            };
            let accepting = tokio::spawn(front.accept(listener, stopped));
            Ok(Self {
                address,
                is_tls,
                shared,
                stop,
                accepting,
            })
        })
    }

    /// The FHIR base URL, without a slash at its end; of the first stand-in, and without a path before it, when there
    /// are several.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}{BASE_PATH}", self.origin())
    }

    /// `http://host:port`, or `https://`.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
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

/// What takes connections.
struct Front {
    shared: Arc<Shared>,
    greeting: Option<Arc<Greeting>>,
    permits: Arc<Semaphore>,
    room: Arc<WaitingRoom>,
}

impl Front {
    async fn accept(self, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let mut connections = JoinSet::new();
        loop {
            let next = async {
                // Over TLS it is needed only once the handshake is over.
                let permit = match self.greeting {
                    None => self.permit().await,
                    Some(_) => None,
                };
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                next = next => next,
                _ = stopped.changed() => break,
            };
            while connections.try_join_next().is_some() {}
            let Ok((stream, _)) = accepted else {
                // Out of file descriptors, or the peer is gone already: let others finish first.
                tokio::time::sleep(Duration::from_millis(10)).await;
                continue;
            };
            let stopped = stopped.clone();
            match (&self.greeting, permit) {
                (Some(greeting), _) => {
                    connections.spawn(self.shake(stream, Arc::clone(greeting), stopped));
                }
                (None, Some(permit)) => {
                    connections.spawn(plain(stream, Arc::clone(&self.shared), permit, stopped));
                }
                (None, None) => {}
            }
        }
        drop(listener);
        let finish = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, finish).await.is_err() {
            connections.shutdown().await;
        }
    }

    async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed.
        Arc::clone(&self.permits).acquire_owned().await.ok()
    }

    /// Does the handshake of a connection, and serves it.
    fn shake(
        &self,
        stream: TcpStream,
        greeting: Arc<Greeting>,
        mut stopped: watch::Receiver<bool>,
    ) -> BoxFuture<'static, ()> {
        let mut place = self.room.enter();
        let permits = Arc::clone(&self.permits);
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let Some(line) = Line::of(&stream, &shared) else {
                return;
            };
            let beginning = async {
                let begun = greeting.begin(stream).await;
                (permits.acquire_owned().await, begun)
            };
            let begun = tokio::select! {
                begun = place.wait(beginning) => begun,
                _ = stopped.changed() => None,
            };
            drop(place);
            match begun {
                Some((Ok(permit), Begun::Tls(stream))) => {
                    let line = line.secured(stream.get_ref().1);
                    serve(*stream, line, shared, stopped).await;
                    drop(permit);
                }
                Some((Ok(permit), Begun::Plain(stream))) => {
                    serve(stream, line, shared, stopped).await;
                    drop(permit);
                }
                _ => {}
            }
        })
    }
}

/// Serves a connection without TLS.
async fn plain(
    stream: TcpStream,
    shared: Arc<Shared>,
    permit: OwnedSemaphorePermit,
    stopped: watch::Receiver<bool>,
) {
    if let Some(line) = Line::of(&stream, &shared) {
        serve(stream, line, shared, stopped).await;
    }
    drop(permit);
}

//! Sends requests from threads that wait for the reply, whether a runtime is around them or not.

use crate::cli::Failure;
use crate::http::{Client, Reply, Request};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// A request, and where the reply is awaited.
type Call = (Request, Sender<Result<Reply, String>>);

/// A thread with a runtime of its own, which sends what it is given. It ends when this is dropped.
pub(super) struct Line {
    calls: UnboundedSender<Call>,
}

impl Line {
    /// Starts the thread; it sends so many requests at a time.
    pub(super) fn open(client: Client, at_a_time: usize) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Who asks waits for the reply: there are never more calls than threads that ask.
        let (calls, incoming) = unbounded_channel();
        std::thread::Builder::new()
            .name("terminology-server".to_owned())
            .spawn(move || runtime.block_on(serve(client, at_a_time, incoming)))?;
        Ok(Self { calls })
    }

    /// Sends a request and waits for the reply; the client bounds how long that takes.
    ///
    /// # Errors
    /// When there is no whole reply: why, for a person.
    pub(super) fn send(&self, request: Request) -> Result<Reply, String> {
        let (answer, awaited) = channel();
        let gone = "the connection is gone".to_owned();
        match self.calls.send((request, answer)) {
            Ok(()) => awaited.recv().unwrap_or(Err(gone)),
            Err(_) => Err(gone),
        }
    }
}

async fn serve(client: Client, at_a_time: usize, mut incoming: UnboundedReceiver<Call>) {
    let places = Arc::new(Semaphore::new(at_a_time));
    while let Some((request, answer)) = incoming.recv().await {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let client = client.clone();
        tokio::spawn(async move {
            let result = client.send(request).await.result;
            // Whoever asked may have gone.
            let _ = answer.send(result.map_err(|failure| failure.to_string()));
            drop(place);
        });
    }
}

//! What a client and a stand-in said to each other.

use crate::mock::{Delivery, Request, Response};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Most exchanges that are kept.
const MOST: usize = 10_000;
/// Most bytes of bodies that are kept.
const MOST_BYTES: usize = 96 << 20;
/// Most deliveries, and most requests that were turned away, that are kept.
const MOST_BESIDE: usize = 1_000;

/// One request of the client, and how it was answered.
#[derive(Clone, Debug)]
pub struct Heard {
    /// Position in the conversation, from 0.
    pub number: usize,
    /// When the request came, counted from the beginning.
    pub at: Duration,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub response: Response,
}

/// Something that the stand-in sent to the client on its own account.
#[derive(Clone, Debug)]
pub struct Sent {
    /// When, counted from the beginning.
    pub at: Duration,
    /// What was sent.
    pub delivery: Delivery,
    /// Status of the answer; none when there was none, or none yet.
    pub status: Option<u16>,
}

/// A request that was turned away before the stand-in saw it: its body was too large, or took too long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turned {
    /// HTTP method.
    pub method: String,
    /// Path below the base.
    pub path: String,
    /// Status it was answered with.
    pub status: u16,
}

#[derive(Debug, Default)]
struct Kept {
    heard: Vec<Arc<Heard>>,
    sent: Vec<Sent>,
    turned: Vec<Turned>,
    bytes: usize,
    lost: usize,
    is_broken_off: bool,
}

/// A conversation: shared by whoever listens to it. Bounded: once it is full, what comes is counted and let go.
#[derive(Clone, Debug)]
pub struct Conversation {
    kept: Arc<Mutex<Kept>>,
    began: Instant,
    /// How many requests came so far, and whether it is over.
    progress: watch::Sender<(usize, bool)>,
}

impl Default for Conversation {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            began: Instant::now(),
            progress: watch::Sender::new((0, false)),
        }
    }
}

impl Conversation {
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When it began, by the clock of this machine.
    #[must_use]
    pub const fn began(&self) -> Instant {
        self.began
    }

    /// Adds an exchange.
    pub fn hear(&self, at: Duration, request: &Request, response: &Response) {
        let size = request.body.len() + response.body.len();
        {
            let mut kept = self.kept();
            let has_room = kept.heard.len() < MOST && kept.bytes + size <= MOST_BYTES;
            if has_room && !self.is_over() {
                let number = kept.heard.len();
                kept.bytes += size;
                kept.heard.push(Arc::new(Heard {
                    number,
                    at,
                    request: request.clone(),
                    response: response.clone(),
                }));
            } else {
                kept.lost += 1;
            }
        }
        self.progress.send_modify(|(count, _)| *count += 1);
    }

    /// Adds what is sent to the client.
    pub(super) fn send(&self, at: Duration, delivery: &Delivery) {
        let mut kept = self.kept();
        if kept.sent.len() < MOST_BESIDE {
            kept.sent.push(Sent {
                at,
                delivery: delivery.clone(),
                status: None,
            });
        }
    }

    /// Notes how the client answered what was sent to it.
    pub(super) fn answered(&self, about: &str, status: Option<u16>) {
        let mut kept = self.kept();
        let waiting = |sent: &&mut Sent| sent.delivery.about == about && sent.status.is_none();
        if let Some(sent) = kept.sent.iter_mut().find(waiting) {
            sent.status = status;
        }
    }

    /// Notes a request that was turned away.
    pub(super) fn turn_away(&self, turned: Turned) {
        {
            let mut kept = self.kept();
            if kept.turned.len() < MOST_BESIDE {
                kept.turned.push(turned);
            } else {
                kept.lost += 1;
            }
        }
        self.progress.send_modify(|(count, _)| *count += 1);
    }

    /// All exchanges so far, in the order of the requests.
    #[must_use]
    pub fn heard(&self) -> Vec<Arc<Heard>> {
        self.kept().heard.clone()
    }

    /// The exchanges from this one on.
    #[must_use]
    pub fn heard_from(&self, number: usize) -> Vec<Arc<Heard>> {
        self.kept().heard.get(number..).unwrap_or_default().to_vec()
    }

    /// What was sent to the client, in order.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.kept().sent.clone()
    }

    /// What was turned away.
    #[must_use]
    pub fn turned_away(&self) -> Vec<Turned> {
        self.kept().turned.clone()
    }

    /// How many requests were answered and not kept: what they held cannot be judged.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.kept().lost
    }

    /// Counts requests that were answered, and of which nothing is known any more.
    pub fn lose(&self, requests: usize) {
        self.kept().lost += requests;
    }

    /// Tells how many requests have come, and whether it is over.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<(usize, bool)> {
        self.progress.subscribe()
    }

    /// Ends it: what comes later is answered, and not kept.
    pub fn end(&self) {
        self.progress.send_modify(|(_, is_over)| *is_over = true);
    }

    /// Ends it from outside, before the client has said that it is done: what it would have done next is unknown.
    pub fn break_off(&self) {
        self.kept().is_broken_off = true;
        self.end();
    }

    /// Whether it was ended from outside.
    #[must_use]
    pub fn was_broken_off(&self) -> bool {
        self.kept().is_broken_off
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.progress.borrow().1
    }
}

#[cfg(test)]
mod tests {
    use super::{Conversation, MOST, MOST_BYTES};
    use crate::mock::{Request, Response};
    use std::time::Duration;

    fn request(size: usize) -> Request {
        Request {
            method: http::Method::POST,
            path: "/Patient".into(),
            query: None,
            headers: http::HeaderMap::new(),
            body: vec![b' '; size].into(),
            base: "http://h/fhir".into(),
            client_certificate: None,
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let talk = Conversation::default();
        for _ in 0..MOST + 7 {
            talk.hear(Duration::ZERO, &request(1), &Response::empty(204));
        }
        assert_eq!((talk.heard().len(), talk.lost()), (MOST, 7));
        let talk = Conversation::default();
        talk.hear(Duration::ZERO, &request(MOST_BYTES), &Response::empty(204));
        talk.hear(Duration::ZERO, &request(1), &Response::empty(204));
        assert_eq!((talk.heard().len(), talk.lost()), (1, 1));
    }

    #[test]
    fn after_its_end_nothing_is_added() {
        let talk = Conversation::default();
        talk.hear(Duration::ZERO, &request(1), &Response::empty(204));
        assert!(!talk.was_broken_off());
        talk.break_off();
        talk.hear(Duration::ZERO, &request(1), &Response::empty(204));
        assert_eq!(talk.heard().len(), 1);
        assert!(talk.is_over() && talk.was_broken_off());
    }
}

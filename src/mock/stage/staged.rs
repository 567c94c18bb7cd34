//! A stand-in on stage.

use super::{Conversation, Manner, Stopwatch, Turned};
use crate::mock::{Delivery, Handshake, Request, Response, StandIn};

/// A stand-in whose conversation with a client is kept, and that shows its manners.
pub struct Staged {
    inner: Box<dyn StandIn>,
    /// With how many requests have met their conditions so far.
    manners: Vec<(Manner, usize)>,
    conversation: Conversation,
    stopwatch: Stopwatch,
}

impl Staged {
    /// Puts a stand-in on stage.
    #[must_use]
    pub fn new(
        inner: Box<dyn StandIn>,
        manners: Vec<Manner>,
        conversation: Conversation,
        stopwatch: Stopwatch,
    ) -> Self {
        Self {
            inner,
            manners: manners.into_iter().map(|manner| (manner, 0)).collect(),
            conversation,
            stopwatch,
        }
    }

    /// The manners that this request meets.
    fn shown(&mut self, request: &Request) -> Vec<Manner> {
        let mut shown = Vec::new();
        for (manner, before) in &mut self.manners {
            if manner.applies.to_request(request) {
                if manner.meets(request, *before) {
                    shown.push(manner.clone());
                }
                *before += 1;
            }
            // One busy answer is enough; what else counts this request counts it when it comes again.
            if shown.last().is_some_and(|manner| manner.busy.is_some()) {
                break;
            }
        }
        shown
    }
}

impl StandIn for Staged {
    fn respond(&mut self, request: &Request) -> Response {
        let at = self.stopwatch.elapsed();
        let shown = self.shown(request);
        let busy = shown.iter().find_map(|manner| manner.busy.as_ref());
        let response = match busy {
            Some(busy) => busy.answer(),
            None => {
                let mut response = self.inner.uncoded(request);
                for manner in &shown {
                    manner.alter(request, &mut response);
                }
                response
            }
        };
        self.conversation.hear(at, request, &response);
        let mut coded = response;
        self.inner.encode(request, &mut coded);
        coded
    }

    fn handshake(&self) -> Handshake {
        self.inner.handshake()
    }

    fn outbox(&mut self) -> Vec<Delivery> {
        let outbox = self.inner.outbox();
        for delivery in &outbox {
            self.conversation.send(self.stopwatch.elapsed(), delivery);
        }
        outbox
    }

    fn delivered(&mut self, about: &str, status: Option<u16>) {
        self.conversation.answered(about, status);
        self.inner.delivered(about, status);
    }

    fn turned_away(&mut self, request: &Request, status: u16) {
        self.conversation.turn_away(Turned {
            method: request.method.to_string(),
            path: request.path.clone(),
            status,
        });
    }
}

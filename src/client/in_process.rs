//! A way without a network: the stand-in is asked directly, and nobody waits.

use super::{Trouble, Way};
use crate::mock::{Delivery, Request, Response, StandIn, Stopwatch};
use futures::future::{BoxFuture, ready};
use std::time::Duration;

/// Base URL in process.
const BASE: &str = "http://stand-in.example/fhir";
/// Where the client takes what the stand-in sends.
const HOOK: &str = "http://client.example/hook";
/// How long an answer takes.
const ANSWER: Duration = Duration::from_millis(2);
/// Most deliveries that one request leads to.
const MOST_DELIVERIES: usize = 100;

/// Asks a stand-in directly. Time passes only when the client lets it.
pub struct InProcess {
    stand_in: Box<dyn StandIn>,
    stopwatch: Stopwatch,
    received: Vec<Delivery>,
}

impl InProcess {
    /// To this stand-in, whose clock is that stopwatch.
    #[must_use]
    pub fn new(stand_in: Box<dyn StandIn>, stopwatch: Stopwatch) -> Self {
        Self {
            stand_in,
            stopwatch,
            received: Vec::new(),
        }
    }

    /// Takes what the stand-in wants sent: 200 for the client's own address, nothing for any other.
    fn deliver(&mut self) {
        for _ in 0..MOST_DELIVERIES {
            let outbox = self.stand_in.outbox();
            if outbox.is_empty() {
                return;
            }
            for delivery in outbox {
                let is_ours = delivery.url.starts_with(HOOK);
                self.stand_in
                    .delivered(&delivery.about, is_ours.then_some(200));
                if is_ours {
                    self.received.push(delivery);
                }
            }
        }
    }
}

impl Way for InProcess {
    fn base(&self) -> String {
        BASE.to_owned()
    }

    fn ask(&mut self, request: Request) -> BoxFuture<'_, Result<Response, Trouble>> {
        let response = self.stand_in.respond(&Request {
            base: BASE.to_owned(),
            ..request
        });
        self.stopwatch.pass(ANSWER);
        self.deliver();
        Box::pin(ready(Ok(response)))
    }

    fn pass(&mut self, time: Duration) -> BoxFuture<'_, ()> {
        self.stopwatch.pass(time);
        Box::pin(ready(()))
    }

    fn hook(&self) -> Option<String> {
        Some(HOOK.to_owned())
    }

    fn received(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.received)
    }
}

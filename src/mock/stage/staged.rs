//! A stand-in on stage.

use super::expiry::Tokens;
use super::extra_file::ExtraFiles;
use super::{Conversation, Manner, Stopwatch, Turned};
use crate::mock::{Delivery, Handshake, Request, Response, StandIn};

/// A stand-in whose conversation with a client is kept, and that shows its manners.
pub struct Staged {
    inner: Box<dyn StandIn>,
    /// With how many requests have met their conditions so far.
    manners: Vec<(Manner, usize)>,
    tokens: Tokens,
    extra_files: ExtraFiles,
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
            tokens: Tokens::default(),
            extra_files: ExtraFiles::default(),
            conversation,
            stopwatch,
        }
    }

    /// The manners that this request meets.
    fn shown(&mut self, request: &Request) -> Vec<Manner> {
        let mut shown: Vec<Manner> = Vec::new();
        let can_expire = self.tokens.is_good(request);
        for (manner, before) in &mut self.manners {
            if manner.applies.to_request(request) && (can_expire || !manner.token_expires) {
                if manner.meets(request, *before) {
                    shown.push(manner.clone());
                }
                *before += 1;
            }
            // One refusal is enough; what else counts this request counts it when it comes again.
            let refuses = |manner: &Manner| manner.busy.is_some() || manner.token_expires;
            if shown.last().is_some_and(refuses) {
                break;
            }
        }
        shown
    }

    /// The answer, with the manners that are shown.
    fn answer(&mut self, request: &Request) -> Response {
        if let Some(refusal) = self.tokens.refuse(request) {
            return refusal;
        }
        if let Some(file) = self.extra_files.file(request) {
            return file;
        }
        let shown = self.shown(request);
        if shown.iter().any(|manner| manner.token_expires) {
            self.tokens.expire(request);
        }
        if let Some(refusal) = self.tokens.refuse(request) {
            return refusal;
        }
        if let Some(busy) = shown.iter().find_map(|manner| manner.busy.as_ref()) {
            return busy.answer();
        }
        let mut response = self.inner.uncoded(request);
        self.tokens.keep(request, &response);
        self.extra_files.learn(request, &response);
        for manner in &shown {
            manner.alter(request, &mut response);
            if manner.extra_files && manner.applies.to_response(&response) {
                self.extra_files.add(request, &mut response);
            }
        }
        response
    }
}

impl StandIn for Staged {
    fn respond(&mut self, request: &Request) -> Response {
        let at = self.stopwatch.elapsed();
        let response = self.answer(request);
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

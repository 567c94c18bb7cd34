//! Which requests a fault changes the answer to, learned from a run without it.

use super::{Delivery, Fault, Handshake, Request, Response, StandIn};
use std::collections::{BTreeSet, HashMap};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

/// Method, and address below the base: path with its query.
pub type Asked = (String, String);

/// What a stand-in was asked, and what it answered.
#[derive(Clone, Debug, Default)]
pub struct Transcript(HashMap<Asked, Vec<(Request, Response)>>);

/// A stand-in without a fault that remembers all it was asked, without any bound: for runs of our own only.
pub struct Witness {
    stand_in: Box<dyn StandIn>,
    transcript: Arc<Mutex<Transcript>>,
}

impl Witness {
    /// Watches a stand-in.
    #[must_use]
    pub fn of(stand_in: Box<dyn StandIn>) -> Self {
        Self {
            stand_in,
            transcript: Arc::default(),
        }
    }

    /// What has been seen so far, to be asked once the run is over.
    #[must_use]
    pub fn testimony(&self) -> Testimony {
        Testimony(Arc::clone(&self.transcript))
    }
}

impl StandIn for Witness {
    fn respond(&mut self, request: &Request) -> Response {
        // Faults change content that is not coded yet.
        let mut response = self.stand_in.uncoded(request);
        self.transcript
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .add(request, &response);
        self.stand_in.encode(request, &mut response);
        response
    }

    fn handshake(&self) -> Handshake {
        self.stand_in.handshake()
    }

    fn outbox(&mut self) -> Vec<Delivery> {
        self.stand_in.outbox()
    }

    fn delivered(&mut self, about: &str, status: Option<u16>) {
        self.stand_in.delivered(about, status);
    }
}

/// Where a [`Witness`] leaves its transcript.
#[derive(Clone, Debug)]
pub struct Testimony(Arc<Mutex<Transcript>>);

impl Testimony {
    /// Takes the transcript, which starts anew.
    #[must_use]
    pub fn take(&self) -> Transcript {
        mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Transcript {
    fn add(&mut self, request: &Request, response: &Response) {
        let address = match &request.query {
            Some(query) => format!("{}?{query}", request.path),
            None => request.path.clone(),
        };
        let seen = self.0.entry((request.method.to_string(), address));
        let seen = seen.or_default();
        let is_known = seen
            .iter()
            .any(|(asked, answer)| asked.body == request.body && answer == response);
        if !is_known {
            seen.push((request.clone(), response.clone()));
        }
    }

    /// Whether this was asked.
    #[must_use]
    pub fn holds(&self, asked: &Asked) -> bool {
        self.0.contains_key(asked)
    }

    /// What was asked that the fault answers otherwise. Where it changes how an answer is computed, that is
    /// each request it applies to.
    #[must_use]
    pub fn changed_by(&self, fault: &Fault) -> BTreeSet<&Asked> {
        let changed = self.0.iter().filter(|((method, address), seen)| {
            fault.applies_to(method, address)
                && seen
                    .iter()
                    .any(|(request, response)| fault.changes(request, response))
        });
        changed.map(|(asked, _)| asked).collect()
    }
}

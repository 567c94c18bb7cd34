//! What a server was asked and what it answered: the newest exchanges, within bounds.

use super::{Request, Response};
use std::collections::VecDeque;
use std::time::Duration;

/// Bytes of bodies kept over all entries; older entries go first.
const MOST_BYTES: usize = 64 << 20;

/// One request a server answered.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// Position among all requests since the server started; gaps at the front mean entries were let go.
    pub number: u64,
    /// When it was answered, counted from the start of the server.
    pub at: Duration,
    /// What was asked.
    pub request: Request,
    /// What was answered.
    pub response: Response,
}

impl JournalEntry {
    fn size(&self) -> usize {
        self.request.body.len() + self.response.body.len()
    }
}

/// A ring of entries, bounded in number and bytes.
#[derive(Debug)]
pub(super) struct Journal {
    entries: VecDeque<JournalEntry>,
    limit: usize,
    next: u64,
    bytes: usize,
}

impl Journal {
    /// An empty journal of at most `limit` entries.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            entries: VecDeque::new(),
            limit,
            next: 0,
            bytes: 0,
        }
    }

    /// Adds an exchange and lets go of the oldest ones that no longer fit.
    pub(super) fn push(&mut self, at: Duration, request: Request, response: Response) {
        let entry = JournalEntry {
            number: self.next,
            at,
            request,
            response,
        };
        self.next += 1;
        self.bytes += entry.size();
        self.entries.push_back(entry);
        while self.entries.len() > self.limit || self.bytes > MOST_BYTES {
            match self.entries.pop_front() {
                Some(gone) => self.bytes -= gone.size(),
                None => break,
            }
        }
    }

    /// The entries kept, oldest first.
    pub(super) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Journal, MOST_BYTES};
    use crate::mock::{Request, Response};
    use std::time::Duration;

    fn request(size: usize) -> Request {
        Request {
            method: http::Method::POST,
            path: "/".into(),
            query: None,
            headers: http::HeaderMap::new(),
            body: vec![0; size].into(),
            base: "http://h/fhir".into(),
            client_certificate: None,
        }
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let mut journal = Journal::new(2);
        for _ in 0..5 {
            journal.push(Duration::ZERO, request(1), Response::empty(204));
        }
        let numbers: Vec<u64> = journal.entries().iter().map(|entry| entry.number).collect();
        assert_eq!(numbers, [3, 4]);
    }

    #[test]
    fn large_bodies_do_not_pile_up() {
        let mut journal = Journal::new(1000);
        for _ in 0..5 {
            journal.push(
                Duration::ZERO,
                request(MOST_BYTES / 2),
                Response::empty(204),
            );
        }
        assert_eq!(journal.entries().len(), 2);
    }
}

//! How gently hosts are asked, whoever asks: so many requests at a time, so many begun in a second, for each host.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};
use url::Url;

/// Bounds that hold for each host, over all clients that share it: clones count together. A host is known by its name
/// in the URL, on whatever port.
#[derive(Clone, Debug)]
pub struct Politeness {
    concurrent: usize,
    interval: Option<Duration>,
    hosts: Arc<Mutex<HashMap<String, Arc<Host>>>>,
}

/// What is counted for one host.
#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// When the next request may begin.
    next: Mutex<Option<Instant>>,
}

/// The turn of one request: until it is dropped, the request counts as one that is under way.
#[derive(Debug)]
pub(super) struct Turn(
    #[expect(dead_code, reason = "dropping it gives the turn back")] OwnedSemaphorePermit,
);

impl Politeness {
    /// At most so many requests at a time, at least one; `interval` at least between the beginnings of two.
    #[must_use]
    pub fn new(concurrent: usize, interval: Option<Duration>) -> Self {
        Self {
            concurrent: concurrent.max(1),
            interval,
            hosts: Arc::default(),
        }
    }

    /// How many requests a host gets at a time.
    #[must_use]
    pub const fn concurrent(&self) -> usize {
        self.concurrent
    }

    /// Waits until a request to the host of this URL may begin. None when there is nothing to wait for any more.
    pub(super) async fn turn(&self, url: &Url) -> Option<Turn> {
        let host = self.host(url);
        let slot = Arc::clone(&host.slots).acquire_owned().await.ok()?;
        if let Some(interval) = self.interval {
            sleep_until(host.begin(interval)).await;
        }
        Some(Turn(slot))
    }

    fn host(&self, url: &Url) -> Arc<Host> {
        // `payer.example.` is the same host as `payer.example`.
        let name = url.host_str().unwrap_or_default().trim_end_matches('.');
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || {
            Arc::new(Host {
                slots: Arc::new(Semaphore::new(self.concurrent)),
                next: Mutex::new(None),
            })
        };
        Arc::clone(hosts.entry(name.to_owned()).or_insert_with(made))
    }
}

impl Host {
    /// When this request may begin; the next one may so an interval later.
    fn begin(&self, interval: Duration) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let begin = next.map_or(now, |next| next.max(now));
        *next = Some(begin + interval);
        begin
    }
}

#[cfg(test)]
mod tests {
    use super::Politeness;
    use futures::FutureExt as _;
    use std::time::Duration;
    use tokio::time::Instant;
    use url::Url;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[tokio::test]
    async fn a_host_has_so_many_turns_on_whatever_port_and_others_have_their_own() {
        let politeness = Politeness::new(2, None);
        let clone = politeness.clone();
        let first = politeness.turn(&url("http://payer.example/fhir")).await;
        let second = clone.turn(&url("https://PAYER.example.:8443/")).await;
        assert!(first.is_some() && second.is_some());
        let (third, other) = (url("http://payer.example/x"), url("http://other.example/"));
        assert!(clone.turn(&third).now_or_never().is_none());
        assert!(clone.turn(&other).now_or_never().is_some());
        drop(second);
        assert!(clone.turn(&third).now_or_never().is_some());
    }

    #[test]
    fn requests_begin_an_interval_apart() {
        let politeness = Politeness::new(8, Some(Duration::from_millis(250)));
        let host = politeness.host(&url("http://payer.example/"));
        let before = Instant::now();
        let interval = Duration::from_millis(250);
        let begins = [
            host.begin(interval),
            host.begin(interval),
            host.begin(interval),
        ];
        assert!(begins[0] >= before);
        assert_eq!(begins[1] - begins[0], interval);
        assert_eq!(begins[2] - begins[1], interval);
    }
}

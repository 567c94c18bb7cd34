//! Our own desk, as the payer: where a provider sends attachments and notifications while a run goes on.

use super::World;
use super::drive::Halt;
use crate::evidence::{Captured, CapturedRequest, CapturedResponse};
use crate::mock::{Desk, JournalEntry, Server};
use http::HeaderMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::OnceCell;
use url::Url;

/// Exchanges the desk remembers.
const JOURNAL_LIMIT: usize = 2000;
/// How long a target on this machine may take to send something.
pub(super) const NEAR: Duration = Duration::from_millis(1500);
/// Noted wherever a target is told of the desk: what it sends there is recorded as exchanges that were received.
const TOLD_OF_DESK: &str = "the target is told of the payer's desk; what comes there is recorded";
/// Pause between two looks at what has come.
const PAUSE: Duration = Duration::from_millis(5);

/// What came to the desk in an earlier run, for those who judge it again.
pub trait Deliveries: Send + Sync {
    /// Base URL of the desk in that run; none when nothing came there.
    fn base(&self) -> Option<String>;

    /// What came there for this attempt at a scenario, in order. The path of each is the whole path of its URL.
    fn received(&self, scenario: &str, attempt: u32) -> Vec<JournalEntry>;
}

/// The word under which the desk is told of what is for this attempt at a scenario: fit for a URL.
#[must_use]
pub fn desk_word(scenario: &str, attempt: u32) -> String {
    let letters = scenario.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter.to_ascii_lowercase(),
        _ => '-',
    });
    let word: String = letters.collect();
    format!("{word}-{attempt}")
}

/// The desk of a run: stands up when a scenario first needs it.
#[derive(Default)]
pub struct PayerDesk {
    /// Where it listens; a free port of this machine alone without it.
    pub listen: Option<SocketAddr>,
    /// The base URL under which the target reaches it.
    pub public_url: Option<Url>,
    /// What came in the run that is judged again, if one is: then nobody listens.
    pub deliveries: Option<Arc<dyn Deliveries>>,
    server: OnceCell<(Server, Instant)>,
}

impl PayerDesk {
    /// A desk that listens there, and is reached there from outside; or one to which comes what came in an earlier run.
    #[must_use]
    pub fn new(
        listen: Option<SocketAddr>,
        public_url: Option<Url>,
        deliveries: Option<Arc<dyn Deliveries>>,
    ) -> Self {
        Self {
            listen,
            public_url,
            deliveries,
            server: OnceCell::new(),
        }
    }

    async fn server(&self) -> Result<&Server, Halt> {
        let start = async {
            let address = self
                .listen
                .unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
            let listener = TcpListener::bind(address)?;
            let server = Server::start(listener, Box::new(Desk), JOURNAL_LIMIT, None).await?;
            Ok::<_, std::io::Error>((server, Instant::now()))
        };
        let started = self.server.get_or_try_init(|| start).await;
        started
            .map(|(server, _)| server)
            .map_err(|problem| Halt::Error(format!("cannot listen for the target: {problem}")))
    }

    /// Base URL for the target, without a slash at its end.
    fn base(&self, server: &Server) -> String {
        match &self.public_url {
            Some(public) => public.as_str().trim_end_matches('/').to_owned(),
            None => server.base_url(),
        }
    }

    /// What has come for the scenario of this word from this number on: the number of each, and what was captured.
    pub(super) fn since(&self, number: u64, word: &str) -> Vec<(u64, Captured)> {
        let Some((server, started)) = self.server.get() else {
            return Vec::new();
        };
        let base = self.base(server);
        let is_it =
            |entry: &JournalEntry| entry.number >= number && is_for(&entry.request.path, word);
        let fresh = server.journal().into_iter().filter(is_it);
        fresh
            .map(|entry| (entry.number, captured(&entry, &base, *started)))
            .collect()
    }
}

/// Whether a path below the base of the desk is that of the scenario of this word.
fn is_for(path: &str, word: &str) -> bool {
    let rest = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(word));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An exchange at the desk as the recorder takes it.
fn captured(entry: &JournalEntry, base: &str, started: Instant) -> Captured {
    let headers = |headers: &HeaderMap| -> Vec<(String, String)> {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let all = headers.iter();
        all.map(|(name, value)| (name.to_string(), text(value)))
            .collect()
    };
    let (request, response) = (&entry.request, &entry.response);
    let query = request.query.as_ref();
    let query = query.map_or_else(String::new, |query| format!("?{query}"));
    Captured {
        request: CapturedRequest {
            method: request.method.to_string(),
            url: format!("{base}{}{query}", request.path),
            headers: headers(&request.headers),
            body: request.body.clone(),
        },
        response: Some(CapturedResponse {
            status: response.status,
            headers: headers(&response.headers),
            body: response.body.clone(),
            truncated: false,
        }),
        error: None,
        started: started + entry.at,
        first_byte: None,
        duration: Duration::ZERO,
    }
}

impl World {
    /// Base URL of the desk for this scenario alone; skips when the target cannot reach it.
    pub(super) async fn desk_url(&mut self) -> Result<String, Halt> {
        let context = self.context()?;
        let word = self.scenario_word()?;
        self.note(TOLD_OF_DESK);
        let recorded = context.desk.deliveries.as_ref();
        if let Some(base) = recorded.and_then(|recorded| recorded.base()) {
            return Ok(format!("{base}/{word}"));
        }
        if context.desk.public_url.is_none() && !self.is_near()? {
            return Err(Halt::Skip(
                "the target cannot reach this machine: say where with --listen and --public-url"
                    .into(),
            ));
        }
        let server = context.desk.server().await?;
        Ok(format!("{}/{word}", context.desk.base(server)))
    }

    /// How long is waited for what a target does by itself.
    pub(super) fn delivery_limit(&self) -> Result<Duration, Halt> {
        Ok(match self.is_near()? {
            true => NEAR,
            false => self.context()?.max_wait,
        })
    }

    /// Whether the target is on this machine.
    pub(super) fn is_near(&self) -> Result<bool, Halt> {
        let base = self.target()?.client.base().clone();
        Ok(match base.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        })
    }

    /// What was sent to this scenario's desk under that name, in order.
    pub(super) async fn received(&mut self, name: &str) -> Result<Vec<JournalEntry>, Halt> {
        let all = self.received_by_desk().await?;
        let end = format!("{}/{name}", self.scenario_word()?);
        let is_it = |entry: &JournalEntry| {
            let path = entry.request.path.replace("%24", "$");
            path.strip_suffix(&end)
                .is_some_and(|start| start.ends_with('/'))
        };
        Ok(all.into_iter().filter(is_it).collect())
    }

    /// Everything that was sent to this scenario's desk, in order.
    pub(super) async fn received_by_desk(&mut self) -> Result<Vec<JournalEntry>, Halt> {
        let context = self.context()?;
        if let Some(recorded) = &context.desk.deliveries {
            let (scenario, attempt) = self.attempt()?;
            return Ok(recorded.received(&scenario, attempt));
        }
        let word = self.scenario_word()?;
        let journal = context.desk.server().await?.journal();
        self.record_received();
        let is_it = |entry: &JournalEntry| is_for(&entry.request.path, &word);
        Ok(journal.into_iter().filter(is_it).collect())
    }

    /// Waits until `enough` of what is sent to the desk under that name has come, or the time is over.
    pub(super) async fn await_delivery(
        &mut self,
        name: &str,
        enough: impl Fn(&[JournalEntry]) -> bool,
    ) -> Result<Vec<JournalEntry>, Halt> {
        let limit = self.delivery_limit()?;
        self.await_delivery_for(limit, name, enough).await
    }

    /// The same for what will not come later than so.
    pub(super) async fn await_delivery_for(
        &mut self,
        limit: Duration,
        name: &str,
        enough: impl Fn(&[JournalEntry]) -> bool,
    ) -> Result<Vec<JournalEntry>, Halt> {
        self.be_patient(limit);
        // What was recorded is there at once, and nothing more will come.
        let is_over = self.context()?.desk.deliveries.is_some();
        let started = Instant::now();
        loop {
            let received = self.received(name).await?;
            if enough(&received) || is_over || started.elapsed() > limit {
                self.note(format!("{} sent to the payer's desk", received.len()));
                return Ok(received);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_for;

    #[test]
    fn a_word_that_begins_another_is_not_taken_for_it() {
        assert!(is_for("/cdex-1/hook", "cdex-1"));
        assert!(is_for("/cdex-1", "cdex-1"));
        assert!(!is_for("/cdex-12/hook", "cdex-1"));
        assert!(!is_for("/hook", "cdex-1"));
    }
}

//! Our own desk, as the payer: where a provider sends attachments and notifications while a run goes on.

use super::World;
use super::drive::Halt;
use crate::mock::{Desk, JournalEntry, Server};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;
use url::Url;

/// Exchanges the desk remembers.
const JOURNAL_LIMIT: usize = 2000;
/// How long a target on this machine may take to send something.
const NEAR: Duration = Duration::from_millis(1500);
/// Noted wherever a target is told of the desk: what it sends there is judged as it comes, and not recorded.
pub const TOLD_OF_DESK: &str = "the target is told of the payer's desk";
/// Pause between two looks at what has come.
const PAUSE: Duration = Duration::from_millis(5);

/// The desk of a run: stands up when a scenario first needs it.
#[derive(Debug, Default)]
pub struct PayerDesk {
    /// Where it listens; a free port of this machine alone without it.
    pub listen: Option<SocketAddr>,
    /// The base URL under which the target reaches it.
    pub public_url: Option<Url>,
    server: OnceCell<Server>,
}

impl PayerDesk {
    /// A desk that listens there, and is reached there from outside.
    #[must_use]
    pub fn new(listen: Option<SocketAddr>, public_url: Option<Url>) -> Self {
        Self {
            listen,
            public_url,
            server: OnceCell::new(),
        }
    }

    async fn server(&self) -> Result<&Server, Halt> {
        let start = async {
            let address = self
                .listen
                .unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into());
            let listener = TcpListener::bind(address)?;
            Server::start(listener, Box::new(Desk), JOURNAL_LIMIT, None).await
        };
        self.server
            .get_or_try_init(|| start)
            .await
            .map_err(|problem| Halt::Error(format!("cannot listen for the target: {problem}")))
    }
}

impl World {
    /// Base URL of the desk for this scenario alone; skips when the target cannot reach it.
    pub(super) async fn desk_url(&mut self) -> Result<String, Halt> {
        let context = self.context()?;
        let word = self.scenario_word()?;
        self.note(TOLD_OF_DESK);
        let server = context.desk.server().await?;
        if let Some(public) = &context.desk.public_url {
            let base = public.as_str().trim_end_matches('/');
            return Ok(format!("{base}/{word}"));
        }
        if !self.is_near()? {
            return Err(Halt::Skip(
                "the target cannot reach this machine: say where with --listen and --public-url"
                    .into(),
            ));
        }
        Ok(format!("{}/{word}", server.base_url()))
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
    pub(super) async fn received(&self, name: &str) -> Result<Vec<JournalEntry>, Halt> {
        let context = self.context()?;
        let path = format!("/{}/{name}", self.scenario_word()?);
        let journal = context.desk.server().await?.journal();
        let is_it = |entry: &JournalEntry| entry.request.path.replace("%24", "$") == path;
        Ok(journal.into_iter().filter(is_it).collect())
    }

    /// Waits until `enough` of what is sent to the desk under that name has come, or the time is over.
    pub(super) async fn await_delivery(
        &mut self,
        name: &str,
        enough: impl Fn(&[JournalEntry]) -> bool,
    ) -> Result<Vec<JournalEntry>, Halt> {
        let limit = self.delivery_limit()?;
        self.be_patient(limit);
        let started = Instant::now();
        loop {
            let received = self.received(name).await?;
            if enough(&received) || started.elapsed() > limit {
                self.note(format!("{} sent to the payer's desk", received.len()));
                return Ok(received);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

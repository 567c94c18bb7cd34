//! How a run is made.

use crate::evidence::Excuse;
use crate::mock::Conversation;
use crate::runner::Observer;
use crate::steps::{Deliveries, Wanted, Watch};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How a run is made.
#[derive(Clone, Default)]
pub struct Settings {
    /// What the evidence calls the system under test.
    pub target_name: String,
    /// Scenarios at a time.
    pub jobs: usize,
    /// How often a failed scenario is tried again.
    pub retries: usize,
    /// Stop after the first failure.
    pub fail_fast: bool,
    /// Longest the run may take.
    pub run_timeout: Option<Duration>,
    /// Longest a single step may take.
    pub step_timeout: Duration,
    /// Longest time to wait for a job of the target.
    pub max_wait: Duration,
    /// What the target allows beyond the ordinary.
    pub capabilities: BTreeSet<String>,
    /// Whether records read for one scenario serve the others too.
    pub keeps_records: bool,
    /// Where we listen for what the target sends; a free port of this machine alone without it.
    pub listen: Option<SocketAddr>,
    /// The base URL under which the target reaches us there.
    pub public_url: Option<Url>,
    /// What the target has sent to us in the run that is judged again, if one is.
    pub deliveries: Option<Arc<dyn Deliveries>>,
    /// Known failures.
    pub excuses: Vec<Excuse>,
    /// Whether warnings count as failures.
    pub strict: bool,
    /// Settings worth showing in the evidence: name and value, without secrets.
    pub shown: BTreeMap<String, String>,
    /// The day that consents and periods are relative to; today when it is not told.
    pub today: Option<time::Date>,
    /// What clients under test have asked stand-ins of ours, by system.
    pub conversations: HashMap<String, Conversation>,
    /// What they are asked to do, by system.
    pub scripts: HashMap<String, Vec<Wanted>>,
    /// Which servers' answers such conversations hold, where it is not a stand-in that answers: server by client, both as
    /// systems. They are then judged, too.
    pub mirrors: HashMap<String, String>,
    /// Told how far the files are that are fetched.
    pub downloads: Watch,
    /// Watches scenarios finish.
    pub observer: Option<Observer>,
}

/// A run could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The vocabulary is broken: a defect of this tool.
    #[error("a step definition has no valid pattern: {0}")]
    Vocabulary(#[from] regex::Error),
    /// The built-in stand-in could not start.
    #[error("the built-in stand-in could not start: {0}")]
    StandIn(String),
    /// The authorities that count for signers could not be read.
    #[error("{0}; name a PEM file with certificates")]
    Signers(String),
    /// The client could not be made.
    #[error(transparent)]
    Client(#[from] crate::http::Error),
    /// Scenario data could not be read.
    #[error(transparent)]
    Data(#[from] crate::data::Error),
    /// The profiles could not be read.
    #[error(transparent)]
    Profiles(#[from] crate::profile::SelectionError),
    /// A package of definitions could not be read.
    #[error(transparent)]
    Package(#[from] crate::profile::PackageError),
    /// Test members could not be read.
    #[error(transparent)]
    Config(#[from] crate::config::Error),
}

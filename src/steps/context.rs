//! What all scenarios of a run share.

use super::{Judge, Memory, Observations, OpenJobs, Party, PayerDesk};
use crate::access::Access;
use crate::config::{self, Agreement, Attachments, Member};
use crate::evidence::{Level, PackageNote, Recorder, Secret};
use crate::http::{Client, Identity};
use crate::mock::{Applies, Conversation, Heard};
use crate::profile::{Library, Origin, Validator};
use crate::signature::Certificate;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One scenario, as the steps need to know it.
#[derive(Clone, Debug, Default)]
pub struct ScenarioNote {
    /// IG and version it runs for, for example `pdex@2.1.0`.
    pub ig: String,
    /// The system it is run against: which of the targets.
    pub system: String,
    /// Requirements it tests: id, level, and the published defect that makes it doubtful.
    pub requirements: Vec<(String, Level, Option<String>)>,
    /// What the target must be able to do, or allow, for it.
    pub needs: Vec<String>,
}

/// Something that a client under test is asked to do.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What, in words for people.
    pub say: String,
    /// The requests that show it is done.
    pub seen: Applies,
}

impl Wanted {
    /// Whether an exchange shows that it is done: the request fits, and was not refused.
    #[must_use]
    pub fn is_done_by(&self, heard: &Heard) -> bool {
        self.seen.fits(&heard.request) && heard.response.status < 400
    }
}

/// The provider we play where a provider asks.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// Who it is.
    pub party: Party,
    /// Id of a Group that the payer made for another provider.
    pub foreign_group: Option<String>,
    /// Id of the payer's Group of those who have opted out of sharing with providers.
    pub opted_out_group: Option<String>,
}

impl From<&config::Provider> for Provider {
    fn from(written: &config::Provider) -> Self {
        Self {
            party: Party {
                npi: written.npi.clone(),
                name: written.name.clone(),
            },
            foreign_group: written.foreign_group.clone(),
            opted_out_group: written.opted_out_group.clone(),
        }
    }
}

/// The system under test.
#[derive(Clone)]
pub struct Target {
    /// Speaks to it.
    pub client: Client,
    /// Its test members.
    pub members: Arc<[Member]>,
    /// What has been agreed with it on signatures, when that is known.
    pub signatures: Option<Agreement>,
    /// How tokens are had there, when that is known.
    pub access: Option<Arc<Access>>,
    /// A token that was good once.
    pub expired_token: Option<Secret>,
    /// The thumbprint of the certificate that the client shows, if it shows one.
    pub thumbprint: Option<String>,
    /// Another certificate that it takes, and that its tokens are not bound to.
    pub other_identity: Option<Identity>,
    /// Certificates of the authorities that count for those who sign for it; without any, nobody's do.
    pub signers: Arc<[Certificate]>,
    /// What documentation can be submitted for, and where.
    pub attachments: Arc<Attachments>,
    /// Who answers: the payer under test.
    pub payer: Party,
    /// Who asks where a provider does, if one is known to the payer.
    pub provider: Option<Provider>,
    /// Judges its resources by the profiles of the IG version.
    pub validator: Arc<Validator>,
    /// Judges all answers once a run is about to end, and may take its time: the same, and a terminology server
    /// if there is one.
    pub reviewer: Arc<Validator>,
    /// Where the validator looks definitions up.
    pub definitions: Arc<Library>,
    /// Judges them by single profiles, of any version of US Core.
    pub judge: Arc<Judge>,
}

/// What all scenarios of a run share. There are no globals.
pub struct Context {
    /// The systems under test, each by IG version and, where a guide has several, role; the built-in stand-ins are
    /// one for each, a remote target is the same for all.
    pub targets: HashMap<String, Target>,
    /// Records what happens.
    pub recorder: Recorder,
    /// What the targets have answered so far, for closing scenarios.
    pub observations: Observations,
    /// The selected scenarios by id.
    pub scenarios: HashMap<String, ScenarioNote>,
    /// Who asks: the new payer we play.
    pub requester: Party,
    /// What the target allows beyond the ordinary, for `@needs:` tags.
    pub capabilities: BTreeSet<String>,
    /// The day that consents and periods are relative to.
    pub today: time::Date,
    /// Longest a single step may take.
    pub step_timeout: Duration,
    /// Longest time to wait for a job of the target.
    pub max_wait: Duration,
    /// Jobs of the target that this run started and has not called off.
    pub open_jobs: OpenJobs,
    /// Stop starting scenarios after the first failure.
    pub fail_fast: bool,
    /// Set to stop starting scenarios.
    pub stop: AtomicBool,
    /// Turns true when running steps must end at once.
    pub cancel: tokio::sync::watch::Sender<bool>,
    /// What was learnt about the targets.
    pub memory: Memory,
    /// Where targets send things to while the run goes on.
    pub desk: PayerDesk,
    /// What clients under test have asked stand-ins of ours, by system.
    pub conversations: HashMap<String, Conversation>,
    /// What they are asked to do, by system.
    pub scripts: HashMap<String, Vec<Wanted>>,
    /// Which servers' answers these conversations hold, where they are judged, too: server by client, both as systems.
    pub mirrors: HashMap<String, String>,
    /// Told how far the files are that are fetched.
    pub downloads: super::Watch,
    /// How often each scenario was started.
    pub attempts: Mutex<HashMap<String, u32>>,
}

impl Context {
    /// Counts one more attempt at a scenario and returns its number, from 1.
    pub fn next_attempt(&self, scenario: &str) -> u32 {
        let mut attempts = self.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let attempt = attempts.entry(scenario.to_owned()).or_default();
        *attempt += 1;
        *attempt
    }

    /// The packages whose definitions were used to validate so far.
    pub fn definitions(&self) -> Vec<PackageNote> {
        let mut igs: Vec<(&String, &Target)> = self.targets.iter().collect();
        igs.sort_by_key(|(ig, _)| *ig);
        let mut used: BTreeMap<_, Vec<String>> = BTreeMap::new();
        for (system, target) in igs {
            let ig = system.split(' ').next().unwrap_or_default();
            for package in target.definitions.used() {
                let igs = used.entry(package).or_default();
                if igs.last().is_none_or(|last| last != ig) {
                    igs.push(ig.to_owned());
                }
            }
        }
        used.into_iter()
            .map(|(package, igs)| PackageNote {
                id: package.id,
                version: package.version,
                sha256: package.sha256,
                origin: match package.origin {
                    Origin::Embedded => "embedded".to_owned(),
                    Origin::Path(path) => path.display().to_string(),
                },
                igs,
            })
            .collect()
    }

    /// Whether no further scenario shall start.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Lets no further scenario start; with `now`, ends running steps too.
    pub fn stop(&self, now: bool) {
        self.stop.store(true, Ordering::Relaxed);
        if now {
            self.cancel.send_replace(true);
        }
    }
}

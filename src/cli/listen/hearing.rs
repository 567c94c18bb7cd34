//! One client that is listened to.

use super::ending::{self, Patience};
use super::proxy::Proxy;
use super::state::State;
use crate::catalog::Plan;
use crate::cli::arguments::ListenOptions;
use crate::cli::conclusion::{BODY_CAP, create_log, redactor};
use crate::cli::keys::KeyFolder;
use crate::cli::{Failure, Terminal, mock_clients};
use crate::client::Brief;
use crate::evidence::{Ending, Recorder};
use crate::mock::{
    BuiltIn, BuiltInClient, Conversation, Credential, Guard, Registered, Room, Stopwatch,
};
use crate::oauth::Jwks;
use crate::session::{Session, Settings, Stage, Stages};
use crate::steps::{Party, Wanted};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::sync::Notify;

/// Id of a client that brings its own keys.
const OWN_CLIENT: &str = "client-under-test";
/// Id of an app that says where members are sent back to.
const OWN_APP: &str = "app-under-test";
/// Role of apps, which members let in.
const APP: &str = "app-client";
/// Seconds that a token is good for which nobody had to ask for.
const STANDING: i64 = 86_400;
/// Longest a single step may take, once the client has been heard out.
const STEP_TIMEOUT: Duration = Duration::from_secs(60);

/// What all clients have in common.
pub(super) struct Setup {
    names: Vec<String>,
    several_roles: bool,
    own_keys: Option<Jwks>,
    /// Where members are sent back to by an app under test, as it was written.
    redirects: Vec<String>,
    /// Which server each client is heard with, where it is somebody else's: both as systems.
    mirrors: HashMap<String, String>,
    proxy: Option<Proxy>,
}

impl Setup {
    /// Reads what the options name.
    pub(super) fn new(
        options: &ListenOptions,
        plan: &Plan,
        mirrors: HashMap<String, String>,
    ) -> Result<Self, Failure> {
        let names = match options.clients.is_empty() {
            true => vec![word()?],
            false => options.clients.clone(),
        };
        let mut apart: Vec<&String> = names.iter().collect();
        apart.sort_unstable();
        apart.dedup();
        if apart.len() < names.len() {
            return Err(Failure::new(
                "two clients have the same name",
                "give each its own with --client",
            ));
        }
        let own_keys = options.jwks.as_deref().map(read_keys).transpose()?;
        let clients = plan
            .scenarios
            .iter()
            .filter_map(|scenario| scenario.written.client().map(|_| scenario.system()));
        let systems: BTreeSet<String> = clients.collect();
        let proxy = options.proxy.as_ref().map(Proxy::to).transpose()?;
        Ok(Self {
            names,
            several_roles: systems.len() > 1,
            mirrors,
            own_keys,
            redirects: options.redirect.iter().map(ToString::to_string).collect(),
            proxy,
        })
    }

    /// Names of the clients.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

/// One client that is listened to: a room for each of its roles.
pub(super) struct Hearing {
    name: String,
    pub(super) rooms: Vec<Heard>,
    /// Wakes whoever waits for the end.
    pub(super) finish: Notify,
    known: Option<BuiltIn>,
    token: Option<String>,
}

/// A room, from outside.
pub(super) struct Heard {
    system: String,
    pub(super) role: String,
    pub(super) prefix: String,
    pub(super) conversation: Conversation,
    pub(super) script: Vec<Wanted>,
    /// Who the client may ask about, whom it asks, and who it is.
    pub(super) brief: Brief,
}

impl Hearing {
    /// Sets the stages for a client.
    pub(super) fn open(
        name: &str,
        setup: &Setup,
        stages: &Stages,
    ) -> Result<(Self, Vec<Room>), Failure> {
        let seed = crate::cli::mock::random()?;
        let token = format!("listen-{}", word()?);
        let acquaint = |guard: Guard, known: &BuiltIn| {
            let main = known.clients.first();
            let id = main.map_or("", |main| main.registered.client_id.as_str());
            let mut guard = guard.reseeded(seed).with_token(&token, id, STANDING);
            if let (Some(keys), Some(main)) = (&setup.own_keys, main) {
                let npis = main.registered.npis.iter().map(String::as_str);
                let npis: Vec<&str> = npis.collect();
                let scope = &main.registered.scope;
                let own = Registered::system(OWN_CLIENT, keys.clone(), scope, &npis);
                guard = guard.with_client(own);
            }
            if let (Some(first), Some(app)) = (setup.redirects.first(), app_of(known)) {
                guard = guard.with_client(Registered {
                    redirect_uris: setup.redirects.clone(),
                    ..Registered::app(OWN_APP, &app.registered.scope, first)
                });
            }
            guard
        };
        let set = stages.set(&Stopwatch::start(), &acquaint);
        let known = stages.known().cloned();
        let (mut heard, mut rooms) = (Vec::new(), Vec::new());
        for stage in set {
            let prefix = match setup.several_roles {
                true => format!("/{name}/{}", stage.role),
                false => format!("/{name}"),
            };
            let Stage {
                system,
                role,
                conversation,
                stand_in,
                script,
                brief,
            } = stage;
            rooms.push(match &setup.proxy {
                Some(proxy) => proxy.room(prefix.clone(), conversation.clone()),
                None => Room::of(prefix.clone(), stand_in),
            });
            heard.push(Heard {
                system,
                role,
                prefix,
                conversation,
                script,
                brief,
            });
        }
        let hearing = Self {
            name: name.to_owned(),
            rooms: heard,
            finish: Notify::new(),
            token: known.as_ref().map(|_| token.clone()),
            known,
        };
        Ok((hearing, rooms))
    }

    /// The client's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Base URL of the first room.
    pub(super) fn base(&self, origin: &str) -> String {
        let prefix = self.rooms.first().map_or("", |room| room.prefix.as_str());
        format!("{origin}{prefix}/fhir")
    }

    /// Ends all conversations before the clients have said that they are done.
    pub(super) fn break_off(&self) {
        for room in &self.rooms {
            room.conversation.break_off();
        }
        self.finish.notify_waiters();
    }

    /// Ends all conversations.
    pub(super) fn end(&self) {
        for room in &self.rooms {
            room.conversation.end();
        }
        self.finish.notify_waiters();
    }

    /// Whether all conversations are over.
    pub(super) fn is_over(&self) -> bool {
        self.rooms.iter().all(|room| room.conversation.is_over())
    }

    /// Says where the client is to go, and what it is to do there.
    pub(super) fn announce(&self, origin: &str, setup: &Setup, terminal: Terminal) {
        for room in &self.rooms {
            terminal.say(&format!(
                "\n{} ({}) at {origin}{}/fhir",
                self.name, room.role, room.prefix
            ));
            for (index, deed) in room.script.iter().enumerate() {
                terminal.say(&format!("  {}. {}", index + 1, deed.say));
            }
        }
        if let (Some(known), Some(token)) = (&self.known, &self.token) {
            if self.rooms.iter().any(|room| room.role != APP) {
                Self::announce_system(known, token, setup, terminal);
            }
            if self.rooms.iter().any(|room| room.role == APP) {
                Self::announce_app(known, setup, terminal);
            }
        }
        terminal.say(&format!("  watch it: {origin}/{}", self.name));
        terminal.say(&format!(
            "  end it:   curl -X POST {origin}/{}/finish",
            self.name
        ));
    }

    /// Says how a system gets past the authorization server.
    fn announce_system(known: &BuiltIn, token: &str, setup: &Setup, terminal: Terminal) {
        terminal.say(&format!("  Authorization: Bearer {token}"));
        let main = known.clients.first();
        let main = main.map_or("", |main| main.registered.client_id.as_str());
        let (id, key) = match setup.own_keys {
            Some(_) => (OWN_CLIENT, "your own keys"),
            None => (main, "the key that --keys DIR writes"),
        };
        terminal.say(&format!(
            "  or ask for a token: SMART Backend Services as {id}, with {key}"
        ));
    }

    /// Says how an app does, and who lets it in.
    fn announce_app(known: &BuiltIn, setup: &Setup, terminal: Terminal) {
        let built_in = app_of(known).map(|app| &app.registered);
        let id = built_in.map_or("", |app| app.client_id.as_str());
        let redirects = built_in.map(|app| app.redirect_uris.as_slice());
        let (id, redirects) = match setup.redirects.as_slice() {
            [] => (id, redirects.unwrap_or_default()),
            own => (OWN_APP, own),
        };
        terminal.say(&format!(
            "  SMART App Launch as {id}, sent back to {}",
            redirects.join(" or ")
        ));
        if let Some(login) = known.logins.first() {
            let password = login.password.expose();
            terminal.say(&format!("  log in as {}, {password}", login.user));
        }
    }

    /// Writes the keys with which tokens are had.
    pub(super) fn write_keys(&self, folder: &mut KeyFolder) -> Result<(), Failure> {
        match &self.known {
            Some(known) => mock_clients::write(
                folder,
                known,
                crate::cli::arguments::AuthWay::Smart,
                self.token.as_deref().unwrap_or_default(),
            ),
            None => Ok(()),
        }
    }

    /// What the live page shows.
    pub(super) fn state(&self) -> State {
        State::of(self)
    }

    /// Listens to the end, and judges.
    pub(super) async fn run(
        &self,
        plan: Plan,
        (setup, stages): (&Setup, &Stages),
        origin: &str,
        options: &ListenOptions,
        terminal: Terminal,
    ) -> Result<(PathBuf, Ending), Failure> {
        let out = match options.clients.len() {
            0 | 1 => options.out.clone(),
            _ => options.out.join(&self.name),
        };
        let redactor = redactor(!options.no_redact_phi)?;
        // The members of the stand-ins are nobody, and instructions name them.
        let recorder = Recorder::new(Box::new(create_log(&out)?), redactor, BODY_CAP);
        let base = format!("{}/", self.base(origin));
        let base = base
            .parse()
            .map_err(|error| Failure::new(format!("{base}: {error}"), "use another --host"))?;
        let hears_out = plan
            .scenarios
            .iter()
            .any(|scenario| scenario.written.listening);
        let session = Session::new(
            plan,
            self.settings(setup, options),
            stages.targets(&base)?,
            Party::default(),
            recorder.clone(),
        );
        let patience = Patience {
            quiet: options.quiet_for,
            settled: options.settle_for,
            most: options.max_wait,
        };
        let listening = ending::await_end(self, patience, terminal);
        let ended = if hears_out {
            let (ended, ()) = futures::future::join(session.run(), listening).await;
            ended
        } else {
            listening.await;
            session.run().await
        };
        match recorder.failure() {
            Some(problem) => Err(Failure::new(
                format!("the evidence could not be written: {problem}"),
                "free some space, or name another folder with --out",
            )),
            None => Ok((out, ended)),
        }
    }

    fn settings(&self, setup: &Setup, options: &ListenOptions) -> Settings {
        let rooms = || self.rooms.iter();
        let conversations: HashMap<String, Conversation> = rooms()
            .map(|room| (room.system.clone(), room.conversation.clone()))
            .collect();
        let shown = BTreeMap::from([
            ("client".to_owned(), self.name.clone()),
            (
                "redact personal data".to_owned(),
                (!options.no_redact_phi).to_string(),
            ),
        ]);
        let target_name = match &options.proxy {
            Some(server) => format!("the client {} of {server}", self.name),
            None => format!("the client {}", self.name),
        };
        Settings {
            target_name,
            jobs: 4,
            keeps_records: true,
            step_timeout: STEP_TIMEOUT,
            max_wait: options.max_wait,
            strict: options.strict,
            shown,
            conversations,
            mirrors: setup.mirrors.clone(),
            scripts: rooms()
                .map(|room| (room.system.clone(), room.script.clone()))
                .collect(),
            ..Settings::default()
        }
    }
}

/// The app that is known from the start.
fn app_of(known: &BuiltIn) -> Option<&BuiltInClient> {
    let mut clients = known.clients.iter();
    clients.find(|client| matches!(client.registered.credential, Credential::Public))
}

/// A word that nobody guesses.
fn word() -> Result<String, Failure> {
    let bytes = crate::cli::mock::random()?;
    let bytes = bytes.iter().take(4);
    Ok(bytes.fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

fn read_keys(path: &Path) -> Result<Jwks, Failure> {
    let failed = |problem: &dyn std::fmt::Display| {
        Failure::new(
            format!("{}: {problem}", path.display()),
            "name a JSON Web Key Set (RFC 7517) with the client's public keys",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| failed(&error))?;
    let value = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    Jwks::from_json(&value).map_err(|error| failed(&error))
}

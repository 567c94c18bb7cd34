//! Mirror runs: every suite for servers against its stand-in, every suite for clients against its reference client, over
//! HTTP.

use super::matrix::{BODY_CAP, Error, plans, troubles};
use crate::catalog::{Catalog, IgVersion, Plan};
use crate::client::OverHttp;
use crate::data::Data;
use crate::evidence::{Recorder, Redactor, Run, Verdict, log};
use crate::http::{Client, Settings as ClientSettings};
use crate::mock::{Conversation, House, Lobby, Page, Room, Server, Stopwatch};
use crate::session::{Auth, BuiltIn, Means, Protection, Session, Settings, Stages, StandIns, act};
use crate::steps::Party;
use futures::future::join_all;
use http::{HeaderMap, Method};
use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};
use url::Url;

/// Scenarios at a time.
const JOBS: usize = 8;
/// Longest a single step may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(60);

/// What one mirror showed.
#[derive(Clone, Debug)]
pub struct Reflection {
    /// IG and version.
    pub ig: IgVersion,
    /// Whether clients were heard, rather than servers asked.
    pub clients: bool,
    /// Scenarios.
    pub scenarios: usize,
    /// Those that passed.
    pub passed: usize,
    /// Those that did not, with verdict and reason; what does not concern the stand-in is not among them.
    pub troubles: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// Holds these versions against their mirrors; `watch` is told of each as it is done. Clients wait most of the time, as
/// they are told to: they are all heard at once, while the servers are asked one after the other.
///
/// # Errors
/// When a run cannot be set up.
pub fn reflect(
    data: &Data,
    catalog: &Catalog,
    igs: &[IgVersion],
    watch: impl Fn(&Reflection) + Sync,
) -> Result<Vec<Reflection>, Error> {
    std::thread::scope(|scope| {
        let watch = &watch;
        let hearing: Vec<_> = igs
            .iter()
            .map(|ig| scope.spawn(move || reflect_side(data, catalog, ig, true, watch)))
            .collect();
        let mut reflections = Vec::new();
        for ig in igs {
            reflections.extend(reflect_side(data, catalog, ig, false, watch)?);
        }
        for heard in hearing {
            reflections.extend(heard.join().unwrap_or(Err(Error::Panicked))?);
        }
        Ok(reflections)
    })
}

/// Holds the servers or the clients of a version against their mirrors; none when it has no such suites.
fn reflect_side(
    data: &Data,
    catalog: &Catalog,
    ig: &IgVersion,
    clients: bool,
    watch: &(impl Fn(&Reflection) + Sync),
) -> Result<Option<Reflection>, Error> {
    let Some((ig, plan)) = plans(catalog, std::slice::from_ref(ig), clients)?.pop() else {
        return Ok(None);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.map_err(Error::Runtime)?;
    let began = Instant::now();
    let run = match clients {
        false => runtime.block_on(servers(data, catalog, plan))?,
        true => runtime.block_on(heard(data, catalog, plan))?,
    };
    let passed = run.scenarios.iter();
    let passed = passed.filter(|scenario| scenario.verdict == Verdict::Pass);
    let reflection = Reflection {
        ig: ig.clone(),
        clients,
        scenarios: run.scenarios.len(),
        passed: passed.count(),
        troubles: troubles(&run),
        took: began.elapsed(),
    };
    watch(&reflection);
    Ok(Some(reflection))
}

/// The suites for servers, against the built-in stand-ins.
async fn servers(data: &Data, catalog: &Catalog, plan: Plan) -> Result<Run, Error> {
    let stand_ins = StandIns::load_with(data, catalog, &plan, &Means::default())?;
    let built_in = stand_ins.start(None).await?;
    let settings = Settings {
        target_name: built_in.name().to_owned(),
        capabilities: BuiltIn::CAPABILITIES.map(str::to_owned).into(),
        ..settings()
    };
    let (recorder, sink) = recorder();
    let targets = built_in.targets.clone();
    let requester = built_in.requester.clone();
    Session::new(plan, settings, targets, requester, recorder)
        .run()
        .await;
    Ok(sink.run()?)
}

/// The suites for clients: the reference clients go to their stages over HTTP, all at once, and are judged.
async fn heard(data: &Data, catalog: &Catalog, plan: Plan) -> Result<Run, Error> {
    let means = Means {
        protection: Protection {
            auth: Some(Auth::Smart),
            ..Protection::default()
        },
        ..Means::default()
    };
    let stages = Stages::load(data, catalog, &plan, &means)?;
    let (mut rooms, mut clients) = (Vec::new(), Vec::new());
    let mut conversations: HashMap<String, Conversation> = HashMap::new();
    for stage in stages.set(&Stopwatch::start(), &|guard, _| guard) {
        let prefix = format!("/{}", stage.role);
        rooms.push(Room::of(prefix.clone(), stage.stand_in));
        conversations.insert(stage.system, stage.conversation);
        clients.push((stage.role, stage.brief, prefix));
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::Runtime)?;
    let house = House::new(rooms, Box::new(Empty));
    let server = Server::open(listener, house, 0, None).await;
    let server = server.map_err(Error::Runtime)?;
    let acting = clients.iter().map(|(role, brief, prefix)| {
        let base = format!("{}{prefix}/fhir/", server.origin());
        async move {
            let client = Client::new(ClientSettings::new(address(&base)?))
                .map_err(crate::session::Error::from)?;
            let way = OverHttp::with_inbox(client).await;
            let mut way = way.map_err(|trouble| Error::Runtime(std::io::Error::other(trouble)))?;
            Ok::<(), Error>(act(role, brief, &mut way, None).await?)
        }
    });
    for done in join_all(acting).await {
        done?;
    }
    for conversation in conversations.values() {
        conversation.end();
    }
    let settings = Settings {
        target_name: "reference clients".to_owned(),
        conversations,
        scripts: stages.scripts(),
        ..settings()
    };
    let (recorder, sink) = recorder();
    let targets = stages.targets(&address(&server.base_url())?)?;
    Session::new(plan, settings, targets, Party::default(), recorder)
        .run()
        .await;
    server.stop().await;
    Ok(sink.run()?)
}

fn settings() -> Settings {
    Settings {
        jobs: JOBS,
        keeps_records: true,
        step_timeout: STEP_TIMEOUT,
        max_wait: Duration::from_secs(10),
        ..Settings::default()
    }
}

fn recorder() -> (Recorder, log::MemorySink) {
    let sink = log::MemorySink::default();
    let redactor = Redactor::new([0; 32], false);
    let recorder = Recorder::new(Box::new(sink.clone()), redactor, BODY_CAP);
    (recorder, sink)
}

fn address(text: &str) -> Result<Url, Error> {
    text.parse()
        .map_err(|error| Error::Runtime(std::io::Error::other(format!("{text}: {error}"))))
}

/// No pages.
struct Empty;

impl Lobby for Empty {
    fn answer(&self, _: &Method, _: &str, _: &HeaderMap) -> Option<Page> {
        None
    }
}

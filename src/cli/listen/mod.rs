//! `vitruvian listen`: we are the server, the client under test drives.
//!
//! - `hearing` is one client: its rooms, its run, its reports; `ending` tells when it has been heard out.
//! - `lobby` serves the live page, `state` is what it shows.
//! - `proxy` stands before a server of somebody else instead of answering for it.

mod ending;
mod hearing;
mod lobby;
mod proxy;
mod state;

use self::hearing::{Hearing, Setup};
use self::lobby::Hall;
pub(super) use self::proxy::both_sides;
use super::arguments::ListenOptions;
use super::conclusion::{Wanted, conclude};
use super::keys::KeyFolder;
use super::selection::load;
use super::{Exit, Failure, Terminal, console, mock};
use crate::catalog::{Catalog, Plan, Selection, Side};
use crate::data::Data;
use crate::mock::{House, Server};
use crate::session::{Auth, Means, Protection, Stages};
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Arc;

/// Exchanges that the server remembers itself: none, for the conversations have them.
const JOURNAL_LIMIT: usize = 0;

pub(super) fn listen(
    data: &Data,
    options: &ListenOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let (catalog, _) = load(data)?;
    let selection = Selection {
        side: Some(Side::Clients),
        ..options.selection.selection()?
    };
    if selection.suites.is_empty() && selection.roles.is_empty() {
        return Err(which_suite(&catalog));
    }
    let plan = catalog.select(&selection)?;
    let (plan, mirrors) = match &options.proxy {
        Some(_) => proxy::both_sides(&catalog, plan, &selection)?,
        None => (plan, HashMap::new()),
    };
    let means = Means {
        // The server has TLS of its own; the stand-ins only ask who comes.
        protection: Protection {
            tls: false,
            mtls: false,
            ..protection(options)
        },
        ..Means::default()
    };
    let stages = Stages::load(data, &catalog, &plan, &means)?;
    let listener = mock::bind(options.host, options.port)?;
    let setup = Setup::new(options, &plan, mirrors)?;
    let endings = console::block_on(serve(
        data, options, plan, stages, setup, listener, *terminal,
    ))??;
    let several = endings.len() > 1;
    let mut exit = Exit::Conformant;
    for (name, out, ending) in endings {
        if several {
            terminal.tell(&format!("\n{name}"));
        }
        let wanted = Wanted {
            out: &out,
            report: &options.report,
            allow_incomplete: options.allow_incomplete,
        };
        let own = conclude(data, &wanted, ending, terminal)?;
        exit = worse(exit, own);
    }
    Ok(exit)
}

/// The worse of two ends: failures first, then what was not shown.
const fn worse(left: Exit, right: Exit) -> Exit {
    const fn rank(exit: Exit) -> u8 {
        match exit {
            Exit::Conformant => 0,
            Exit::Incomplete => 1,
            Exit::NotConformant => 2,
            Exit::Interrupted => 3,
            Exit::CouldNotRun => 4,
        }
    }
    if rank(right) > rank(left) {
        right
    } else {
        left
    }
}

/// Listens until every client has been heard out: name, folder and ending of each.
async fn serve(
    data: &Data,
    options: &ListenOptions,
    plan: Plan,
    stages: Stages,
    setup: Setup,
    listener: TcpListener,
    terminal: Terminal,
) -> Result<Vec<(String, std::path::PathBuf, crate::evidence::Ending)>, Failure> {
    let mut hearings = Vec::new();
    let mut rooms = Vec::new();
    for name in setup.names() {
        let (hearing, own) = Hearing::open(name, &setup, &stages)?;
        rooms.extend(own);
        hearings.push(Arc::new(hearing));
    }
    let hall = Hall::of(data, hearings.clone())?;
    let mut folder = options.keys.as_deref().map(KeyFolder::create).transpose()?;
    let tls = mock::tls(
        options.host,
        options.protection.protection(),
        folder.as_mut(),
    )?;
    let house = House::new(rooms, Box::new(hall));
    let server = Server::open(listener, house, JOURNAL_LIMIT, tls).await?;
    let origin = server.origin();
    for hearing in &hearings {
        hearing.announce(&origin, &setup, terminal);
    }
    if let (Some(mut folder), Some(first)) = (folder, hearings.first()) {
        first.write_keys(&mut folder)?;
        folder.finish(&first.base(&origin), terminal)?;
    }
    terminal.tell("ctrl-C ends it, and judges what was heard");
    let clients: Vec<Arc<Hearing>> = hearings.clone();
    let interrupts = tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            for hearing in &clients {
                hearing.break_off();
            }
        }
    });
    let ends = hearings
        .iter()
        .map(|hearing| hearing.run(plan.clone(), (&setup, &stages), &origin, options, terminal));
    let ended = futures::future::join_all(ends).await;
    interrupts.abort();
    server.stop().await;
    let names = hearings.iter().map(|hearing| hearing.name().to_owned());
    names
        .zip(ended)
        .map(|(name, ended)| ended.map(|(out, ending)| (name, out, ending)))
        .collect()
}

/// How stages are guarded: clients show who they are, unless that is not wanted.
fn protection(options: &ListenOptions) -> Protection {
    let chosen = options.protection.protection();
    if options.open || options.proxy.is_some() {
        return Protection {
            auth: None,
            ..chosen
        };
    }
    Protection {
        auth: chosen.auth.or(Some(Auth::Smart)),
        ..chosen
    }
}

/// Nothing was named to listen for.
fn which_suite(catalog: &Catalog) -> Failure {
    let suites = catalog.defaults().flat_map(|ig| ig.suites());
    let clients = suites.filter(|suite| suite.role.is_client());
    let names: Vec<&str> = clients.map(|suite| suite.id.as_str()).collect();
    Failure::new(
        "what is listened to is not said",
        format!(
            "name a suite for clients with --suite: {}",
            names.join(", ")
        ),
    )
}

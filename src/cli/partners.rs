//! `vitruvian run --targets`: many endpoints side by side, and what became of each since last time.
//!
//! - `trial` tests one partner; `watch` lets the user stop all of them. `folder` knows where runs are kept and which one is
//!   the last. `table` is what the terminal shows in the end.

mod folder;
mod table;
mod trial;
mod watch;

use super::arguments::RunOptions;
use super::report::write_bytes;
use super::selection::load;
use super::terminal::Board;
use super::terminology_server::TerminologyServer;
use super::{Exit, Failure, Terminal};
use crate::config::{Error, Overrides, Partners};
use crate::data::Data;
use crate::evidence::Conclusion;
use crate::http::Politeness;
use crate::report::{
    Circumstances, EarlierMatrix, PartnerFormat, PartnerMatrix, PartnerRow, PartnerState, TrendKind,
};
use crate::session::Knowledge;
use folder::Folder;
use std::path::{Component, Path};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use trial::{Trial, Tried};
use watch::Watch;

/// The forms that are left beside the partners' folders.
const FORMS: [(PartnerFormat, &str); 3] = [
    (PartnerFormat::Html, "partners.html"),
    (PartnerFormat::Markdown, "partners.md"),
    (PartnerFormat::Json, folder::MATRIX),
];

pub(super) fn run(
    data: &Data,
    path: &Path,
    options: &RunOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let overrides = overrides(options)?;
    below_each(options)?;
    let partners = Partners::read(path)?;
    let folder = Folder::new(&options.out, options.partners.since.clone());
    let earlier = folder.earlier()?;
    let (catalog, faults) = load(data)?;
    drop(faults);
    let manners = partners.manners;
    let server = options
        .tx
        .as_ref()
        .map(TerminologyServer::new)
        .transpose()?;
    let server = server.map(Arc::new);
    let trial = Trial {
        data,
        options,
        overrides,
        catalog: &catalog,
        knowledge: Knowledge {
            packages: options.packages.clone(),
            service: server.clone().map(|server| server as _),
        },
        politeness: Politeness::new(manners.concurrent, manners.interval),
        folder: &folder,
        earlier: &earlier,
        terminal: *terminal,
    };
    if options.list {
        return trial.list(&partners);
    }
    let parallel = options
        .partners
        .parallel
        .map_or(partners.parallel, usize::from);
    let made = Circumstances {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        started: OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_default(),
        parallel,
        concurrent: manners.concurrent,
        interval_ms: manners
            .interval
            .and_then(|interval| u64::try_from(interval.as_millis()).ok()),
        strict: options.strict,
    };
    let tried = try_all(&trial, &partners, parallel, *terminal)?;
    if let Some(why) = server.and_then(|server| server.given_up()) {
        terminal.tell(&why);
    }
    let matrix = matrix(made, &partners, &earlier, &folder, &tried);
    for (format, name) in FORMS {
        write_bytes(
            &matrix.render(format, data)?,
            &options.out.join(name),
            terminal,
        )?;
    }
    terminal.say(&table::table(&matrix, *terminal));
    terminal.tell(&format!(
        "report: {}",
        options.out.join("partners.html").display()
    ));
    let exits = tried
        .iter()
        .map(|tried| match options.partners.fail_on_worse {
            true => by_trend(tried, options),
            false => by_state(tried, options),
        });
    Ok(exits
        .max_by_key(|exit| exit.severity())
        .unwrap_or(Exit::CouldNotRun))
}

/// What flags and environment say for every partner.
fn overrides(options: &RunOptions) -> Result<Overrides, Failure> {
    let variables = Overrides::from_variables(std::env::vars())?;
    let for_one = [
        ("VITRUVIAN_TARGET_URL", variables.target_url.is_some()),
        ("VITRUVIAN_TARGET_TOKEN", variables.target_token.is_some()),
    ];
    for (name, is_set) in for_one {
        if is_set {
            return Err(Failure::from(Error::Override {
                name: name.to_owned(),
                reason: "it is for one target, and --targets names many: none of them is to get what belongs to another; unset it, and give each partner its own".to_owned(),
            }));
        }
    }
    Ok(super::run::flags(options)?.or(variables))
}

/// Further reports are written for each partner, into its folder.
fn below_each(options: &RunOptions) -> Result<(), Failure> {
    let leaves = |path: &Path| {
        let mut parts = path.components();
        path == Path::new("-") || parts.any(|part| !matches!(part, Component::Normal(_)))
    };
    match options.report.iter().find(|(_, path)| leaves(path)) {
        Some((_, path)) => Err(Failure::new(
            format!(
                "--report {} would be written for every partner in the same place",
                path.display()
            ),
            "name a file below each partner's folder, for example --report markdown=summary.md",
        )),
        None => Ok(()),
    }
}

/// Tries all partners, so many at a time, each on a thread of its own: what one of them makes us think about must not
/// look like slowness of another.
fn try_all(
    trial: &Trial<'_>,
    partners: &Partners,
    parallel: usize,
    terminal: Terminal,
) -> Result<Vec<Tried>, Failure> {
    let board = Board::new(terminal);
    let watch = Watch::new()?;
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(partner) = partners.partners.get(index) else {
                return;
            };
            let tried = trial.guarded(partner, &watch, &board);
            board.line(&table::line(&tried.row, terminal.for_errors()));
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            done.push((index, tried));
        }
    };
    let threads = parallel.clamp(1, partners.partners.len());
    watch.during(|| {
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(work);
            }
        });
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    Ok(done.into_iter().map(|(_, tried)| tried).collect())
}

fn matrix(
    made: Circumstances,
    partners: &Partners,
    earlier: &EarlierMatrix,
    folder: &Folder,
    tried: &[Tried],
) -> PartnerMatrix {
    let names: Vec<&str> = partners
        .partners
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let rows: Vec<PartnerRow> = tried.iter().map(|tried| tried.row.clone()).collect();
    let oldest = rows.iter().filter_map(|row| row.trend.since.clone()).min();
    PartnerMatrix {
        made,
        since: earlier.started.clone().or(oldest),
        partners: rows,
        gone: earlier.gone(&names, |name| folder.has_report(name)),
    }
}

/// How a partner is.
fn by_state(tried: &Tried, options: &RunOptions) -> Exit {
    match (tried.row.state, &tried.row.tested) {
        (PartnerState::NotTried, _) => Exit::Interrupted,
        (PartnerState::Tested, Some(tested)) if tried.is_settled => {
            Exit::of(tested.conclusion, options.allow_incomplete)
        }
        _ => Exit::CouldNotRun,
    }
}

/// What became of it.
fn by_trend(tried: &Tried, options: &RunOptions) -> Exit {
    let is_ours = matches!(
        tried.row.state,
        PartnerState::Misconfigured | PartnerState::Failed
    );
    match tried.row.trend.kind {
        _ if tried.row.state == PartnerState::NotTried => Exit::Interrupted,
        _ if is_ours || !tried.is_settled => Exit::CouldNotRun,
        TrendKind::Lost => Exit::CouldNotRun,
        TrendKind::Worse => Exit::NotConformant,
        TrendKind::LessShown => Exit::of(Conclusion::Incomplete, options.allow_incomplete),
        _ => Exit::Conformant,
    }
}

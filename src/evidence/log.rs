//! `run.jsonl`: one event per line, appended as it happens; folded back into a [`Run`].

use super::{Attestation, Body, Event, Run, ScenarioRun, Verdict};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Name of the log inside a run's folder.
pub const FILE_NAME: &str = "run.jsonl";
/// Version of the event format this tool writes.
pub const SCHEMA: u32 = 1;
/// Longest line that is read, in bytes.
const LINE_LIMIT: u64 = 64 << 20;

/// Where events go.
pub trait Sink: Send {
    /// Appends one event.
    ///
    /// # Errors
    /// When it cannot be written.
    fn append(&mut self, event: &Event) -> std::io::Result<()>;
}

/// Appends to a file; every event is flushed, so a crash loses nothing.
pub struct FileSink(BufWriter<File>);

impl FileSink {
    /// Creates the file, replacing an older one.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(path: &Path) -> std::io::Result<Self> {
        File::create(path).map(|file| Self(BufWriter::with_capacity(1 << 16, file)))
    }
}

impl Sink for FileSink {
    fn append(&mut self, event: &Event) -> std::io::Result<()> {
        serde_json::to_writer(&mut self.0, event)?;
        self.0.write_all(b"\n")?;
        self.0.flush()
    }
}

/// Appends events to a log that is there already, as attestations are. A last line that was cut off by a
/// crash, which reading drops as well, is removed first.
///
/// # Errors
/// When the log cannot be opened or written.
pub fn append(path: &Path, events: &[Event]) -> std::io::Result<()> {
    let file = File::options()
        .read(true)
        .append(true)
        .open(file_of(path))?;
    file.set_len(whole_lines(&file)?)?;
    let mut sink = FileSink(BufWriter::new(file));
    events.iter().try_for_each(|event| sink.append(event))
}

/// The log of a run that is named by its folder or by the log itself.
#[must_use]
pub fn file_of(path: &Path) -> PathBuf {
    if path.is_dir() {
        path.join(FILE_NAME)
    } else {
        path.to_owned()
    }
}

/// Keeps events in memory: for `prove` and for tests.
#[derive(Clone, Default)]
pub struct MemorySink(Arc<Mutex<Vec<Event>>>);

impl MemorySink {
    /// Folds what was kept so far.
    ///
    /// # Errors
    /// When no run was started.
    pub fn run(&self) -> Result<Run, Error> {
        let events = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut fold = Fold::default();
        events.into_iter().for_each(|event| fold.apply(event));
        fold.finish().ok_or(Error::NoRun {
            path: "memory".into(),
        })
    }
}

impl Sink for MemorySink {
    fn append(&mut self, event: &Event) -> std::io::Result<()> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(event.clone());
        Ok(())
    }
}

/// A log could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be opened or read.
    #[error("cannot read the run {path}: {source}")]
    Io {
        /// Path of the log.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A line is not an event.
    #[error("{path}, line {line}: not an event of a run ({message})")]
    Line {
        /// Path of the log.
        path: String,
        /// Line number from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// There is no start of a run in it.
    #[error("{path} does not hold a run: its first line must be a run-started event")]
    NoRun {
        /// Path of the log.
        path: String,
    },
    /// It was written by a newer tool.
    #[error("{path} has format {found}; this version reads up to {SCHEMA}")]
    Newer {
        /// Path of the log.
        path: String,
        /// Its format.
        found: u32,
    },
}

/// Writes the log of a run into a folder, which is created when it is not there.
///
/// # Errors
/// When it cannot be written.
pub fn write(run: &Run, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = BufWriter::with_capacity(1 << 16, File::create(folder.join(FILE_NAME))?);
    for event in events(run) {
        serde_json::to_writer(&mut file, &event)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}

/// The events that fold to this run, scenario by scenario.
fn events(run: &Run) -> Vec<Event> {
    let mut events = vec![Event::RunStarted {
        schema: SCHEMA,
        identity: Box::new(run.identity.clone()),
    }];
    let requirements = run.requirements.iter().cloned().map(Box::new);
    events.extend(requirements.map(Event::Requirement));
    events.extend(run.plan.iter().cloned().map(Box::new).map(Event::Planned));
    events.extend(run.bodies.values().cloned().map(Event::Body));
    for scenario in &run.scenarios {
        events_of(scenario, &mut events);
    }
    let notes = run.validated.iter().cloned().map(Box::new);
    events.extend(notes.map(Event::Validated));
    if !run.definitions.is_empty() {
        let packages = run.definitions.clone();
        events.push(Event::Definitions { packages });
    }
    if let Some(ending) = run.ending {
        let ends = run.scenarios.iter();
        let ends = ends.map(|scenario| scenario.started_us + scenario.duration_us);
        let at_us = ends.max().unwrap_or(0);
        events.push(Event::RunFinished { ending, at_us });
    }
    let answers = run.attestations.iter().cloned().map(Box::new);
    events.extend(answers.map(Event::Attested));
    events
}

fn events_of(run: &ScenarioRun, events: &mut Vec<Event>) {
    let (scenario, attempt) = (&run.id, run.attempt);
    events.push(Event::ScenarioStarted {
        scenario: scenario.clone(),
        attempt,
        steps: run.steps.clone(),
        at_us: run.started_us,
    });
    events.extend(run.exchanges.iter().map(|exchange| Event::Exchange {
        scenario: scenario.clone(),
        attempt,
        exchange: Box::new(exchange.clone()),
    }));
    events.extend(run.transitions.iter().map(|transition| Event::Transition {
        scenario: scenario.clone(),
        attempt,
        transition: transition.clone(),
    }));
    events.extend(run.findings.iter().map(|finding| Event::Finding {
        scenario: scenario.clone(),
        attempt,
        finding: finding.clone(),
    }));
    events.push(Event::ScenarioFinished {
        scenario: scenario.clone(),
        attempt,
        verdict: run.verdict,
        reason: run.reason.clone(),
        duration_us: run.duration_us,
    });
}

/// Reads a run from its folder or its `run.jsonl`. A last line cut off by a crash is dropped.
///
/// # Errors
/// When the log is missing, is no log, or has a broken line before its last.
pub fn read(path: &Path) -> Result<Run, Error> {
    let file = file_of(path);
    let shown = file.display().to_string();
    let io = |source| Error::Io {
        path: shown.clone(),
        source,
    };
    fold_lines(
        BufReader::new(File::open(&file).map_err(io)?),
        shown.clone(),
    )
}

/// Reads a run from the bytes of its log; `name` is what messages call it.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(bytes: &[u8], name: &str) -> Result<Run, Error> {
    fold_lines(bytes, name.to_owned())
}

fn fold_lines(mut reader: impl BufRead, shown: String) -> Result<Run, Error> {
    let io = |source| Error::Io {
        path: shown.clone(),
        source,
    };
    let mut fold = Fold::default();
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        number += 1;
        let read = reader
            .by_ref()
            .take(LINE_LIMIT)
            .read_until(b'\n', &mut line)
            .map_err(io)?;
        if read == 0 {
            break;
        }
        match serde_json::from_slice(&line) {
            Ok(Event::RunStarted { schema, .. }) if schema > SCHEMA => {
                return Err(Error::Newer {
                    path: shown,
                    found: schema,
                });
            }
            Ok(event) => fold.apply(event),
            Err(_) if !line.ends_with(b"\n") => break,
            Err(problem) => {
                return Err(Error::Line {
                    path: shown,
                    line: number,
                    message: problem.to_string(),
                });
            }
        }
    }
    fold.finish().ok_or(Error::NoRun { path: shown })
}

/// Bytes up to the end of the last whole line.
fn whole_lines(file: &File) -> std::io::Result<u64> {
    let mut reader = BufReader::new(file);
    let (mut read, mut whole) = (0, 0);
    loop {
        let piece = reader.fill_buf()?;
        if piece.is_empty() {
            return Ok(whole);
        }
        let length = piece.len();
        if let Some(last) = piece.iter().rposition(|byte| *byte == b'\n') {
            whole = read + last as u64 + 1;
        }
        read += length as u64;
        reader.consume(length);
    }
}

/// Folds events into a run.
#[derive(Default)]
struct Fold {
    run: Option<Run>,
    open: HashMap<(String, u32), ScenarioRun>,
}

impl Fold {
    fn apply(&mut self, event: Event) {
        if let Event::RunStarted { identity, .. } = event {
            self.run = Some(Run {
                identity: *identity,
                requirements: Vec::new(),
                plan: Vec::new(),
                scenarios: Vec::new(),
                bodies: BTreeMap::<String, Body>::new(),
                validated: Vec::new(),
                definitions: Vec::new(),
                attestations: Vec::new(),
                ending: None,
            });
            return;
        }
        let Some(run) = &mut self.run else { return };
        match event {
            Event::Requirement(requirement) => run.requirements.push(*requirement),
            Event::Planned(scenario) => run.plan.push(*scenario),
            Event::Validated(note) => run.validated.push(*note),
            Event::Definitions { packages } => run.definitions = packages,
            Event::Attested(answer) => {
                let is_same = |known: &Attestation| {
                    known.ig == answer.ig && known.requirement == answer.requirement
                };
                run.attestations.retain(|known| !is_same(known));
                run.attestations.push(*answer);
            }
            Event::Body(body) => {
                run.bodies.insert(body.hash.clone(), body);
            }
            Event::ScenarioFinished {
                scenario,
                attempt,
                verdict,
                reason,
                duration_us,
            } => {
                if let Some(mut done) = self.open.remove(&(scenario, attempt)) {
                    (done.verdict, done.reason, done.duration_us) = (verdict, reason, duration_us);
                    run.scenarios.push(done);
                }
            }
            Event::RunFinished { ending, .. } => run.ending = Some(ending),
            Event::RunStarted { .. } | Event::Unknown => {}
            other => self.apply_to_scenario(other),
        }
    }

    fn apply_to_scenario(&mut self, event: Event) {
        match event {
            Event::ScenarioStarted {
                scenario,
                attempt,
                steps,
                at_us,
            } => {
                let started = ScenarioRun {
                    id: scenario.clone(),
                    attempt,
                    verdict: Verdict::Error,
                    reason: Some("the run broke off while this scenario was running".into()),
                    steps,
                    findings: Vec::new(),
                    exchanges: Vec::new(),
                    transitions: Vec::new(),
                    started_us: at_us,
                    duration_us: 0,
                };
                self.open.insert((scenario, attempt), started);
            }
            Event::Step {
                scenario,
                attempt,
                index,
                step,
            } => {
                if let Some(slot) = self
                    .open
                    .get_mut(&(scenario, attempt))
                    .and_then(|open| open.steps.get_mut(index))
                {
                    *slot = step;
                }
            }
            Event::Exchange {
                scenario,
                attempt,
                exchange,
            } => {
                if let Some(open) = self.open.get_mut(&(scenario, attempt)) {
                    open.exchanges.push(*exchange);
                }
            }
            Event::Finding {
                scenario,
                attempt,
                finding,
            } => {
                if let Some(open) = self.open.get_mut(&(scenario, attempt)) {
                    open.findings.push(finding);
                }
            }
            Event::Transition {
                scenario,
                attempt,
                transition,
            } => {
                if let Some(open) = self.open.get_mut(&(scenario, attempt)) {
                    open.transitions.push(transition);
                }
            }
            _ => {}
        }
    }

    fn finish(self) -> Option<Run> {
        let mut run = self.run?;
        // What was running when the log broke off is kept, as an error of ours.
        let mut open: Vec<ScenarioRun> = self.open.into_values().collect();
        open.sort_by_key(|scenario| scenario.started_us);
        run.scenarios.extend(open);
        Some(run)
    }
}

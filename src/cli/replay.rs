//! `vitruvian replay`: every assertion again, from the recorded traffic and without a network.
//!
//! - `connection` is how a server of somebody else is spoken to.
//! - `whole` says which evidence is whole: what was replaced or cut cannot be judged again.

mod connection;
mod whole;

use super::arguments::{ListFormat, ProtectionOptions, ReplayOptions};
use super::job::{PROTECTION, payer};
use super::listen::both_sides;
use super::selection::load;
use super::terminal::{Bar, Style};
use super::wrap::wrap;
use super::{Exit, Failure, Terminal, console};
use crate::bundle::{Believed, verify};
use crate::catalog::{Catalog, Plan, Role, Selection, Side};
use crate::config::Config;
use crate::data::Data;
use crate::evidence::{Identity, Recorder, Redactor, Run, ScenarioRun, SuiteNote, Verdict, log};
use crate::http::Playback;
use crate::session::{
    BuiltIn, Following, Kept, Knowledge, Means, Recorded, Session, Settings, Stages, StandIns,
    overheard, remote, script_of,
};
use crate::steps::{Party, Provider, Target, Wanted};
use connection::connection;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;
use time::OffsetDateTime;
use whole::{Evidence, Flaw};

/// What became of one scenario.
enum Outcome {
    /// The same verdict.
    Same(Verdict),
    /// Another verdict, though the evidence is whole.
    Different {
        told: Verdict,
        found: Verdict,
        why: String,
    },
    /// It cannot be judged again.
    Undecided(Flaw),
    /// This version of the tool no longer has it.
    Gone,
}

pub(super) fn replay(
    data: &Data,
    options: &ReplayOptions,
    terminal: &Terminal,
) -> Result<Exit, Failure> {
    let run = Arc::new(read(options)?);
    let (catalog, _) = load(data)?;
    let (plan, mirrors) = plan(&catalog, &run)?;
    let whole = plan.igs.clone();
    let executed: BTreeSet<&str> = run.scenarios.iter().map(|one| one.id.as_str()).collect();
    let plan = catalog.narrowed(plan, &executed);
    let is_same_catalogue = [&whole, &plan.igs].contains(&&run.identity.igs);
    let again = console::block_on(run_again(
        data,
        options,
        &catalog,
        (plan, mirrors),
        &run,
        *terminal,
    ))??;
    let outcomes = compared(&run, &again);
    match options.format {
        ListFormat::Text => terminal.say(&text(&outcomes, is_same_catalogue, *terminal)),
        ListFormat::Json => terminal.say(&document(&outcomes, is_same_catalogue).to_string()),
    }
    let any = |is: &dyn Fn(&Outcome) -> bool| outcomes.iter().any(|(_, outcome)| is(outcome));
    Ok(
        if any(&|outcome| matches!(outcome, Outcome::Different { .. })) {
            Exit::NotConformant
        } else if any(&|outcome| !matches!(outcome, Outcome::Same(_))) {
            Exit::Incomplete
        } else {
            Exit::Conformant
        },
    )
}

/// The run of a bundle that holds, or of a folder.
fn read(options: &ReplayOptions) -> Result<Run, Failure> {
    let path = &options.run;
    if path.is_dir()
        || path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
    {
        return Ok(log::read(path)?);
    }
    let shown = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(
            format!("cannot read {shown}: {error}"),
            "name a bundle or a run",
        )
    })?;
    let verification = verify(
        &bytes,
        &shown,
        &Believed::anybody(OffsetDateTime::now_utc()),
    )?;
    match (verification.doubts.first(), verification.run) {
        (None, Some(run)) => Ok(run),
        (doubt, _) => Err(Failure::new(
            format!(
                "{shown} does not hold: {}",
                doubt.map_or_else(|| "its log cannot be read".to_owned(), ToString::to_string)
            ),
            "see `vitruvian verify` for all that was touched",
        )),
    }
}

/// All that this version has of the guides and suites of the run.
fn plan(catalog: &Catalog, run: &Run) -> Result<(Plan, HashMap<String, String>), Failure> {
    let igs = run.identity.igs.iter();
    let igs = igs.map(|ig| format!("{}@{}", ig.id, ig.version).parse());
    let unknown = |error| {
        Failure::new(
            format!("a guide of the run is not known: {error}"),
            "replay it with the version of the tool that made it",
        )
    };
    let is_client = |role: &str| role.parse().is_ok_and(Role::is_client);
    let (heard, asked): (Vec<&SuiteNote>, Vec<&SuiteNote>) = run
        .identity
        .suites
        .iter()
        .partition(|suite| is_client(&suite.role));
    let clients = !heard.is_empty();
    let (side, suites) = match clients {
        true => (Side::Clients, &heard),
        false => (Side::Servers, &asked),
    };
    let selection = Selection {
        side: Some(side),
        igs: igs.collect::<Result<_, _>>().map_err(unknown)?,
        suites: suites.iter().map(|suite| suite.id.clone()).collect(),
        ..Selection::default()
    };
    let plan = catalog.select(&selection)?;
    Ok(match clients && !asked.is_empty() {
        // A client was heard with a server of somebody else, and both were judged.
        true => both_sides(catalog, plan, &selection)?,
        false => (plan, HashMap::new()),
    })
}

async fn run_again(
    data: &Data,
    options: &ReplayOptions,
    catalog: &Catalog,
    (plan, mirrors): (Plan, HashMap<String, String>),
    run: &Arc<Run>,
    terminal: Terminal,
) -> Result<Run, Failure> {
    let recorded = Arc::new(Recorded::new(run.clone()));
    let (targets, requester, capabilities) =
        targets(data, options, catalog, &plan, run, recorded.clone())?;
    let (sink, memory) = Following::new(recorded.clone());
    // Nothing of a replay is kept, so that nothing need be redacted.
    let recorder = Recorder::new(Box::new(sink), Redactor::new([0; 32], false), 1 << 10);
    let bar = Arc::new(Bar::new(terminal, plan.scenarios.len()));
    let watch = bar.clone();
    let retries = run.identity.settings.get("retry");
    let settings = Settings {
        target_name: run.identity.target.clone(),
        keeps_records: true,
        // One after the other: the evidence is asked for the scenario that runs.
        jobs: 1,
        retries: retries.and_then(|text| text.parse().ok()).unwrap_or(0),
        run_timeout: None,
        step_timeout: Duration::from_secs(600),
        max_wait: Duration::from_secs(600),
        capabilities,
        strict: run.identity.strict,
        shown: warned(&run.identity),
        today: day(&run.identity.started),
        conversations: overheard(run, &plan),
        scripts: scripts(catalog, &plan),
        mirrors,
        observer: Some(Arc::new(move |id: &str, _: Verdict| watch.step(id))),
        deliveries: Some(recorded),
        ..Settings::default()
    };
    let session = Session::new(plan, settings, targets, requester, recorder);
    session.run().await;
    bar.finish();
    Ok(memory.run()?)
}

/// What the clients of a plan were asked to do.
fn scripts(catalog: &Catalog, plan: &Plan) -> HashMap<String, Vec<Wanted>> {
    let mut scripts = HashMap::new();
    for scenario in &plan.scenarios {
        if scenario.written.client().is_some() {
            let system = scenario.system();
            let script = script_of(catalog, plan, &system);
            scripts.entry(system).or_insert(script);
        }
    }
    scripts
}

/// What the run that is judged again has to be read with.
fn warned(identity: &Identity) -> BTreeMap<String, String> {
    let mut settings = identity.settings.clone();
    settings.retain(|name, _| name == Identity::CERTIFICATES);
    settings
}

type Parts = (HashMap<String, Target>, Party, BTreeSet<String>);

/// Who is asked, as far as steps need to know; what they are asked goes to the evidence.
fn targets(
    data: &Data,
    options: &ReplayOptions,
    catalog: &Catalog,
    plan: &Plan,
    run: &Run,
    playback: Arc<dyn Playback>,
) -> Result<Parts, Failure> {
    let endpoints: BTreeMap<String, url::Url> = run
        .identity
        .endpoints
        .iter()
        .filter_map(|(system, url)| Some((system.clone(), url.parse().ok()?)))
        .collect();
    if endpoints.is_empty() {
        return Err(Failure::new(
            "the evidence does not say which addresses were tested",
            "replay runs that were made by this version or a later one",
        ));
    }
    let kept = Kept::in_evidence(&run.identity);
    let knowledge = Knowledge {
        packages: options.packages.clone(),
        service: None,
    };
    let mut heard = plan.scenarios.iter();
    if heard.any(|scenario| scenario.written.client().is_some()) {
        let means = Means {
            knowledge,
            ..Means::default()
        };
        let stages = Stages::load(data, catalog, plan, &means)?;
        let base = endpoints.values().next().cloned();
        let base = base.ok_or_else(|| Failure::new("no address was used", "name another run"))?;
        let targets = stages.targets(&base)?;
        return Ok((targets, Party::default(), BTreeSet::new()));
    }
    if BuiltIn::is_named(&run.identity.target) {
        let words = run.identity.settings.get(PROTECTION);
        let means = Means {
            knowledge,
            protection: ProtectionOptions::told(words.map(String::as_str)).protection(),
            ..Means::default()
        };
        let stand_ins = StandIns::load_with(data, catalog, plan, &means)?;
        let (targets, requester) = stand_ins.replaying(&playback, &endpoints, &kept)?;
        return Ok((
            targets,
            requester,
            BuiltIn::CAPABILITIES.map(str::to_owned).into(),
        ));
    }
    let Some(path) = &options.config else {
        return Err(Failure::new(
            "the test members of this run are not in the evidence: they are personal data",
            "name the configuration it was made with: --config vitruvian.toml",
        ));
    };
    let mut config = Config::read(path)?;
    if let Some(target) = &mut config.target {
        // Whose certificates counted is in the evidence.
        target.signers = None;
    }
    let base = endpoints.values().next().cloned();
    let base = base.ok_or_else(|| Failure::new("no address was tested", "name another run"))?;
    let connection = connection(config.target.as_ref(), base, playback, &kept)?;
    let known_as = config.target.as_ref().map(payer).unwrap_or_default();
    let provider = config.provider.as_ref().map(Provider::from);
    let requester = Party {
        npi: config.requester.npi.clone(),
        name: config.requester.name.clone(),
    };
    let capabilities = config.target.iter();
    let capabilities = capabilities.flat_map(|target| target.capabilities.iter().cloned());
    let mut targets = remote(
        data,
        plan,
        &connection,
        &config,
        &known_as,
        provider.as_ref(),
        &knowledge,
    )?;
    for (system, target) in &mut targets {
        target.signers = kept.signers.clone().into();
        target.thumbprint = kept.thumbprints.get(system).cloned();
    }
    Ok((targets, requester, capabilities.collect()))
}

/// The day a run was started.
fn day(started: &str) -> Option<time::Date> {
    use time::format_description::well_known::Rfc3339;
    OffsetDateTime::parse(started, &Rfc3339)
        .ok()
        .map(OffsetDateTime::date)
}

/// Every scenario of the run with what became of it.
fn compared<'run>(run: &'run Run, again: &Run) -> Vec<(&'run str, Outcome)> {
    let evidence = Evidence::of(run);
    let last = |run: &Run| -> BTreeMap<String, ScenarioRun> {
        let executed = run.scenarios.iter();
        executed.map(|one| (one.id.clone(), one.clone())).collect()
    };
    let found = last(again);
    let told: BTreeMap<&str, &ScenarioRun> = run
        .scenarios
        .iter()
        .map(|one| (one.id.as_str(), one))
        .collect();
    told.into_iter()
        .map(|(id, told)| {
            let outcome = match found.get(id) {
                None => Outcome::Gone,
                Some(found) if found.verdict == told.verdict => match evidence.flaw(told) {
                    None => Outcome::Same(told.verdict),
                    Some(flaw) => Outcome::Undecided(flaw),
                },
                Some(found) => match evidence.hindrance(told) {
                    Some(flaw) => Outcome::Undecided(flaw),
                    None => Outcome::Different {
                        told: told.verdict,
                        found: found.verdict,
                        why: why(found),
                    },
                },
            };
            (id, outcome)
        })
        .collect()
}

fn why(found: &ScenarioRun) -> String {
    let finding = found.findings.iter().max_by_key(|finding| finding.severity);
    match (finding, &found.reason) {
        (Some(finding), _) => format!("expected {}; got {}", finding.expected, finding.actual),
        (None, Some(reason)) => reason.clone(),
        (None, None) => "every assertion held".to_owned(),
    }
}

/// How many of each kind, and why some cannot be judged.
struct Counts {
    same: usize,
    different: usize,
    gone: usize,
    undecided: BTreeMap<Flaw, usize>,
}

fn counts(outcomes: &[(&str, Outcome)]) -> Counts {
    let mut counts = Counts {
        same: 0,
        different: 0,
        gone: 0,
        undecided: BTreeMap::new(),
    };
    for (_, outcome) in outcomes {
        match outcome {
            Outcome::Same(_) => counts.same += 1,
            Outcome::Different { .. } => counts.different += 1,
            Outcome::Gone => counts.gone += 1,
            Outcome::Undecided(flaw) => *counts.undecided.entry(*flaw).or_default() += 1,
        }
    }
    counts
}

fn text(outcomes: &[(&str, Outcome)], is_same_catalogue: bool, terminal: Terminal) -> String {
    let counts = counts(outcomes);
    let mut text = String::new();
    for (id, outcome) in outcomes {
        if let Outcome::Different { told, found, why } = outcome {
            let head = format!("{} ", terminal.paint(Style::Red, "different"));
            wrap(
                &mut text,
                &head,
                &format!("{id}: {told} in the evidence, {found} now"),
            );
            wrap(&mut text, "          ", why);
        }
    }
    if !is_same_catalogue {
        let note = "requirements or features have changed since the run: differences may be theirs";
        wrap(&mut text, "note      ", note);
    }
    let all = outcomes.len();
    wrap(
        &mut text,
        "same      ",
        &format!("{} of {all} scenarios", counts.same),
    );
    for (flaw, number) in &counts.undecided {
        let about = format!("{number} scenarios cannot be judged again: {}", flaw.why());
        wrap(&mut text, "undecided ", &about);
    }
    if counts.gone > 0 {
        wrap(
            &mut text,
            "gone      ",
            &format!("{} scenarios are not in this version", counts.gone),
        );
    }
    let end = match (counts.different, counts.same == all) {
        (0, true) => terminal.paint(Style::Green, "SAME VERDICTS"),
        (0, false) => terminal.paint(Style::Yellow, "SAME VERDICTS, AS FAR AS THE EVIDENCE GOES"),
        _ => terminal.paint(Style::Red, "OTHER VERDICTS"),
    };
    text + &end
}

fn document(outcomes: &[(&str, Outcome)], is_same_catalogue: bool) -> serde_json::Value {
    let counts = counts(outcomes);
    let scenarios: Vec<_> = outcomes
        .iter()
        .map(|(id, outcome)| match outcome {
            Outcome::Same(verdict) => json!({"id": id, "outcome": "same", "verdict": verdict}),
            Outcome::Different { told, found, why } => {
                json!({"id": id, "outcome": "different", "verdict": told, "now": found, "why": why})
            }
            Outcome::Gone => json!({"id": id, "outcome": "gone"}),
            Outcome::Undecided(flaw) => {
                json!({"id": id, "outcome": "undecided", "why": flaw.why()})
            }
        })
        .collect();
    json!({
        "schema_version": 1,
        "same_catalogue": is_same_catalogue,
        "same": counts.same,
        "different": counts.different,
        "gone": counts.gone,
        "undecided": counts.undecided.values().sum::<usize>(),
        "scenarios": scenarios,
    })
}

//! Runs of the parts of a selection, put together to the run of the whole.

use super::{Ending, Run, ScenarioRun, ValidationNote, Verdict};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Tag of scenarios that judge what a whole run has seen: each part has them, and judges its own.
const CLOSING: &str = "closing";

/// Runs that are not the parts of one.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is nothing to merge.
    #[error("no run was named; name the folders of all parts")]
    Nothing,
    /// They were made in different ways.
    #[error("these runs are not parts of one: the {what} of one is {one:?}, of another {other:?}")]
    Different {
        /// What differs.
        what: &'static str,
        /// Of the first run.
        one: String,
        /// Of another.
        other: String,
    },
    /// They overlap.
    #[error(
        "the scenario {scenario} is in two of these runs; make each with another --shard I/N of the same selection"
    )]
    Twice {
        /// Id of the scenario.
        scenario: String,
    },
}

/// The run of the whole. Scenarios come in turn from the parts, which is their order in the whole when
/// the parts are named in order. Counts of validated answers are sums over the parts.
///
/// # Errors
/// When the runs differ in tool, guides, target or strictness, or overlap.
pub fn merge(parts: Vec<Run>) -> Result<Run, MergeError> {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().ok_or(MergeError::Nothing)?;
    let parts: Vec<Run> = parts.collect();
    for part in &parts {
        expect_same(&whole, part)?;
    }
    let plans: Vec<Vec<_>> = std::iter::once(std::mem::take(&mut whole.plan))
        .chain(parts.iter().map(|part| part.plan.clone()))
        .collect();
    for part in parts {
        absorb(&mut whole, part);
    }
    whole.identity.settings.remove("shard");
    whole.plan = in_turn(plans)?;
    let closing: BTreeSet<String> = whole
        .plan
        .iter()
        .filter(|plan| plan.tags.iter().any(|tag| tag == CLOSING))
        .map(|plan| plan.id.clone())
        .collect();
    whole.scenarios = joined(std::mem::take(&mut whole.scenarios), &closing);
    Ok(whole)
}

fn expect_same(one: &Run, other: &Run) -> Result<(), MergeError> {
    let igs = |run: &Run| -> BTreeMap<String, String> {
        let igs = run.identity.igs.iter();
        igs.map(|ig| (format!("{}@{}", ig.id, ig.version), ig.hash.clone()))
            .collect()
    };
    let (known, given) = (igs(one), igs(other));
    // A part without a scenario of a guide does not name it; the same guide must be the same.
    let is_same_guide = |(ig, hash): (&String, &String)| known.get(ig).is_none_or(|k| k == hash);
    let facts = [
        (
            "version",
            one.identity.version.clone(),
            other.identity.version.clone(),
        ),
        (
            "target",
            one.identity.target.clone(),
            other.identity.target.clone(),
        ),
        (
            "strictness",
            one.identity.strict.to_string(),
            other.identity.strict.to_string(),
        ),
    ];
    for (what, one, other) in facts {
        if one != other {
            return Err(MergeError::Different { what, one, other });
        }
    }
    match given.iter().find(|guide| !is_same_guide(*guide)) {
        Some((ig, hash)) => Err(MergeError::Different {
            what: "content of a guide",
            one: format!("{ig} {}", known[ig]),
            other: format!("{ig} {hash}"),
        }),
        None => Ok(()),
    }
}

/// Takes over everything but the plan.
fn absorb(whole: &mut Run, part: Run) {
    let identity = &mut whole.identity;
    if part.identity.started < identity.started {
        identity.started = part.identity.started;
    }
    for ig in part.identity.igs {
        if !identity.igs.contains(&ig) {
            identity.igs.push(ig);
        }
    }
    for suite in part.identity.suites {
        if !identity.suites.contains(&suite) {
            identity.suites.push(suite);
        }
    }
    for excuse in part.identity.excuses {
        if !identity.excuses.contains(&excuse) {
            identity.excuses.push(excuse);
        }
    }
    for requirement in part.requirements {
        let is_same = |known: &&mut super::PlannedRequirement| {
            known.ig == requirement.ig && known.id == requirement.id
        };
        match whole.requirements.iter_mut().find(is_same) {
            Some(known) => {
                let new = requirement.suites.into_iter();
                for suite in new
                    .filter(|suite| !known.suites.contains(suite))
                    .collect::<Vec<_>>()
                {
                    known.suites.push(suite);
                }
            }
            None => whole.requirements.push(requirement),
        }
    }
    whole.scenarios.extend(part.scenarios);
    whole.bodies.extend(part.bodies);
    whole.attestations.extend(part.attestations);
    for note in part.validated {
        match whole.validated.iter_mut().find(|known| known.ig == note.ig) {
            Some(known) => add(known, &note),
            None => whole.validated.push(note),
        }
    }
    for package in part.definitions {
        if !whole.definitions.contains(&package) {
            whole.definitions.push(package);
        }
    }
    whole.ending = match (whole.ending, part.ending) {
        (Some(Ending::Finished), other) => other,
        (known, _) => known,
    };
}

fn add(known: &mut ValidationNote, note: &ValidationNote) {
    known.answers += note.answers;
    known.resources += note.resources;
    known.profiles = known.profiles.max(note.profiles);
    known.broken += note.broken;
    known.left_out += note.left_out;
    known.more_broken += note.more_broken;
    for (kind, number) in &note.undecided {
        *known.undecided.entry(kind.clone()).or_default() += number;
    }
}

/// One of each plan in turn; closing scenarios once, at the end.
fn in_turn(
    plans: Vec<Vec<super::PlannedScenario>>,
) -> Result<Vec<super::PlannedScenario>, MergeError> {
    let longest = plans.iter().map(Vec::len).max().unwrap_or(0);
    let mut plans: Vec<_> = plans.into_iter().map(Vec::into_iter).collect();
    let (mut whole, mut closing, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    for _ in 0..longest {
        for plan in plans.iter_mut().filter_map(Iterator::next) {
            let is_closing = plan.tags.iter().any(|tag| tag == CLOSING);
            let is_new = known.insert(plan.id.clone());
            match (is_closing, is_new) {
                (false, true) => whole.push(plan),
                (true, true) => closing.push(plan),
                (true, false) => {}
                (false, false) => return Err(MergeError::Twice { scenario: plan.id }),
            }
        }
    }
    whole.extend(closing);
    Ok(whole)
}

/// The executions, those of a closing scenario joined to one: it judges the answers of all parts.
fn joined(scenarios: Vec<ScenarioRun>, closing: &BTreeSet<String>) -> Vec<ScenarioRun> {
    let mut whole: Vec<ScenarioRun> = Vec::new();
    let mut places: HashMap<(String, u32), usize> = HashMap::new();
    for scenario in scenarios {
        let key = (scenario.id.clone(), scenario.attempt);
        match places.get(&key) {
            Some(place) if closing.contains(&scenario.id) => join(&mut whole[*place], scenario),
            _ => {
                places.insert(key, whole.len());
                whole.push(scenario);
            }
        }
    }
    whole
}

/// What was tried in any part decides; among those the worst.
fn join(one: &mut ScenarioRun, mut other: ScenarioRun) {
    let rank = |verdict: Verdict| (verdict != Verdict::Skip, verdict);
    let offset = one.exchanges.len();
    for finding in &mut other.findings {
        finding.exchange = finding.exchange.map(|index| index + offset);
    }
    if rank(other.verdict) > rank(one.verdict) {
        (one.verdict, one.reason) = (other.verdict, other.reason);
        one.steps = other.steps;
    }
    for finding in other.findings {
        if !one.findings.contains(&finding) {
            one.findings.push(finding);
        }
    }
    one.exchanges.extend(other.exchanges);
    one.transitions.extend(other.transitions);
    one.duration_us += other.duration_us;
}

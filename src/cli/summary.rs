//! The last thing a person sees of a run: conclusion, counts, what broke, where the report is.

use super::terminal::{Style, Terminal};
use super::wrap::wrap;
use crate::evidence::{
    Counts, Coverage, Ending, Finding, Level, Run, ScenarioRun, Summary, Verdict,
};
use std::collections::BTreeMap;

/// Broken requirements shown; the report holds all of them.
const SHOWN: usize = 12;

/// The summary as text.
pub(super) fn summarise(run: &Run, summary: &Summary, terminal: Terminal) -> String {
    let mut text = String::new();
    broken(&mut text, run, summary, terminal);
    open(&mut text, run, summary, terminal);
    excuses(&mut text, summary, terminal);
    counts(&mut text, run, summary, terminal);
    let conclusion = summary.conclusion.as_str();
    let painted = terminal.paint(
        Style::of_conclusion(summary.conclusion),
        &conclusion.to_uppercase(),
    );
    let ending = match run.ending {
        Some(Ending::Finished) => "",
        Some(Ending::FailFast) => " (stopped at the first failure)",
        Some(Ending::Interrupted) => " (interrupted)",
        Some(Ending::TimedOut) => " (stopped: the time for the run was over)",
        None => " (the log breaks off)",
    };
    line(
        &mut text,
        &format!("{painted}{ending}  {}", run.identity.target),
    );
    if let Some(warning) = run.identity.warning() {
        let mut words = String::new();
        wrap(&mut words, "", warning);
        line(&mut text, &terminal.paint(Style::Red, words.trim_end()));
    }
    text.trim_end().to_owned()
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}

/// Broken requirements, mandatory ones first, each with its first finding.
fn broken(text: &mut String, run: &Run, summary: &Summary, terminal: Terminal) {
    let mut by_requirement: BTreeMap<(bool, &str), (usize, &ScenarioRun, &Finding)> =
        BTreeMap::new();
    for (scenario, finding) in summary.findings(run) {
        let key = (
            finding.severity != Verdict::Fail,
            finding.requirement.as_str(),
        );
        by_requirement
            .entry(key)
            .and_modify(|(count, _, _)| *count += 1)
            .or_insert((1, scenario, finding));
    }
    for ((_, id), (count, scenario, finding)) in by_requirement.iter().take(SHOWN) {
        let Some(planned) = run
            .requirements
            .iter()
            .find(|requirement| requirement.id == **id && scenario.id.starts_with(&requirement.ig))
        else {
            continue;
        };
        let mark = terminal.paint(Style::of(finding.severity), finding.severity.as_str());
        let again = if *count > 1 {
            format!("  ({count} findings)")
        } else {
            String::new()
        };
        line(text, &format!("{mark} {id} {}{again}", planned.level));
        wrap(text, "     ", &planned.text);
        if let Some(plan) = run.plan.iter().find(|plan| plan.id == scenario.id) {
            wrap(text, "     seen in   ", &plan.name);
        }
        wrap(text, "     expected  ", &finding.expected);
        wrap(text, "     actual    ", &finding.actual);
        if let Some(place) = &finding.location {
            wrap(text, "     where     ", place);
        }
        if let Some(hint) = finding.hint.as_ref().or(finding.defect.as_ref()) {
            wrap(text, "     note      ", hint);
        }
        line(text, &format!("     clause    {}\n", planned.url));
    }
    if by_requirement.len() > SHOWN {
        line(
            text,
            &format!(
                "… and {} more broken requirements in the report\n",
                by_requirement.len() - SHOWN
            ),
        );
    }
}

/// Why scenarios could not be tried.
fn open(text: &mut String, run: &Run, summary: &Summary, terminal: Terminal) {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for index in &summary.counting {
        let scenario = &run.scenarios[*index];
        if let (Verdict::Skip | Verdict::Error, Some(reason)) = (scenario.verdict, &scenario.reason)
        {
            *reasons
                .entry((scenario.verdict.as_str(), reason))
                .or_default() += 1;
        }
    }
    for ((verdict, reason), count) in &reasons {
        let style = if *verdict == "error" {
            Style::Red
        } else {
            Style::Blue
        };
        let head = format!("{} {count}× ", terminal.paint(style, verdict));
        wrap(text, &head, reason);
    }
    if !reasons.is_empty() {
        text.push('\n');
    }
}

fn excuses(text: &mut String, summary: &Summary, terminal: Terminal) {
    let mut told = false;
    for result in summary
        .requirements
        .iter()
        .filter(|result| result.excused.is_some())
    {
        told = true;
        let excuse = result.excused.as_ref();
        let head = format!("{} ", terminal.paint(Style::Yellow, "excused"));
        let about = excuse.map(|excuse| format!("{}: {}", excuse.requirement, excuse.sentence()));
        wrap(text, &head, &about.unwrap_or_default());
    }
    let problems = [("expired", &summary.expired), ("unused", &summary.unused)];
    for (kind, excuses) in problems {
        for excuse in excuses {
            told = true;
            let head = format!(
                "{} {kind} excuse for {}: ",
                terminal.paint(Style::Red, "error"),
                excuse.requirement
            );
            wrap(
                text,
                &head,
                &format!(
                    "remove it from the configuration, or renew it ({})",
                    excuse.reason
                ),
            );
        }
    }
    if told {
        text.push('\n');
    }
}

fn counts(text: &mut String, run: &Run, summary: &Summary, terminal: Terminal) {
    line(
        text,
        &format!("scenarios     {}", in_words(&summary.scenarios, terminal)),
    );
    if !summary.flaky.is_empty() {
        line(
            text,
            &format!(
                "flaky         {}: passed only when tried again",
                summary.flaky.len()
            ),
        );
    }
    for level in Level::ALL {
        let results = || {
            let of_level = summary.requirements.iter();
            of_level.filter(move |result| run.requirements[result.requirement].level == level)
        };
        if results().next().is_none() {
            continue;
        }
        let mut tried = Counts::new();
        let mut rest: BTreeMap<Coverage, usize> = BTreeMap::new();
        for result in results() {
            match result.verdict {
                Some(verdict) => *tried.entry(verdict).or_default() += 1,
                None => {
                    *rest
                        .entry(run.requirements[result.requirement].coverage)
                        .or_default() += 1
                }
            }
        }
        let rest: Vec<String> = rest
            .iter()
            .map(|(coverage, count)| format!("{count} {coverage}"))
            .collect();
        let parts: Vec<String> = [in_words(&tried, terminal), rest.join(", ")]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        line(
            text,
            &format!("{:<13} {}", level.as_str(), parts.join(", ")),
        );
    }
    for suite in &summary.suites {
        let open = if suite.open > 0 {
            format!(", {} mandatory not shown", suite.open)
        } else {
            String::new()
        };
        let style = Style::of_conclusion(suite.conclusion);
        let painted = terminal.paint(style, suite.conclusion.as_str());
        line(
            text,
            &format!(
                "suite         {} ({}): {painted}{open}",
                suite.suite.id, suite.suite.ig
            ),
        );
    }
    text.push('\n');
}

fn in_words(counts: &Counts, terminal: Terminal) -> String {
    let words = Verdict::ALL.iter().filter_map(|verdict| {
        let count = counts.get(verdict)?;
        Some(terminal.paint(Style::of(*verdict), &format!("{count} {verdict}")))
    });
    words.collect::<Vec<_>>().join(", ")
}

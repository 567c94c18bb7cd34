//! Two runs compared: what got worse, what got better, what is new.
//!
//! - `html`, `markdown` and `json` show a [`Comparison`]; the command line writes it as text.

mod html;
mod json;
mod markdown;

use super::Error;
use super::noise::Noise;
use super::notice::notices;
use super::outcome::Outcome;
use crate::data::Data;
use crate::evidence::{
    Conclusion, Finding, Level, PlannedRequirement, RequirementResult, Run, Summary, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};

/// How to show a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComparisonFormat {
    /// One page for people.
    Html,
    /// For a comment.
    Markdown,
    /// For programs.
    Json,
}

/// What became of a requirement. The order is that of reports: what needs attention first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// It did not fail, and now does.
    NewlyBroken,
    /// It had an answer, and now has none.
    NewlyOpen,
    /// It passed, and now has a warning.
    Worse,
    /// It is broken as before, in another way.
    OtherEvidence,
    /// It failed, and no longer does.
    Fixed,
    /// It had no answer or a warning, and now holds.
    Better,
    /// It is known since: of a new version of the guide, or of a larger selection.
    Added,
    /// It is gone.
    Removed,
}

impl ChangeKind {
    /// All kinds, in the order of reports.
    pub const ALL: [Self; 8] = [
        Self::NewlyBroken,
        Self::NewlyOpen,
        Self::Worse,
        Self::OtherEvidence,
        Self::Fixed,
        Self::Better,
        Self::Added,
        Self::Removed,
    ];

    /// Name in the JSON form.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewlyBroken => "newly-broken",
            Self::NewlyOpen => "newly-open",
            Self::Worse => "worse",
            Self::OtherEvidence => "other-evidence",
            Self::Fixed => "fixed",
            Self::Better => "better",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }

    /// Words for people, as a headline.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::NewlyBroken => "Newly broken",
            Self::NewlyOpen => "Had an answer, and has none now",
            Self::Worse => "Has a warning now",
            Self::OtherEvidence => "Broken as before, in another way",
            Self::Fixed => "Fixed",
            Self::Better => "Shown to hold now",
            Self::Added => "New requirements",
            Self::Removed => "No longer in scope",
        }
    }
}

/// What became of one requirement.
#[derive(Clone, Debug)]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// IG and version, of the newer run where it is there.
    pub ig: String,
    /// Id of the requirement.
    pub id: String,
    /// How strongly it binds.
    pub level: Level,
    /// One sentence.
    pub text: String,
    /// Link to the clause.
    pub url: String,
    /// Words for what it came to before; absent when it was not there.
    pub before: Option<&'static str>,
    /// Words for what it comes to now; absent when it is gone.
    pub after: Option<&'static str>,
    /// Expected and actual of the first finding now, when it is broken.
    pub finding: Option<(String, String)>,
    /// Why it is excused, with the last day.
    pub excused: Option<String>,
}

impl Change {
    /// Whether it was asked for the first time, and is broken.
    #[must_use]
    pub fn is_broken_at_first(&self) -> bool {
        self.kind == ChangeKind::Added && self.after == Some(Outcome::Fail.word())
    }
}

/// One of the two runs.
#[derive(Clone, Debug)]
pub struct Side {
    /// What was tested.
    pub target: String,
    /// When, RFC 3339.
    pub started: String,
    /// Guides and versions.
    pub igs: Vec<String>,
    /// What it came to.
    pub conclusion: Conclusion,
    /// What must be known before that is relied on, in sentences.
    pub notices: Vec<String>,
}

/// Two runs compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The run to compare with.
    pub old: Side,
    /// The run in question.
    pub new: Side,
    /// What changed, in the order of [`ChangeKind`], then of levels and ids.
    pub changes: Vec<Change>,
    /// Requirements that came to the same.
    pub unchanged: usize,
}

/// One requirement of one run.
struct Row<'run> {
    requirement: &'run PlannedRequirement,
    result: &'run RequirementResult,
    outcome: Outcome,
    findings: Vec<&'run Finding>,
}

impl Comparison {
    /// Compares two runs. A requirement of another version of the same guide is the same requirement.
    #[must_use]
    pub fn of(old: &Run, new: &Run) -> Self {
        let (old_summary, new_summary) = (Summary::of(old), Summary::of(new));
        let by_version = versions(old) == versions(new);
        let mut before = rows(old, &old_summary, by_version);
        let (mut changes, mut unchanged) = (Vec::new(), 0);
        let noise = Noise::new();
        for (key, row) in rows(new, &new_summary, by_version) {
            let earlier = before.remove(&key);
            match kind(earlier.as_ref(), &row, &noise) {
                Some(kind) => changes.push(row.change(kind, earlier.map(|row| row.outcome))),
                None => unchanged += 1,
            }
        }
        changes.extend(before.into_values().map(|row| Change {
            after: None,
            finding: None,
            ..row.change(ChangeKind::Removed, Some(row.outcome))
        }));
        changes.sort_by(|a, b| {
            let key = |change: &Change| {
                let level = (change.level, change.ig.clone(), change.id.clone());
                (change.kind, level)
            };
            key(a).cmp(&key(b))
        });
        Self {
            old: Side::of(old, &old_summary),
            new: Side::of(new, &new_summary),
            changes,
            unchanged,
        }
    }

    /// The changes of one kind.
    pub fn of_kind(&self, kind: ChangeKind) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.kind == kind)
    }

    /// Whether something mandatory broke that did not before, among new requirements, too. With
    /// `strict`, a recommendation counts.
    #[must_use]
    pub fn is_worse(&self, strict: bool) -> bool {
        let is_broken = |change: &Change| match change.kind {
            ChangeKind::NewlyBroken => true,
            ChangeKind::Worse => strict,
            ChangeKind::Added => {
                change.is_broken_at_first()
                    || (strict && change.after == Some(Outcome::Warn.word()))
            }
            _ => false,
        };
        self.changes.iter().any(is_broken)
    }

    /// What must be known of both runs, each sentence with the name of its run.
    pub fn notices(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let old = self
            .old
            .notices
            .iter()
            .map(|text| ("Before", text.as_str()));
        old.chain(self.new.notices.iter().map(|text| ("Now", text.as_str())))
    }

    /// Whether something mandatory lost its answer.
    #[must_use]
    pub fn is_less_complete(&self) -> bool {
        self.of_kind(ChangeKind::NewlyOpen)
            .any(|change| change.level.is_mandatory())
    }

    /// Shows it. The same runs always give the same bytes.
    ///
    /// # Errors
    /// When a template is missing or wrong.
    pub fn render(&self, format: ComparisonFormat, templates: &Data) -> Result<Vec<u8>, Error> {
        match format {
            ComparisonFormat::Html => html::render(self, templates),
            ComparisonFormat::Markdown => Ok(markdown::render(self)),
            ComparisonFormat::Json => json::render(self),
        }
    }
}

impl Side {
    fn of(run: &Run, summary: &Summary) -> Self {
        Self {
            target: run.identity.target.clone(),
            started: run.identity.started.clone(),
            igs: versions(run).into_iter().collect(),
            conclusion: summary.conclusion,
            notices: notices(run, summary),
        }
    }
}

fn versions(run: &Run) -> BTreeSet<String> {
    let igs = run.identity.igs.iter();
    igs.map(|ig| format!("{}@{}", ig.id, ig.version)).collect()
}

/// Requirements by guide and id; with `by_version`, by version of the guide. Without it the newest
/// version speaks for its guide.
fn rows<'run>(
    run: &'run Run,
    summary: &'run Summary,
    by_version: bool,
) -> BTreeMap<(String, &'run str), Row<'run>> {
    let mut findings: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    let igs: BTreeMap<&str, &str> = run
        .plan
        .iter()
        .map(|plan| (plan.id.as_str(), plan.ig.as_str()))
        .collect();
    for (scenario, finding) in summary.findings(run) {
        let ig = igs.get(scenario.id.as_str()).copied().unwrap_or_default();
        let key = (ig, finding.requirement.as_str());
        findings.entry(key).or_default().push(finding);
    }
    let mut rows = BTreeMap::new();
    for result in &summary.requirements {
        let requirement = &run.requirements[result.requirement];
        let ig = requirement.ig.as_str();
        let guide = if by_version {
            ig
        } else {
            ig.split('@').next().unwrap_or(ig)
        };
        let row = Row {
            requirement,
            result,
            outcome: Outcome::of(requirement, result),
            findings: findings
                .remove(&(ig, requirement.id.as_str()))
                .unwrap_or_default(),
        };
        rows.insert((guide.to_owned(), requirement.id.as_str()), row);
    }
    rows
}

/// What became of a requirement; nothing when it came to the same for the same reasons.
fn kind(old: Option<&Row<'_>>, new: &Row<'_>, noise: &Noise) -> Option<ChangeKind> {
    let Some(old) = old else {
        return Some(ChangeKind::Added);
    };
    let is_answer = |outcome: Outcome| {
        matches!(
            outcome,
            Outcome::Pass | Outcome::Attested | Outcome::Warn | Outcome::Fail | Outcome::Excused
        )
    };
    let holds = |outcome: Outcome| matches!(outcome, Outcome::Pass | Outcome::Attested);
    match (old.outcome, new.outcome) {
        (before, Outcome::Fail) if before != Outcome::Fail => Some(ChangeKind::NewlyBroken),
        (before, after) if is_answer(before) && after.is_open() => Some(ChangeKind::NewlyOpen),
        (before, Outcome::Warn) if holds(before) => Some(ChangeKind::Worse),
        (Outcome::Fail, after) if after != Outcome::Fail => Some(ChangeKind::Fixed),
        (before, after) if holds(after) && !holds(before) => Some(ChangeKind::Better),
        (Outcome::Fail | Outcome::Warn | Outcome::Excused, _)
            if says(old, noise) != says(new, noise) =>
        {
            Some(ChangeKind::OtherEvidence)
        }
        _ => None,
    }
}

/// What the findings say, without what changes with every run: addresses, days, pseudonyms.
fn says(row: &Row<'_>, noise: &Noise) -> BTreeSet<(String, String)> {
    let findings = row.findings.iter();
    findings
        .map(|finding| (noise.text(&finding.expected), noise.text(&finding.actual)))
        .collect()
}

impl Row<'_> {
    fn change(&self, kind: ChangeKind, before: Option<Outcome>) -> Change {
        let worst = self.findings.iter().max_by_key(|finding| finding.severity);
        let is_broken = matches!(self.result.verdict, Some(Verdict::Fail | Verdict::Warn));
        let excuse = self.result.excused.as_ref();
        Change {
            kind,
            ig: self.requirement.ig.clone(),
            id: self.requirement.id.clone(),
            level: self.requirement.level,
            text: self.requirement.text.clone(),
            url: self.requirement.url.clone(),
            before: before.map(Outcome::word),
            after: Some(self.outcome.word()),
            finding: worst
                .filter(|_| is_broken)
                .map(|finding| (finding.expected.clone(), finding.actual.clone())),
            excused: excuse.map(crate::evidence::Excuse::sentence),
        }
    }
}

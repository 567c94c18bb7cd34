//! What was tested, what a person said, what waits for something and for what, what nothing could show and why, and
//! what nobody looks at yet: by page of the guides.

use super::open_point::NOT_REACHED;
use crate::evidence::{RequirementResult, Run, Summary, Verdict};
use crate::report::outcome::Outcome;
use crate::report::wording::{count, link, thousands, visible};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Width of a whole bar.
const WIDTH: usize = 1000;
/// Things to supply, and reasons, that are not folded.
const SHOWN: usize = 8;
/// Requirements below which a page that is answered as a whole is folded.
const SMALL: usize = 3;
/// Requirements named with one reason.
const NAMED: usize = 6;

/// How a requirement was answered, or why it was not. The order is that of the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Answer {
    Tested,
    Attested,
    Waiting,
    Untestable,
    Uncovered,
}

impl Answer {
    const ALL: [Self; 5] = [
        Self::Tested,
        Self::Attested,
        Self::Waiting,
        Self::Untestable,
        Self::Uncovered,
    ];

    const fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fail
            | Outcome::Warn
            | Outcome::Excused
            | Outcome::Pass
            | Outcome::Inapplicable => Self::Tested,
            Outcome::Attested => Self::Attested,
            Outcome::Error | Outcome::Skip | Outcome::Attest => Self::Waiting,
            Outcome::Untestable => Self::Untestable,
            Outcome::Uncovered => Self::Uncovered,
        }
    }

    /// Name in the style sheet.
    const fn key(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Attested => "attested",
            Self::Waiting => "waiting",
            Self::Untestable => "untestable",
            Self::Uncovered => "uncovered",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Tested => "Tested",
            Self::Attested => "Attested",
            Self::Waiting => "Waiting",
            Self::Untestable => "Not testable",
            Self::Uncovered => "No check yet",
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Tested => "A scenario came to an answer, good or bad.",
            Self::Attested => "A person has said so; nothing was tested.",
            Self::Waiting => "It could be answered: data, a setting or a person is missing.",
            Self::Untestable => "Nothing could show whether it holds.",
            Self::Uncovered => "This tool does not check it yet.",
        }
    }

    /// The outcomes it stands for, as the filter of the requirements takes them.
    const fn filter(self) -> &'static str {
        match self {
            Self::Tested => "answered",
            Self::Attested => "attested",
            Self::Waiting => "open",
            Self::Untestable => "untestable",
            Self::Uncovered => "uncovered",
        }
    }
}

/// The section.
#[derive(Serialize)]
pub(super) struct Coverage {
    columns: Vec<Column>,
    total: Row,
    /// What people read, and what is not answered as a whole.
    pages: Vec<Row>,
    /// Pages of profiles, operations and the like, and small ones that are answered.
    folded: Vec<Row>,
    supply: Vec<Reason>,
    untestable: Vec<Reason>,
    /// How many of each are not folded.
    shown: usize,
}

#[derive(Serialize)]
struct Column {
    key: &'static str,
    word: &'static str,
    meaning: &'static str,
}

/// The requirements of one page of a guide.
#[derive(Serialize)]
struct Row {
    /// Number of the page, as requirements and the filter have it.
    number: usize,
    name: String,
    ig: String,
    url: Option<String>,
    cells: Vec<Cell>,
    size: usize,
    /// Whether all that could be answered was.
    is_whole: bool,
    /// Tested and attested, per cent of all that could be.
    answered: String,
}

#[derive(Serialize)]
struct Cell {
    key: &'static str,
    filter: &'static str,
    count: usize,
    text: String,
    x: usize,
    width: usize,
}

/// Requirements that are open, or stay so, for one reason.
#[derive(Serialize)]
struct Reason {
    reason: String,
    size: String,
    items: Vec<Item>,
    more: usize,
}

#[derive(Serialize)]
struct Item {
    anchor: String,
    name: String,
}

/// The pages of the guides in the order of their first requirements, and which requirement is on which.
pub(super) struct Pages<'run> {
    /// IG and version, and address.
    known: Vec<(&'run str, &'run str)>,
    /// Where most pages of an IG are.
    homes: BTreeMap<&'run str, &'run str>,
    of: Vec<usize>,
}

/// A page to filter by.
#[derive(Serialize)]
pub(super) struct PageChoice {
    number: usize,
    name: String,
}

impl<'run> Pages<'run> {
    pub(super) fn new(run: &'run Run) -> Self {
        let mut known: Vec<(&str, &str)> = Vec::new();
        let mut places = BTreeMap::new();
        let of = run.requirements.iter().map(|requirement| {
            let url = requirement.url.as_str();
            let page = url.split(['#', '?']).next().unwrap_or(url);
            let key = (requirement.ig.as_str(), page);
            *places.entry(key).or_insert_with(|| {
                known.push(key);
                known.len() - 1
            })
        });
        let of: Vec<usize> = of.collect();
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for place in &of {
            let (ig, url) = known[*place];
            *counts.entry((ig, folder(url))).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(_, count)| *count);
        let homes = counts.into_iter().map(|(key, _)| key).collect();
        Self { known, homes, of }
    }

    /// The name of a page: that of its file; with what stands before it where it is of another guide.
    fn name(&self, number: usize) -> String {
        let (ig, url) = self.known[number];
        let home = self.homes.get(ig).copied().unwrap_or_default();
        let place = folder(url);
        if place == home || place.is_empty() {
            return name(url);
        }
        let mut above: Vec<&str> = place.rsplit('/').take(2).collect();
        above.reverse();
        format!("{}/{}", visible(&above.join("/")), name(url))
    }

    /// Number of the page that a requirement is on.
    pub(super) fn of(&self, requirement: usize) -> usize {
        self.of.get(requirement).copied().unwrap_or_default()
    }

    pub(super) fn choices(&self) -> Vec<PageChoice> {
        let several = self.known.iter().any(|(ig, _)| *ig != self.known[0].0);
        let known = self.known.iter().enumerate();
        known
            .map(|(number, (ig, _))| PageChoice {
                number,
                name: match several {
                    true => format!("{} ({})", self.name(number), visible(ig)),
                    false => self.name(number),
                },
            })
            .collect()
    }
}

/// Where a page is: its address without the file.
fn folder(url: &str) -> &str {
    url.trim_end_matches('/')
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
}

/// `payertopayerexchange` of its address.
fn name(url: &str) -> String {
    let last = url.trim_end_matches('/').rsplit('/').next();
    let last = last.unwrap_or(url);
    let last = last.strip_suffix(".html").unwrap_or(last);
    match last {
        "" => "no page".to_owned(),
        last => visible(last),
    }
}

/// Whether a page is that of one profile, operation or the like: they are called by type and id.
fn is_definition(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or(name);
    name.split_once('-').is_some_and(|(kind, _)| {
        kind.starts_with(char::is_uppercase) && kind.chars().all(char::is_alphabetic)
    })
}

impl Coverage {
    pub(super) fn new(run: &Run, summary: &Summary, pages: &Pages<'_>) -> Self {
        let mut groups: BTreeMap<usize, BTreeMap<Answer, usize>> = BTreeMap::new();
        let mut all = BTreeMap::new();
        for result in &summary.requirements {
            let answer = answer(run, result);
            let page = groups.entry(pages.of(result.requirement)).or_default();
            *page.entry(answer).or_default() += 1;
            *all.entry(answer).or_default() += 1;
        }
        let rows = groups.into_iter().map(|(number, counts)| {
            let (ig, url) = pages.known[number];
            Row::new(number, pages.name(number), ig, link(url), &counts)
        });
        let (folded, mut pages): (Vec<Row>, Vec<Row>) = rows.partition(Row::is_folded);
        pages.sort_by(|a, b| (&a.ig, b.size).cmp(&(&b.ig, a.size)));
        Self {
            columns: Answer::ALL
                .map(|answer| Column {
                    key: answer.key(),
                    word: answer.word(),
                    meaning: answer.meaning(),
                })
                .into(),
            total: Row::new(0, "All pages".to_owned(), "", None, &all),
            pages,
            folded,
            supply: supply(run, summary),
            untestable: untestable(run, summary),
            shown: SHOWN,
        }
    }
}

fn answer(run: &Run, result: &RequirementResult) -> Answer {
    Answer::of(Outcome::of(&run.requirements[result.requirement], result))
}

impl Row {
    fn is_folded(&self) -> bool {
        is_definition(&self.name) || self.is_whole && self.size < SMALL
    }

    fn new(
        number: usize,
        name: String,
        ig: &str,
        url: Option<String>,
        counts: &BTreeMap<Answer, usize>,
    ) -> Self {
        let of = |answer: Answer| counts.get(&answer).copied().unwrap_or_default();
        let size: usize = counts.values().sum();
        let mut before = 0;
        let cells = Answer::ALL.map(|answer| {
            let count = of(answer);
            let start = before * WIDTH / size.max(1);
            before += count;
            Cell {
                key: answer.key(),
                filter: answer.filter(),
                count,
                text: thousands(count),
                x: start,
                width: before * WIDTH / size.max(1) - start,
            }
        });
        let answerable = size - of(Answer::Untestable);
        let answered = of(Answer::Tested) + of(Answer::Attested);
        Self {
            number,
            name,
            ig: visible(ig),
            url,
            cells: cells.into(),
            size,
            is_whole: answered == answerable,
            answered: match answerable {
                0 => "–".to_owned(),
                _ => format!("{} %", answered * 100 / answerable),
            },
        }
    }
}

/// What to supply, each with the requirements that wait for it: what answers most comes first.
fn supply(run: &Run, summary: &Summary) -> Vec<Reason> {
    let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for result in &summary.requirements {
        if Outcome::of(&run.requirements[result.requirement], result) != Outcome::Skip {
            continue;
        }
        let scenarios = result.scenarios.iter().map(|index| &run.scenarios[*index]);
        let mut reasons: Vec<&str> = scenarios
            .filter(|scenario| scenario.verdict == Verdict::Skip)
            .filter_map(|scenario| scenario.reason.as_deref())
            .collect();
        if reasons.is_empty() {
            reasons.push(NOT_REACHED);
        }
        for reason in reasons {
            groups.entry(reason).or_default().insert(result.requirement);
        }
    }
    reasons(run, groups)
}

/// Why what is not testable is not.
fn untestable(run: &Run, summary: &Summary) -> Vec<Reason> {
    let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    let all = summary.requirements.iter();
    for result in all.filter(|result| answer(run, result) == Answer::Untestable) {
        let note = run.requirements[result.requirement].note.as_str();
        let reason = match note {
            "" => "No reason is recorded.",
            note => note,
        };
        groups.entry(reason).or_default().insert(result.requirement);
    }
    reasons(run, groups)
}

fn reasons(run: &Run, groups: BTreeMap<&str, BTreeSet<usize>>) -> Vec<Reason> {
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, requirements)| usize::MAX - requirements.len());
    let groups = groups.into_iter();
    groups
        .map(|(reason, requirements)| Reason {
            reason: visible(reason),
            size: count(requirements.len(), "requirement"),
            more: requirements.len().saturating_sub(NAMED),
            items: requirements
                .into_iter()
                .take(NAMED)
                .map(|place| Item {
                    anchor: format!("r{place}"),
                    name: visible(&run.requirements[place].id),
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_definition, name};

    #[test]
    fn pages_of_definitions_are_known_by_their_type() {
        assert!(is_definition("StructureDefinition-pdex-device"));
        assert!(!is_definition("payertopayerexchange") && !is_definition("section-422.121"));
    }

    #[test]
    fn a_page_is_called_by_its_file() {
        assert_eq!(name("https://guide.example/STU2/bulk.html"), "bulk");
        assert_eq!(name("https://guide.example/STU2/"), "STU2");
        assert_eq!(name(""), "no page");
    }
}

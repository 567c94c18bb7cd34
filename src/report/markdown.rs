//! A summary in Markdown, short enough for a step summary or a comment on a pull request.
//!
//! Text of the target stands in code spans only: there, neither HTML nor mentions nor links mean anything.

use super::case::Case;
use super::cause::Cause;
use super::lead::lead;
use super::notice::notices;
use super::outcome::Outcome;
use super::tally::tally;
use super::wording::{count, link, moment, thousands, visible};
use crate::evidence::{Conclusion, Level, Run, Summary, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// Bytes to stay below; a comment holds 65,536 characters.
const BUDGET: usize = 60_000;
/// Causes, reasons and excuses shown of each.
const SHOWN: usize = 20;
/// Longest text of the target.
const LONGEST: usize = 300;

/// Renders the run as a summary in Markdown.
pub(super) fn render(run: &Run) -> Vec<u8> {
    let summary = Summary::of(run);
    let cases = Case::all(run, &summary);
    let mut text = String::new();
    head(&mut text, run, &summary);
    suites(&mut text, run, &summary);
    levels(&mut text, run, &summary);
    causes(&mut text, run, &summary, &cases);
    undecided(&mut text, &cases);
    excuses(&mut text, &summary);
    attested(&mut text, run, &summary);
    foot(&mut text, run);
    text.into_bytes()
}

// Writing to a String cannot fail, so that what `write` gives back is dropped throughout.

fn head(text: &mut String, run: &Run, summary: &Summary) {
    let conclusion = match summary.conclusion {
        Conclusion::Conformant => "Conformant",
        Conclusion::Incomplete => "Incomplete",
        Conclusion::NotConformant => "Not conformant",
    };
    let _ = writeln!(text, "## {conclusion}: {}\n", code(&run.identity.target));
    let notices = notices(run, summary);
    if !notices.is_empty() {
        let _ = writeln!(text, "> [!WARNING]");
        for notice in notices {
            let _ = writeln!(text, "> {}  ", plain(&notice));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "{}\n", lead(run, summary));
}

fn suites(text: &mut String, run: &Run, summary: &Summary) {
    if summary.suites.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "| suite | guide | conclusion | scenarios | open |\n|---|---|---|---|---|"
    );
    for suite in &summary.suites {
        let scenarios: Vec<String> = Verdict::ALL
            .iter()
            .filter_map(|verdict| Some(format!("{} {verdict}", suite.scenarios.get(verdict)?)))
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | **{}** | {} | {} |",
            plain(&suite.suite.title),
            plain(&suite.suite.ig),
            suite.conclusion,
            scenarios.join(", "),
            suite.open
        );
    }
    if !summary.flaky.is_empty() {
        let _ = writeln!(
            text,
            "\n{} came out differently when repeated.",
            count(summary.flaky.len(), "scenario")
        );
    }
    let _ = writeln!(
        text,
        "\nScenarios planned: {}.\n",
        thousands(run.plan.len())
    );
}

fn levels(text: &mut String, run: &Run, summary: &Summary) {
    let all = tally(run, summary.requirements.iter());
    let outcomes: Vec<Outcome> = Outcome::ALL
        .into_iter()
        .filter(|outcome| all.contains_key(outcome))
        .collect();
    if outcomes.is_empty() {
        return;
    }
    let words: Vec<&str> = outcomes.iter().map(|outcome| outcome.word()).collect();
    let _ = writeln!(text, "| requirements | {} |", words.join(" | "));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(words.len()));
    for level in Level::ALL {
        let of_level = summary
            .requirements
            .iter()
            .filter(|result| run.requirements[result.requirement].level == level);
        let counts = tally(run, of_level);
        if counts.is_empty() {
            continue;
        }
        let cells: Vec<String> = outcomes
            .iter()
            .map(|outcome| thousands(counts.get(outcome).copied().unwrap_or(0)))
            .collect();
        let _ = writeln!(text, "| {level} | {} |", cells.join(" | "));
    }
    text.push('\n');
}

/// What is broken, by cause. What does not fit is counted.
fn causes(text: &mut String, run: &Run, summary: &Summary, cases: &[Case<'_>]) {
    let causes = Cause::all(run, summary, cases);
    if causes.is_empty() {
        return;
    }
    let _ = writeln!(text, "### What is broken\n");
    let mut told = 0;
    for cause in causes.iter().take(SHOWN) {
        let entry = entry(run, cause);
        if text.len() + entry.len() > BUDGET - 8_000 {
            break;
        }
        text.push_str(&entry);
        told += 1;
    }
    if told < causes.len() {
        let rest = count(causes.len() - told, "further cause");
        let _ = writeln!(text, "… and {rest}, in the HTML report.\n");
    }
}

fn entry(run: &Run, cause: &Cause<'_>) -> String {
    let mut text = String::new();
    let first = &cause.seen[0];
    let mark = match (cause.is_excused, cause.severity()) {
        (true, _) => "excused",
        (false, Verdict::Fail) => "fail",
        (false, _) => "warning",
    };
    let _ = writeln!(
        text,
        "<details><summary><b>{mark}</b> {} — {}, {}</summary>\n",
        plain(&cause.title()),
        count(cause.scenarios(), "scenario"),
        count(cause.requirements().len(), "requirement")
    );
    for id in cause.requirements().into_iter().take(SHOWN) {
        let known = run
            .requirements
            .iter()
            .find(|requirement| requirement.id == id && requirement.ig == cause.ig);
        let Some(requirement) = known else {
            let _ = writeln!(text, "- {}", code(id));
            continue;
        };
        let clause = match link(&requirement.url) {
            Some(url) => format!(" ([clause](<{}>))", url.replace(['<', '>'], "")),
            None => String::new(),
        };
        let _ = writeln!(
            text,
            "- {} {}: {}{clause}",
            code(id),
            requirement.level,
            plain(&requirement.text)
        );
    }
    let finding = first.finding;
    let lines = [
        ("expected", Some(&finding.expected)),
        ("actual", Some(&finding.actual)),
        ("where", finding.location.as_ref()),
        ("next", finding.hint.as_ref()),
        ("in doubt", finding.defect.as_ref()),
    ];
    text.push('\n');
    for (label, value) in lines {
        if let Some(value) = value {
            let _ = writeln!(text, "- {label}: {}", code(value));
        }
    }
    let names: BTreeSet<&str> = cause.seen.iter().map(|seen| seen.name).collect();
    let _ = writeln!(text, "\nSeen in:\n");
    for name in names.iter().take(5) {
        let _ = writeln!(text, "- {}", plain(name));
    }
    if names.len() > 5 {
        let _ = writeln!(text, "- … and {} more", names.len() - 5);
    }
    text.push_str("\n</details>\n\n");
    text
}

fn undecided(text: &mut String, cases: &[Case<'_>]) {
    let mut reasons: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in cases {
        let Some(last) = case.last() else {
            *reasons
                .entry(("skip", "the run ended before it"))
                .or_default() += 1;
            continue;
        };
        if let (Verdict::Skip | Verdict::Error | Verdict::Attest, Some(reason)) =
            (last.verdict, &last.reason)
        {
            *reasons.entry((last.verdict.as_str(), reason)).or_default() += 1;
        }
    }
    if reasons.is_empty() {
        return;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, number)| usize::MAX - number);
    let _ = writeln!(text, "### What could not be decided\n");
    for ((verdict, reason), number) in reasons.iter().take(SHOWN) {
        let _ = writeln!(text, "- {verdict}, {number}×: {}", code(reason));
    }
    if reasons.len() > SHOWN {
        let _ = writeln!(text, "- … and {} further reasons", reasons.len() - SHOWN);
    }
    text.push('\n');
}

fn excuses(text: &mut String, summary: &Summary) {
    let used = summary
        .requirements
        .iter()
        .filter_map(|result| result.excused.as_ref())
        .map(|excuse| ("in use", excuse));
    let problems = summary.expired.iter().map(|excuse| ("**expired**", excuse));
    let unused = summary
        .unused
        .iter()
        .map(|excuse| ("**not needed**", excuse));
    let excuses: Vec<_> = used.chain(problems).chain(unused).collect();
    if excuses.is_empty() {
        return;
    }
    let _ = writeln!(
        text,
        "### Known failures\n\n| requirement | reason | until | state |\n|---|---|---|---|"
    );
    for (state, excuse) in excuses.iter().take(SHOWN) {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {state} |",
            plain(&excuse.requirement),
            plain(&excuse.reason),
            plain(&excuse.expires)
        );
    }
    text.push('\n');
}

fn attested(text: &mut String, run: &Run, summary: &Summary) {
    let answers = summary
        .requirements
        .iter()
        .filter_map(|result| Some((result.requirement, result.attested.as_ref()?)));
    let answers: Vec<_> = answers.take(SHOWN).collect();
    if answers.is_empty() {
        return;
    }
    let _ = writeln!(text, "### Attested by a person, not tested\n");
    for (place, answer) in answers {
        let id = &run.requirements[place].id;
        let _ = writeln!(text, "- {}: {}", code(id), code(&answer.sentence()));
    }
    text.push('\n');
}

fn foot(text: &mut String, run: &Run) {
    let igs: Vec<String> = run
        .identity
        .igs
        .iter()
        .map(|ig| format!("{} {}", plain(&ig.title), plain(&ig.version)))
        .collect();
    let _ = writeln!(
        text,
        "<sub>Vitruvian {} · {} · {}</sub>",
        plain(&run.identity.version),
        igs.join(", "),
        plain(&moment(&run.identity.started))
    );
}

/// A code span on one line, whatever it holds.
pub(super) fn code(content: &str) -> String {
    let content = shortened(content);
    let mut longest = 0;
    let mut run = 0;
    for character in content.chars() {
        run = if character == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    if content.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let space = if content.starts_with('`') || content.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{content}{space}{fence}")
}

/// One line of visible characters, cut.
fn shortened(content: &str) -> String {
    let shown = visible(content).replace(['\n', '\t'], " ");
    let cut: String = shown.chars().take(LONGEST).collect();
    let ellipsis = if cut.len() < shown.len() { "…" } else { "" };
    format!("{}{ellipsis}", cut.trim())
}

/// Text that is nothing but text: what means something in Markdown or HTML is escaped.
pub(super) fn plain(content: &str) -> String {
    let mut text = String::new();
    let mut before = ' ';
    for character in shortened(content).chars() {
        match character {
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '&' => text.push_str("&amp;"),
            // Nobody is to be told because their name stands in an answer.
            '@' if !before.is_alphanumeric() => text.push_str("@\u{200b}"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                text.push('\\');
                text.push(character);
            }
            _ => text.push(character),
        }
        before = character;
    }
    // A bare address would become a link.
    text.replace("://", ":\u{200b}//")
}

#[cfg(test)]
mod tests {
    use super::{code, plain};

    #[test]
    fn a_code_span_holds_any_number_of_backticks() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("``a"), "``` ``a ```");
        assert_eq!(code("a\nb"), "`a b`");
        assert_eq!(code(" "), "(empty)");
    }

    #[test]
    fn text_calls_nobody_and_links_nowhere() {
        assert_eq!(
            plain("<b>@you [x](http://y)"),
            "&lt;b&gt;@\u{200b}you \\[x\\](http:\u{200b}//y)"
        );
    }
}

//! A comparison in Markdown, for a comment.

use super::{Change, ChangeKind, Comparison};
use crate::report::markdown::{code, plain};
use crate::report::wording::{link, moment, thousands};
use std::fmt::Write as _;

/// Changes shown of each kind.
const SHOWN: usize = 25;

// Writing to a String cannot fail, so that what `write` gives back is dropped throughout.

pub(super) fn render(comparison: &Comparison) -> Vec<u8> {
    let mut text = String::new();
    let _ = writeln!(text, "## {}\n", headline(comparison));
    let mut notices = comparison.notices().peekable();
    if notices.peek().is_some() {
        let _ = writeln!(text, "> [!WARNING]");
        for (run, notice) in notices {
            let _ = writeln!(text, "> **{run}:** {}  ", plain(notice));
        }
        text.push('\n');
    }
    let _ = writeln!(text, "| | before | now |\n|---|---|---|");
    let (old, new) = (&comparison.old, &comparison.new);
    let _ = writeln!(
        text,
        "| conclusion | {} | **{}** |",
        old.conclusion, new.conclusion
    );
    let _ = writeln!(
        text,
        "| target | {} | {} |",
        plain(&old.target),
        plain(&new.target)
    );
    let _ = writeln!(
        text,
        "| guides | {} | {} |",
        plain(&old.igs.join(", ")),
        plain(&new.igs.join(", "))
    );
    let _ = writeln!(
        text,
        "| started | {} | {} |\n",
        plain(&moment(&old.started)),
        plain(&moment(&new.started))
    );
    for kind in ChangeKind::ALL {
        let changes: Vec<&Change> = comparison.of_kind(kind).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(
            text,
            "### {} ({})\n",
            kind.words(),
            thousands(changes.len())
        );
        for change in changes.iter().take(SHOWN) {
            entry(&mut text, change);
        }
        if changes.len() > SHOWN {
            let _ = writeln!(text, "- … and {} more", thousands(changes.len() - SHOWN));
        }
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "{} came to the same.",
        thousands(comparison.unchanged)
    );
    text.into_bytes()
}

/// The whole in one line.
pub(super) fn headline(comparison: &Comparison) -> String {
    let parts: Vec<String> = ChangeKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let number = comparison.of_kind(kind).count();
            let word = match kind {
                ChangeKind::NewlyBroken => "newly broken",
                ChangeKind::NewlyOpen => "without an answer now",
                ChangeKind::Worse => "with a new warning",
                ChangeKind::Fixed => "fixed",
                ChangeKind::Added => "new",
                _ => return None,
            };
            (number > 0).then(|| format!("{} {word}", thousands(number)))
        })
        .collect();
    if parts.is_empty() {
        "Nothing got worse or was fixed".to_owned()
    } else {
        parts.join(", ")
    }
}

fn entry(text: &mut String, change: &Change) {
    let clause = link(&change.url)
        .map(|url| format!(" ([clause](<{}>))", url.replace(['<', '>'], "")))
        .unwrap_or_default();
    let (before, after) = (change.before.unwrap_or("–"), change.after.unwrap_or("–"));
    let _ = writeln!(
        text,
        "- {} {} {}: {} → {}. {}{clause}",
        code(&change.id),
        plain(&change.ig),
        change.level,
        before,
        after,
        plain(&change.text)
    );
    if let Some((expected, actual)) = &change.finding {
        let _ = writeln!(
            text,
            "  - expected {}, got {}",
            code(expected),
            code(actual)
        );
    }
    if let Some(excuse) = &change.excused {
        let _ = writeln!(text, "  - excused: {}", code(excuse));
    }
}

//! The matrix in words that its forms share.

use super::{PartnerMatrix, PartnerRow, Trend, TrendKind};
use crate::report::comparison::ChangeKind;
use crate::report::wording::{count, thousands};

/// The whole in one line: what a partner manager asks first.
pub(super) fn headline(matrix: &PartnerMatrix) -> String {
    let number = |kind| matrix.of_kind(kind).count();
    let partners = |number: usize| match number {
        1 => "1 partner".to_owned(),
        _ => format!("{} partners", thousands(number)),
    };
    match (number(TrendKind::Worse), number(TrendKind::Lost)) {
        (0, 0) if matrix.since.is_none() => count(matrix.partners.len(), "partner"),
        (0, 0) => "Nobody got worse".to_owned(),
        (worse, 0) => format!("{} got worse", partners(worse)),
        (0, lost) => format!("{} dropped out", partners(lost)),
        (worse, lost) => format!(
            "{} got worse, {} dropped out",
            partners(worse),
            thousands(lost)
        ),
    }
}

/// How the others are.
pub(super) fn lead(matrix: &PartnerMatrix) -> String {
    let kinds = [
        (TrendKind::LessShown, "shows less", "show less"),
        (TrendKind::Out, "cannot be tested", "cannot be tested"),
        (TrendKind::Better, "got better", "got better"),
        (TrendKind::Same, "is as it was", "are as they were"),
        (TrendKind::New, "is new", "are new"),
        (TrendKind::Unknown, "was not tried", "were not tried"),
    ];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(kind, one, many)| match matrix.of_kind(kind).count() {
            0 => None,
            1 => Some(format!("1 {one}")),
            number => Some(format!("{} {many}", thousands(number))),
        })
        .collect();
    if !matrix.gone.is_empty() {
        parts.push(format!("{} no longer listed", thousands(matrix.gone.len())));
    }
    let mut text = match parts.len() {
        0 => return String::new(),
        _ => parts.join(", "),
    };
    text.push('.');
    text
}

/// What changed, in numbers: `2 newly broken, 1 fixed`. Empty when nothing worth telling did.
pub(super) fn in_numbers(trend: &Trend) -> String {
    let kinds = [
        (ChangeKind::NewlyBroken, "newly broken"),
        (ChangeKind::NewlyOpen, "newly without an answer"),
        (ChangeKind::Worse, "with a new warning"),
        (ChangeKind::OtherEvidence, "broken in another way"),
        (ChangeKind::Fixed, "fixed"),
        (ChangeKind::Better, "shown to hold now"),
    ];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .filter_map(|(kind, words)| match trend.count(kind) {
            0 => None,
            number => Some(format!("{} {words}", thousands(number))),
        })
        .collect();
    match trend.broken_at_first() {
        0 => {}
        number => parts.push(format!(
            "{} asked for the first time and broken",
            thousands(number)
        )),
    }
    parts.join(", ")
}

/// What a partner came to, in a word or two.
pub(super) fn came_to(row: &PartnerRow) -> &'static str {
    match &row.tested {
        Some(tested) => tested.conclusion.as_str(),
        None => row.state.words(),
    }
}

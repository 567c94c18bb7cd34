//! Stacked bars that show proportions.

use crate::report::outcome::Outcome;
use crate::report::tally::Tally;
use crate::report::wording::thousands;
use serde::Serialize;

/// Width of a whole bar.
const WIDTH: usize = 1000;
/// Width below which a piece could not be seen.
const NARROWEST: usize = 8;

/// A piece of a bar, with a count and its words: also the legend's entry.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(in crate::report) struct Piece {
    pub(super) key: &'static str,
    /// What that many came to: `failed`, `warnings`.
    pub(super) words: String,
    pub(super) count: String,
    pub(super) x: usize,
    pub(super) width: usize,
}

/// The pieces of one bar from left to right; outcomes that do not occur have none. Small numbers get
/// a width that can be seen, at the cost of the widest piece.
pub(in crate::report) fn pieces(tally: &Tally) -> Vec<Piece> {
    let total: usize = tally.values().sum();
    let present = tally.iter().filter(|(_, count)| **count > 0);
    let mut pieces: Vec<Piece> = present
        .map(|(outcome, count)| Piece {
            key: outcome.key(),
            words: words(*outcome, *count),
            count: thousands(*count),
            x: 0,
            width: (count * WIDTH / total).max(NARROWEST),
        })
        .collect();
    let used: usize = pieces.iter().map(|piece| piece.width).sum();
    if let Some(widest) = pieces.iter_mut().max_by_key(|piece| piece.width) {
        widest.width = (widest.width + WIDTH).saturating_sub(used);
    }
    let mut x = 0;
    for piece in &mut pieces {
        piece.x = x;
        x += piece.width;
    }
    pieces
}

fn words(outcome: Outcome, count: usize) -> String {
    let word = outcome.word().to_lowercase();
    match outcome {
        Outcome::Warn | Outcome::Error if count != 1 => word + "s",
        Outcome::Inapplicable if count != 1 => "do not apply".to_owned(),
        Outcome::Uncovered => "without a check yet".to_owned(),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::{NARROWEST, Outcome, Tally, WIDTH, pieces};

    #[test]
    fn a_bar_is_filled_and_shows_even_one_in_ten_thousand() {
        let tally = Tally::from([(Outcome::Fail, 1), (Outcome::Pass, 9_999)]);
        let bar = pieces(&tally);
        assert_eq!(bar[0].width, NARROWEST);
        assert_eq!(bar.iter().map(|piece| piece.width).sum::<usize>(), WIDTH);
        assert_eq!(bar[1].x, NARROWEST);
    }

    #[test]
    fn words_agree_with_their_numbers() {
        let bar = |count| pieces(&Tally::from([(Outcome::Warn, count)]));
        let said = |count| format!("{} {}", bar(count)[0].count, bar(count)[0].words);
        assert_eq!([said(1), said(3_000)], ["1 warning", "3,000 warnings"]);
    }

    #[test]
    fn nothing_makes_an_empty_bar() {
        assert_eq!(pieces(&Tally::new()), []);
    }
}

//! "Did you mean": the known name nearest to a mistyped one.

/// Number of insertions, deletions, replacements and swaps of neighbours between two words.
pub(super) fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for i in 1..=left.len() {
        let mut row = vec![i; right.len() + 1];
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

/// The candidate nearest to what was given, if it is near enough to be a slip of the fingers.
pub(super) fn nearest<'a>(
    given: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (given.chars().count() / 4).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (distance(given, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// `did you mean X?`, or the list of what there is.
pub(super) fn hint<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(given, candidates.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None if candidates.is_empty() => "there is none".to_owned(),
        None => format!("use one of {}", candidates.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_counts_once() {
        assert_eq!(distance("Wehn", "When"), 1);
        assert_eq!(distance("Givn", "Given"), 1);
        assert_eq!(distance("", "And"), 3);
        assert_eq!(distance("Then", "Then"), 0);
    }

    #[test]
    fn far_names_are_listed_instead_of_guessed() {
        assert_eq!(
            hint("pdex-discovry", ["pdex-discovery", "x"]),
            "did you mean pdex-discovery?"
        );
        assert_eq!(hint("bulk", ["alpha", "beta"]), "use one of alpha, beta");
        assert_eq!(hint("bulk", []), "there is none");
    }
}

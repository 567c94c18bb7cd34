//! What the target has answered in a run, kept for scenarios that judge all of it.
//!
//! A scenario's own verdict never depends on this: what is observed on the way is judged by closing
//! scenarios alone, after all others have ended.

use super::validation::Validation;
use bytes::Bytes;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// Distinct answers kept at most.
const MOST_ANSWERS: usize = 20_000;
/// Bytes of answers kept at most.
const MOST_BYTES: usize = 64 << 20;

/// Which exchange brought an answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Scenario id.
    pub scenario: String,
    /// Attempt.
    pub attempt: u32,
    /// Index into the exchanges of that attempt.
    pub exchange: usize,
}

/// A distinct answer.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    /// Its body as it came.
    pub(super) body: Bytes,
    /// Where it was first seen, in the order of scenarios and not of time.
    pub(super) place: Place,
    /// Profiles that the operation asks of it, besides those it claims.
    pub(super) expected: BTreeSet<String>,
}

impl Observed {
    /// An answer of which nothing is expected but what it claims.
    pub(super) const fn new(body: Bytes, place: Place) -> Self {
        Self {
            body,
            place,
            expected: BTreeSet::new(),
        }
    }
}

/// The answers of one IG version.
#[derive(Default)]
struct Answers {
    by_body: HashMap<Bytes, (Place, BTreeSet<String>)>,
    bytes: usize,
    left_out: usize,
}

/// The answers of a run by IG version, each distinct body once, within bounds.
#[derive(Default)]
pub struct Observations {
    answers: HashMap<String, Mutex<Answers>>,
    validations: HashMap<String, Arc<OnceCell<Arc<Validation>>>>,
    most: Option<(usize, usize)>,
}

impl Observations {
    /// Observes these IG versions; answers of others are not kept.
    #[must_use]
    pub fn of(igs: impl Iterator<Item = String>) -> Self {
        let igs: BTreeSet<String> = igs.collect();
        Self {
            answers: igs
                .iter()
                .map(|ig| (ig.clone(), Mutex::default()))
                .collect(),
            validations: igs.into_iter().map(|ig| (ig, Arc::default())).collect(),
            most: None,
        }
    }

    /// Keeps an answer, unless it is no JSON object, was seen before, or is beyond the bounds.
    pub(super) fn add(&self, ig: &str, body: &Bytes, place: impl FnOnce() -> Place) {
        let Some(mut answers) = self.answers_of(ig) else {
            return;
        };
        if !may_be_fhir(body) {
            return;
        }
        if let Some((first, _)) = answers.by_body.get_mut(body) {
            let place = place();
            if place < *first {
                *first = place;
            }
            return;
        }
        let (most_answers, most_bytes) = self.most.unwrap_or((MOST_ANSWERS, MOST_BYTES));
        if answers.by_body.len() >= most_answers || answers.bytes + body.len() > most_bytes {
            answers.left_out += 1;
            return;
        }
        answers.bytes += body.len();
        answers
            .by_body
            .insert(body.clone(), (place(), BTreeSet::new()));
    }

    /// Says that an answer must hold to a profile although it need not claim it.
    pub(super) fn expect(&self, ig: &str, body: &Bytes, profile: &str) {
        if let Some(mut answers) = self.answers_of(ig)
            && let Some((_, expected)) = answers.by_body.get_mut(body)
        {
            expected.insert(profile.to_owned());
        }
    }

    /// All answers in a stable order, and how many were left out.
    pub(super) fn all(&self, ig: &str) -> (Vec<Observed>, usize) {
        let Some(answers) = self.answers_of(ig) else {
            return (Vec::new(), 0);
        };
        let mut all: Vec<Observed> = answers
            .by_body
            .iter()
            .map(|(body, (place, expected))| Observed {
                body: body.clone(),
                place: place.clone(),
                expected: expected.clone(),
            })
            .collect();
        all.sort_by(|one, other| one.place.cmp(&other.place));
        (all, answers.left_out)
    }

    /// Where the result of validating the answers of an IG version is kept, once it is there.
    pub(super) fn validation(&self, ig: &str) -> Option<Arc<OnceCell<Arc<Validation>>>> {
        self.validations.get(ig).cloned()
    }

    fn answers_of(&self, ig: &str) -> Option<MutexGuard<'_, Answers>> {
        let answers = self.answers.get(ig)?;
        Some(answers.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Whether a body begins as a JSON object does, after a byte order mark and blanks.
fn may_be_fhir(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    first == Some(&b'{')
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Observations, Place};

    const IG: &str = "pdex@2.1.0";

    fn place(scenario: &str, exchange: usize) -> Place {
        Place {
            scenario: scenario.to_owned(),
            attempt: 1,
            exchange,
        }
    }

    fn observations() -> Observations {
        Observations::of(std::iter::once(IG.to_owned()))
    }

    #[test]
    fn an_answer_is_kept_once_at_its_first_place_whatever_the_order_in_time() {
        let seen = observations();
        let body = Bytes::from_static(b"{\"resourceType\":\"Patient\"}");
        seen.add(IG, &body, || place("b", 3));
        seen.add(IG, &body, || place("a", 7));
        seen.add(IG, &Bytes::from_static(b"{}"), || place("a", 2));
        seen.expect(IG, &body, "http://example.org/p");
        let (all, left_out) = seen.all(IG);
        let places: Vec<&Place> = all.iter().map(|one| &one.place).collect();
        assert_eq!(places, [&place("a", 2), &place("a", 7)]);
        assert_eq!((left_out, all[1].expected.len()), (0, 1));
    }

    #[test]
    fn what_is_no_object_and_versions_nobody_closes_are_not_kept() {
        let seen = observations();
        for text in ["", "<html/>", "[{}]", "nothing", "\"{}\""] {
            seen.add(IG, &Bytes::copy_from_slice(text.as_bytes()), || {
                place("a", 0)
            });
        }
        seen.add("pdex@2.0.0", &Bytes::from_static(b"{}"), || place("a", 0));
        assert!(seen.all(IG).0.is_empty() && seen.all("pdex@2.0.0").0.is_empty());
    }

    #[test]
    fn beyond_the_bounds_answers_are_counted_and_not_kept() {
        for (most, kept) in [((2, 100), 2), ((100, 25), 1)] {
            let mut seen = observations();
            seen.most = Some(most);
            for number in 0..5 {
                let body = format!("{{\"number\":{number}}}     ");
                seen.add(IG, &Bytes::from(body), || place("a", number));
            }
            let (all, left_out) = seen.all(IG);
            assert_eq!((all.len(), left_out), (kept, 5 - kept));
        }
    }
}

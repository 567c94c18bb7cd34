//! How the core departs from the rules while it computes one answer.

use super::Rule;
use crate::fhir::path;
use serde::Deserialize;
use serde_json::Value;

/// What is wrong with paging. Named in fault files: `{ page = "drop-next" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageFault {
    /// Every page holds the first page's entries.
    RepeatFirst,
    /// No page links to the next one.
    DropNext,
    /// The last entry of a page comes again on the next.
    Overlap,
    /// The link to the next page leads nowhere.
    DeadNext,
    /// `total` counts the entries of the page.
    WrongTotal,
    /// `_count` does not limit the page.
    IgnoreCount,
    /// The first match is left out.
    LeaveOutFirst,
}

/// What is wrong with the comparison of dates. Named in fault files: `{ compare-dates = "ge-is-gt" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateFault {
    /// `ge` leaves out what is equal.
    GeIsGt,
    /// `le` leaves out what is equal.
    LeIsLt,
    /// `lt` and `le` leave nothing out.
    NoUpperBound,
    /// Only the year is compared.
    YearOnly,
}

impl DateFault {
    /// The date parameter as it is understood, or `None` when it is not heeded.
    pub(super) fn understood(self, text: &str) -> Option<String> {
        let split = text.find(|letter: char| !letter.is_ascii_lowercase());
        let (prefix, date) = text.split_at(split.unwrap_or(text.len()));
        match (self, prefix) {
            (Self::GeIsGt, "ge") => Some(format!("gt{date}")),
            (Self::LeIsLt, "le") => Some(format!("lt{date}")),
            (Self::NoUpperBound, "lt" | "le") => None,
            (Self::YearOnly, _) => Some(format!("{prefix}{}", date.get(..4).unwrap_or(date))),
            _ => Some(text.to_owned()),
        }
    }
}

/// All deviations in force for one request; empty for a conformant payer.
#[derive(Clone, Debug, Default)]
pub(super) struct Deviation {
    /// Rules that are not enforced.
    pub(super) skipped: Vec<Rule>,
    /// Search parameters that are ignored.
    pub(super) ignored: Vec<String>,
    /// How dates are compared wrongly.
    pub(super) dates: Option<DateFault>,
    /// Another member's data is answered.
    pub(super) other_member: bool,
    /// What is wrong with paging.
    pub(super) page: Option<PageFault>,
    /// What is sent otherwise than it should: JSONPath and, unless it is left out, the wrong value.
    pub(super) sent: Vec<(String, Option<Value>)>,
}

impl Deviation {
    /// Changes what is about to be sent.
    pub(super) fn spoil(&self, body: &mut Value) {
        for (expression, value) in &self.sent {
            let found = path::select(body, expression).unwrap_or_default();
            let places: Vec<path::Location> = found.into_iter().map(|(place, _)| place).collect();
            for place in places.iter().rev() {
                match (value, place.get_mut(body)) {
                    (Some(value), Some(target)) => *target = value.clone(),
                    (None, Some(_)) => {
                        place.remove(body);
                    }
                    (_, None) => {}
                }
            }
        }
    }

    /// Whether a parameter is ignored.
    pub(super) fn ignores(&self, parameter: &str) -> bool {
        self.ignored.iter().any(|one| one == parameter)
    }

    /// Whether the rule is enforced.
    pub(super) fn enforces(&self, rule: Rule) -> bool {
        !self.skipped.contains(&rule)
    }
}

#[cfg(test)]
mod tests {
    use super::DateFault;

    #[test]
    fn dates_are_misunderstood_as_named() {
        let understood = |fault: DateFault, text: &str| fault.understood(text);
        assert_eq!(
            understood(DateFault::GeIsGt, "ge2020").as_deref(),
            Some("gt2020")
        );
        assert_eq!(
            understood(DateFault::GeIsGt, "le2020").as_deref(),
            Some("le2020")
        );
        assert_eq!(understood(DateFault::NoUpperBound, "lt2020"), None);
        assert_eq!(
            understood(DateFault::YearOnly, "ge2020-05-01").as_deref(),
            Some("ge2020")
        );
        assert_eq!(
            understood(DateFault::LeIsLt, "2020").as_deref(),
            Some("2020")
        );
    }
}

//! Paging: which matches are on a page, and how the next one is found.

use super::refusal::Refusal;
use super::settings::Limits;
use crate::fhir::search::Parameter;
use crate::mock::PageFault;
use std::ops::Range;

/// Name of the parameter that says where a page starts. Only our own links use it.
pub(super) const OFFSET: &str = "_offset";

/// A page of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    /// Position of the first match.
    offset: usize,
    /// Most matches on it.
    pub(super) count: usize,
    /// Whether the client chose the count.
    pub(super) is_counted: bool,
}

impl Page {
    /// Reads `_count` and the offset; a larger count than the server's limit is lowered to it.
    pub(super) fn read(parameters: &[Parameter], limits: &Limits) -> Result<Self, Refusal> {
        let number = |name: &str| {
            let asked = parameters.iter().find(|one| one.name == name);
            asked
                .map(|one| one.values.join(",").parse::<usize>())
                .transpose()
        };
        let wrong = |_| Refusal::bad_request("_count is a whole number of zero or more");
        Ok(Self {
            is_counted: parameters.iter().any(|one| one.name == "_count"),
            offset: number(OFFSET).map_err(wrong)?.unwrap_or(0),
            count: number("_count")
                .map_err(wrong)?
                .unwrap_or(limits.page)
                .min(limits.largest_page),
        })
    }

    /// Which of `total` matches are on the page.
    pub(super) fn range(&self, total: usize, fault: Option<PageFault>) -> Range<usize> {
        let start = match fault {
            Some(PageFault::RepeatFirst) => 0,
            Some(PageFault::Overlap) => self.offset.saturating_sub(1),
            _ => self.offset,
        };
        let end = match fault {
            Some(PageFault::IgnoreCount) => total,
            _ => self.offset.saturating_add(self.count).min(total),
        };
        let end = if fault == Some(PageFault::RepeatFirst) {
            self.count.min(total)
        } else {
            end
        };
        start.min(end)..end
    }

    /// Where the next page starts, if there is one.
    pub(super) fn next(&self, total: usize, fault: Option<PageFault>) -> Option<usize> {
        let next = self.offset.saturating_add(self.count);
        let is_last = next >= total || self.count == 0;
        let is_hidden = matches!(fault, Some(PageFault::DropNext | PageFault::IgnoreCount));
        (!is_last && !is_hidden).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::{Limits, Page};
    use crate::fhir::search;
    use crate::mock::PageFault;

    fn page(query: &str) -> Option<Page> {
        let limits = Limits {
            failed_matches: 1,
            retry_after: 1,
            created: 1,
            page: 10,
            largest_page: 20,
        };
        Page::read(&search::parse(query), &limits).ok()
    }

    #[test]
    fn pages_follow_each_other_to_the_end() {
        let first = page("_count=2").unwrap();
        assert_eq!(first.range(3, None), 0..2);
        assert_eq!(first.next(3, None), Some(2));
        let second = page("_count=2&_offset=2").unwrap();
        assert_eq!(second.range(3, None), 2..3);
        assert_eq!(second.next(3, None), None);
    }

    #[test]
    fn odd_counts_are_bounded_or_refused() {
        assert_eq!(page("_count=999").unwrap().range(100, None), 0..20);
        assert_eq!(page("_count=0").unwrap().next(3, None), None);
        assert_eq!(
            page("_offset=18446744073709551615").unwrap().range(3, None),
            3..3
        );
        assert!(page("_count=-1").is_none());
        assert!(page("_count=x").is_none());
    }

    #[test]
    fn page_faults_do_what_they_say() {
        let second = page("_count=2&_offset=2").unwrap();
        assert_eq!(second.range(4, Some(PageFault::RepeatFirst)), 0..2);
        assert_eq!(second.range(4, Some(PageFault::Overlap)), 1..4);
        assert_eq!(
            page("_count=2").unwrap().next(4, Some(PageFault::DropNext)),
            None
        );
    }
}

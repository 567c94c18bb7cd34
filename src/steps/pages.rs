//! Searches read page by page.

use super::drive::Halt;
use super::expect::{expect_resource, expect_status};
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use serde_json::Value;
use std::collections::BTreeSet;

/// Pages read of one search at most.
const PAGE_LIMIT: usize = 50;
/// Records kept of one kind at most.
const RECORD_LIMIT: usize = 5_000;

/// A search read to its last page.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Pages {
    /// Resources that match the search, as they came.
    pub(super) matches: Vec<Value>,
    /// Resources that were included.
    pub(super) includes: Vec<Value>,
    /// The pages themselves.
    pub(super) bundles: Vec<Value>,
    /// Whether the last page was reached.
    pub(super) is_whole: bool,
}

impl World {
    /// Reads a search to its last page, or as far as it is reasonable; `None` when it, or a page of it,
    /// is not answered with a Bundle.
    pub(super) async fn read_pages(&mut self, query: &str) -> Result<Option<Pages>, Halt> {
        Ok(self.follow(Request::get(query), false).await?.ok())
    }

    /// As [`World::read_pages`], for a search that is judged: what is wrong with a page is a mismatch.
    pub(super) async fn judged_pages(
        &mut self,
        search: Request,
    ) -> Result<Result<Pages, Mismatch>, Halt> {
        self.follow(search, true).await
    }

    async fn follow(
        &mut self,
        search: Request,
        is_judged: bool,
    ) -> Result<Result<Pages, Mismatch>, Halt> {
        let mut pages = Pages::default();
        let mut next = Some(search);
        let mut seen = BTreeSet::new();
        while let Some(request) = next.take() {
            if !seen.insert(request.url.clone())
                || seen.len() > PAGE_LIMIT
                || pages.matches.len() > RECORD_LIMIT
            {
                self.note("the search was not read to its end: it is too long, or its pages go round in circles");
                return Ok(Ok(pages));
            }
            match is_judged {
                true => self.send(request).await?,
                false => self.prepare(request).await?,
            }
            let reply = self.reply()?;
            let page = expect_status(reply, &[200], "the search is answered")
                .and_then(|()| expect_resource(reply, "Bundle"));
            let page = match page {
                Ok(page) => page,
                Err(mismatch) => return Ok(Err(mismatch)),
            };
            pages.matches.extend(
                bundle::matches(&page)
                    .filter(|record| record["resourceType"] != "OperationOutcome")
                    .cloned(),
            );
            pages.includes.extend(bundle::includes(&page).cloned());
            next = bundle::link(&page, "next")
                .filter(|next| self.is_own(next))
                .map(Request::get);
            pages.bundles.push(page);
        }
        pages.is_whole = true;
        Ok(Ok(pages))
    }
}

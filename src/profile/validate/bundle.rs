//! Bundles: full URLs, links and entries, beyond the invariants of the definition.

use super::finding::Finding;
use super::walk::{Step, Walk};
use crate::fhir::Reference;
use serde_json::Value;

impl<'v> Walk<'v> {
    /// What holds for a Bundle and is no invariant.
    pub(super) fn bundle(&mut self, bundle: &'v Value) {
        let kind = bundle["type"].as_str().unwrap_or_default();
        self.links(bundle);
        let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
        let start = self.path.len();
        for (position, entry) in entries.iter().enumerate() {
            self.path
                .extend([Step::Name("entry"), Step::Index(position)]);
            self.full_url(entry, kind);
            let is_result = kind == "searchset" && entry["search"]["mode"] != "outcome";
            let resource = &entry["resource"];
            let is_outcome = resource["resourceType"] == "OperationOutcome";
            if is_result && !is_outcome && resource.is_object() && resource.get("id").is_none() {
                let message = "is the result of a search, and must have an id";
                self.report_at(
                    "resource",
                    Finding::error("required", "search-id", message).expected("id"),
                );
            }
            self.path.truncate(start);
        }
        let first = entries
            .first()
            .map(|entry| &entry["resource"]["resourceType"]);
        for (wanted, of) in [("Composition", "document"), ("MessageHeader", "message")] {
            if kind == of && first.is_none_or(|found| found != wanted) {
                let message = format!("a {of} must begin with a {wanted}");
                self.report(Finding::error("structure", "bundle-first", message).expected(wanted));
            }
        }
        if matches!(kind, "document" | "message") && !self.found.is_silent {
            self.graph(bundle);
        }
    }

    /// A relation is there once; `alternate` and the like may repeat.
    fn links(&mut self, bundle: &'v Value) {
        let links = bundle["link"].as_array().map_or(&[][..], Vec::as_slice);
        let start = self.path.len();
        for (position, link) in links.iter().enumerate() {
            let relation = &link["relation"];
            let is_single = matches!(
                relation.as_str(),
                Some("self" | "next" | "previous" | "prev" | "first" | "last")
            );
            if is_single
                && links[..position]
                    .iter()
                    .any(|other| other["relation"] == *relation)
            {
                self.path
                    .extend([Step::Name("link"), Step::Index(position)]);
                let message = format!("a link with the relation {relation} is there already");
                self.report(Finding::error("structure", "bundle-link", message).actual(relation));
                self.path.truncate(start);
            }
        }
    }

    /// A full URL is absolute, and ends in type and id of the resource when it is one of a server.
    fn full_url(&mut self, entry: &'v Value, kind: &str) {
        let Some(url) = entry["fullUrl"].as_str() else {
            return;
        };
        if !url.contains(':') {
            let message = format!("{url:?} is no absolute URL");
            self.report_at(
                "fullUrl",
                Finding::error("value", "full-url", message).actual(url),
            );
            return;
        }
        let resource = &entry["resource"];
        let (Some(name), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str())
        else {
            return;
        };
        // In a transaction the id of what is to be created says nothing yet.
        if matches!(kind, "transaction" | "batch") && entry["request"]["method"] == "POST" {
            return;
        }
        if let Reference::Absolute {
            resource: other,
            id: other_id,
            ..
        } = Reference::parse(url)
            && (other != name || other_id != id)
        {
            let message = format!("names {other}/{other_id}, and the resource is {name}/{id}");
            let finding = Finding::error("value", "full-url", message);
            self.report_at(
                "fullUrl",
                finding.expected(format!("…/{name}/{id}")).actual(url),
            );
        }
    }
}

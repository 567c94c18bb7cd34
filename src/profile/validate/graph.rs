//! Documents and messages hang together: what they begin with leads to everything in them.
//!
//! Source: FHIR R4, Documents, "Document Content" (a document holds what its Composition refers to, directly
//! or not, Provenance about it, and nothing else); Messaging, for messages.

use super::entries::Entries;
use super::finding::Finding;
use super::walk::{Step, Walk};
use crate::profile::Severity;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

/// References of a Composition whose targets are part of the document.
const PARTS: &[&[&str]] = &[
    &["subject"],
    &["encounter"],
    &["author"],
    &["custodian"],
    &["attester", "party"],
    &["event", "detail"],
];

/// References of a section whose targets are part of the document.
const SECTION_PARTS: &[&[&str]] = &[&["author"], &["focus"], &["entry"]];

impl<'v> Walk<'v> {
    /// Holds the entries of a document or message together; the walk is at the Bundle.
    pub(super) fn graph(&mut self, bundle: &'v Value) {
        let is_document = bundle["type"] == "document";
        let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
        let (Some(first), Some(targets)) = (entries.first(), self.targets()) else {
            return;
        };
        let wanted = if is_document {
            "Composition"
        } else {
            "MessageHeader"
        };
        let head = &first["resource"];
        if head["resourceType"] != wanted {
            return;
        }
        let start = self.path.len();
        self.path
            .extend([Step::Name("entry"), Step::Index(0), Step::Name("resource")]);
        let base = first["fullUrl"].as_str();
        if is_document {
            self.parts(head, PARTS, (&targets, base));
            self.sections(head, (&targets, base));
        } else {
            self.parts(head, &[&["focus"]], (&targets, base));
        }
        self.path.truncate(start);
        self.reachable(bundle, entries, &targets);
    }

    fn targets(&self) -> Option<Arc<Entries<'v>>> {
        self.scope()?.entries.clone()
    }

    fn sections(&mut self, holder: &'v Value, at: (&Entries<'v>, Option<&str>)) {
        let sections = holder["section"].as_array().map_or(&[][..], Vec::as_slice);
        let start = self.path.len();
        for (position, section) in sections.iter().enumerate() {
            self.path
                .extend([Step::Name("section"), Step::Index(position)]);
            self.parts(section, SECTION_PARTS, at);
            self.sections(section, at);
            self.path.truncate(start);
        }
    }

    /// Holds references at these paths against the entries.
    fn parts(
        &mut self,
        holder: &'v Value,
        paths: &[&[&'static str]],
        at: (&Entries<'v>, Option<&str>),
    ) {
        for path in paths {
            self.part(holder, path, at);
        }
    }

    fn part(
        &mut self,
        value: &'v Value,
        path: &[&'static str],
        (entries, base): (&Entries<'v>, Option<&str>),
    ) {
        if let Value::Array(items) = value {
            for (position, item) in items.iter().enumerate() {
                self.path.push(Step::Index(position));
                self.part(item, path, (entries, base));
                self.path.pop();
            }
            return;
        }
        if let Some((name, rest)) = path.split_first() {
            if let Some(value) = value.get(name) {
                self.path.push(Step::Name(name));
                self.part(value, rest, (entries, base));
                self.path.pop();
            }
            return;
        }
        let text = value["reference"]
            .as_str()
            .filter(|text| !text.starts_with('#'));
        if let Some(text) = text
            && self.in_entries(entries, text, base).is_none()
        {
            let message = format!("points to {text}, which must be in the Bundle, and is not");
            let finding = Finding::error("not-found", "bundled-reference", message);
            self.report_at("reference", finding.actual(text));
        }
    }

    fn reachable(&mut self, bundle: &'v Value, entries: &'v [Value], targets: &Entries<'v>) {
        let is_document = bundle["type"] == "document";
        let links = self.links_between(entries, targets);
        let forward = reached(&links, entries.len(), false);
        let either = reached(&links, entries.len(), true);
        let start = self.path.len();
        for (position, entry) in entries.iter().enumerate() {
            let Some(url) = entry["fullUrl"].as_str().filter(|_| !forward[position]) else {
                continue;
            };
            // Style sheets are linked to by the Bundle itself.
            let is_linked = |link: &Value| link["url"] == url;
            let of_bundle = bundle["link"].as_array().into_iter().flatten();
            if of_bundle.into_iter().any(is_linked) {
                continue;
            }
            let resource = &entry["resource"]["resourceType"];
            let (message, is_error) = match (either[position], is_document) {
                (true, true) if resource == "Provenance" => continue,
                (true, false) => continue,
                (true, true) => ("refers to the document, which does not refer to it", false),
                (false, true) => ("is no part of the document: nothing leads to it", true),
                (false, false) => ("is no part of the message: nothing leads to it", false),
            };
            let mut finding = Finding::error("structure", "bundle-reachable", message);
            if !is_error {
                finding.severity = Severity::Warning;
            }
            self.path
                .extend([Step::Name("entry"), Step::Index(position)]);
            self.report(finding.actual(url));
            self.path.truncate(start);
        }
    }

    /// Which entry names which: by reference, or by a URL anywhere in it.
    fn links_between(&self, entries: &'v [Value], targets: &Entries<'v>) -> Vec<(usize, usize)> {
        let places: HashMap<usize, usize> = entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((std::ptr::from_ref(entry.get("resource")?).addr(), at)))
            .collect();
        let mut links = Vec::new();
        for (from, entry) in entries.iter().enumerate() {
            let base = entry["fullUrl"].as_str();
            let mut open = vec![&entry["resource"]];
            while let Some(value) = open.pop() {
                match value {
                    Value::Array(items) => open.extend(items),
                    Value::Object(fields) => {
                        let reference = fields.get("reference").and_then(Value::as_str);
                        let target =
                            reference.and_then(|text| self.in_entries(targets, text, base));
                        links.extend(
                            target
                                .and_then(|target| place(&places, target))
                                .map(|to| (from, to)),
                        );
                        open.extend(fields.values());
                    }
                    Value::String(text) => {
                        let target = targets.get(text.as_str());
                        links.extend(
                            target
                                .and_then(|target| place(&places, target))
                                .map(|to| (from, to)),
                        );
                    }
                    _ => {}
                }
            }
        }
        links
    }
}

fn place(places: &HashMap<usize, usize>, target: &Value) -> Option<usize> {
    places.get(&std::ptr::from_ref(target).addr()).copied()
}

/// Which of `count` entries the first leads to, also against the direction of links if `is_undirected`.
fn reached(links: &[(usize, usize)], count: usize, is_undirected: bool) -> Vec<bool> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (from, to) in links {
        next[*from].push(*to);
        if is_undirected {
            next[*to].push(*from);
        }
    }
    let mut seen = vec![false; count];
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&next[at]);
        }
    }
    seen
}

//! Extensions: known, of the kind their definition says, and where they may stand.

use super::finding::Finding;
use super::walk::{Step, Walk};
use crate::profile::program::{Node, Program, Type};
use serde_json::Value;
use std::sync::Arc;

impl<'v> Walk<'v> {
    pub(super) fn extension(&mut self, value: &'v Value, node: &Node, kind: &Type) {
        let Some(url) = value["url"].as_str() else {
            return;
        };
        let is_modifier = &*node.name == "modifierExtension";
        let mut applied: Option<Arc<Program>> = None;
        for canonical in &kind.profiles {
            if let Some(profile) = self.programs.of(canonical) {
                self.apply(value, &profile);
                applied = Some(profile);
            }
        }
        if !url.contains(':') {
            if !self.is_nested() {
                let message = format!("has the URL {url:?}, which is not absolute");
                self.report_at(
                    "url",
                    Finding::error("extension", "extension-url", message).actual(url),
                );
            }
            return;
        }
        let known = match applied.filter(|applied| *applied.url == *url) {
            Some(applied) => Some(applied),
            None => self.programs.of(url).inspect(|profile| {
                if profile.type_name == "Extension" {
                    self.apply(value, profile);
                }
            }),
        };
        let Some(known) = known else {
            self.unknown(url, is_modifier);
            return;
        };
        if known.type_name != "Extension" {
            let message = format!("{url} is no extension, but defines {}", known.type_name);
            self.report(
                Finding::error("extension", "extension-url", message).expected("Extension"),
            );
            return;
        }
        if known.is_modifier != is_modifier {
            let (right, wrong) = if is_modifier {
                ("extension", "modifierExtension")
            } else {
                ("modifierExtension", "extension")
            };
            let message = format!("{url} belongs into {right}, and stands in {wrong}");
            let finding = Finding::error("extension", "extension-modifier", message);
            self.report(finding.expected(right).actual(wrong));
        }
        self.context(&known, url);
    }

    /// Whether the extension is part of another one.
    fn is_nested(&self) -> bool {
        let names = self.path.iter().rev().filter_map(|step| match step {
            Step::Name(name) => Some(*name),
            Step::Index(_) => None,
        });
        matches!(
            names.take(2).collect::<Vec<_>>().as_slice(),
            [_, "extension" | "modifierExtension"]
        )
    }

    fn unknown(&mut self, url: &str, is_modifier: bool) {
        if is_modifier {
            let message = format!(
                "nobody here knows the modifier extension {url}, which may change the meaning of all around it"
            );
            self.report(Finding::error("extension", "extension-unknown", message).actual(url));
        } else {
            let message = format!("nobody here knows the extension {url}; it was not checked");
            self.report(Finding::warning("extension", "extension-unknown", message).actual(url));
        }
    }
}

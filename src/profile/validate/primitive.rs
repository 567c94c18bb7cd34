//! Primitive values: JSON, form, length, range, and what stands beside them with `_`.

use super::finding::Finding;
use super::value::json_kind;
use super::walk::Walk;
use crate::fhir::Span;
use crate::profile::fhirpath::Quantity;
use crate::profile::primitive::{Fault, Primitive, decoded_length, narrative};
use crate::profile::program::{Node, NodeIndex, Program, Type};
use serde_json::Value;
use std::cmp::Ordering;

impl<'v> Walk<'v> {
    /// Checks a primitive value; says whether it is of its type.
    pub(super) fn primitive(
        &mut self,
        primitive: Primitive,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        (program, index, kind): (&Program, NodeIndex, &Type),
    ) -> bool {
        let node = program.node(index);
        if let Some(sibling) = sibling {
            self.sibling(sibling, program, index);
        }
        let Some(value) = value else {
            if sibling.is_some_and(|sibling| sibling.get("extension").is_none()) {
                let message = "has neither a value nor an extension";
                self.report(Finding::error("invariant", "ele-1", message));
            }
            return true;
        };
        if let Err(fault) = primitive.check(value) {
            let finding = match fault {
                Fault::Json(kind) => {
                    let actual = json_kind(value);
                    let message = format!("must be {kind}, and is {actual}");
                    Finding::error("structure", "type", message)
                        .expected(kind)
                        .actual(actual)
                }
                Fault::Form(form) => {
                    let message = format!(
                        "must be {form}, and is {}",
                        super::finding::shown(&value.to_string())
                    );
                    Finding::error("value", "format", message)
                        .expected(form)
                        .actual(value)
                }
            };
            self.report(finding);
            return !matches!(fault, Fault::Json(_));
        }
        if let Some(text) = value.as_str() {
            // What `meta.profile` claims is looked up anyway.
            let is_claim = node.path.ends_with("eta.profile");
            if primitive == Primitive::Canonical && !kind.target_profiles.is_empty() && !is_claim {
                self.canonical_target(text, kind);
            }
            if primitive == Primitive::Xhtml {
                self.narrative(text);
            }
            if let Some(most) = node.max_length {
                let length = text.chars().count();
                if length > most as usize {
                    let message =
                        format!("must be at most {most} characters long, and has {length}");
                    self.report(
                        Finding::error("value", "max-length", message)
                            .expected(most)
                            .actual(length),
                    );
                }
            }
        }
        true
    }

    fn narrative(&mut self, text: &'v str) {
        if self.sound.is_some_and(|sound| std::ptr::eq(sound, text)) {
            return;
        }
        match narrative::check(text) {
            Ok(()) => self.sound = Some(text),
            Err(error) => self.report(Finding::error("structure", "xhtml", error.to_string())),
        }
    }

    /// What stands beside a primitive value: an element with an id, extensions, or both.
    fn sibling(&mut self, sibling: &'v Value, program: &Program, index: NodeIndex) {
        let Value::Object(fields) = sibling else {
            let message = format!(
                "has {} beside it with _, where an object belongs",
                json_kind(sibling)
            );
            self.report(Finding::error("structure", "sibling", message));
            return;
        };
        if fields.is_empty() {
            self.report(Finding::error(
                "structure",
                "empty",
                "has an empty object beside it with _",
            ));
        } else if !program.node(index).children.is_empty() {
            // The profile says what may stand beside the value.
            self.object(fields, program, index, false);
        } else if let Some(element) = self.programs.of_type("Element") {
            self.object(fields, &element, 0, false);
        }
    }

    /// `minValue` and `maxValue`.
    pub(super) fn range(&mut self, value: Option<&'v Value>, node: &Node) {
        let Some(value) = value else { return };
        for (bound, wrong, words) in [
            (&node.min_value, Ordering::Less, "at least"),
            (&node.max_value, Ordering::Greater, "at most"),
        ] {
            let Some(bound) = bound else { continue };
            if compare(value, bound) == Some(wrong) {
                let rule = if wrong == Ordering::Less {
                    "min-value"
                } else {
                    "max-value"
                };
                let message = format!("must be {words} {bound}, and is {value}");
                let finding = Finding::error("value", rule, message);
                self.report(finding.expected(format!("{words} {bound}")).actual(value));
            }
        }
    }

    /// `Attachment.size` is the number of bytes of `data`.
    pub(super) fn attachment(&mut self, value: &'v Value) {
        let (Some(data), Some(size)) = (value["data"].as_str(), value["size"].as_u64()) else {
            return;
        };
        if let Some(length) = decoded_length(data).filter(|length| *length != size) {
            let message = format!("says {size} bytes, and the data are {length} bytes");
            self.report_at(
                "size",
                Finding::error("value", "attachment-size", message)
                    .expected(length)
                    .actual(size),
            );
        }
    }
}

/// The order of two values; none when they cannot be compared.
pub(super) fn compare(value: &Value, bound: &Value) -> Option<Ordering> {
    match (value, bound) {
        (Value::Number(value), Value::Number(bound)) => {
            value.as_f64()?.partial_cmp(&bound.as_f64()?)
        }
        (Value::String(text), Value::String(other)) => {
            match (Span::parse(text), Span::parse(other)) {
                (Ok(span), Ok(other)) if span.end <= other.start => Some(Ordering::Less),
                (Ok(span), Ok(other)) if span.start >= other.end => Some(Ordering::Greater),
                (Ok(_), Ok(_)) => None,
                _ => Some(text.cmp(other)),
            }
        }
        (Value::Object(_), Value::Object(_)) => Quantity::order(value, bound),
        _ => None,
    }
}

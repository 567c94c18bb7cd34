//! Repetitions: arrays where arrays belong, values and their `_` siblings side by side, slices in order.

use super::finding::Finding;
use super::slicing::Sorted;
use super::walk::{Step, Walk};
use crate::profile::Rules;
use crate::profile::program::{NodeIndex, Program};
use serde_json::Value;

/// Index of the type among those allowed, and the type in the JSON key of a choice.
pub(super) type Chosen<'v> = (usize, &'v str);

impl<'v> Walk<'v> {
    /// Walks a child: one value, or an array of them. Says how many there are.
    pub(super) fn child(
        &mut self,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        program: &Program,
        index: NodeIndex,
        chosen: Chosen<'v>,
    ) -> u32 {
        let node = program.node(index);
        if value.is_some_and(Value::is_null)
            || value.is_none() && sibling.is_some_and(Value::is_null)
        {
            self.report(Finding::error(
                "structure",
                "null",
                "is null; what is not there is left out",
            ));
            return 0;
        }
        let is_array = value.or(sibling).is_some_and(Value::is_array);
        if is_array != node.is_array {
            let (expected, actual) = if is_array {
                ("one value", "an array")
            } else {
                ("an array", "one value")
            };
            let finding = Finding::error(
                "structure",
                "array",
                format!("must be {expected}, and is {actual}"),
            );
            self.report(finding.expected(expected).actual(actual));
            if is_array {
                let length = value
                    .or(sibling)
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                return u32::try_from(length).unwrap_or(u32::MAX);
            }
        }
        let mut sorted = Sorted::default();
        if !is_array {
            self.repetition(value, sibling, program, index, chosen, &mut sorted);
            self.slices_present(program, node, &sorted.tallies, sorted.is_uncertain);
            return 1;
        }
        let values = value
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        let siblings = self.siblings(value, sibling);
        let length = values.len().max(siblings.len());
        if length == 0 {
            self.report(Finding::error(
                "structure",
                "empty",
                "is an empty array; what is not there is left out",
            ));
        }
        for position in 0..length {
            if self.is_settled() {
                break;
            }
            self.path.push(Step::Index(position));
            let value = values.get(position).filter(|value| !value.is_null());
            let sibling = siblings.get(position).filter(|sibling| !sibling.is_null());
            if value.is_none() && sibling.is_none() {
                self.report(Finding::error(
                    "structure",
                    "null",
                    "is null, with neither value nor extension",
                ));
            } else {
                self.repetition(value, sibling, program, index, chosen, &mut sorted);
            }
            self.path.pop();
        }
        self.slices_present(program, node, &sorted.tallies, sorted.is_uncertain);
        u32::try_from(length).unwrap_or(u32::MAX)
    }

    /// The array beside an array of primitives, which must be as long.
    fn siblings(&mut self, value: Option<&'v Value>, sibling: Option<&'v Value>) -> &'v [Value] {
        let Some(sibling) = sibling else { return &[] };
        let Value::Array(items) = sibling else {
            let message = "has an array of values, but what stands beside it with _ is no array";
            self.report(Finding::error("structure", "sibling", message));
            return &[];
        };
        let length = value.and_then(Value::as_array).map(Vec::len);
        if length.is_some_and(|length| length != items.len()) {
            let message =
                "has as many values as entries in the array beside it with _, with null for gaps";
            let finding = Finding::error("structure", "sibling", message);
            self.report(finding.expected(length.unwrap_or(0)).actual(items.len()));
        }
        items
    }

    /// One repetition: finds its slice, and walks it as that.
    fn repetition(
        &mut self,
        value: Option<&'v Value>,
        sibling: Option<&'v Value>,
        program: &Program,
        index: NodeIndex,
        (kind, suffix): Chosen<'v>,
        sorted: &mut Sorted,
    ) {
        let node = program.node(index);
        if node.slices.is_empty() {
            self.note_seen(program, &node.id);
            self.value(value, sibling, program, index, (kind, suffix));
            return;
        }
        let code = node.types.get(kind).map_or("", |kind| &*kind.code);
        let slice = self.slice_of(value, suffix, program, index, sorted);
        let chosen = slice.unwrap_or(index);
        self.note_seen(program, &program.node(chosen).id);
        let kind = if node.is_choice && chosen != index {
            let types = &program.node(chosen).types;
            types
                .iter()
                .position(|kind| *kind.code == *code)
                .unwrap_or(kind)
        } else {
            kind
        };
        self.value(value, sibling, program, chosen, (kind, suffix));
    }

    /// What stands beside the slices may stand there.
    pub(super) fn unsliced(&mut self, rules: Option<Rules>, name: &str, is_certain: bool) {
        if rules != Some(Rules::Closed) {
            return;
        }
        if is_certain {
            let message = format!("is none of the slices of {name}, and nothing else may be there");
            self.report(Finding::error("structure", "closed", message));
        }
    }
}

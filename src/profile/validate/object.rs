//! Objects: every key is known, and every element is there as often as it may be.

use super::finding::Finding;
use super::walk::Walk;
use crate::profile::program::{Key, Node, NodeIndex, Program};
use serde_json::{Map, Value};

impl<'v> Walk<'v> {
    /// Walks the fields of an object along the children of a node.
    pub(super) fn object(
        &mut self,
        fields: &'v Map<String, Value>,
        program: &Program,
        index: NodeIndex,
        is_resource: bool,
    ) {
        let node = program.node(index);
        let first = self.counts.len();
        self.counts.resize(first + node.children.len(), 0);
        let has_siblings = fields.keys().any(|key| key.starts_with('_'));
        let mut choices: Vec<(u32, &'v str)> = Vec::new();
        for (key, value) in fields {
            if self.is_settled() {
                break;
            }
            if is_resource && key == "resourceType" {
                continue;
            }
            let (name, occurrence) = match key.strip_prefix('_') {
                Some(name) if fields.contains_key(name) => continue,
                Some(name) => (name, (None, Some(value))),
                None if has_siblings => {
                    (key.as_str(), (Some(value), fields.get(&format!("_{key}"))))
                }
                None => (key.as_str(), (Some(value), None)),
            };
            let Some(found) = node.key(name) else {
                self.beside(key, name, occurrence, program, index);
                continue;
            };
            let child = program.node(node.children[found.child as usize]);
            if child.is_choice {
                match choices.iter().find(|(other, _)| *other == found.child) {
                    Some((_, other)) => self.report_at(
                        &name[..child.name.len()],
                        Finding::error(
                            "structure",
                            "choice",
                            format!(
                                "{other} and {name} are both there; a choice holds one of them"
                            ),
                        )
                        .actual(name),
                    ),
                    None => choices.push((found.child, name)),
                }
            }
            let count = self.repetitions(name, occurrence, program, (node, found));
            self.counts[first + found.child as usize] += count;
        }
        if !self.is_settled() {
            self.cardinalities(program, node, first);
        }
        self.counts.truncate(first);
    }

    /// Each child is there as often as it must and may be.
    fn cardinalities(&mut self, program: &Program, node: &Node, first: usize) {
        for (position, child) in node.children.iter().enumerate() {
            let count = self.counts[first + position];
            let child = program.node(*child);
            if count < child.min {
                self.report(
                    Finding::error(
                        "required",
                        "min",
                        format!(
                            "{} must be there at least {} and is there {}",
                            child.id,
                            times(child.min),
                            times(count)
                        ),
                    )
                    .expected(format!("at least {}", child.min))
                    .actual(count),
                );
            }
            if let Some(most) = child.max.filter(|most| count > *most) {
                self.report(
                    Finding::error(
                        "structure",
                        "max",
                        format!(
                            "{} may be there at most {} and is there {}",
                            child.id,
                            times(most),
                            times(count)
                        ),
                    )
                    .expected(format!("at most {most}"))
                    .actual(count),
                );
            }
            if count == 0 && !child.slices.is_empty() {
                self.slices_present(program, child, &[], false);
            }
        }
    }

    /// A key that is no child of the node: the type may know it when the profile unfolds only parts.
    fn beside(
        &mut self,
        key: &'v str,
        name: &'v str,
        occurrence: (Option<&'v Value>, Option<&'v Value>),
        program: &Program,
        index: NodeIndex,
    ) {
        let node = program.node(index);
        if let Some(position) = node.choice_named(program, name) {
            let child = program.node(node.children[position]);
            let allowed: Vec<&str> = child.types.iter().map(|kind| &*kind.code).collect();
            self.report_at(
                &name[..child.name.len()],
                Finding::error(
                    "structure",
                    "type",
                    format!("{name} is not of a type that {} may have", child.id),
                )
                .expected(allowed.join(" | "))
                .actual(name),
            );
            return;
        }
        let own = if index == 0 { None } else { node.types.first() };
        if let Some(own) = own.and_then(|kind| kind.definition(self.programs))
            && let Some(found) = own.root().key(name)
        {
            self.repetitions(name, occurrence, &own, (own.root(), found));
            return;
        }
        self.report_at(
            key,
            Finding::error(
                "structure",
                "unknown",
                format!("{key:?} is no element of {}", node.path),
            ),
        );
    }

    /// Walks all repetitions of one child; says how many there are.
    fn repetitions(
        &mut self,
        name: &'v str,
        (value, sibling): (Option<&'v Value>, Option<&'v Value>),
        program: &Program,
        (node, key): (&Node, &Key),
    ) -> u32 {
        let child_index = node.children[key.child as usize];
        let child = program.node(child_index);
        let (shown, suffix) = if child.is_choice {
            name.split_at(child.name.len())
        } else {
            (name, "")
        };
        self.path.push(super::walk::Step::Name(shown));
        let count = self.child(
            value,
            sibling,
            program,
            child_index,
            (key.kind as usize, suffix),
        );
        self.path.pop();
        count
    }
}

pub(super) fn times(count: u32) -> String {
    match count {
        0 => "not at all".to_owned(),
        1 => "once".to_owned(),
        count => format!("{count} times"),
    }
}

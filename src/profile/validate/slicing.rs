//! Slices: which one a repetition is, and whether all are there as often as they must and may be.

use super::finding::Finding;
use super::object::times;
use super::walk::Walk;
use crate::profile::Rules;
use crate::profile::program::{Found, Node, NodeIndex, Program, Test, Trail, is_of_type};
use serde_json::Value;

/// How the repetitions of one element were sorted into slices.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// How often each slice was found.
    pub(super) tallies: Vec<(NodeIndex, u32)>,
    /// Whether for some repetition nobody could tell.
    pub(super) is_uncertain: bool,
    last: usize,
    has_unsliced: bool,
}

/// Whether a test holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Match {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl<'v> Walk<'v> {
    /// The slice that a repetition is; re-slices are looked at within their slice.
    pub(super) fn slice_of(
        &mut self,
        value: Option<&'v Value>,
        suffix: &'v str,
        program: &Program,
        index: NodeIndex,
        sorted: &mut Sorted,
    ) -> Option<NodeIndex> {
        let node = program.node(index);
        let mut is_certain = true;
        let mut chosen = None;
        for (position, slice) in node.slices.iter().enumerate() {
            match self.is_slice(value, suffix, program, *slice) {
                Match::Yes => {
                    chosen = Some((position, *slice));
                    break;
                }
                Match::Unknown => is_certain = false,
                Match::No => {}
            }
        }
        let Some((position, slice)) = chosen else {
            if !is_certain {
                sorted.is_uncertain = true;
                self.undecided(
                    "slice",
                    format!("nobody can tell which slice of {} this is", node.id),
                );
            }
            sorted.has_unsliced = true;
            self.unsliced(node.slicing, &node.id, is_certain);
            return None;
        };
        match sorted.tallies.iter_mut().find(|(known, _)| *known == slice) {
            Some((_, count)) => *count += 1,
            None => sorted.tallies.push((slice, 1)),
        }
        let name = &program.node(slice).slice_name;
        if node.is_ordered && position < sorted.last {
            let message = format!("slice {name} stands after slices it must come before");
            self.report(Finding::error("structure", "order", message));
        }
        if node.slicing == Some(Rules::OpenAtEnd) && sorted.has_unsliced {
            let message =
                format!("slice {name} stands after what is in no slice, which must come last");
            self.report(Finding::error("structure", "order", message));
        }
        sorted.last = sorted.last.max(position);
        if program.node(slice).slices.is_empty() {
            return Some(slice);
        }
        let mut inner = Sorted {
            tallies: std::mem::take(&mut sorted.tallies),
            ..Sorted::default()
        };
        let deeper = self.slice_of(value, suffix, program, slice, &mut inner);
        sorted.tallies = inner.tallies;
        sorted.is_uncertain |= inner.is_uncertain;
        Some(deeper.unwrap_or(slice))
    }

    /// Each slice is there as often as it must and may be.
    pub(super) fn slices_present(
        &mut self,
        program: &Program,
        node: &Node,
        tallies: &[(NodeIndex, u32)],
        is_uncertain: bool,
    ) {
        for slice in &node.slices {
            let tally = tallies.iter().find(|(known, _)| known == slice);
            let count = tally.map_or(0, |(_, count)| *count);
            let slice = program.node(*slice);
            if count < slice.min && !is_uncertain {
                self.report(
                    Finding::error(
                        "required",
                        "slice-min",
                        format!(
                            "slice {} must be there at least {} and is there {}",
                            slice.id,
                            times(slice.min),
                            times(count)
                        ),
                    )
                    .expected(format!("at least {}", slice.min))
                    .actual(count),
                );
            }
            if let Some(most) = slice.max.filter(|most| count > *most) {
                self.report(
                    Finding::error(
                        "structure",
                        "slice-max",
                        format!(
                            "slice {} may be there at most {} and is there {}",
                            slice.id,
                            times(most),
                            times(count)
                        ),
                    )
                    .expected(format!("at most {most}"))
                    .actual(count),
                );
            }
            if count > 0 && !slice.slices.is_empty() {
                self.slices_present(program, slice, tallies, is_uncertain);
            }
        }
    }

    fn is_slice(
        &mut self,
        value: Option<&'v Value>,
        suffix: &'v str,
        program: &Program,
        slice: NodeIndex,
    ) -> Match {
        let mut result = Match::Yes;
        for test in &program.node(slice).tests {
            match self.holds(test, value, suffix) {
                Match::No => return Match::No,
                Match::Unknown => result = Match::Unknown,
                Match::Yes => {}
            }
        }
        result
    }

    fn holds(&mut self, test: &Test, value: Option<&'v Value>, suffix: &'v str) -> Match {
        let Some(value) = value else {
            // Only extensions: there is no value to tell by, but a choice says its type in its key.
            return match test {
                Test::Type { types, .. } if !suffix.is_empty() => {
                    let found = Found {
                        value: &Value::Null,
                        suffix,
                    };
                    types.iter().any(|kind| is_of_type(found, kind)).into()
                }
                _ => Match::No,
            };
        };
        match test {
            Test::Type { trail, types } => self.any_at(trail, value, suffix, |walk, found| {
                let is_target = trail.ends_in_reference();
                match is_target.then(|| walk.reference_type(found)).flatten() {
                    Some(target) => types.iter().any(|kind| kind == target).into(),
                    // Neither the target nor the text says the type.
                    None if is_target && !found.value["resourceType"].is_string() => Match::Unknown,
                    None => types.iter().any(|kind| is_of_type(found, kind)).into(),
                }
            }),
            Test::Value { trail, expected } => self.any_at(trail, value, suffix, |_, found| {
                expected.is_met(found.value).into()
            }),
            Test::Binding { trail, value_set } => {
                self.any_at(trail, value, suffix, |walk, found| {
                    walk.is_bound(found.value, value_set)
                })
            }
            Test::Profile { trail, profiles } => {
                self.any_at(trail, value, suffix, |walk, found| {
                    walk.meets_any(found.value, profiles)
                })
            }
            Test::Exists { trail, is_wanted } => {
                let findings = trail_findings(self, trail, value, suffix);
                (findings.0.is_empty() != *is_wanted).into()
            }
            Test::Unknown => Match::Unknown,
        }
    }

    /// Whether something at the end of a trail passes.
    fn any_at(
        &mut self,
        trail: &Trail,
        value: &'v Value,
        suffix: &'v str,
        passes: impl Fn(&mut Self, Found<'v>) -> Match,
    ) -> Match {
        let (found, has_unresolved) = trail_findings(self, trail, value, suffix);
        let mut result = if has_unresolved {
            Match::Unknown
        } else {
            Match::No
        };
        for found in found {
            match passes(self, found) {
                Match::Yes => return Match::Yes,
                Match::Unknown => result = Match::Unknown,
                Match::No => {}
            }
        }
        result
    }
}

/// What is at the end of a trail, and whether a reference on the way leads nowhere. A reference at the
/// very end that leads nowhere stands for itself: its text may name the type.
fn trail_findings<'v>(
    walk: &Walk<'v>,
    trail: &Trail,
    value: &'v Value,
    suffix: &'v str,
) -> (Vec<Found<'v>>, bool) {
    let resolve = |reference: &'v Value| walk.resolve(reference["reference"].as_str()?);
    let findings = trail.follow(value, suffix, &resolve);
    let mut found = findings.found;
    let ends_in_reference = trail.ends_in_reference();
    if ends_in_reference {
        found.extend(
            findings
                .unresolved
                .iter()
                .map(|value| Found { value, suffix: "" }),
        );
    }
    (found, !ends_in_reference && !findings.unresolved.is_empty())
}

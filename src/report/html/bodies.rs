//! Bodies of the packed evidence, once each, and where messages find them.

use crate::evidence::{Body, BodyRef, Run};
use serde::Serialize;
use std::collections::HashMap;

/// Bodies in the order they are first used, and whether a scenario that did not pass uses them.
#[derive(Default)]
pub(super) struct Bodies<'run> {
    list: Vec<(&'run Body, bool)>,
    places: HashMap<&'run str, usize>,
    /// Whether the scenario that uses them now did not pass.
    pub(super) matters: bool,
}

impl<'run> Bodies<'run> {
    /// Index of a body; absent when it was not stored.
    fn place(&mut self, run: &'run Run, hash: &str) -> Option<usize> {
        let (hash, body) = run.bodies.get_key_value(hash)?;
        let place = *self.places.entry(hash).or_insert_with(|| {
            self.list.push((body, false));
            self.list.len() - 1
        });
        self.list[place].1 |= self.matters;
        Some(place)
    }

    /// All of them, cut: those that matter to the first limit, the others to the second.
    pub(super) fn packed(self, limits: (usize, usize)) -> Vec<PackedBody<'run>> {
        let list = self.list.into_iter();
        list.map(|(body, matters)| PackedBody::new(body, if matters { limits.0 } else { limits.1 }))
            .collect()
    }
}

#[derive(Serialize)]
pub(super) struct PackedBody<'run> {
    /// The text; absent when it is not text.
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<&'run str>,
    /// Whether the page holds only its beginning.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl<'run> PackedBody<'run> {
    fn new(body: &'run Body, limit: usize) -> Self {
        let text = body.text.as_deref();
        Self {
            t: text.map(|text| beginning(text, limit)),
            cut: text.is_some_and(|text| text.len() > limit),
        }
    }
}

/// As much of the text as fits, in whole characters.
fn beginning(text: &str, limit: usize) -> &str {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[derive(Serialize)]
pub(super) struct BodyPlace {
    /// Index of the body; absent when it was not stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    i: Option<usize>,
    /// Bytes on the wire.
    z: u64,
    /// Whether less than that was stored.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    cut: bool,
}

impl BodyPlace {
    pub(super) fn new<'run>(
        run: &'run Run,
        body: Option<&BodyRef>,
        bodies: &mut Bodies<'run>,
    ) -> Option<Self> {
        body.map(|body| Self {
            i: bodies.place(run, &body.hash),
            z: body.size,
            cut: body.truncated,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_long_body_is_cut_between_characters() {
        assert_eq!(beginning("€€€", 7), "€€");
        assert_eq!(beginning("short", 7), "short");
        assert_eq!(beginning("€", 0), "");
    }
}

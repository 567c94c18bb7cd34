//! Which of several versions answers.

use crate::profile::source::{CORE, is_wanted};
use crate::profile::{Artifact, Canonical, Source, compare_versions};
use std::cmp::Ordering;
use std::sync::Arc;

/// A definition and who has it.
pub(super) struct Found {
    pub(super) source: Arc<dyn Source>,
    pub(super) version: String,
}

/// The newest of what these sources have for a canonical. Of equal ones the first source wins.
pub(super) fn newest(
    sources: &[Arc<dyn Source>],
    artifact: Artifact,
    wanted: Canonical<'_>,
) -> Option<Found> {
    let mut best: Option<(&Arc<dyn Source>, &str)> = None;
    for source in sources {
        for version in source.versions(artifact, wanted.url) {
            let is_better = best.is_none_or(|(holder, best)| {
                precedence((&**source, version), (&**holder, best)) == Ordering::Greater
            });
            if is_wanted(&**source, version, wanted.version) && is_better {
                best = Some((source, version));
            }
        }
    }
    best.map(|(source, version)| Found {
        source: Arc::clone(source),
        version: version.to_owned(),
    })
}

/// What FHIR itself defines gives way to newer packages for the same thing, whose versions count anew.
fn precedence(one: (&dyn Source, &str), other: (&dyn Source, &str)) -> Ordering {
    let is_specific = |source: &dyn Source| source.id() != CORE;
    is_specific(one.0)
        .cmp(&is_specific(other.0))
        .then_with(|| compare_versions(one.1, other.1))
        .then_with(|| compare_versions(one.0.version(), other.0.version()))
}

//! What the validator leaves in a run, with hostile text in it.

use super::golden_run::HOSTILE;
use std::collections::BTreeMap;
use vitruvian::evidence::{BrokenRule, Example, PackageNote, Run, Snippet, ValidationNote};

/// A rule broken in an exchange that is there, and in one that is not.
pub(crate) fn hostile_rule(scenario: &str) -> BrokenRule {
    let example = |exchange| Example {
        resource: HOSTILE.into(),
        location: HOSTILE.into(),
        message: HOSTILE.into(),
        scenario: scenario.into(),
        attempt: 1,
        exchange,
        snippet: Some(Snippet {
            first: 7,
            lines: vec!["{".into(), HOSTILE.into()],
            marked: 1,
        }),
    };
    BrokenRule {
        key: HOSTILE.into(),
        profile: Some(HOSTILE.into()),
        element: HOSTILE.into(),
        severity: "error".into(),
        count: 12,
        examples: vec![example(1), example(99)],
    }
}

/// Says that answers were validated, and with what.
pub(crate) fn poison_validation(run: &mut Run) {
    run.validated = vec![ValidationNote {
        ig: HOSTILE.into(),
        answers: 310,
        resources: 1_234,
        profiles: 12,
        undecided: BTreeMap::from([("code".into(), 40)]),
        ..ValidationNote::default()
    }];
    run.definitions = vec![PackageNote {
        id: HOSTILE.into(),
        version: HOSTILE.into(),
        sha256: "cd".repeat(32),
        origin: HOSTILE.into(),
        igs: vec![HOSTILE.into()],
    }];
}

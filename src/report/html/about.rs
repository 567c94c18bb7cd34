//! What ran, with which settings and excuses: what one needs to repeat the run or to doubt it.

use crate::evidence::{PackageNote, Run, Summary};
use crate::report::wording::visible;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct About {
    tool: String,
    igs: Vec<Ig>,
    settings: Vec<Setting>,
    excuses: Vec<ExcuseView>,
    /// What validating all answers came to, by IG version.
    validated: Vec<Setting>,
    definitions: Vec<Package>,
}

/// A package whose definitions were used.
#[derive(Serialize)]
struct Package {
    name: String,
    origin: String,
    hash: String,
    igs: String,
}

#[derive(Serialize)]
struct Ig {
    name: String,
    title: String,
    /// Enough of the hash to tell two apart; the JSON report has all of it.
    hash: String,
}

#[derive(Serialize)]
struct Setting {
    name: String,
    value: String,
}

#[derive(Serialize)]
struct ExcuseView {
    requirement: String,
    reason: String,
    expires: String,
    state: &'static str,
}

impl From<&PackageNote> for Package {
    fn from(note: &PackageNote) -> Self {
        Self {
            name: format!("{}@{}", visible(&note.id), visible(&note.version)),
            origin: visible(&note.origin),
            hash: visible(&note.sha256).chars().take(16).collect(),
            igs: visible(&note.igs.join(", ")),
        }
    }
}

impl About {
    pub(super) fn new(run: &Run, summary: &Summary) -> Self {
        let identity = &run.identity;
        let state = |excuse| match excuse {
            excuse if summary.expired.contains(excuse) => "Expired: it covers nothing any more",
            excuse if summary.unused.contains(excuse) => "Not needed: nothing broke",
            _ => "In use",
        };
        Self {
            tool: format!("{} {}", visible(&identity.tool), visible(&identity.version)),
            igs: identity
                .igs
                .iter()
                .map(|ig| Ig {
                    name: format!("{}@{}", visible(&ig.id), visible(&ig.version)),
                    title: visible(&ig.title),
                    hash: visible(&ig.hash).chars().take(16).collect(),
                })
                .collect(),
            settings: identity
                .settings
                .iter()
                .map(|(name, value)| Setting {
                    name: visible(name),
                    value: shortened(&visible(value)),
                })
                .collect(),
            excuses: identity
                .excuses
                .iter()
                .map(|excuse| ExcuseView {
                    requirement: visible(&excuse.requirement),
                    reason: visible(&excuse.reason),
                    expires: visible(&excuse.expires),
                    state: state(excuse),
                })
                .collect(),
            validated: run
                .validated
                .iter()
                .map(|note| Setting {
                    name: visible(&note.ig),
                    value: visible(&note.sentence()),
                })
                .collect(),
            definitions: run.definitions.iter().map(Package::from).collect(),
        }
    }
}

/// As much of a value as people read: certificates are there for programs.
fn shortened(value: &str) -> String {
    const LONGEST: usize = 200;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => {
            let all = value.chars().count();
            format!("{}… ({all} characters)", &value[..end])
        }
        None => value.to_owned(),
    }
}

//! Requirements that no fault can break, each with the reason.

use super::folder::Folder;
use super::problem::line_naming;

/// A requirement whose check no fault of a mock can prove, as `[unbreakable]` in `ig.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unbreakable {
    /// Id of the requirement.
    pub requirement: String,
    /// Why no fault can break it.
    pub reason: String,
    /// File and line that say so.
    pub(super) place: (String, usize),
}

impl Unbreakable {
    /// What a folder excuses, by id.
    pub(super) fn of(folder: &Folder) -> Vec<Self> {
        let text = &folder.manifest_text;
        let from = text.find("[unbreakable]").unwrap_or_default();
        let line = |id: &str| match text.get(from..).map_or(0, |rest| line_naming(rest, id)) {
            0 => 0,
            below => text[..from].matches('\n').count() + below,
        };
        folder
            .manifest
            .unbreakable
            .iter()
            .map(|(requirement, reason)| Self {
                requirement: requirement.clone(),
                reason: reason.clone(),
                place: (folder.manifest_file(), line(requirement)),
            })
            .collect()
    }
}

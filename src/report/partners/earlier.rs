//! What an earlier matrix said.

use super::{GonePartner, PartnerState};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What the JSON form of an earlier matrix said of each partner. Whatever else is in it does not matter, and what cannot
/// be read is not there.
#[derive(Clone, Debug, Default)]
pub struct EarlierMatrix {
    /// When these were tested, RFC 3339.
    pub started: Option<String>,
    partners: BTreeMap<String, (String, PartnerState)>,
}

#[derive(Deserialize)]
struct Document {
    started: String,
    partners: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    title: String,
    state: String,
}

impl EarlierMatrix {
    /// Reads the JSON form. None when it is something else.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let document: Document = serde_json::from_slice(bytes).ok()?;
        let entries = document.partners.into_iter();
        let partners = entries.filter_map(|entry| {
            let state = STATES.iter().find(|state| state.as_str() == entry.state)?;
            Some((entry.name, (entry.title, *state)))
        });
        Some(Self {
            started: Some(document.started),
            partners: partners.collect(),
        })
    }

    /// In which state a partner was.
    #[must_use]
    pub fn state(&self, name: &str) -> Option<PartnerState> {
        self.partners.get(name).map(|(_, state)| *state)
    }

    /// Those that are not among these names. `has_report` says whether a partner still has one.
    pub fn gone(&self, names: &[&str], has_report: impl Fn(&str) -> bool) -> Vec<GonePartner> {
        let gone = self.partners.iter();
        gone.filter(|(name, _)| !names.contains(&name.as_str()))
            .map(|(name, (title, _))| GonePartner {
                name: name.clone(),
                title: title.clone(),
                report: has_report(name).then(|| format!("{name}/report.html")),
            })
            .collect()
    }
}

const STATES: [PartnerState; 6] = [
    PartnerState::Tested,
    PartnerState::Unreachable,
    PartnerState::NoAccess,
    PartnerState::Misconfigured,
    PartnerState::Failed,
    PartnerState::NotTried,
];

//! What evidence keeps of a run for those who judge it again: verdicts hang on it, and it is no secret.

use crate::access::Way;
use crate::evidence::Identity;
use crate::signature::Certificate;
use crate::steps::Target;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::{BTreeMap, HashMap};

const SIGNERS: &str = "authorities of signers";
const ANCHORS: &str = "authorities of UDAP";
/// Followed by the system.
const SHOWN_TO: &str = "certificate shown to ";

/// What evidence keeps of a run for those who judge it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Authorities whose certificates count for those who sign.
    pub signers: Vec<Certificate>,
    /// Authorities whose certificates count for servers that tell of UDAP.
    pub anchors: Vec<Certificate>,
    /// By system the thumbprint of the certificate that the run has shown: base64url of SHA-256.
    pub thumbprints: BTreeMap<String, String>,
}

impl Kept {
    /// What the evidence of a run holds of it.
    #[must_use]
    pub fn in_evidence(identity: &Identity) -> Self {
        let settings = &identity.settings;
        let listed = |name: &str| settings.get(name).map_or_else(Vec::new, |text| read(text));
        let thumbprints = settings.iter().filter_map(|(name, value)| {
            let system = name.strip_prefix(SHOWN_TO)?;
            Some((system.to_owned(), value.clone()))
        });
        Self {
            signers: listed(SIGNERS),
            anchors: listed(ANCHORS),
            thumbprints: thumbprints.collect(),
        }
    }

    /// What there is to keep of a run against these systems.
    pub(super) fn of(targets: &HashMap<String, Target>) -> Self {
        let anchors = targets.values().filter_map(|target| {
            let access = target.access.as_ref()?;
            let udap = access.udap.as_ref().unwrap_or(access);
            match udap.way() {
                Way::Udap(udap) => Some(udap.anchors.clone()),
                _ => None,
            }
        });
        let thumbprints = targets
            .iter()
            .filter_map(|(system, target)| Some((system.clone(), target.thumbprint.clone()?)));
        Self {
            signers: united(targets.values().map(|target| target.signers.to_vec())),
            anchors: united(anchors),
            thumbprints: thumbprints.collect(),
        }
    }

    /// The same as settings of the run.
    pub(super) fn settings(&self) -> BTreeMap<String, String> {
        let lists = [(SIGNERS, &self.signers), (ANCHORS, &self.anchors)];
        let lists = lists
            .into_iter()
            .filter(|(_, list)| !list.is_empty())
            .map(|(name, list)| (name.to_owned(), text(list)));
        let shown = self.thumbprints.iter();
        let shown = shown.map(|(system, value)| (format!("{SHOWN_TO}{system}"), value.clone()));
        lists.chain(shown).collect()
    }
}

/// Each certificate once, always in the same order.
fn united(lists: impl Iterator<Item = Vec<Certificate>>) -> Vec<Certificate> {
    let sorted: BTreeMap<Vec<u8>, Certificate> = lists
        .flatten()
        .map(|one| (one.der().to_vec(), one))
        .collect();
    sorted.into_values().collect()
}

/// Certificates as text: base64 of each, with blanks between them.
fn text(certificates: &[Certificate]) -> String {
    let texts = certificates.iter().map(|one| STANDARD.encode(one.der()));
    texts.collect::<Vec<String>>().join(" ")
}

fn read(text: &str) -> Vec<Certificate> {
    let found = text.split(' ').filter_map(|one| STANDARD.decode(one).ok());
    found
        .filter_map(|der| Certificate::from_der(&der).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Kept;
    use crate::evidence::Identity;
    use crate::signature::Authority;
    use std::collections::BTreeMap;

    #[test]
    fn what_the_evidence_keeps_can_be_read_again() {
        let [one, another, third] = ["One", "Another", "Third"].map(|name| {
            let authority = Authority::root(name).unwrap();
            authority.certificate().clone()
        });
        let kept = Kept {
            signers: vec![one, another],
            anchors: vec![third],
            thumbprints: BTreeMap::from([("pdex@2.1.0".to_owned(), "abc".to_owned())]),
        };
        let identity: Identity = serde_json::from_value(serde_json::json!({
            "tool": "", "version": "", "started": "", "target": "", "igs": [], "suites": [],
            "settings": kept.settings(), "strict": false,
        }))
        .unwrap();
        assert_eq!(Kept::in_evidence(&identity), kept);
    }
}

//! What a person has answered where no message on the wire could show it.

use serde::{Deserialize, Serialize};

/// The answer of a person to the question of one requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation {
    /// IG and version, for example `pdex@2.1.0`.
    pub ig: String,
    /// Id of the requirement.
    pub requirement: String,
    /// Whether it holds.
    pub holds: bool,
    /// Who says so.
    pub name: String,
    /// Day of the answer, `YYYY-MM-DD`.
    pub date: String,
    /// What the answer rests on; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// A document that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachment: Option<Attachment>,
}

/// A document that goes with an answer, kept beside the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Name of the file below `attachments/`, without folders.
    pub name: String,
    /// SHA-256 of its bytes, hex.
    pub sha256: String,
}

impl Attestation {
    /// One sentence for people: who said what, when, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        let what = if self.holds { "holds" } else { "does not hold" };
        let mut text = format!("{} attests on {}: it {what}", self.name, self.date);
        if !self.note.is_empty() {
            text.push_str("; ");
            text.push_str(&self.note);
        }
        if let Some(attachment) = &self.attachment {
            text.push_str("; see ");
            text.push_str(&attachment.name);
        }
        text
    }
}

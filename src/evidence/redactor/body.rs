//! JSON bodies: the edits that take secrets and personal data out of the original text.

use super::json::{Document, Kind, unescape};
use super::personal::{self, Treatment};
use super::{NARRATIVE, Redactor, WITHHELD, prose, query};
use std::borrow::Cow;

type Span = (u32, u32);

/// The text with every edit made and the rest as it was.
pub(super) fn redact(redactor: &Redactor, text: &str) -> String {
    let Some(document) = Document::read(text) else {
        return WITHHELD.to_owned();
    };
    let body = Body {
        redactor,
        // Escapes may hide what would be found in plain sight.
        may_hold_credentials: text.contains("\\u") || prose::holds_credentials(redactor, text),
        document,
    };
    let redacted = splice(text, &body.edits());
    if body.document.is_broken {
        // What is no JSON may be prose, in which known strings are not single values.
        return prose::redact(redactor, &redacted);
    }
    redacted
}

struct Body<'a, 'text> {
    redactor: &'a Redactor,
    document: Document<'text>,
    may_hold_credentials: bool,
}

impl Body<'_, '_> {
    fn edits(&self) -> Vec<(Span, String)> {
        let treatments = personal::treat(&self.document, self.redactor.redact_phi);
        let values = || (0_u32..).zip(&treatments);
        let mut edits: Vec<(Span, String)> = Vec::new();
        // First what stands where personal data stands: it is then known in all the rest.
        edits.extend(values().filter_map(|(index, treatment)| self.placed(index, *treatment)));
        edits.extend(values().filter_map(|(index, treatment)| self.known(index, *treatment)));
        edits.extend(self.document.keys.iter().filter_map(|key| self.key(*key)));
        edits.sort_unstable_by_key(|(span, _)| *span);
        edits
    }

    /// The edit for a value that is personal or secret because of where it stands.
    fn placed(&self, index: u32, treatment: Treatment) -> Option<(Span, String)> {
        if matches!(
            treatment,
            Treatment::Coded | Treatment::Scan | Treatment::Url | Treatment::Signed
        ) {
            return None;
        }
        let node = &self.document.nodes[index as usize];
        let value = self.document.value(index);
        let says_nothing = node.kind == Kind::Bare && matches!(&*value, "null" | "true" | "false");
        if value.is_empty() || says_nothing {
            return None;
        }
        let replacement = match treatment {
            Treatment::Credential => self.redactor.credential(&value),
            // Half a value at the end of a cut body may be a word of every other text.
            Treatment::Personal(label) if self.document.is_cut_in(index) => {
                self.redactor.label(label, &value)
            }
            Treatment::Personal(label) => self.redactor.personal(label, &value),
            Treatment::General(label) => self.redactor.label(label, &value),
            Treatment::Id => self.redactor.person_id(&value),
            Treatment::Narrative => NARRATIVE.to_owned(),
            Treatment::Coded | Treatment::Scan | Treatment::Url | Treatment::Signed => {
                return None;
            }
        };
        Some(self.edit(index, &replacement))
    }

    /// The edit for a value in which something known is found.
    fn known(&self, index: u32, treatment: Treatment) -> Option<(Span, String)> {
        let node = &self.document.nodes[index as usize];
        if matches!(node.kind, Kind::Object | Kind::Array) {
            return None;
        }
        let value = self.document.value(index);
        let redacted = match treatment {
            Treatment::Coded if !self.may_hold_credentials => return None,
            Treatment::Coded => prose::without_credentials(self.redactor, &value),
            Treatment::Signed => prose::without_configured(self.redactor, &value),
            Treatment::Url if value.contains('?') => Cow::Owned(query::url(self.redactor, &value)),
            Treatment::Url | Treatment::Scan
                if self.may_hold_credentials || value.contains('=') =>
            {
                Cow::Owned(prose::redact(self.redactor, &value))
            }
            Treatment::Url | Treatment::Scan => prose::without_people(self.redactor, &value),
            _ => return None,
        };
        (redacted != value).then(|| self.edit(index, &redacted))
    }

    /// Member names are the specification's, unless they look otherwise.
    fn key(&self, span: Span) -> Option<(Span, String)> {
        let raw = self.document.raw(span);
        let is_usual = raw.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
        if is_usual && !raw.contains('\\') && !self.may_hold_credentials {
            return None;
        }
        let name = unescape(raw);
        let redacted = prose::redact(self.redactor, &name);
        (redacted != name).then(|| (span, quoted(&redacted)))
    }

    fn edit(&self, index: u32, replacement: &str) -> (Span, String) {
        let node = &self.document.nodes[index as usize];
        let mut text = quoted(replacement);
        if node.kind == Kind::Bare {
            text = format!("\"{text}\"");
        }
        (node.span, text)
    }
}

/// A string as it stands between the quotes of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = serde_json::Value::from(text).to_string();
    quoted.pop();
    quoted.remove(0);
    quoted
}

/// The text with each span replaced; spans come in order and do not overlap.
fn splice(text: &str, edits: &[(Span, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for ((start, end), replacement) in edits {
        out.push_str(text.get(copied..*start as usize).unwrap_or_default());
        out.push_str(replacement);
        copied = *end as usize;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

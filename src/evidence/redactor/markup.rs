//! FHIR XML, for servers that answer XML where JSON was asked for.

use super::Redactor;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// `<family value="…"/>` and its like. `value` is the value of identifiers and contact points, and
/// of quantities, which nobody needs in an answer of the wrong format.
static PERSONAL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?s)<(family|given|prefix|suffix|text|display|birthDate|deceasedDateTime|line|city|district|state|postalCode|subscriberId|dependent|value|id)(\s+value\s*=\s*)(?:"([^"]*)"|'([^']*)')"#,
    )
    .ok()
});
static NARRATIVE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?s)<div\b[^>]*>.*?</div>").ok());

/// The text with personal values of FHIR elements replaced, whatever resource they are in.
pub(super) fn redact(redactor: &Redactor, text: &str) -> String {
    let (Some(personal), Some(narrative)) = (&*PERSONAL, &*NARRATIVE) else {
        return super::WITHHELD.to_owned();
    };
    let text = narrative.replace_all(text, super::NARRATIVE);
    personal
        .replace_all(&text, |found: &Captures<'_>| {
            let value = found.get(3).or_else(|| found.get(4));
            let value = unescape(value.map_or("", |value| value.as_str()));
            let replacement = match &found[1] {
                "id" => redactor.person_id(&value),
                "prefix" => redactor.label("prefix", &value),
                "suffix" => redactor.label("suffix", &value),
                "state" => redactor.label("state", &value),
                name => redactor.personal(name, &value),
            };
            format!("<{}{}\"{replacement}\"", &found[1], &found[2])
        })
        .into_owned()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

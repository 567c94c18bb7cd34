//! PEM files (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The bytes of every part with this label, in order; parts that are no base64 are left out.
pub(super) fn all(text: &str, label: &str) -> Vec<Vec<u8>> {
    let (begin, end) = (
        format!("-----BEGIN {label}-----"),
        format!("-----END {label}-----"),
    );
    text.split(&begin)
        .skip(1)
        .filter_map(|rest| rest.split_once(&end))
        .filter_map(|(inside, _)| {
            let inside: String = inside.split_whitespace().collect();
            STANDARD.decode(inside).ok()
        })
        .collect()
}

/// The bytes of the first part with this label.
pub(super) fn first(text: &str, label: &str) -> Option<Vec<u8>> {
    all(text, label).into_iter().next()
}

/// A part with this label.
pub(super) fn armoured(label: &str, der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    for line in encoded.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

//! Bytes from a stranger as a signed document, as the header of its JWS, and as a certificate.

#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use std::time::{Duration, Instant};
use time::macros::datetime;
use vitruvian::signature::{Certificate, Edition, Limits, Style, Trust, read, verify};

/// Longest look at a document that is no finding.
const LONGEST: Duration = Duration::from_secs(10);

fuzz_target!(|bytes: &[u8]| {
    let started = Instant::now();
    let trust = Trust {
        anchors: Certificate::from_der(bytes).into_iter().collect(),
        at: datetime!(2026-01-01 00:00 UTC),
    };
    let header = URL_SAFE_NO_PAD.encode(bytes);
    let data = STANDARD.encode(format!("{header}..AAAA"));
    let wrapped = format!(
        r#"{{"resourceType":"Bundle","type":"searchset","signature":{{"when":"2026-01-01T00:00:00Z","data":"{data}"}}}}"#
    );
    let alone = STANDARD.encode(bytes);
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","x5c":["{alone}"]}}"#));
    let data = STANDARD.encode(format!("{header}..AAAA"));
    let certified = format!(
        r#"{{"resourceType":"Bundle","type":"document","signature":{{"data":"{data}"}}}}"#
    );
    for edition in Edition::ALL {
        for document in [bytes, wrapped.as_bytes(), certified.as_bytes()] {
            drop(verify(document, edition, &trust));
        }
    }
    // What was read is read again as the same, however it is written.
    if let Ok(json) = read(bytes, Limits::default()) {
        let written = json.bytes(Style::READABLE).expect("as written");
        assert_eq!(read(&written, Limits::default()).as_ref(), Ok(&json));
        if let Ok(canonical) = json.canonical() {
            let again = read(&canonical, Limits::default()).expect("canonical JSON");
            assert_eq!(again.canonical().expect("canonical again"), canonical);
        }
    }
    assert!(started.elapsed() < LONGEST, "took {:?}", started.elapsed());
});

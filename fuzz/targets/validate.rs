//! Bytes from a stranger, as one resource and as ndjson: read, validated, and every issue found in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use vitruvian::data::Data;
use vitruvian::profile::{Document, Library, Limits, Validator};

const IGS: [&str; 2] = ["pdex@2.1.0", "cdex@2.1.0"];

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let library = Library::for_igs(&Data::Embedded, &IGS, None).expect("embedded tables are sound");
    Validator::new(Arc::new(library))
});

fuzz_target!(|bytes: &[u8]| {
    validate(bytes);
    if bytes.contains(&b'\n') {
        bytes.split(|byte| *byte == b'\n').for_each(validate);
    }
});

fn validate(bytes: &[u8]) {
    let Ok(document) = Document::read(bytes, Limits::default()) else {
        return;
    };
    let report = VALIDATOR.validate(&document.value, &[]);
    let issues = || document.issues.iter().chain(&report.issues);
    let places = issues().map(|issue| issue.expression.as_str());
    let positions = document.positions(places);
    assert_eq!(positions.len(), issues().count());
    for position in positions {
        assert!(position.line >= 1 && position.column >= 1);
        assert!(document.excerpt(position, 160).chars().count() <= 160);
    }
    // The same bytes lead to the same report, whatever was validated before.
    assert_eq!(report.issues, VALIDATOR.validate(&document.value, &[]).issues);
}

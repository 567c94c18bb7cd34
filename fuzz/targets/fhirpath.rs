//! Text from a stranger as a FHIRPath expression: read, and evaluated over a small resource.

#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use vitruvian::profile::fhirpath::{Expression, Focus, Nowhere};

/// Longest evaluation that is no finding: steps are bounded, and none of them is this slow.
const LONGEST: Duration = Duration::from_secs(5);

static RESOURCE: LazyLock<Value> = LazyLock::new(|| {
    json!({
        "resourceType": "Observation", "id": "example", "status": "final",
        "meta": {"profile": ["http://example.org/profile"], "lastUpdated": "2024-02-29T12:30:00.5-05:00"},
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>"},
        "contained": [{"resourceType": "Patient", "id": "p", "birthDate": "1990-02-28", "active": true}],
        "extension": [{"url": "http://example.org/e", "valueDecimal": 1.50}, {"url": "http://example.org/f"}],
        "category": [{"coding": [{"system": "http://example.org/s", "code": "vital-signs"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}], "text": "Äöü 漢字 \u{1F600}"},
        "subject": {"reference": "#p"}, "effectiveDateTime": "2024-02-29",
        "valueQuantity": {"value": 120, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
        "_status": {"extension": [{"url": "http://example.org/g", "valueTime": "12:30:00"}]},
        "component": [{"valueInteger": -1}, {"valueString": "(a+)+$"}, {"valueBoolean": false}],
    })
});

fuzz_target!(|text: &str| {
    let started = Instant::now();
    if let Ok(expression) = Expression::parse(text) {
        let focus = Focus::resource(&RESOURCE);
        drop(expression.evaluate(&focus, &Nowhere));
        drop(expression.holds(&focus, &Nowhere));
    }
    assert!(started.elapsed() < LONGEST, "took {:?}", started.elapsed());
});

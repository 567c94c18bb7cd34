//! How fast: parse and validate, warm, one thread. Run by hand: `cargo test --release -- --ignored speed`.

use super::packages::{Chain, shared};
use std::sync::Arc;
use std::time::Instant;
use vitruvian::profile::{Document, Limits, Validator};

#[test]
#[ignore = "a measurement, to be run by hand in release"]
#[expect(clippy::print_stdout, reason = "it has nothing but this to say")]
fn speed_of_reading_and_validating() {
    let Some(shared) = shared() else { return };
    for guide in [
        "hl7.fhir.us.core-3.1.1",
        "hl7.fhir.us.core-6.1.0",
        "hl7.fhir.us.davinci-pdex-2.0.0",
    ] {
        let mut packages = vec![guide];
        if guide.contains("pdex") {
            packages.extend(["hl7.fhir.us.davinci-hrex-1.0.0", "hl7.fhir.us.core-3.1.1"]);
        }
        let files: Vec<Vec<u8>> = std::fs::read_dir(shared.join("data/ig-examples").join(guide))
            .unwrap()
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect();
        let bytes: usize = files.iter().map(Vec::len).sum();
        let validator = Validator::new(Arc::new(Chain::new(&packages)));
        let round = || {
            let started = Instant::now();
            let errors: usize = files
                .iter()
                .map(|file| {
                    let document = Document::read(file, Limits::default()).unwrap();
                    validator.validate(&document.value, &[]).errors().count()
                })
                .sum();
            (started.elapsed(), errors)
        };
        let (cold, _) = round();
        let best = (0..20).map(|_| round().0).min().unwrap();
        let parsed = Instant::now();
        for file in &files {
            Document::read(file, Limits::default()).unwrap();
        }
        let parsed = parsed.elapsed();
        println!(
            "{guide}: {} resources of {} bytes, first {cold:?}, then {best:?} ({:.0}/s), reading alone {parsed:?}",
            files.len(),
            bytes / files.len(),
            files.len() as f64 / best.as_secs_f64(),
        );
    }
}

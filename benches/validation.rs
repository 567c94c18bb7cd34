//! How fast resources are validated: `cargo bench --bench validation [-- FOLDER [IG]]`.
//!
//! Parses and validates the `.json` files of a folder, or the mock payer's own records, on one core: the
//! cold start to the first verdict, then resources per second once everything is warm. It prints figures
//! and asserts nothing about time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vitruvian::data::Data;
use vitruvian::mock::{Payer, Request, StandIn as _};
use vitruvian::profile::{Document, Library, Limits, Validator};

type Problem = Box<dyn std::error::Error>;

/// As in the binary: half of the work on a resource may be the allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the warm measurement takes at least.
const WARM: Duration = Duration::from_secs(3);

fn main() -> Result<(), Problem> {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let given: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let ig = given.get(1).map_or("pdex@2.1.0", String::as_str);
    let resources = match given.first() {
        Some(folder) => files(Path::new(folder))?,
        None => records()?,
    };
    let bytes: usize = resources.iter().map(Vec::len).sum();
    println!("{} resources, {} kB, {ig}", resources.len(), bytes / 1024);
    let started = Instant::now();
    let library = Library::for_igs(&Data::Embedded, &[ig], None)?;
    let validator = Validator::new(Arc::new(library));
    let first = resources.first().ok_or("there is nothing to validate")?;
    validate(&validator, first)?;
    println!(
        "cold start to the first verdict  {:>9.1} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    let started = Instant::now();
    let errors: usize = resources
        .iter()
        .map(|bytes| validate(&validator, bytes))
        .sum::<Result<usize, _>>()?;
    println!(
        "first pass                       {:>9.1} ms, {errors} errors",
        started.elapsed().as_secs_f64() * 1e3
    );
    let (started, mut passes) = (Instant::now(), 0);
    while started.elapsed() < WARM {
        for bytes in &resources {
            validate(&validator, bytes)?;
        }
        passes += 1;
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "warm, one core                   {:>9.0} resources/s",
        (passes * resources.len()) as f64 / seconds
    );
    println!(
        "                                 {:>9.1} MB/s",
        (passes * bytes) as f64 / seconds / 1e6
    );
    println!(
        "peak memory                      {:>9} MB",
        peak_memory().unwrap_or_default() / 1024
    );
    Ok(())
}

/// Parses and validates one resource; returns how many errors it has.
fn validate(validator: &Validator, bytes: &[u8]) -> Result<usize, Problem> {
    let document = Document::read(bytes, Limits::default())?;
    Ok(validator.validate(&document.value, &[]).errors().count())
}

fn files(folder: &Path) -> Result<Vec<Vec<u8>>, Problem> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(std::fs::read(path)?);
        }
    }
    Ok(found)
}

/// The mock payer's records, one by one.
fn records() -> Result<Vec<Vec<u8>>, Problem> {
    let mut payer = Payer::load(
        &Data::Embedded,
        "2.1.0",
        time::OffsetDateTime::now_utc().date(),
    )?;
    let mut found = Vec::new();
    for kind in [
        "Patient",
        "Coverage",
        "Condition",
        "Observation",
        "Encounter",
        "ExplanationOfBenefit",
        "Provenance",
    ] {
        let response = payer.respond(&Request {
            method: http::Method::GET,
            path: format!("/{kind}"),
            query: Some("_count=200".into()),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            base: "http://127.0.0.1/fhir".into(),
            client_certificate: None,
        });
        let bundle: serde_json::Value = serde_json::from_slice(&response.body)?;
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        found.extend(
            entries
                .iter()
                .map(|entry| entry["resource"].to_string().into_bytes()),
        );
    }
    Ok(found)
}

/// Peak resident memory of this process in kB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

//! What reports cost: `cargo bench --bench reports`.
//!
//! Everything is run against the built-in stand-ins once, and its log is rendered in every format: milliseconds and
//! bytes of each, and of all together. `VITRUVIAN_BENCH_RUN` names the folder of another run to render instead.
//!
//! It prints figures and asserts nothing about time. How long a browser takes to open such a page is told by the test
//! `reports::browser`.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use vitruvian::data::Data;
use vitruvian::evidence::log;
use vitruvian::report::{Format, render};

type Problem = Box<dyn std::error::Error>;

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each format is rendered so many times; the quickest counts.
const ROUNDS: usize = 5;

fn main() -> Result<(), Problem> {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let named = std::env::var_os("VITRUVIAN_BENCH_RUN").map(PathBuf::from);
    let is_named = named.is_some();
    let out = named.unwrap_or_else(|| folder.path().join("run"));
    if !is_named {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitruvian"));
        let started = Instant::now();
        command.arg("run").arg("--out").arg(&out);
        // The built-in stand-ins leave questions for a person: incomplete is what it must be.
        let status = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        println!(
            "run of everything  {:>8.0} ms, exit {status}",
            ms(started.elapsed())
        );
    }
    let started = Instant::now();
    let run = log::read(&out)?;
    println!("log read           {:>8.0} ms", ms(started.elapsed()));
    println!(
        "{} requirements, {} scenarios, {} bodies",
        run.requirements.len(),
        run.plan.len(),
        run.bodies.len()
    );
    let mut all = Duration::ZERO;
    for format in Format::ALL {
        let mut best = Duration::MAX;
        let mut bytes = 0;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            bytes = render(&run, format, &Data::Embedded)?.len();
            best = best.min(started.elapsed());
        }
        all += best;
        println!(
            "{:<18} {:>8.0} ms {bytes:>12} bytes",
            format.as_str(),
            ms(best)
        );
    }
    println!("all formats        {:>8.0} ms", ms(all));
    Ok(())
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

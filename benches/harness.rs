//! What the harness costs: `cargo bench`.
//!
//! - one exchange through the harness (client, redaction, evidence log, step wrapper) against the same
//!   exchange through bare `reqwest`, on the same server, in the same process, alternating;
//! - 2,000 generated scenarios: time, peak memory, size of the log and of the HTML report.
//!
//! It prints figures and ratios and asserts nothing about time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use vitruvian::catalog::{Catalog, Plan, Selection};
use vitruvian::data::Data;
use vitruvian::evidence::{Recorder, Redactor, Verdict, log};
use vitruvian::report::{self, Format};
use vitruvian::session::{BuiltIn, Session, Settings, StandIns};

type Problem = Box<dyn std::error::Error>;

/// As in the binary: half of the work on a resource may be the allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Generated scenarios, and exchanges per round of the comparison.
const SCENARIOS: usize = 2000;
const ROUNDS: usize = 5;

fn main() -> Result<(), Problem> {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    let data = generated(folder.path(), SCENARIOS)?;
    let catalog = Catalog::load(&data)?;
    let plan = catalog.select(&Selection {
        suites: vec!["generated".into()],
        ..Selection::default()
    })?;
    runtime.block_on(async {
        let stand_ins = StandIns::load(&data, &catalog, &plan, Duration::from_secs(30))?;
        let built_in = stand_ins.start(None).await?;
        let address = built_in.addresses().next().ok_or("no payer")?;
        let (mut bare, mut whole) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(per_exchange(bare_exchanges(&address).await?));
            whole.push(per_exchange(harness(&plan, &built_in, folder.path()).await?));
        }
        let (bare, whole) = (median(bare), median(whole));
        println!("bare reqwest       {bare:>8.1} µs per exchange (median of {ROUNDS} rounds of {SCENARIOS})");
        println!("harness            {whole:>8.1} µs per exchange, ratio {:.2}", whole / bare);
        println!("cost of harness    {:>8.1} µs per exchange", whole - bare);
        Ok::<(), Problem>(())
    })?;
    let started = Instant::now();
    let run = log::read(folder.path())?;
    println!(
        "reading the log    {:>8.1} ms, {} kB",
        milliseconds(started),
        size(&folder.path().join(log::FILE_NAME))? / 1024
    );
    assert_eq!(run.scenarios.len(), SCENARIOS);
    assert!(
        run.scenarios
            .iter()
            .all(|scenario| scenario.verdict == Verdict::Pass),
        "the scenarios must pass"
    );
    for format in Format::ALL {
        let started = Instant::now();
        let bytes = report::render(&run, format, &Data::Embedded)?;
        println!(
            "{format:<6} report      {:>8.1} ms, {} kB",
            milliseconds(started),
            bytes.len() / 1024
        );
    }
    println!(
        "peak memory        {:>8} MB",
        peak_memory().unwrap_or_default() / 1024
    );
    Ok(())
}

/// One round of `SCENARIOS` GETs with nothing but `reqwest`, one after the other.
async fn bare_exchanges(address: &str) -> Result<Duration, Problem> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()?;
    let url = format!("{address}/Patient/there-is-no-such-record");
    let started = Instant::now();
    for _ in 0..SCENARIOS {
        client
            .get(&url)
            .header("accept", "application/fhir+json")
            .send()
            .await?
            .bytes()
            .await?;
    }
    Ok(started.elapsed())
}

/// One round of as many scenarios with one exchange each, one after the other.
async fn harness(plan: &Plan, built_in: &BuiltIn, out: &Path) -> Result<Duration, Problem> {
    let sink = log::FileSink::create(&out.join(log::FILE_NAME))?;
    let recorder = Recorder::new(Box::new(sink), Redactor::new([7; 32], true), 1 << 18);
    let settings = Settings {
        target_name: built_in.name().into(),
        jobs: 1,
        step_timeout: Duration::from_secs(30),
        capabilities: BTreeSet::new(),
        shown: BTreeMap::new(),
        ..Settings::default()
    };
    let targets: HashMap<_, _> = built_in.targets.clone();
    let session = Session::new(
        plan.clone(),
        settings,
        targets,
        built_in.requester.clone(),
        recorder,
    );
    let started = Instant::now();
    session.run().await;
    Ok(started.elapsed())
}

/// Data folders with one feature per 20 generated scenarios; everything else is the real thing.
fn generated(root: &Path, scenarios: usize) -> Result<Data, Problem> {
    for path in Data::Embedded.list("")? {
        if path.starts_with("features/") || path.ends_with("suites.toml") {
            continue;
        }
        let file = root.join(&path);
        std::fs::create_dir_all(file.parent().ok_or("a file without a folder")?)?;
        std::fs::write(file, Data::Embedded.bytes(&path)?)?;
    }
    std::fs::create_dir_all(root.join("features/pdex"))?;
    let mut names = Vec::new();
    for (number, start) in (0..scenarios).step_by(20).enumerate() {
        let mut text = format!("@role:payer-server\nFeature: Generated {number}\n");
        for scenario in start..(start + 20).min(scenarios) {
            write!(
                text,
                "\n  @req:PDEX-ERR-004\n  Scenario: Generated scenario {}\n    When an app asks for a record that does not exist\n    Then the payer says there is no such record\n",
                letters(scenario)
            )?;
        }
        std::fs::write(
            root.join(format!("features/pdex/generated_{number}.feature")),
            text,
        )?;
        names.push(format!("\"pdex/generated_{number}\""));
    }
    let suite = format!(
        "[[suite]]\nid = \"generated\"\ntitle = \"Generated\"\nabout = \"Generated scenarios.\"\nrole = \"payer-server\"\nrequirements = [\"PDEX-ERR\"]\nfeatures = [{}]\n",
        names.join(", ")
    );
    std::fs::write(root.join("scenarios/pdex/2.0.0/suites.toml"), suite)?;
    Ok(Data::Folder(root.to_owned()))
}

/// A number in letters: scenario names hold no status codes, nor anything that looks like one.
fn letters(mut number: usize) -> String {
    let mut word = String::new();
    loop {
        word.push(char::from(b'a' + u8::try_from(number % 26).unwrap_or(0)));
        number /= 26;
        if number == 0 {
            return word;
        }
    }
}

fn per_exchange(round: Duration) -> f64 {
    round.as_secs_f64() * 1e6 / SCENARIOS as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

fn size(path: &Path) -> Result<u64, Problem> {
    Ok(std::fs::metadata(path)?.len())
}

/// Peak resident memory of this process in kB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

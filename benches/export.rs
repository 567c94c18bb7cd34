//! How fast the files of an export are read and judged: `cargo bench --bench export [-- RESOURCES…]`.
//!
//! A small server in this process streams as many records as asked for (100,000; give 1000000 for about a
//! gigabyte and a half), one file for each type, made from the mock payer's own records. They are read by the same code
//! as an export in a run: fetched, cut into lines, parsed, followed, held against their profiles. Beside that, the
//! same without the profiles, and the same bytes downloaded to nowhere by bare `reqwest`. It prints figures and
//! ratios and asserts nothing about time.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Instant;
use vitruvian::data::Data;
use vitruvian::http::{Client, LineLimits, Lines, Request, Settings};
use vitruvian::mock::{Payer, StandIn as _};
use vitruvian::profile::{Library, Validator};
use vitruvian::steps::{Export, FileSeen};

// The one of the binary: what it takes is what is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Problem = Box<dyn std::error::Error>;

/// Records of one member, by type, with the id of the member left open.
type Templates = BTreeMap<String, Vec<String>>;

/// The member whose records are copied.
const MEMBER: &str = "pt-001";

/// The version of PDex that the records are made for, and held against.
const VERSION: &str = "2.2.0";

fn main() -> Result<(), Problem> {
    // `cargo test --benches` only wants to know that it builds.
    if std::env::args().any(|argument| argument == "--test") {
        return Ok(());
    }
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes.push(100_000);
    }
    // The first client chooses the cryptography for all, the bare one among them.
    Client::new(Settings::new("http://127.0.0.1/".parse()?))?;
    let templates = Arc::new(templates()?);
    let library = Library::for_igs(&Data::Embedded, &[&format!("pdex@{VERSION}")], None)?;
    let validator = Validator::new(Arc::new(library));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for size in sizes {
        let address = serve(templates.clone(), size)?;
        println!("{size} resources");
        runtime.block_on(async {
            let bytes = download(&address, &templates).await?;
            let bare =
                measure("bare download", bytes, size, download(&address, &templates)).await?;
            let read = measure(
                "read and parsed",
                bytes,
                size,
                export(&address, &templates, None),
            )
            .await?;
            let judged = export(&address, &templates, Some(&validator));
            let judged = measure("and validated", bytes, size, judged).await?;
            println!(
                "ratio to the bare download: read {:.1}, validated {:.1}",
                read / bare,
                judged / bare
            );
            Ok::<(), Problem>(())
        })?;
    }
    Ok(())
}

/// Runs one way of reading, and prints how fast it was; gives back the seconds.
async fn measure(
    name: &str,
    bytes: u64,
    resources: usize,
    work: impl Future<Output = Result<u64, Problem>>,
) -> Result<f64, Problem> {
    // Linux forgets the peak so far.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let started = Instant::now();
    work.await?;
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{name:<18} {seconds:>8.2} s {:>9.1} MB/s {:>10.0} resources/s, peak memory {} MB",
        bytes as f64 / seconds / 1e6,
        resources as f64 / seconds,
        peak_memory().unwrap_or_default() / 1024
    );
    Ok(seconds)
}

/// Fetches every file by bare `reqwest` and forgets it; gives back how many bytes there were.
async fn download(address: &str, templates: &Templates) -> Result<u64, Problem> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()?;
    let mut bytes = 0;
    for kind in templates.keys() {
        let mut response = client.get(format!("{address}{kind}.ndjson")).send().await?;
        while let Some(piece) = response.chunk().await? {
            bytes += piece.len() as u64;
        }
    }
    Ok(bytes)
}

/// Reads every file as an export in a run; gives back how many resources there were.
async fn export(
    address: &str,
    templates: &Templates,
    validator: Option<&Validator>,
) -> Result<u64, Problem> {
    let client = Client::new(Settings::new(address.parse()?))?;
    let mut export = Export::default();
    for kind in templates.keys() {
        let url = format!("{address}{kind}.ndjson");
        let mut file = FileSeen {
            kind: kind.clone(),
            url: url.clone(),
            ..FileSeen::default()
        };
        let stream = client.open(Request::get(url)).await.result?;
        let mut lines = Lines::new(stream, LineLimits::default());
        export.read(&mut lines, &mut file, validator).await;
        if let Some(trouble) = file.troubles.first() {
            return Err(format!("{kind}: {}", trouble.kind).into());
        }
    }
    if let Some((rule, (count, _))) = export.broken.first_key_value() {
        let rules = export.broken.len();
        return Err(format!("{rules} rules are broken, such as {rule} ({count} times)").into());
    }
    Ok(export.total())
}

/// The records of one member of the mock payer.
fn templates() -> Result<Templates, Problem> {
    let today = time::OffsetDateTime::now_utc().date();
    let mut payer = Payer::load(&Data::Embedded, VERSION, today)?;
    let response = payer.respond(&vitruvian::mock::Request {
        method: http::Method::GET,
        path: format!("/Patient/{MEMBER}/$everything"),
        query: None,
        headers: http::HeaderMap::new(),
        body: bytes::Bytes::new(),
        base: "http://127.0.0.1/fhir".into(),
        client_certificate: None,
    });
    let bundle: serde_json::Value = serde_json::from_slice(&response.body)?;
    let mut templates = Templates::new();
    for entry in bundle["entry"].as_array().ok_or("no entries")? {
        let resource = &entry["resource"];
        let text = resource.to_string();
        // What no member owns would be the same in every copy.
        if text.contains(MEMBER) {
            let kind = resource["resourceType"].as_str().unwrap_or_default();
            templates.entry(kind.to_owned()).or_default().push(text);
        }
    }
    Ok(templates)
}

/// Serves so many records in all, as files below the address that is given back.
fn serve(templates: Arc<Templates>, size: usize) -> Result<String, Problem> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = format!("http://{}/", listener.local_addr()?);
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let templates = templates.clone();
            // A client that hangs up early is no problem of the server.
            std::thread::spawn(move || answer(&connection, &templates, size).ok());
        }
    });
    Ok(address)
}

/// Answers one request and closes.
fn answer(connection: &TcpStream, templates: &Templates, size: usize) -> Result<(), Problem> {
    let mut head = BufReader::new(connection).lines();
    let first = head.next().ok_or("no request")??;
    while head
        .next()
        .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
    {}
    let kind = first
        .strip_prefix("GET /")
        .and_then(|rest| rest.split_once(".ndjson"))
        .ok_or("no file")?
        .0;
    let of_kind = templates.get(kind).ok_or("no such file")?;
    let of_member: usize = templates.values().map(Vec::len).sum();
    let mut out = BufWriter::with_capacity(1 << 17, connection);
    out.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/fhir+ndjson\r\nconnection: close\r\n\r\n",
    )?;
    for number in 0..size.div_ceil(of_member) {
        let member = format!("m{number}");
        for text in of_kind {
            out.write_all(text.replace(MEMBER, &member).as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Peak resident memory of this process in kB, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().split(' ').next()?.parse().ok()
}

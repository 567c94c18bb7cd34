//! Files are read line by line, within bounds, compressed or not.

use super::raw::Raw;
use super::{Request, client};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use vitruvian::evidence::Captured;
use vitruvian::http::{Failure, LineEnd, LineFailure, LineLimits, LineTotals, Lines};

/// An answer with that body, and with the headers given.
fn answer(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn zipped(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

type Read = (
    Vec<(String, LineEnd)>,
    Option<LineFailure>,
    LineTotals,
    Captured,
);

async fn read(answer: Vec<u8>, limits: LineLimits) -> Read {
    let server = Raw::saying(answer);
    let opened = client(&server.url())
        .open(Request::get("file.ndjson"))
        .await;
    assert!(opened.hops.is_empty());
    let mut lines = Lines::new(opened.result.unwrap(), limits);
    let mut seen = Vec::new();
    let problem = loop {
        match lines.next().await {
            Ok(Some(line)) => {
                assert_eq!(line.number, seen.len() as u64 + 1);
                seen.push((String::from_utf8(line.text.to_vec()).unwrap(), line.end));
            }
            Ok(None) => break None,
            Err(problem) => break Some(problem),
        }
    };
    let (totals, captured) = lines.finish();
    (seen, problem, totals, captured)
}

fn small(line: usize, total: u64) -> LineLimits {
    LineLimits { line, total }
}

#[tokio::test]
async fn lines_come_with_their_ends() {
    let body = b"{\"a\":1}\n\r\n{\"b\":2}\r\nlast";
    let (lines, problem, totals, captured) = read(answer("", body), LineLimits::default()).await;
    let expected = [
        ("{\"a\":1}", LineEnd::Newline),
        ("", LineEnd::CarriageReturn),
        ("{\"b\":2}", LineEnd::CarriageReturn),
        ("last", LineEnd::EndOfFile),
    ];
    assert_eq!(lines, expected.map(|(text, end)| (text.to_owned(), end)));
    assert_eq!(problem, None);
    assert_eq!((totals.lines, totals.bytes), (4, body.len() as u64));
    assert_eq!(totals.sha256, sha256(body));
    let response = captured.response.unwrap();
    assert_eq!((&response.body[..], response.truncated), (&body[..], false));
}

fn sha256(body: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(body);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn gzip_is_expanded_on_the_way() {
    let body = "{\"resourceType\":\"Patient\"}\n".repeat(20_000);
    let small = zipped(body.as_bytes());
    let sent = small.len() as u64;
    let (lines, problem, totals, _) = read(
        answer("content-encoding: gzip\r\n", &small),
        LineLimits::default(),
    )
    .await;
    assert_eq!((lines.len(), problem), (20_000, None));
    assert_eq!((totals.bytes, totals.received), (body.len() as u64, sent));
    assert_eq!(totals.sha256, sha256(body.as_bytes()));
}

#[tokio::test]
async fn an_empty_file_has_no_line() {
    let (lines, problem, totals, _) = read(answer("", b""), LineLimits::default()).await;
    assert_eq!((lines.len(), problem, totals.lines), (0, None, 0));
}

#[tokio::test]
async fn a_line_longer_than_the_bound_ends_it() {
    let body = format!("short\n{}\nnever read\n", "x".repeat(300_000));
    let limits = small(1000, 1 << 30);
    let (lines, problem, ..) = read(answer("", body.as_bytes()), limits).await;
    assert_eq!(lines.len(), 1);
    let expected = LineFailure::LineTooLong {
        number: 2,
        limit: 1000,
    };
    assert_eq!(problem, Some(expected));
}

#[tokio::test]
async fn a_file_that_expands_without_end_is_cut_off() {
    let bomb = zipped(&vec![b'0'; 64 << 20]);
    assert!(bomb.len() < 100_000);
    let limits = small(8 << 20, 1 << 20);
    let (lines, problem, totals, _) =
        read(answer("content-encoding: gzip\r\n", &bomb), limits).await;
    assert_eq!(lines.len(), 0);
    assert_eq!(problem, Some(LineFailure::FileTooLarge { limit: 1 << 20 }));
    assert!(totals.bytes < 8 << 20, "{}", totals.bytes);
}

#[tokio::test]
async fn what_is_no_gzip_is_said_to_be_none() {
    let (_, problem, ..) = read(
        answer("content-encoding: gzip\r\n", b"plain\n"),
        LineLimits::default(),
    )
    .await;
    assert!(matches!(problem, Some(LineFailure::Gzip(_))), "{problem:?}");
    let mut cut = zipped(b"{}\n{}\n{}\n");
    cut.truncate(cut.len() - 9);
    let (_, problem, ..) = read(
        answer("content-encoding: gzip\r\n", &cut),
        LineLimits::default(),
    )
    .await;
    assert!(matches!(problem, Some(LineFailure::Gzip(_))), "{problem:?}");
}

#[tokio::test]
async fn a_broken_transfer_is_no_end_of_file() {
    let mut cut = answer("", b"{}\n{}\n{\"half");
    let text = String::from_utf8(cut.clone())
        .unwrap()
        .replace("content-length: 12", "content-length: 99");
    cut = text.into_bytes();
    let (lines, problem, _, captured) = read(cut, LineLimits::default()).await;
    assert_eq!(lines.len(), 2);
    let closed = Failure::Closed { received: Some(12) };
    assert_eq!(problem, Some(LineFailure::Transfer(closed)));
    assert!(captured.error.is_some());
}

#[tokio::test]
async fn only_the_beginning_is_kept_as_evidence() {
    let body = "{}\n".repeat(400_000);
    let (lines, _, _, captured) = read(answer("", body.as_bytes()), LineLimits::default()).await;
    assert_eq!(lines.len(), 400_000);
    let response = captured.response.unwrap();
    assert!(response.truncated && response.body.len() <= 1 << 20);
}

#[tokio::test]
async fn redirects_are_followed_before_the_body_is_read() {
    let file = Raw::saying(answer("", b"{}\n"));
    let moved = super::redirect(302, &format!("{}/elsewhere", file.url()));
    let server = Raw::saying(moved);
    let opened = client(&server.url())
        .open(Request::get("file.ndjson"))
        .await;
    assert_eq!(opened.hops.len(), 1);
    let mut lines = Lines::new(opened.result.unwrap(), LineLimits::default());
    assert!(lines.next().await.unwrap().is_some() && lines.next().await.unwrap().is_none());
    assert!(
        !file.requests()[0].contains(super::TOKEN),
        "a token went to another origin"
    );
}

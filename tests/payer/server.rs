//! The fronts: the same answers on the wire, whatever the clients do.

use super::ask::{MARIAN, MATCH, match_request, payer};
use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vitruvian::mock::{Applies, Change, Fault, Server, StandIn, WireFault, WiremockFront};

async fn start(stand_in: Box<dyn StandIn>, journal_limit: usize) -> Server {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    Server::start(listener, stand_in, journal_limit, None)
        .await
        .unwrap()
}

fn address(base_url: &str) -> &str {
    base_url
        .trim_start_matches("http://")
        .trim_end_matches("/fhir")
}

/// Sends bytes on a fresh connection and reads to its end; errors end the reading.
async fn exchange(base_url: &str, bytes: &[u8]) -> (Vec<u8>, Option<io::ErrorKind>) {
    let mut stream = TcpStream::connect(address(base_url)).await.unwrap();
    let mut answer = Vec::new();
    if stream.write_all(bytes).await.is_err() {
        return (answer, Some(io::ErrorKind::BrokenPipe));
    }
    let reading = stream.read_to_end(&mut answer);
    let ended = tokio::time::timeout(Duration::from_secs(2), reading).await;
    let problem = match ended {
        Ok(Ok(_)) => None,
        Ok(Err(problem)) => Some(problem.kind()),
        Err(_) => Some(io::ErrorKind::TimedOut),
    };
    (answer, problem)
}

fn http(method: &str, target: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {target} HTTP/1.1\r\nhost: payer.test\r\nconnection: close\r\ncontent-length: {length}\r\n\
         {headers}\r\n{body}"
    )
    .into_bytes()
}

/// Status and body of an answer, whether it was sent in one piece or in chunks.
fn status_and_body(answer: &[u8]) -> (String, serde_json::Value) {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().to_owned();
    (status, serde_json::from_str(body).unwrap_or_default())
}

fn with_wire_fault(fault: WireFault) -> Box<dyn StandIn> {
    let fault = Fault {
        name: "payer/test".into(),
        about: "misuses the wire".into(),
        applies: Applies {
            path: vec!["/metadata".into()],
            ..Applies::default()
        },
        change: vec![Change::Wire(fault)],
        breaks: vec!["PDEX-CAP-006".into()],
        spares: BTreeMap::new(),
        tampers: false,
    };
    Box::new(payer("2.1.0").with_fault(fault))
}

#[tokio::test]
async fn both_fronts_answer_the_same() {
    let ours = start(Box::new(payer("2.1.0")), 10).await;
    let core: Box<dyn StandIn> = Box::new(payer("2.1.0"));
    let theirs = wiremock::MockServer::builder().start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(WiremockFront::new(Arc::new(Mutex::new(core))))
        .mount(&theirs)
        .await;
    let body = match_request(&MARIAN).to_string();
    let json = "content-type: application/fhir+json\r\n";
    for request in [
        http("GET", "/fhir/metadata", "", ""),
        http("GET", "/fhir/Patient?family=Pagewell&_count=2", "", ""),
        http("GET", "/fhir/Patient/nobody", "", ""),
        http("GET", "/elsewhere", "", ""),
        http("POST", &format!("/fhir{MATCH}"), json, &body),
        http("POST", &format!("/fhir{MATCH}"), json, "{"),
    ] {
        let (one, _) = exchange(&ours.base_url(), &request).await;
        let (other, _) = exchange(&theirs.uri(), &request).await;
        let (one, other) = (status_and_body(&one), status_and_body(&other));
        assert_eq!(one, other);
        assert!(one.1.is_object());
    }
    ours.stop().await;
}

#[tokio::test]
async fn the_journal_keeps_the_newest_exchanges() {
    let server = start(Box::new(payer("2.1.0")), 3).await;
    for number in 0..5 {
        exchange(
            &server.base_url(),
            &http("GET", &format!("/fhir/Patient/p-{number}"), "", ""),
        )
        .await;
    }
    let journal = server.journal();
    let paths: Vec<&str> = journal
        .iter()
        .map(|entry| entry.request.path.as_str())
        .collect();
    assert_eq!(paths, ["/Patient/p-2", "/Patient/p-3", "/Patient/p-4"]);
    assert_eq!(journal[0].number, 2);
    assert_eq!(journal[0].response.status, 404);
    assert_eq!(journal[0].request.base, "http://payer.test/fhir");
    server.stop().await;
}

#[tokio::test]
async fn hostile_clients_do_not_stop_it() {
    let server = start(Box::new(payer("2.1.0")), 10).await;
    let base = server.base_url();
    exchange(&base, b"\x16\x03\x01\x00\xff\xfe garbage \r\n\r\n").await;
    exchange(&base, &[b'A'; 200_000]).await;
    let huge = http(
        "GET",
        "/fhir/metadata",
        &format!("x-huge: {}\r\n", "y".repeat(100_000)),
        "",
    );
    let (answer, _) = exchange(&base, &huge).await;
    assert!(
        answer.is_empty() || answer.starts_with(b"HTTP/1.1 431"),
        "{:?}",
        &answer[..20]
    );
    // A client that leaves in the middle of its body, and one that never says anything.
    let mut leaving = TcpStream::connect(address(&base)).await.unwrap();
    leaving
        .write_all(b"POST /fhir/Patient/$member-match HTTP/1.1\r\ncontent-length: 99\r\n\r\n{")
        .await
        .unwrap();
    drop(leaving);
    let silent = TcpStream::connect(address(&base)).await.unwrap();
    let mut slow = TcpStream::connect(address(&base)).await.unwrap();
    slow.write_all(b"GET /fhir/meta").await.unwrap();
    let (answer, _) = exchange(&base, &http("GET", "/fhir/metadata", "", "")).await;
    assert_eq!(status_and_body(&answer).0, "200");
    let stopping = tokio::time::timeout(Duration::from_secs(3), server.stop());
    stopping.await.unwrap();
    drop((silent, slow));
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = start(Box::new(payer("2.1.0")), 10).await;
    let head = format!(
        "POST /fhir{MATCH} HTTP/1.1\r\nhost: h\r\ncontent-type: application/fhir+json\r\ncontent-length: {}\r\n\r\n",
        17 << 20
    );
    let (answer, _) = exchange(&server.base_url(), head.as_bytes()).await;
    assert_eq!(status_and_body(&answer).0, "413");
    assert!(server.journal().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn a_stopped_server_no_longer_answers() {
    let server = start(Box::new(payer("2.1.0")), 10).await;
    let base = server.base_url();
    server.stop().await;
    assert!(TcpStream::connect(address(&base)).await.is_err());
}

#[tokio::test]
async fn connections_are_dropped_and_reset() {
    let ask = http("GET", "/fhir/metadata", "", "");
    let server = start(with_wire_fault(WireFault::Drop), 10).await;
    assert_eq!(exchange(&server.base_url(), &ask).await, (Vec::new(), None));
    let server = start(with_wire_fault(WireFault::Reset), 10).await;
    let (answer, problem) = exchange(&server.base_url(), &ask).await;
    assert_eq!(
        (answer.len(), problem),
        (0, Some(io::ErrorKind::ConnectionReset))
    );
    let server = start(with_wire_fault(WireFault::Garbage), 10).await;
    assert!(
        exchange(&server.base_url(), &ask)
            .await
            .0
            .starts_with(b"HTP/9")
    );
}

#[tokio::test]
async fn bodies_are_cut_trickled_and_left_unfinished() {
    let ask = http("GET", "/fhir/metadata", "", "");
    let server = start(with_wire_fault(WireFault::Truncate { at: 10 }), 10).await;
    let (answer, _) = exchange(&server.base_url(), &ask).await;
    let text = String::from_utf8(answer).unwrap();
    assert_eq!(text.split_once("\r\n\r\n").unwrap().1.len(), 10, "{text}");
    let every = Duration::from_millis(1);
    let server = start(
        with_wire_fault(WireFault::Trickle { chunk: 1000, every }),
        10,
    )
    .await;
    let (answer, _) = exchange(&server.base_url(), &ask).await;
    assert_eq!(
        status_and_body(&answer).1["resourceType"],
        "CapabilityStatement"
    );
    let server = start(with_wire_fault(WireFault::NeverFinish), 10).await;
    let (answer, problem) = exchange(&server.base_url(), &ask).await;
    assert_eq!(problem, Some(io::ErrorKind::TimedOut));
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

#[tokio::test]
async fn wiremock_says_that_it_cannot_misuse_the_wire() {
    let server = wiremock::MockServer::builder().start().await;
    wiremock::Mock::given(wiremock::matchers::any())
        .respond_with(WiremockFront::new(Arc::new(Mutex::new(with_wire_fault(
            WireFault::Drop,
        )))))
        .mount(&server)
        .await;
    let (answer, _) = exchange(&server.uri(), &http("GET", "/fhir/metadata", "", "")).await;
    assert_eq!(status_and_body(&answer).0, "500");
}

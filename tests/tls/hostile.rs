//! Whatever is sent to a TLS port, it serves those who speak TLS, and nobody else.

use super::{Client, Request, Server, TlsProblem, ask, keyring, payer, problem, serve, settings};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vitruvian::data::Data;
use vitruvian::http::Failure;
use vitruvian::mock::{Applies, Change, Fault, Payer, StandIn, WireFault};

async fn connect(server: &Server) -> TcpStream {
    let base = server.base_url();
    let address = base
        .trim_start_matches("https://")
        .trim_end_matches("/fhir");
    TcpStream::connect(address).await.unwrap()
}

/// What comes back for these bytes until the connection ends.
async fn told(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(server).await;
    stream.write_all(bytes).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    // A reset is an end, too.
    let _ = tokio::time::timeout(Duration::from_secs(5), reading)
        .await
        .unwrap();
    answer
}

#[tokio::test]
async fn plain_http_is_answered_with_nothing() {
    let keys = keyring();
    let server = serve(payer(), &keys.tls().unwrap()).await;
    for request in [
        &b"GET /fhir/metadata HTTP/1.1\r\nhost: h\r\n\r\n"[..],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x80\x2e\x01\x00\x02",
    ] {
        assert_eq!(told(&server, request).await, b"");
    }
    let mut settings = settings(&server, &keys);
    let plain = server.base_url().replacen("https", "http", 1);
    settings.base = plain.parse().unwrap();
    let failure = ask(settings).await.unwrap_err();
    assert!(matches!(failure, Failure::Closed { .. }), "{failure:?}");
    assert!(server.journal().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn broken_handshakes_get_an_alert_at_most() {
    let keys = keyring();
    let server = serve(payer(), &keys.mutual_tls().unwrap()).await;
    for bytes in [
        &b"\x16\x03\x01\x00\x05hello"[..],
        b"\x16\x03\x01\xff\xff\x01",
        b"\x16\x03\x01\x00\x00",
        b"\x16\x00\x00\x00\x04\x01\x00\x00\x00",
        b"\x16GET /fhir/metadata HTTP/1.1\r\n\r\n",
    ] {
        let mut stream = connect(&server).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer))
            .await
            .unwrap();
        assert!(answer.is_empty() || answer[0] == 0x15, "{answer:?}");
    }
    let mut settings = settings(&server, &keys);
    settings.identity = Some(super::identity(keys.client()));
    assert_eq!(ask(settings).await.unwrap().status, 200);
}

#[tokio::test]
async fn clients_that_say_nothing_keep_nobody_out() {
    let keys = keyring();
    let server = serve(payer(), &keys.tls().unwrap()).await;
    let mut silent = Vec::new();
    for number in 0..512 {
        let mut stream = connect(&server).await;
        if number % 2 == 0 {
            // Half of them begin with a record that never ends.
            stream.write_all(b"\x16\x03\x01\x01\x00\x01").await.unwrap();
        }
        silent.push(stream);
    }
    let asked = ask(settings(&server, &keys));
    let reply = tokio::time::timeout(Duration::from_secs(5), asked)
        .await
        .unwrap();
    assert_eq!(reply.unwrap().status, 200);
    let stopping = tokio::time::timeout(Duration::from_secs(3), server.stop());
    stopping.await.unwrap();
}

fn faulty(wire: WireFault) -> Box<dyn StandIn> {
    let today = time::OffsetDateTime::now_utc().date();
    let fault = Fault {
        name: "payer/test".into(),
        about: "misuses the wire".into(),
        applies: Applies::default(),
        change: vec![Change::Wire(wire)],
        breaks: vec!["PDEX-CAP-006".into()],
        spares: BTreeMap::new(),
        tampers: false,
    };
    let payer = Payer::load(&Data::Embedded, "2.1.0", today).unwrap();
    Box::new(payer.with_fault(fault))
}

#[tokio::test]
async fn the_wire_can_be_misused_below_tls_too() {
    let keys = keyring();
    let tls = keys.tls().unwrap();
    for (wire, is_expected) in [
        (
            WireFault::Drop,
            (|failure| matches!(failure, Failure::Closed { received: None }))
                as fn(&Failure) -> bool,
        ),
        (WireFault::Reset, |failure| {
            matches!(failure, Failure::Closed { received: None })
        }),
        (WireFault::Truncate { at: 10 }, |failure| {
            matches!(failure, Failure::Closed { received: Some(10) })
        }),
        (WireFault::Garbage, |failure| {
            matches!(failure, Failure::Protocol { .. })
        }),
    ] {
        let server = serve(faulty(wire.clone()), &tls).await;
        let failure = ask(settings(&server, &keys)).await.unwrap_err();
        assert!(is_expected(&failure), "{wire:?}: {failure:?}");
    }
}

#[tokio::test]
async fn tls_is_not_answered_by_a_port_without() {
    let keys = keyring();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(listener, payer(), 10, None).await.unwrap();
    let mut settings = settings(&server, &keys);
    let secure = server.base_url().replacen("http", "https", 1);
    settings.base = secure.parse().unwrap();
    let client = Client::new(settings).unwrap();
    let result = client.send(Request::get("metadata")).await.result;
    let found = problem(result);
    assert!(
        matches!(found, TlsProblem::NotTls | TlsProblem::Closed),
        "{found:?}"
    );
}

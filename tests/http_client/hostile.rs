//! Servers that are slow, broken or hostile.

use super::raw::Raw;
use super::{OK, TOKEN, client, failure, get, redirect, settings};
use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};
use vitruvian::evidence::Secret;
use vitruvian::http::{Client, Failure, Request, Sent};

async fn timed_out(server: &Raw) -> Sent {
    let mut settings = settings(&server.url());
    settings.request_timeout = Duration::from_millis(300);
    let started = Instant::now();
    let sent = Client::new(settings).unwrap().send(Request::get("x")).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    let after = Duration::from_millis(300);
    assert_eq!(
        sent.result.as_ref().unwrap_err(),
        &Failure::TimedOut { after }
    );
    sent
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    let server = Raw::start(|_| thread::sleep(Duration::from_secs(5)));
    let sent = timed_out(&server).await;
    let hop = &sent.hops[0];
    assert!(hop.response.is_none());
    assert_eq!(
        hop.error.as_deref(),
        Some("no complete answer within 0.3 s; check the server, or raise limits.request_timeout")
    );
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up_and_what_came_is_kept() {
    let server = Raw::start(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let sent = timed_out(&server).await;
    let response = sent.hops[0].response.as_ref().unwrap();
    assert!(response.truncated && !response.body.is_empty() && response.body.len() < 1000);
}

#[tokio::test]
async fn redirects_share_one_time_out() {
    let server = Raw::start(|stream| {
        thread::sleep(Duration::from_millis(120));
        let next = format!("/{:?}", Instant::now()).replace(' ', "");
        let _ = stream.write_all(redirect(302, &next).as_bytes());
    });
    timed_out(&server).await;
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_is_named() {
    let server = Raw::saying("");
    assert_eq!(
        failure(&server.url()).await,
        Failure::Closed { received: None }
    );
}

#[tokio::test]
async fn a_connection_closed_in_the_middle_of_the_body_is_named_and_the_part_is_kept() {
    let lengths = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc";
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n";
    for answer in [lengths, chunks] {
        let sent = get(&Raw::saying(answer).url()).await;
        assert_eq!(
            sent.result.unwrap_err(),
            Failure::Closed { received: Some(3) }
        );
        let response = sent.hops[0].response.as_ref().unwrap();
        assert_eq!(
            (&response.body[..], response.truncated),
            (&b"abc"[..], true)
        );
    }
}

#[tokio::test]
async fn answers_that_are_not_http_are_failures_and_no_panics() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    let large = format!("HTTP/1.1 200 OK\r\na: {}\r\n\r\n", "x".repeat(1_000_000));
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n";
    for answer in [
        "SSH-2.0-OpenSSH\r\n\r\n",
        "HTTP/9.9 999 \r\n\r\n",
        chunk,
        &many,
        &large,
    ] {
        let problem = failure(&Raw::saying(answer).url()).await;
        assert!(
            matches!(problem, Failure::Protocol { .. } | Failure::Closed { .. }),
            "{problem:?}"
        );
    }
}

#[tokio::test]
async fn a_login_page_is_a_reply_that_is_not_json() {
    let page = "<!DOCTYPE html><html><form>";
    let server = Raw::saying(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\n\r\n{page}",
        page.len()
    ));
    let problem = get(&server.url()).await.result.unwrap().json().unwrap_err();
    assert_eq!(
        problem.to_string(),
        "the body is HTML or XML (content-type text/html), not JSON; check that the URL is the \
         FHIR base and that no login page or proxy answers"
    );
}

#[tokio::test]
async fn compressed_bodies_are_kept_as_they_came() {
    let server = Raw::saying(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\u{b}x",
    );
    let sent = get(&server.url()).await;
    assert_eq!(&sent.result.unwrap().body[..], b"\x1f\x0bx");
    assert!(!server.requests()[0].contains("accept-encoding"));
}

#[tokio::test]
async fn a_refused_connection_is_named() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let problem = failure(&format!("http://{free}/")).await;
    assert!(matches!(&problem, Failure::Connect { host, .. } if *host == free.to_string()));
    assert!(
        problem.to_string().contains("check that the server runs"),
        "{problem}"
    );
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let problem = failure("http://no-such-host.invalid/").await;
    assert_eq!(
        problem,
        Failure::Resolve {
            host: "no-such-host.invalid".into()
        }
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is_sent() {
    let server = Raw::saying(OK);
    let client = client(&server.url());
    let sent = client.send(Request::get("ftp://x/")).await;
    assert!(matches!(sent.result, Err(Failure::InvalidUrl { .. })) && sent.hops.is_empty());
    for (name, value) in [("a b", "c"), ("a", "b\r\nc: d"), ("", "x")] {
        let sent = client.send(Request::get("x").header(name, value)).await;
        assert!(
            matches!(sent.result, Err(Failure::InvalidRequest { .. })) && sent.hops.is_empty(),
            "{name}"
        );
    }
    assert_eq!(server.requests(), Vec::<String>::new());
}

#[test]
fn unusable_settings_are_errors_that_do_not_show_the_token() {
    let mut broken = settings("http://127.0.0.1/");
    broken.token = Some(Secret::new("line\nbreak"));
    let problem = Client::new(broken).err().unwrap().to_string();
    assert!(
        problem.contains("stray line break") && !problem.contains("break\n"),
        "{problem}"
    );

    let mut broken = settings("http://127.0.0.1/");
    broken.ca_file = Some("no-such-file.pem".into());
    let problem = Client::new(broken).err().unwrap().to_string();
    assert!(problem.contains("no-such-file.pem"), "{problem}");

    let printed = format!("{:?}", settings("http://127.0.0.1/"));
    assert!(
        !printed.contains(TOKEN) && printed.contains("[secret]"),
        "{printed}"
    );
}

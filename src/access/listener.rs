//! Waits on this machine for the browser to come back.

use super::Error;
use super::browser::is_same_place;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::{Host, Url};

/// How long a person has to log in.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a connection may say nothing, and how much it may say, in bytes.
const SILENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST: usize = 16 << 10;
/// Connections that are heard at a time: browsers open some that they may never use.
const MOST: usize = 32;

const DONE: &str = "The login is done. This page can be closed.";
const REFUSED: &str = "The app was not let in. This page can be closed.";

/// Listens where codes are sent: a loopback address (RFC 8252, 7.3). Without a port in the URL a free one is taken.
pub(super) async fn bind(redirect: &Url) -> Result<(TcpListener, Url), Error> {
    let refuse = |reason: String| {
        Error::Login(format!(
            "{redirect} cannot be listened at: {reason}; check target.auth.app.redirect"
        ))
    };
    let host = match redirect.host() {
        Some(Host::Ipv4(address)) if address.is_loopback() => IpAddr::V4(address),
        Some(Host::Ipv6(Ipv6Addr::LOCALHOST)) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        Some(Host::Domain("localhost")) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        _ => {
            return Err(refuse(
                "it is not on this machine (http://127.0.0.1/…)".to_owned(),
            ));
        }
    };
    if redirect.scheme() != "http" {
        return Err(refuse("it is not http".to_owned()));
    }
    let port = redirect.port().unwrap_or(0);
    let listener = TcpListener::bind((host, port)).await;
    let listener = listener.map_err(|error| refuse(error.to_string()))?;
    let bound = listener
        .local_addr()
        .map_err(|error| refuse(error.to_string()))?;
    let mut exact = redirect.clone();
    // Cannot fail: the URL has a host.
    let _ = exact.set_port(Some(bound.port()));
    Ok((listener, exact))
}

/// Waits for the browser; the URL it was sent to. Connections on which nothing comes hold up no other.
pub(super) async fn receive(listener: &TcpListener, redirect: &Url) -> Result<Url, Error> {
    let wait = async {
        let mut visits = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(brought) = visits.next(), if !visits.is_empty() => {
                    if let Some(url) = brought {
                        return url;
                    }
                }
                Ok((stream, _)) = listener.accept(), if visits.len() < MOST => {
                    visits.push(visit(stream, redirect));
                }
                // No connection can be taken now.
                else => tokio::time::sleep(PAUSE).await,
            }
        }
    };
    let late = |_| Error::Login("nobody has logged in within ten minutes".to_owned());
    timeout(PATIENCE, wait).await.map_err(late)
}

/// Answers one connection; the URL, when it is where the browser was sent to.
async fn visit(mut stream: TcpStream, redirect: &Url) -> Option<Url> {
    let url = timeout(SILENCE, asked(&mut stream, redirect)).await;
    let url = url
        .ok()
        .flatten()
        .filter(|url| is_same_place(url, redirect));
    let (status, body) = match &url {
        Some(url) => ("200 OK", page(url)),
        None => ("404 Not Found", String::new()),
    };
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/html\r\ncontent-length: {}\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    // A browser that has gone already has brought the code all the same.
    let _ = timeout(SILENCE, stream.write_all(answer.as_bytes())).await;
    url
}

/// What the member sees in the end. Whether a token comes of it is told by the command alone.
fn page(url: &Url) -> String {
    let is_refused = url.query_pairs().any(|(name, _)| name == "error");
    let text = if is_refused { REFUSED } else { DONE };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Vitruvian</title><p>{text}</p></html>"
    )
}

/// What a browser asks for.
async fn asked(stream: &mut TcpStream, redirect: &Url) -> Option<Url> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while head.len() < LONGEST && !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(read @ 1..) => head.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
    let head = String::from_utf8_lossy(&head);
    let mut words = head.lines().next()?.split(' ');
    let target = words
        .next()
        .filter(|method| *method == "GET")
        .and(words.next())?;
    let target = target.strip_prefix('/')?;
    redirect
        .join(&format!("/{}", target.trim_start_matches('/')))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::{SILENCE, bind, receive};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::time::timeout;
    use url::Url;

    async fn visit(url: &Url, line: &str) -> String {
        let address = (url.host_str().unwrap(), url.port().unwrap());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(format!("{line}\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn what_is_no_answer_is_waited_past() {
        let (listener, redirect) = bind(&Url::parse("http://127.0.0.1/callback").unwrap())
            .await
            .unwrap();
        let visits = async {
            for line in [
                "GET /favicon.ico HTTP/1.1",
                "POST /callback?code=1 HTTP/1.1",
                "nonsense",
                "",
            ] {
                assert!(visit(&redirect, line).await.contains("404"), "{line}");
            }
            visit(&redirect, "GET /callback?code=abc&state=x HTTP/1.1").await
        };
        let (url, answer) = tokio::join!(receive(&listener, &redirect), visits);
        assert_eq!(url.unwrap().query(), Some("code=abc&state=x"));
        assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("abc"));
    }

    #[tokio::test]
    async fn connections_that_say_nothing_hold_up_nobody() {
        let (listener, redirect) = bind(&Url::parse("http://127.0.0.1/callback").unwrap())
            .await
            .unwrap();
        let address = (redirect.host_str().unwrap(), redirect.port().unwrap());
        let mut silent = Vec::new();
        for _ in 0..8 {
            silent.push(TcpStream::connect(address).await.unwrap());
        }
        let line = "GET /callback?error=access_denied&state=x HTTP/1.1";
        let both = async { tokio::join!(receive(&listener, &redirect), visit(&redirect, line)) };
        let (url, answer) = timeout(SILENCE, both).await.unwrap();
        assert!(url.unwrap().query().unwrap().starts_with("error="));
        assert!(answer.contains("was not let in"), "{answer}");
    }

    #[tokio::test]
    async fn only_this_machine_is_listened_at() {
        for redirect in [
            "https://127.0.0.1/",
            "http://0.0.0.0/",
            "http://192.0.2.1/",
            "http://app.example/",
        ] {
            assert!(
                bind(&Url::parse(redirect).unwrap()).await.is_err(),
                "{redirect}"
            );
        }
    }
}

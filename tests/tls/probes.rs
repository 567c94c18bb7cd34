//! What a server takes of versions and cipher suites is found out, whatever it sends back.

use super::{Client, identity, keyring, payer, serve, settings};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use vitruvian::http::handshake::{Answer, Family, METHOD, Offer, Version};
use vitruvian::http::{Failure, Settings};

/// What the server that says this answers to an offer.
async fn blunt(answer: &'static [u8], is_silent: bool) -> Answer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(answer);
        if is_silent {
            std::thread::sleep(Duration::from_secs(3));
        }
    });
    let mut settings = at(address);
    settings.request_timeout = Duration::from_millis(500);
    let client = Client::new(settings).unwrap();
    let offered = client.offer(Offer::version(Version::Tls12)).await;
    offered.result.unwrap()
}

fn at(address: SocketAddr) -> Settings {
    Settings::new(format!("https://{address}/fhir").parse().unwrap())
}

async fn probe(client: &Client, offer: Offer) -> Answer {
    let offered = client.offer(offer).await;
    let told = offered.captured.error.unwrap();
    let answer = offered.result.unwrap();
    assert_eq!(Answer::told(&told), Some(answer));
    answer
}

fn is(answer: Answer, expected: Version) -> bool {
    matches!(answer, Answer::Accepted { version, .. } if version == expected)
}

#[tokio::test]
async fn the_stand_in_takes_what_is_safe_and_nothing_else() {
    let keys = keyring();
    for tls in [keys.tls().unwrap(), keys.mutual_tls().unwrap()] {
        let server = serve(payer(), &tls).await;
        let client = Client::new(settings(&server, &keys)).unwrap();
        for version in Version::ALL {
            let answer = probe(&client, Offer::version(version)).await;
            if version < Version::Tls12 {
                assert!(answer.is_refused(), "{version}: {answer}");
            } else {
                assert!(is(answer, version), "{version}: {answer}");
            }
        }
        for family in Family::WEAK {
            let answer = probe(&client, Offer::family(family)).await;
            assert!(
                matches!(answer, Answer::Refused { .. }),
                "{family}: {answer}"
            );
        }
        let strong = probe(&client, Offer::family(Family::Strong)).await;
        assert!(is(strong, Version::Tls12), "{strong}");
        assert!(server.journal().is_empty());
    }
}

#[tokio::test]
async fn a_probe_leaves_an_exchange() {
    let keys = keyring();
    let server = serve(payer(), &keys.tls().unwrap()).await;
    let client = Client::new(settings(&server, &keys)).unwrap();
    let offered = client.offer(Offer::version(Version::Tls11)).await;
    let captured = offered.captured;
    assert_eq!(captured.request.method, METHOD);
    assert_eq!(captured.request.url, server.base_url());
    let body = String::from_utf8(captured.request.body.to_vec()).unwrap();
    assert!(body.contains("TLS 1.1") && !body.contains('\n'), "{body}");
    assert!(captured.response.is_none());
    let told = captured.error.unwrap();
    assert!(told.contains("refuses with the alert"), "{told}");
}

#[tokio::test]
async fn whatever_comes_back_is_told() {
    assert_eq!(blunt(b"", false).await, Answer::Closed);
    assert_eq!(blunt(b"", true).await, Answer::Silent);
    assert_eq!(blunt(b"\x16\x03", true).await, Answer::Silent);
    assert_eq!(blunt(b"\x16\x03\x03\x00", false).await, Answer::Closed);
    assert_eq!(
        blunt(b"HTTP/1.1 400 Bad Request\r\n\r\n", false).await,
        Answer::NotTls
    );
    let alert = blunt(b"\x15\x03\x01\x00\x02\x02\x28", true).await;
    assert_eq!(alert, Answer::Refused { alert: 40 });
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::new(at(address)).unwrap();
    let offered = client.offer(Offer::version(Version::Tls12)).await;
    assert!(matches!(offered.result, Err(Failure::Connect { .. })));
    assert!(offered.captured.error.unwrap().contains("cannot connect"));

    let plain = format!("http://{address}/fhir").parse().unwrap();
    let client = Client::new(Settings::new(plain)).unwrap();
    let offered = client.offer(Offer::version(Version::Tls12)).await;
    assert!(matches!(offered.result, Err(Failure::InvalidUrl { .. })));
}

/// Where there is an `openssl` command, its server is probed, too: another implementation.
#[tokio::test]
async fn another_implementation_is_understood() {
    let keys = keyring();
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = keys.client();
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("cert.pem"), certificate.to_pem()).unwrap();
    std::fs::write(path("key.pem"), key.to_pem()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let server = std::process::Command::new("openssl")
        .args(["s_server", "-quiet", "-accept", &address.to_string()])
        .args(["-cipher", "ALL:@SECLEVEL=0", "-min_protocol", "TLSv1"])
        .args(["-cert".as_ref(), path("cert.pem").as_os_str()])
        .args(["-key".as_ref(), path("key.pem").as_os_str()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    let Ok(mut server) = server else {
        return super::skip("there is no openssl here");
    };
    let mut settings = at(address);
    settings.identity = Some(identity(keys.client()));
    let client = Client::new(settings).unwrap();
    let mut answers = Vec::new();
    for version in Version::ALL {
        for _ in 0..100 {
            let offered = client.offer(Offer::version(version)).await;
            if let Ok(answer) = offered.result {
                answers.push((version, answer));
                break;
            }
            // It takes a moment to stand up.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let _ = server.kill();
    let _ = server.wait();
    assert_eq!(answers.len(), 5, "{answers:?}");
    for (version, answer) in answers {
        match version {
            Version::Ssl30 => assert!(answer.is_refused(), "{answer}"),
            // It may have been built without the old ones.
            Version::Tls10 | Version::Tls11 => {
                assert!(answer.is_refused() || is(answer, version), "{answer}");
            }
            _ => assert!(is(answer, version), "{version}: {answer}"),
        }
    }
}

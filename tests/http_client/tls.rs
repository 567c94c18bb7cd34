//! Certificates are verified, always.

use super::raw::Raw;
use super::{OK, failure, get, settings};
use base64::Engine as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use vitruvian::http::{Client, Failure, Request};

/// A self-signed certificate for 127.0.0.1, valid until 2120, and its key. It protects nothing.
const CERTIFICATE: &str = "MIIBczCCARigAwIBAgIBATAKBggqhkjOPQQDAjAbMRkwFwYDVQQDDBBsb29wYmFjay5leGFtcGxlMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAbMRkwFwYDVQQDDBBsb29wYmFjay5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEL2oBNov2fzqfKRGMdDA2RDp4yiqOYJJg4ZuITUct1YKPuYQmCuHC6l+MBfgiw5ASF3jVwh1XVEkpNMu508yhZaNLMEkwDAYDVR0TAQH/BAIwADAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwHQYDVR0OBBYEFPmp6gRUGJZleQBuLZrbZSp0uRjPMAoGCCqGSM49BAMCA0kAMEYCIQCRSF4jhziORoZvGQgMn7RrlpKHoOtHK5YbKYM0X1K+KwIhAMIseLdH8jBLJZnh6OzFnNVIpNWP6/xFMb59jF+L4d7F";
const KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpVAVofq5I9eVHHt7PyDlayCuy1/vLUPfQe8cJBtG7TKhRANCAAQvagE2i/Z/Op8pEYx0MDZEOnjKKo5gkmDhm4hNRy3Vgo+5hCYK4cLqX4wF+CLDkBIXeNXCHVdUSSk0y7nTzKFl";

fn decode(text: &str) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .unwrap()
}

/// Answers `OK` to every TLS connection.
fn tls_server() -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![decode(CERTIFICATE).into()],
            rustls::pki_types::PrivatePkcs8KeyDer::from(decode(KEY)).into(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let mut buffer = [0; 4096];
            if tls.read(&mut buffer).is_ok() {
                let _ = tls.write_all(OK.as_bytes());
            }
        }
    });
    address
}

fn ca_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(
        file,
        "-----BEGIN CERTIFICATE-----\n{CERTIFICATE}\n-----END CERTIFICATE-----"
    )
    .unwrap();
    file
}

#[tokio::test]
async fn an_untrusted_certificate_is_refused() {
    let problem = failure(&format!("https://{}/", tls_server())).await;
    assert!(matches!(problem, Failure::Tls { .. }), "{problem:?}");
    assert!(problem.to_string().contains("target.ca_file"), "{problem}");
}

#[tokio::test]
async fn a_certificate_named_in_ca_file_is_trusted() {
    let file = ca_file();
    let mut settings = settings(&format!("https://{}/", tls_server()));
    settings.ca_file = Some(file.path().to_owned());
    let sent = Client::new(settings).unwrap().send(Request::get("x")).await;
    assert_eq!(sent.result.unwrap().status, 200);
}

/// Says `answer` and hangs up, without listening.
fn blunt_server(answer: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(answer.as_bytes());
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let _ = stream.read_to_end(&mut Vec::new());
        }
    });
    address
}

#[tokio::test]
async fn plain_http_behind_an_https_url_is_a_tls_failure() {
    for answer in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
        let problem = failure(&format!("https://{}/", blunt_server(answer))).await;
        assert!(matches!(problem, Failure::Tls { .. }), "{problem:?}");
    }
}

/// Runs one of the ignored tests below on a machine that has no CA certificates, as far as the
/// process can tell.
fn without_roots(test: &str) {
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            &format!("http_client::tls::{test}"),
            "--exact",
            "--ignored",
            "--quiet",
        ])
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .status()
        .unwrap();
    assert!(status.success());
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_ca_certificates_still_speaks_plain_http() {
    without_roots("plain_http_without_roots");
}

#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_ca_certificates_says_so_for_https() {
    without_roots("https_without_roots");
}

#[ignore = "run by a_machine_without_ca_certificates_still_speaks_plain_http"]
#[tokio::test]
async fn plain_http_without_roots() {
    assert_eq!(
        get(&Raw::saying(OK).url()).await.result.unwrap().status,
        200
    );
}

#[ignore = "run by a_machine_without_ca_certificates_says_so_for_https"]
#[tokio::test]
async fn https_without_roots() {
    let url = format!("https://{}/", tls_server());
    let problem = failure(&url).await.to_string();
    assert!(
        problem.contains("this machine has no CA certificates"),
        "{problem}"
    );

    let file = ca_file();
    let mut settings = settings(&url);
    settings.ca_file = Some(file.path().to_owned());
    let sent = Client::new(settings).unwrap().send(Request::get("x")).await;
    assert_eq!(sent.result.unwrap().status, 200);
}

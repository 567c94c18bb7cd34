//! Servers that are no payer. Each runs on loopback until the test process ends.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

/// Serves connections with `answer` on a free port; returns the base URL.
fn serve(answer: impl Fn(&mut TcpStream) + Clone + Send + 'static) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(&mut stream));
        }
    });
    format!("http://{address}/fhir")
}

/// Reads a request's head and what there is of its body, then answers.
fn respond(stream: &mut TcpStream, status: u16, kind: &str, body: &str) {
    let mut request = [0; 65536];
    // Whatever the request is, the answer is the same.
    let _ = stream.read(&mut request);
    let _ = write!(
        stream,
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}

/// Answers everything with a web page of this status.
pub(crate) fn web_pages(status: u16) -> String {
    serve(move |stream| {
        respond(
            stream,
            status,
            "text/html",
            "<html><body><h1>Welcome</h1></body></html>",
        )
    })
}

/// Answers everything with 200 and `{}`.
pub(crate) fn empty_objects() -> String {
    serve(|stream| respond(stream, 200, "application/fhir+json", "{}"))
}

/// Answers everything with this status, content type and body.
pub(crate) fn answering(status: u16, kind: &'static str, body: &'static str) -> String {
    serve(move |stream| respond(stream, status, kind, body))
}

/// Refuses everything with this status and an OperationOutcome that says what every check wants to hear.
pub(crate) fn refusing(status: u16) -> String {
    const OUTCOME: &str = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error",
        "code":"business-rule","details":{"text":"consent cannot be honoured"}}]}"#;
    serve(move |stream| respond(stream, status, "application/fhir+json", OUTCOME))
}

/// Answers everything with 200 and `{}`, after a while.
pub(crate) fn slow(delay: Duration) -> String {
    serve(move |stream| {
        std::thread::sleep(delay);
        respond(stream, 200, "application/fhir+json", "{}");
    })
}

/// Closes every connection.
pub(crate) fn closing() -> String {
    serve(|_| {})
}

/// Takes every connection and never answers.
pub(crate) fn silent() -> String {
    serve(|_| std::thread::sleep(Duration::from_secs(3600)))
}

/// Answers everything with a capability statement, but the first `attempts` tries of a run with 500.
/// The probe before the first scenario counts as a try.
pub(crate) fn declares_from(attempts: usize) -> String {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    const STATEMENT: &str = r#"{"resourceType":"CapabilityStatement","status":"active","kind":"instance",
        "fhirVersion":"4.0.1","format":["json"],"rest":[{"mode":"server"}]}"#;
    let seen = Arc::new(AtomicUsize::new(0));
    serve(move |stream| {
        if seen.fetch_add(1, Ordering::Relaxed) < attempts {
            respond(stream, 500, "text/plain", "not now");
        } else {
            respond(stream, 200, "application/fhir+json", STATEMENT);
        }
    })
}

/// Counts the requests that are under way, at all servers that share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Crowd(std::sync::Arc<std::sync::Mutex<(usize, usize, usize)>>);

impl Crowd {
    fn enter(&self) {
        let mut counts = self.0.lock().unwrap();
        counts.0 += 1;
        counts.1 = counts.1.max(counts.0);
        counts.2 += 1;
    }

    fn leave(&self) {
        self.0.lock().unwrap().0 -= 1;
    }

    /// The most that were under way at a time.
    pub(crate) fn most(&self) -> usize {
        self.0.lock().unwrap().1
    }

    /// How many there were.
    pub(crate) fn all(&self) -> usize {
        self.0.lock().unwrap().2
    }
}

/// Answers everything with `{}` after a moment, and counts what is under way.
pub(crate) fn counting(crowd: &Crowd) -> String {
    let crowd = crowd.clone();
    serve(move |stream| {
        crowd.enter();
        std::thread::sleep(Duration::from_millis(10));
        // Before the answer: with it, the next request may come.
        crowd.leave();
        respond(stream, 200, "application/fhir+json", "{}");
    })
}

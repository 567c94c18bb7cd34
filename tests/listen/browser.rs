//! The page of a listener in a browser, before anything was heard and after.

use super::listener::Listener;
use crate::packages::say;
use crate::support::browser::{Page, opened};

#[test]
fn the_page_of_a_listener_opens_in_a_browser_and_people_can_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let more = ["--suite", "pdex-payer-client", "--client", "acme"];
    let mut listener = Listener::start(folder.path(), &more);
    listener.token();
    let page = |name| Page {
        name,
        url: format!("http://{}/acme", listener.host),
        kind: "listen",
    };
    let Some((mut problems, _)) = opened(&[page("listen-silent")]) else {
        return;
    };
    let hostile =
        "GET /acme/fhir/Patient?name=%3Cimg%20src=x%20onerror=alert(1)%3E<script>alert(2)</script>";
    listener.ask(hostile, b"");
    listener.ask("POST /acme/fhir/Patient/$member-match", b"{}");
    if let Some((more, times)) = opened(&[page("listen")]) {
        problems.extend(more);
        say(&format!("milliseconds until all was there: {times}"));
    }
    listener.ask("POST /acme/finish", b"");
    listener.end();
    assert!(problems.is_empty(), "{problems:#?}");
}

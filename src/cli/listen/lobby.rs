//! The live page: what was heard, and what is still expected.

use super::hearing::Hearing;
use crate::cli::Failure;
use crate::data::Data;
use crate::mock::{Lobby, Page};
use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http::{HeaderMap, Method, header};
use std::sync::Arc;
use std::time::Duration;

/// How often an open page is told what has changed.
const BEAT: Duration = Duration::from_millis(300);
/// Beats without news after which something is sent anyway, so that a closed page is noticed.
const SILENT_BEATS: usize = 50;
/// Its own files and no others.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";

/// The pages around the rooms.
pub(super) struct Hall {
    hearings: Vec<Arc<Hearing>>,
    page: String,
    script: String,
    style: String,
}

impl Hall {
    /// Reads the page.
    pub(super) fn of(data: &Data, hearings: Vec<Arc<Hearing>>) -> Result<Self, Failure> {
        let read = |name: &str| -> Result<String, Failure> {
            Ok(data.text(&format!("reports/listen/{name}"))?.into_owned())
        };
        Ok(Self {
            hearings,
            page: read("listen.html")?,
            script: read("listen.js")?,
            style: read("listen.css")?,
        })
    }

    fn hearing(&self, name: &str) -> Option<&Arc<Hearing>> {
        self.hearings.iter().find(|one| one.name() == name)
    }

    /// The names of all clients, as a page without any script.
    fn list(&self) -> String {
        let items = self.hearings.iter().map(|one| {
            // Names are letters, digits and hyphens.
            format!("<li><a href=\"/{0}\">{0}</a></li>", one.name())
        });
        let items: String = items.collect();
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Vitruvian listens</title>\
             <link rel=\"stylesheet\" href=\"/listen.css\"></head><body><main><h1>Vitruvian listens</h1>\
             <ul class=\"clients\">{items}</ul></main></body></html>"
        )
    }
}

impl Lobby for Hall {
    fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Option<Page> {
        let segments: Vec<&str> = path.split('/').filter(|one| !one.is_empty()).collect();
        let page = match (method.as_str(), segments.as_slice()) {
            ("GET", []) => match self.hearings.as_slice() {
                [only] => Page::elsewhere(&format!("/{}", only.name())),
                _ => Page::of(200, HTML, self.list()),
            },
            ("GET", ["listen.css"]) => Page::of(200, "text/css", self.style.clone()),
            ("GET", ["listen.js"]) => Page::of(200, "text/javascript", self.script.clone()),
            ("GET", [name]) => {
                self.hearing(name)?;
                Page::of(200, HTML, self.page.clone())
            }
            ("GET", [name, "state"]) => Page::of(200, JSON, self.hearing(name)?.state().json()),
            ("GET", [name, "events"]) => events(Arc::clone(self.hearing(name)?)),
            ("POST", [name, "finish"]) => {
                let hearing = self.hearing(name)?;
                if is_from_elsewhere(headers) {
                    return Some(Page::of(403, "text/plain", "only from the page itself\n"));
                }
                hearing.break_off();
                let is_browser = headers
                    .get(header::ACCEPT)
                    .and_then(|accept| accept.to_str().ok())
                    .is_some_and(|accept| accept.contains("text/html"));
                match is_browser {
                    true => Page::elsewhere(&format!("/{name}")),
                    false => Page::of(200, JSON, hearing.state().json()),
                }
            }
            _ => return None,
        };
        Some(guarded(page))
    }
}

/// Whether another site's page sends it: its origin is not the host that is asked.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    text(header::ORIGIN).is_some_and(|origin| {
        origin.split_once("://").map(|(_, authority)| authority) != Some(host)
    })
}

/// With what keeps browsers from doing more with it.
fn guarded(page: Page) -> Page {
    match page {
        Page::Whole(mut response) => {
            let headers = &mut response.headers;
            let policy = http::HeaderValue::from_static(POLICY);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            let no_sniff = http::HeaderValue::from_static("nosniff");
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_sniff);
            headers.insert(
                header::CACHE_CONTROL,
                http::HeaderValue::from_static("no-store"),
            );
            Page::Whole(response)
        }
        events @ Page::Events(_) => events,
    }
}

/// The state whenever it has changed, until it is over.
fn events(hearing: Arc<Hearing>) -> Page {
    let events = stream::unfold(
        (hearing, String::new(), false),
        |(hearing, last, is_done)| async move {
            if is_done {
                return None;
            }
            for _ in 0..SILENT_BEATS {
                let state = hearing.state().json();
                if state != last {
                    let event = Bytes::from(format!("data: {state}\n\n"));
                    let is_over = hearing.is_over();
                    return Some((event, (hearing, state, is_over)));
                }
                tokio::time::sleep(BEAT).await;
            }
            Some((
                Bytes::from_static(b": still here\n\n"),
                (hearing, last, false),
            ))
        },
    );
    Page::Events(events.boxed())
}

#[cfg(test)]
mod tests {
    use super::is_from_elsewhere;
    use http::{HeaderMap, HeaderValue, header};

    #[test]
    fn other_sites_cannot_end_it() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
        assert!(!is_from_elsewhere(&headers));
        let set = |headers: &mut HeaderMap, origin| {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        };
        set(&mut headers, "http://127.0.0.1:8080");
        assert!(!is_from_elsewhere(&headers));
        set(&mut headers, "http://other.example");
        assert!(is_from_elsewhere(&headers));
        set(&mut headers, "null");
        assert!(is_from_elsewhere(&headers));
    }
}

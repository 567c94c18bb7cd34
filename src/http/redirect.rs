//! Whether and where a redirect is followed.

use super::{Failure, target};
use http::Method;
use url::Url;

/// Where the next hop goes; `None` when the response is the reply itself.
///
/// GET and HEAD follow any redirect; other methods only 307 and 308, which keep method and body, and
/// only within one origin, because the body may hold personal data or credentials.
pub(super) fn next(
    method: &Method,
    from: &Url,
    status: u16,
    location: Option<&str>,
) -> Result<Option<Url>, Failure> {
    let is_safe = matches!(*method, Method::GET | Method::HEAD);
    let follows = match status {
        301..=303 => is_safe,
        307 | 308 => true,
        _ => false,
    };
    let Some(location) = location.filter(|_| follows) else {
        return Ok(None);
    };
    let refuse = |reason: String| Failure::BadRedirect {
        location: shorten(location),
        reason,
    };
    let mut to = from
        .join(location)
        .map_err(|reason| refuse(reason.to_string()))?;
    to.set_fragment(None);
    if let Some(reason) = target::problem(&to) {
        return Err(refuse(reason));
    }
    if from.scheme() == "https" && to.scheme() == "http" {
        return Err(refuse("it leads from https to http".to_owned()));
    }
    if !is_safe && !target::same_origin(from, &to) {
        return Err(refuse(format!(
            "it would send the body of a {method} to another origin"
        )));
    }
    Ok(Some(to))
}

/// The failure for a redirect to where we have been.
pub(super) fn circle(to: &Url) -> Failure {
    Failure::BadRedirect {
        location: shorten(to.as_str()),
        reason: "it leads in a circle".to_owned(),
    }
}

/// A hostile header can be large; messages are not.
fn shorten(location: &str) -> String {
    match location.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &location[..end]),
        None => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::next;
    use crate::http::Failure;
    use http::Method;
    use url::Url;

    fn to(method: &Method, status: u16, location: &str) -> Result<Option<String>, Failure> {
        let from = Url::parse("https://payer.example/fhir/a").unwrap();
        next(method, &from, status, Some(location)).map(|url| url.map(|url| url.to_string()))
    }

    #[test]
    fn a_get_follows_every_redirect_relative_to_where_it_came_from() {
        for status in [301, 302, 303, 307, 308] {
            let found = to(&Method::GET, status, "b#part").unwrap();
            assert_eq!(found.as_deref(), Some("https://payer.example/fhir/b"));
        }
    }

    #[test]
    fn a_post_follows_only_redirects_that_keep_it_a_post() {
        assert_eq!(to(&Method::POST, 302, "b").unwrap(), None);
        assert_eq!(to(&Method::POST, 303, "b").unwrap(), None);
        assert!(to(&Method::POST, 307, "b").unwrap().is_some());
    }

    #[test]
    fn a_body_is_not_carried_to_another_origin() {
        let refused = to(&Method::POST, 308, "https://other.example/").unwrap_err();
        assert!(refused.to_string().contains("another origin"), "{refused}");
    }

    #[test]
    fn answers_that_are_no_redirects_are_left_alone() {
        for status in [200, 300, 304, 305, 404] {
            assert_eq!(to(&Method::GET, status, "b").unwrap(), None);
        }
    }

    #[test]
    fn hostile_locations_are_refused() {
        for location in [
            "http://payer.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://user:pass@payer.example/",
            "https://",
            "https://[::1",
            "https://payer.example:99999/",
        ] {
            assert!(to(&Method::GET, 302, location).is_err(), "{location}");
        }
        let long = to(&Method::GET, 302, &format!("x:{}", "é".repeat(100_000))).unwrap_err();
        assert!(long.to_string().len() < 1_000);
    }
}

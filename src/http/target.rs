//! Which URL a reference means, and whether it is ours.

use super::Error;
use url::Url;

/// Checks that a URL can be a base: HTTP, with a host, without credentials, query or fragment.
pub(super) fn check_base(url: &Url) -> Result<(), Error> {
    let reason = problem(url).or_else(|| {
        (url.query().is_some() || url.fragment().is_some()).then(|| {
            "a base has no query and no fragment; leave out what follows ? or #".to_owned()
        })
    });
    reason.map_or(Ok(()), |reason| Err(error(url.as_str(), reason)))
}

/// The URL that `reference` means: absolute as it is, anything else below the path of `base`.
///
/// A leading `/` does not leave the base: FHIR paths are written `/Patient` and mean `[base]/Patient`.
pub(super) fn resolve(base: &Url, reference: &str) -> Result<Url, Error> {
    let absolute = match Url::parse(reference) {
        Ok(url) => Some(url),
        Err(url::ParseError::RelativeUrlWithoutBase) => None,
        Err(reason) => return Err(error(reference, reason.to_string())),
    };
    let mut url = match absolute {
        Some(url) => url,
        None => below(base, reference)?,
    };
    url.set_fragment(None);
    match problem(&url) {
        None => Ok(url),
        Some(reason) => Err(error(reference, reason)),
    }
}

fn below(base: &Url, reference: &str) -> Result<Url, Error> {
    let (path, query) = match reference.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (reference, None),
    };
    let path = path.trim_start_matches(['/', '\\']);
    let root = base.as_str().trim_end_matches('/');
    let separator = if path.is_empty() { "" } else { "/" };
    let mut url = Url::parse(&format!("{root}{separator}{path}"))
        .map_err(|reason| error(reference, reason.to_string()))?;
    url.set_query(query);
    Ok(url)
}

/// What makes a URL unfit to send to, if anything.
pub(super) fn problem(url: &Url) -> Option<String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Some(format!("{}: is not http: or https:", url.scheme()));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Some("it names no host".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Some("it holds a user name or password; use target.token instead".to_owned());
    }
    None
}

/// Whether two URLs have scheme, host and port in common.
pub(super) fn same_origin(one: &Url, other: &Url) -> bool {
    one.origin() == other.origin()
}

/// Whether a URL points at this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

fn error(url: &str, reason: String) -> Error {
    Error::Url {
        url: without_credentials(url),
        reason,
    }
}

/// The URL as it may be shown.
fn without_credentials(url: &str) -> String {
    match Url::parse(url) {
        Ok(mut parsed) if !parsed.username().is_empty() || parsed.password().is_some() => {
            // Fails only for URLs that cannot have any.
            let _ = parsed.set_username("");
            let _ = parsed.set_password(None);
            parsed.to_string()
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{check_base, is_loopback, resolve, same_origin};
    use url::Url;

    fn base() -> Url {
        Url::parse("https://payer.example/fhir/r4").unwrap()
    }

    fn resolved(reference: &str) -> String {
        resolve(&base(), reference).unwrap().to_string()
    }

    #[test]
    fn references_keep_the_path_of_the_base() {
        let root = "https://payer.example/fhir/r4";
        assert_eq!(resolved(""), root);
        assert_eq!(resolved("Patient/1"), format!("{root}/Patient/1"));
        assert_eq!(resolved("/metadata"), format!("{root}/metadata"));
        assert_eq!(
            resolved("Patient/$member-match"),
            format!("{root}/Patient/$member-match")
        );
        assert_eq!(
            resolved("Patient?identifier=http://a|b"),
            format!("{root}/Patient?identifier=http://a|b")
        );
        assert_eq!(resolved("?_summary=true"), format!("{root}?_summary=true"));
    }

    #[test]
    fn a_reference_never_changes_the_host_without_saying_so() {
        for reference in [
            "//other.example/x",
            "\\\\other.example\\x",
            "@other.example/",
            "/:1/",
        ] {
            let url = resolve(&base(), reference).unwrap();
            assert!(same_origin(&base(), &url), "{reference} became {url}");
        }
    }

    #[test]
    fn only_http_without_credentials_is_resolved() {
        for reference in [
            "ftp://a/",
            "file:///etc/passwd",
            "urn:uuid:1",
            "https://u:p@a/",
            "http://",
        ] {
            assert!(resolve(&base(), reference).is_err(), "{reference}");
        }
    }

    #[test]
    fn credentials_are_not_shown_when_they_are_refused() {
        let url = Url::parse("https://user:secret@payer.example/fhir").unwrap();
        let refused = check_base(&url).unwrap_err().to_string();
        assert!(refused.contains("payer.example/fhir") && refused.contains("user name"));
        assert!(
            !refused.contains("secret") && !refused.contains("user:"),
            "{refused}"
        );
    }

    #[test]
    fn a_base_with_a_query_is_refused() {
        let url = Url::parse("https://payer.example/fhir?x=1").unwrap();
        assert!(
            check_base(&url)
                .unwrap_err()
                .to_string()
                .contains("no query")
        );
        assert!(check_base(&base()).is_ok());
    }

    #[test]
    fn the_default_port_is_the_same_origin_and_another_scheme_is_not() {
        let same = |other| same_origin(&base(), &Url::parse(other).unwrap());
        assert!(same("https://PAYER.example:443/x"));
        assert!(!same("http://payer.example/"));
        assert!(!same("https://payer.example:444/"));
        assert!(!same("https://payer.example.evil.example/"));
    }

    #[test]
    fn loopback_is_recognised() {
        let loopback = |url: &str| is_loopback(&Url::parse(url).unwrap());
        assert!(loopback("http://127.8.0.1:1/") && loopback("http://[::1]/"));
        assert!(loopback("http://localhost/") && !loopback("http://localhost.example/"));
    }
}

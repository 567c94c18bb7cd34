//! The command line that repeats an exchange.

use crate::evidence::RecordedRequest;

/// Headers that curl or the connection sets by itself.
const AUTOMATIC: [&str; 5] = [
    "host",
    "content-length",
    "connection",
    "transfer-encoding",
    "accept-encoding",
];
/// Headers whose value is a credential.
const CREDENTIALS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "apikey",
];

/// A `curl` command without the body; the page adds that, or a file's name, at the end. Credentials
/// are shell variables. Everything else is quoted so that a shell takes it literally, whatever the
/// target put into its links.
pub(super) fn command(request: &RecordedRequest) -> String {
    let mut parts = vec![format!("curl -sS -i -X {}", quote(&request.method))];
    for (name, value) in &request.headers {
        if AUTOMATIC.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        parts.push(format!("-H {}", header(name, value)));
    }
    parts.push(quote(&request.url));
    parts.join(" \\\n  ")
}

fn header(name: &str, value: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if !CREDENTIALS.contains(&lower.as_str()) {
        return quote(&format!("{name}: {value}"));
    }
    let (prefix, variable) = match value.split_once(' ') {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("bearer") => ("Bearer ", "TOKEN".into()),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("basic") => ("Basic ", "BASIC".into()),
        _ => ("", lower.to_ascii_uppercase().replace('-', "_")),
    };
    format!("\"{name}: {prefix}${variable}\"")
}

/// Quotes for a POSIX shell. Control characters, which a terminal would act upon when pasted, need
/// the form that spells them out.
fn quote(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    if !text.contains(char::is_control) {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    let escaped: String = text.chars().map(escape).collect();
    format!("$'{escaped}'")
}

fn escape(character: char) -> String {
    match character {
        '\\' => "\\\\".into(),
        '\'' => "\\'".into(),
        // A shell cannot hold NUL in an argument.
        '\0' => String::new(),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::command;
    use crate::evidence::RecordedRequest;

    fn request(url: &str, headers: &[(&str, &str)]) -> RecordedRequest {
        let headers = headers.iter().map(|(n, v)| ((*n).into(), (*v).into()));
        RecordedRequest {
            method: "GET".into(),
            url: url.into(),
            headers: headers.collect(),
            body: None,
        }
    }

    #[test]
    fn credentials_become_variables_and_automatic_headers_go() {
        let request = request(
            "https://payer.example/fhir/Patient?_id=1&x=2",
            &[
                ("host", "payer.example"),
                ("authorization", "Bearer [redacted]"),
                ("cookie", "a=b"),
                ("accept", "application/fhir+json"),
            ],
        );
        assert_eq!(
            command(&request),
            "curl -sS -i -X GET \\\n  -H \"authorization: Bearer $TOKEN\" \\\n  -H \"cookie: $COOKIE\" \\\n  \
             -H 'accept: application/fhir+json' \\\n  'https://payer.example/fhir/Patient?_id=1&x=2'"
        );
    }

    #[test]
    fn a_hostile_link_stays_one_literal_argument() {
        let quoted = command(&request("http://x/'; rm -rf ~ #$(id)`id`", &[]));
        assert!(quoted.ends_with(r"'http://x/'\''; rm -rf ~ #$(id)`id`'"));
        let spelt = command(&request("http://x/'\n\u{1b}\\", &[]));
        assert!(spelt.ends_with(r"$'http://x/\'\u000a\u001b\\'"));
    }
}

//! Content negotiation: what the client may send and accept.

use super::refusal::Refusal;
use crate::fhir::search;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Rule};
use http::header::{ACCEPT, CONTENT_TYPE};

/// Media types (and ranges of them) that FHIR JSON satisfies.
const ACCEPTED: [&str; 5] = [
    "*/*",
    "application/*",
    "application/json",
    "application/fhir+json",
    "text/json",
];

/// Refuses a request that cannot be answered in FHIR JSON; `_format` wins over `Accept`. `also` is one more
/// media type that would do, for answers that are not FHIR JSON.
pub(in crate::mock) fn check_accept(
    request: &Request,
    also: Option<&str>,
    deviation: &Deviation,
) -> Result<(), Refusal> {
    let is_accepted = |range: &str| {
        let mut parts = range.split(';').map(str::trim);
        let media = parts.next().unwrap_or_default().to_ascii_lowercase();
        let is_refused = parts.any(|part| part.strip_prefix("q=").is_some_and(is_zero));
        !is_refused && (ACCEPTED.contains(&media.as_str()) || Some(media.as_str()) == also)
    };
    let formats = search::parse(request.query.as_deref().unwrap_or_default());
    let is_fine = match formats.into_iter().find(|one| one.name == "_format") {
        // A `+` that was not percent-encoded arrives as a blank.
        Some(format) => format
            .values
            .iter()
            .any(|value| value == "json" || is_accepted(&value.replace("fhir json", "fhir+json"))),
        None => {
            let mut ranges = request.headers.get_all(ACCEPT).iter().peekable();
            ranges.peek().is_none()
                || ranges.any(|value| {
                    value
                        .to_str()
                        .is_ok_and(|text| text.split(',').any(is_accepted))
                })
        }
    };
    if is_fine || !deviation.enforces(Rule::Accept) {
        return Ok(());
    }
    Err(Refusal::new(
        406,
        "not-supported",
        "answers are application/fhir+json only",
    ))
}

/// Refuses a body that is not declared as FHIR JSON.
pub(in crate::mock) fn check_json_body(
    request: &Request,
    deviation: &Deviation,
) -> Result<(), Refusal> {
    check_body(
        request,
        &["application/fhir+json", "application/json"],
        deviation,
    )
}

/// Refuses a body that is not declared as a form.
pub(super) fn check_form_body(request: &Request, deviation: &Deviation) -> Result<(), Refusal> {
    check_body(request, &["application/x-www-form-urlencoded"], deviation)
}

fn check_body(request: &Request, allowed: &[&str], deviation: &Deviation) -> Result<(), Refusal> {
    let declared = request
        .header(&CONTENT_TYPE)
        .and_then(|value| value.split(';').next());
    let declared = declared.unwrap_or_default().trim().to_ascii_lowercase();
    if allowed.contains(&declared.as_str()) || !deviation.enforces(Rule::ContentType) {
        return Ok(());
    }
    Err(Refusal::new(
        415,
        "not-supported",
        format!("send a body of type {}", allowed[0]),
    ))
}

/// Whether the client asks to go on with what is understood (`Prefer: handling=lenient`).
pub(super) fn is_lenient(request: &Request) -> bool {
    request
        .headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .any(|part| part.trim() == "handling=lenient")
}

fn is_zero(quality: &str) -> bool {
    quality
        .trim()
        .parse::<f32>()
        .is_ok_and(|quality| quality == 0.0)
}

//! Assertions that several nouns share. Each returns what was expected and what came instead.

use super::Mismatch;
use crate::fhir::outcome;
use crate::http::Reply;
use serde_json::Value;

/// Media types FHIR JSON may be served as (FHIR R4 http#mime).
pub(super) const FHIR_JSON: [&str; 2] = ["application/fhir+json", "application/json"];

/// The status is one of `allowed`; `meaning` says in words what that would mean.
pub(super) fn expect_status(reply: &Reply, allowed: &[u16], meaning: &str) -> Result<(), Mismatch> {
    if allowed.contains(&reply.status) {
        return Ok(());
    }
    let listed: Vec<String> = allowed.iter().map(u16::to_string).collect();
    Err(Mismatch::new(
        format!("{meaning} (status {})", listed.join(" or ")),
        describe(reply),
    )
    .at("HTTP status"))
}

/// The status is an error of the client's making, and no failure of the server.
pub(super) fn expect_refusal(reply: &Reply) -> Result<(), Mismatch> {
    if (400..500).contains(&reply.status) {
        return Ok(());
    }
    Err(Mismatch::new("a refusal (a 4xx status)", describe(reply)).at("HTTP status"))
}

/// The body is a resource of this type.
pub(super) fn expect_resource(reply: &Reply, resource_type: &str) -> Result<Value, Mismatch> {
    let body = expect_json(reply)?;
    if body["resourceType"] == resource_type {
        return Ok(body);
    }
    let found = body["resourceType"].as_str().map_or_else(
        || "JSON without a resourceType".to_owned(),
        |found| format!("a resource of type {found}"),
    );
    Err(Mismatch::new(format!("a FHIR {resource_type}"), found).at("$.resourceType"))
}

/// The body is JSON.
pub(super) fn expect_json(reply: &Reply) -> Result<Value, Mismatch> {
    reply.json().map_err(|problem| {
        let kind = reply.header("content-type").unwrap_or("no content type");
        Mismatch::new(
            "a FHIR resource in JSON",
            format!("status {} with {kind}: {problem}", reply.status),
        )
        .at("body")
    })
}

/// The content type is FHIR's own JSON media type.
pub(super) fn expect_fhir_json(reply: &Reply) -> Result<(), Mismatch> {
    let found = reply.header("content-type").unwrap_or_default();
    let bare = found
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if bare == FHIR_JSON[0] {
        return Ok(());
    }
    let actual = if found.is_empty() {
        "no content type".to_owned()
    } else {
        found.to_owned()
    };
    Err(Mismatch::new("content type application/fhir+json", actual).at("header Content-Type"))
}

/// The body is an OperationOutcome with at least one issue, each with severity and code.
pub(super) fn expect_outcome(reply: &Reply) -> Result<Value, Mismatch> {
    let body = expect_resource(reply, "OperationOutcome")?;
    let issues = outcome::issues(&body);
    if issues.is_empty() {
        return Err(
            Mismatch::new("an OperationOutcome with at least one issue", "it has none")
                .at("$.issue"),
        );
    }
    for (index, issue) in issues.iter().enumerate() {
        for element in ["severity", "code"] {
            if issue[element].as_str().is_none_or(str::is_empty) {
                let place = format!("$.issue[{index}].{element}");
                return Err(
                    Mismatch::new(format!("every issue has a {element}"), "it is missing")
                        .at(place),
                );
            }
        }
    }
    Ok(body)
}

/// The reply in one line: status, kind of body, and what an OperationOutcome says.
pub(super) fn describe(reply: &Reply) -> String {
    if reply.body.is_empty() {
        return format!("status {} with an empty body", reply.status);
    }
    let Ok(body) = reply.json() else {
        let kind = reply.header("content-type").unwrap_or("no content type");
        return format!(
            "status {} with a body that is not JSON ({kind})",
            reply.status
        );
    };
    let said = outcome::text(&body);
    match body["resourceType"].as_str() {
        Some(kind) if said.is_empty() => format!("status {} with {}", reply.status, a(kind)),
        Some(kind) => format!(
            "status {} with {}: {}",
            reply.status,
            a(kind),
            shorten(&said)
        ),
        None => format!("status {} with JSON that is no FHIR resource", reply.status),
    }
}

/// A noun with its indefinite article.
pub(super) fn a(noun: &str) -> String {
    let is_vowel = noun.starts_with(|first: char| "AEIOUaeiou".contains(first));
    format!("{} {noun}", if is_vowel { "an" } else { "a" })
}

fn shorten(text: &str) -> String {
    const LIMIT: usize = 160;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    text.chars().take(LIMIT).chain(['…']).collect()
}

//! Who answers which path.

use super::Payer;
use super::group::Audience;
use super::job::NDJSON;
use super::negotiation::check_accept;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::version::Version;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use http::Method;

impl Payer {
    /// Answers a request.
    pub(super) fn route(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let segments = segments(&request.path)?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        if let Some(response) = self.guarded(&segments, request, deviation) {
            return Ok(response);
        }
        let also = segments
            .first()
            .is_some_and(|first| *first == "$job")
            .then_some(NDJSON);
        check_accept(request, also, deviation)?;
        let has_groups = self.version >= Version::V2_1_0;
        match segments[..] {
            ["metadata"] => only(request, &Method::GET).map(|()| self.metadata(request)),
            [".well-known", "smart-configuration"] => {
                only(request, &Method::GET).map(|()| Self::smart_configuration(request))
            }
            [".well-known", "davinci-configuration"] if self.version >= Version::V2_1_0 => {
                only(request, &Method::GET).map(|()| self.davinci_configuration(request))
            }
            ["Patient", "$member-match"] => {
                only(request, &Method::POST)?;
                self.member_match(request, deviation)
            }
            ["$member-match"] | ["Patient", _, "$member-match"]
                if !deviation.enforces(Rule::TypeLevel) =>
            {
                only(request, &Method::POST)?;
                self.member_match(request, deviation)
            }
            ["Patient", id, "$everything"] => {
                either(request)?;
                self.everything(id, request, deviation)
            }
            ["DocumentReference", "$docref"] => {
                either(request)?;
                self.docref(request, deviation)
            }
            ["Patient", "$export"] => {
                only(request, &Method::GET)?;
                self.patient_export(request, deviation)
            }
            ["Group", "$bulk-member-match"] if has_groups => {
                only(request, &Method::POST)?;
                self.bulk_member_match(Audience::Payer, request, deviation)
            }
            ["Group", "$provider-member-match"] if self.version >= Version::V2_2_0 => {
                only(request, &Method::POST)?;
                self.bulk_member_match(Audience::Provider, request, deviation)
            }
            ["Group", id, "$davinci-data-export"] if has_groups => {
                only(request, &Method::POST)?;
                self.group_export(id, request, deviation)
            }
            ["ValueSet", "$expand"] => {
                only(request, &Method::GET).and_then(|()| self.expand(request))
            }
            ["$submit-attachment"] => {
                only(request, &Method::POST)?;
                self.submit_attachment(request, deviation)
            }
            ["$job", ref rest @ ..] => self.job(rest, request, deviation),
            [kind, ref rest @ ..] => {
                let kind = ResourceType::find(kind).filter(|kind| kind.is_in(self.version));
                let kind = kind.ok_or_else(Refusal::not_found)?;
                self.route_type(kind, rest, request, deviation)
            }
            [] if request.method == Method::POST => self.batch(request, deviation),
            [] => Err(Refusal::not_found()),
        }
    }

    pub(in crate::mock) fn route_type(
        &mut self,
        kind: &'static ResourceType,
        rest: &[&str],
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        match *rest {
            [] if self.takes_records()
                && kind.is_created(self.version)
                && request.method == Method::POST =>
            {
                self.create(kind, request, deviation)
            }
            [] | ["_search"] if !kind.is_searched => Err(Refusal::not_found()),
            [] => {
                only(request, &Method::GET)?;
                self.search(kind, request, deviation)
            }
            ["_search"] => {
                only(request, &Method::POST)?;
                self.search_by_form(kind, request, deviation)
            }
            [operation] if operation.starts_with('$') => Err(Refusal::not_found()),
            ["_history"] => {
                only(request, &Method::GET)?;
                self.type_history(kind, request, deviation)
            }
            [id] if self.takes_records() && kind.is_updated && request.method == Method::PUT => {
                self.update(kind, id, request, deviation)
            }
            [id] if kind.name == "Consent"
                && kind.is_created(self.version)
                && request.method == Method::DELETE =>
            {
                self.take_back(kind, id, deviation)
            }
            [id] => {
                only(request, &Method::GET)?;
                self.read(kind, id, request, deviation)
            }
            [id, "_history"] => {
                only(request, &Method::GET)?;
                self.history(kind, id, request, deviation)
            }
            [id, "_history", version] => {
                only(request, &Method::GET)?;
                self.read_version(kind, id, version, deviation)
            }
            _ => Err(Refusal::not_found()),
        }
    }
}

impl Payer {
    /// Whether records about members are taken: not where only the records of another stand-in are kept.
    fn takes_records(&self) -> bool {
        !self.members.is_empty()
    }
}

/// Refuses any other method than the one that works here.
pub(in crate::mock) fn only(request: &Request, method: &Method) -> Result<(), Refusal> {
    if request.method == *method {
        return Ok(());
    }
    Err(Refusal::method(if *method == Method::GET {
        "GET"
    } else {
        "POST"
    }))
}

/// Refuses any method but GET and POST.
fn either(request: &Request) -> Result<(), Refusal> {
    if request.method == Method::GET || request.method == Method::POST {
        return Ok(());
    }
    Err(Refusal::method("GET, POST"))
}

/// The segments of a path, percent-decoded one by one.
pub(in crate::mock) fn segments(path: &str) -> Result<Vec<String>, Refusal> {
    let decoded = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(decode);
    decoded
        .collect::<Option<_>>()
        .ok_or_else(|| Refusal::bad_request("the path is not percent-encoded UTF-8"))
}

fn decode(segment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn segments_are_decoded() {
        assert_eq!(decode("%24member-match").as_deref(), Some("$member-match"));
        for bad in ["%", "%2", "%zz", "%ff", "%+1"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}

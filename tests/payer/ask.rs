//! Asking the payer without a network.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::{Value, json};
use vitruvian::data::Data;
use vitruvian::mock::{Payer, Request, Response, StandIn};

pub(crate) const BASE: &str = "http://payer.test/fhir";

/// The payer on one fixed day.
pub(crate) fn payer(version: &str) -> Payer {
    let today = time::macros::date!(2026 - 11 - 21);
    Payer::load(&Data::Embedded, version, today).unwrap()
}

pub(crate) fn request(method: Method, target: &str, body: &str) -> Request {
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (target, None),
    };
    let mut headers = HeaderMap::new();
    if method == Method::POST {
        let form = path.ends_with("/_search");
        let kind = if form {
            "application/x-www-form-urlencoded"
        } else {
            "application/fhir+json"
        };
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    Request {
        method,
        path: path.to_owned(),
        query,
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
        base: BASE.to_owned(),
        client_certificate: None,
    }
}

pub(crate) fn with_header(
    mut request: Request,
    name: &'static str,
    value: &'static str,
) -> Request {
    request.headers.insert(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    );
    request
}

pub(crate) fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

pub(crate) fn get(payer: &mut Payer, target: &str) -> (u16, Value) {
    let response = payer.respond(&request(Method::GET, target, ""));
    (response.status, body(&response))
}

pub(crate) fn post(payer: &mut Payer, target: &str, sent: &Value) -> (u16, Value) {
    let response = payer.respond(&request(Method::POST, target, &sent.to_string()));
    (response.status, body(&response))
}

/// A member as a request describes it.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    pub(crate) family: &'static str,
    pub(crate) given: &'static str,
    pub(crate) gender: &'static str,
    pub(crate) birth_date: &'static str,
    pub(crate) member_id: &'static str,
    pub(crate) subscriber_id: &'static str,
}

const fn person(
    name: [&'static str; 2],
    gender: &'static str,
    birth_date: &'static str,
    card: [&'static str; 2],
) -> Person {
    let ([given, family], [member_id, subscriber_id]) = (name, card);
    Person {
        family,
        given,
        gender,
        birth_date,
        member_id,
        subscriber_id,
    }
}

pub(crate) const MARIAN: Person = person(
    ["Marian", "Oakhurst"],
    "female",
    "1974-12-25",
    ["VM-100037", "VS-500053"],
);
pub(crate) const STRANGER: Person = person(
    ["Nobody", "Nowhere"],
    "female",
    "1971-01-01",
    ["VM-1", "VS-1"],
);
pub(crate) const TWICE: Person = person(
    ["Corwin", "Doppler"],
    "male",
    "1979-09-09",
    ["VM-700021", "VS-700020"],
);
pub(crate) const MARRIED: Person = person(
    ["Imogen", "Thistledown"],
    "female",
    "1985-05-21",
    ["VM-100407", "VS-500583"],
);
pub(crate) const ACCENTS: Person = person(
    ["Zoë", "Núñez-Åkerlund"],
    "female",
    "1993-01-08",
    ["VM-100444", "VS-500636"],
);
pub(crate) const MIXED: Person = person(
    ["Thaddeus", "Ironwood"],
    "male",
    "1966-08-23",
    ["VM-100518", "VS-500742"],
);
pub(crate) const OTTOLINE: Person = person(
    ["Ottoline", "Silverbirch"],
    "female",
    "1982-03-27",
    ["VM-100592", "VS-500848"],
);
pub(crate) const REVOKED: Person = person(
    ["Florian", "Wintergreen"],
    "male",
    "1959-04-02",
    ["VM-100703", "VS-501007"],
);
pub(crate) const TOBIAS: Person = person(
    ["Tobias", "Meadowlark"],
    "male",
    "2014-10-31",
    ["VM-100814", "VS-800030"],
);
pub(crate) const FORMER: Person = person(
    ["Ambrose", "Driftwood"],
    "male",
    "1972-07-07",
    ["VM-100888", "VS-501272"],
);

pub(crate) const FUTURE: Person = person(
    ["Beatrix", "Driftwood"],
    "female",
    "1990-09-01",
    ["VM-100925", "VS-501325"],
);

/// A conformant request to match that person, with a regular consent.
pub(crate) fn match_request(person: &Person) -> Value {
    let npi = |value: &str| json!({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": value}});
    let actor = |role: &str, value: &str| json!({"role": {"coding": [{"code": role}]}, "reference": npi(value)});
    let local = json!({"reference": "Patient/submitted-1"});
    json!({"resourceType": "Parameters", "parameter": [
        {"name": "MemberPatient", "resource": {
            "resourceType": "Patient", "id": "submitted-1",
            "name": [{"family": person.family, "given": [person.given]}],
            "gender": person.gender, "birthDate": person.birth_date,
        }},
        {"name": "Consent", "resource": {
            "resourceType": "Consent", "status": "active", "patient": local,
            "policy": [{"uri": policy("regular")}],
            "provision": {
                "type": "permit", "period": {"start": "2026-10-01", "end": "2027-01-31"},
                "actor": [actor("performer", "5555555551"), actor("IRCP", "7777777773")],
            },
        }},
        {"name": "CoverageToMatch", "resource": {
            "resourceType": "Coverage", "status": "active", "beneficiary": local,
            "identifier": [{"system": "https://payer.example/ids/member", "value": person.member_id}],
            "subscriberId": person.subscriber_id,
            "payor": [npi("5555555551")],
        }},
        {"name": "CoverageToLink", "resource": {
            "resourceType": "Coverage", "status": "active", "beneficiary": local, "subscriberId": "NEW-1",
            "payor": [npi("7777777773")],
        }},
    ]})
}

pub(crate) fn policy(kind: &str) -> String {
    format!("http://hl7.org/fhir/us/davinci-hrex/StructureDefinition-hrex-consent.html#{kind}")
}

/// The resource of a named parameter, to change it.
pub(crate) fn part<'a>(parameters: &'a mut Value, name: &str) -> &'a mut Value {
    let all = parameters["parameter"].as_array_mut().unwrap();
    &mut all.iter_mut().find(|one| one["name"] == name).unwrap()["resource"]
}

/// The same request without a parameter.
pub(crate) fn without(mut parameters: Value, name: &str) -> Value {
    parameters["parameter"]
        .as_array_mut()
        .unwrap()
        .retain(|one| one["name"] != name);
    parameters
}

pub(crate) const MATCH: &str = "/Patient/$member-match";

//! `POST /` with a Bundle of type batch: several requests at once.

use super::Payer;
use super::negotiation::check_json_body;
use super::refusal::Refusal;
use crate::fhir::bundle;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

/// Requests in one batch at most.
const MOST: usize = 50;

impl Payer {
    /// Answers every request of the batch on its own. A batch in a batch is refused.
    pub(super) fn batch(
        &mut self,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        let body: Value = serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
        if body["resourceType"] != "Bundle" || body["type"] != "batch" {
            return Err(Refusal::bad_request("send a Bundle of type batch"));
        }
        if bundle::entries(&body).len() > MOST {
            return Err(Refusal::new(
                413,
                "too-costly",
                format!("at most {MOST} requests in a batch"),
            ));
        }
        let answers: Vec<Value> = bundle::entries(&body)
            .iter()
            .map(|entry| self.answer(entry, request, deviation))
            .collect();
        let answer = json!({"resourceType": "Bundle", "type": "batch-response", "entry": answers});
        Ok(Response::fhir(200, &answer))
    }

    fn answer(&mut self, entry: &Value, request: &Request, deviation: &Deviation) -> Value {
        let response = single(entry, request)
            .and_then(|one| self.route(&one, deviation))
            .unwrap_or_else(Response::from);
        let mut answer = json!({"response": {"status": response.status.to_string()}});
        if let Ok(body) = serde_json::from_slice::<Value>(&response.body) {
            let place = if response.status < 400 {
                &mut answer
            } else {
                &mut answer["response"]
            };
            let name = if response.status < 400 {
                "resource"
            } else {
                "outcome"
            };
            place[name] = body;
        }
        answer
    }
}

/// The request that an entry stands for.
fn single(entry: &Value, request: &Request) -> Result<Request, Refusal> {
    let text = |name: &str| entry["request"][name].as_str().unwrap_or_default();
    let method = Method::from_bytes(text("method").as_bytes())
        .map_err(|_| Refusal::bad_request("an entry has no method"))?;
    let url = text("url").trim_start_matches('/');
    let (path, query) = url
        .split_once('?')
        .map_or((url, None), |(path, query)| (path, Some(query)));
    if path.is_empty() {
        return Err(Refusal::bad_request("an entry asks for nothing"));
    }
    Ok(Request {
        method,
        path: format!("/{path}"),
        query: query.map(str::to_owned),
        headers: request.headers.clone(),
        body: entry
            .get("resource")
            .map_or_else(Bytes::new, |resource| resource.to_string().into()),
        base: request.base.clone(),
        client_certificate: request.client_certificate.clone(),
    })
}

//! `ValueSet/$expand` for the one value set the payer can tell of: the types of documents it holds.

use super::Payer;
use super::refusal::Refusal;
use crate::fhir::{fold, path, search};
use crate::mock::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const DOCUMENT_TYPES: &str = "http://hl7.org/fhir/us/core/ValueSet/us-core-documentreference-type";
const DOCUMENT: &str = "us-core-documentreference";

impl Payer {
    /// Expands the value set named by `url`, or bound in the `context` of a DocumentReference.
    pub(super) fn expand(&self, request: &Request) -> Result<Response, Refusal> {
        let asked = search::parse(request.query.as_deref().unwrap_or_default());
        let value = |name: &str| {
            asked
                .iter()
                .find(|one| one.name == name)
                .map(|one| one.values.join(","))
        };
        match (value("url"), value("context")) {
            (Some(url), _) if url == DOCUMENT_TYPES => {}
            (None, Some(context)) if context.contains(DOCUMENT) => {}
            (None, None) => return Err(Refusal::new(400, "required", "give url or context")),
            _ => {
                return Err(Refusal::new(
                    404,
                    "not-found",
                    "this value set is not known here",
                ));
            }
        }
        let filter = fold::text(&value("filter").unwrap_or_default());
        let mut codes: BTreeMap<&str, &Value> = BTreeMap::new();
        for stored in self.store.all("DocumentReference") {
            for coding in path::elements(&stored.resource, "type.coding") {
                let display = coding["display"].as_str().unwrap_or_default();
                if let (Some(code), true) = (
                    coding["code"].as_str(),
                    fold::text(display).contains(&filter),
                ) {
                    codes.insert(code, coding);
                }
            }
        }
        let contains: Vec<&Value> = codes.into_values().collect();
        let mut expansion = json!({
            "identifier": "https://payer.example/expansions/document-types",
            "timestamp": super::store::SEEDED,
            "total": contains.len(),
        });
        if !contains.is_empty() {
            expansion["contains"] = json!(contains);
        }
        Ok(Response::fhir(
            200,
            &json!({
                "resourceType": "ValueSet", "url": DOCUMENT_TYPES, "status": "active", "expansion": expansion,
            }),
        ))
    }
}

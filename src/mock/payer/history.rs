//! History: the versions of one resource, or of all resources of a type.

use super::page::{OFFSET, Page};
use super::read::tag;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::{Span, search};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

impl Payer {
    /// `GET /{type}/{id}/_history`: what is kept, newest first, with a deletion.
    pub(super) fn history(
        &self,
        kind: &ResourceType,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let stored = self.find_ever(kind, id, deviation)?;
        let own = format!("{}/{}/{id}/_history", request.base, kind.name);
        self.answer_history(&own, entries(kind.name, stored, &request.base), request)
    }

    /// `GET /{type}/_history`: the same for all resources of the type the caller may see.
    pub(super) fn type_history(
        &self,
        kind: &ResourceType,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let shown = self
            .store
            .all_ever(kind.name)
            .filter(|stored| self.visibility(stored, deviation) == Visibility::Shown);
        let mut entries: Vec<Value> = shown
            .flat_map(|stored| entries(kind.name, stored, &request.base))
            .collect();
        entries.sort_by_key(|entry| std::cmp::Reverse(start(entry)));
        let own = format!("{}/{}/_history", request.base, kind.name);
        self.answer_history(&own, entries, request)
    }

    /// Chooses by `_since` and pages by `_count`.
    fn answer_history(
        &self,
        own: &str,
        mut entries: Vec<Value>,
        request: &Request,
    ) -> Result<Response, Refusal> {
        let asked = search::parse(request.query.as_deref().unwrap_or_default());
        let page = Page::read(&asked, &self.settings.limits)?;
        let since = asked.iter().find(|one| one.name == "_since");
        let since = since.map(|one| one.values.join(","));
        if let Some(since) = &since {
            let span = Span::parse_search(since)
                .map_err(|_| Refusal::bad_request("_since is a date or a time"))?;
            entries.retain(|entry| start(entry) >= Some(span.start));
        }
        let link = |offset: Option<usize>| {
            let mut query = Serializer::new(String::new());
            if let Some(since) = &since {
                query.append_pair("_since", since);
            }
            if offset.is_some() || page.is_counted {
                query.append_pair("_count", &page.count.to_string());
            }
            if let Some(offset) = offset {
                query.append_pair(OFFSET, &offset.to_string());
            }
            let query = query.finish();
            let mark = if query.is_empty() { "" } else { "?" };
            format!("{own}{mark}{query}")
        };
        let total = entries.len();
        let mut links = vec![json!({"relation": "self", "url": link(None)})];
        if let Some(offset) = page.next(total, None) {
            links.push(json!({"relation": "next", "url": link(Some(offset))}));
        }
        let shown: Vec<Value> = entries.drain(page.range(total, None)).collect();
        let mut bundle = json!({
            "resourceType": "Bundle", "type": "history", "total": total, "link": links,
        });
        if !shown.is_empty() {
            bundle["entry"] = Value::Array(shown);
        }
        Ok(Response::fhir(200, &bundle))
    }
}

/// One entry for each version that is kept, newest first.
fn entries(kind: &str, stored: &Stored, base: &str) -> Vec<Value> {
    let id = stored.resource["id"].as_str().unwrap_or_default();
    let url = format!("{kind}/{id}");
    let entry = |method: &str, address: &str, status: &str, etag: String, updated: &Value| {
        json!({
            "fullUrl": format!("{base}/{url}"),
            "request": {"method": method, "url": address},
            "response": {"status": status, "etag": etag, "lastModified": updated},
        })
    };
    let deletion = stored.deleted.as_ref().map(|time| {
        let etag = format!("W/\"{}\"", stored.version());
        entry("DELETE", &url, "204", etag, &json!(time))
    });
    let versions = stored.versions().map(|resource| {
        let is_first = resource["meta"]["versionId"] == "1";
        let (method, address, status) = if is_first {
            ("POST", kind, "201")
        } else {
            ("PUT", url.as_str(), "200")
        };
        let updated = &resource["meta"]["lastUpdated"];
        let mut entry = entry(method, address, status, tag(resource), updated);
        entry["resource"] = resource.clone();
        entry
    });
    deletion.into_iter().chain(versions).collect()
}

/// When a version began.
fn start(entry: &Value) -> Option<i128> {
    let time = entry["response"]["lastModified"].as_str()?;
    Span::parse(time).ok().map(|span| span.start)
}

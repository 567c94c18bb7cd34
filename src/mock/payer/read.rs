//! Reading one resource as it is, or as it was.

use super::http_date::http_date;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::id;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use http::header::{ETAG, IF_NONE_MATCH, LAST_MODIFIED};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

impl Payer {
    /// `GET /{type}/{id}`.
    pub(super) fn read(
        &self,
        kind: &ResourceType,
        id: &str,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let other = self
            .other_member(id)
            .filter(|_| deviation.other_member && kind.name == "Patient");
        let stored = self.find(kind, other.unwrap_or(id), deviation)?;
        let tag = tag(&stored.resource);
        let known = request.header(&IF_NONE_MATCH).unwrap_or_default();
        let is_known = known
            .split(',')
            .any(|one| one.trim() == "*" || one.trim() == tag);
        if is_known {
            return Ok(with_version(Response::empty(304), &stored.resource));
        }
        Ok(with_version(
            Response::fhir(200, &stored.resource),
            &stored.resource,
        ))
    }

    /// `GET /{type}/{id}/_history/{version}`.
    pub(super) fn read_version(
        &self,
        kind: &ResourceType,
        id: &str,
        version: &str,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        let stored = self.find_ever(kind, id, deviation)?;
        if stored.deleted.is_some() && version == stored.version().to_string() {
            return Err(Refusal::deleted());
        }
        let is_asked = |one: &&Value| {
            one["meta"]["versionId"] == version || !deviation.enforces(Rule::VersionAsked)
        };
        let found = stored
            .versions()
            .find(is_asked)
            .ok_or_else(Refusal::not_found)?;
        Ok(with_version(Response::fhir(200, found), found))
    }

    /// The resource, if the id is one, it is not deleted, and the caller may see it.
    pub(super) fn find(
        &self,
        kind: &ResourceType,
        id: &str,
        deviation: &Deviation,
    ) -> Result<&Stored, Refusal> {
        let stored = self.find_ever(kind, id, deviation)?;
        if stored.deleted.is_some() {
            return Err(Refusal::deleted());
        }
        Ok(stored)
    }

    /// The resource, deleted or not, if the id is one and the caller may see it.
    pub(super) fn find_ever(
        &self,
        kind: &ResourceType,
        id: &str,
        deviation: &Deviation,
    ) -> Result<&Stored, Refusal> {
        if !id::is_valid(id) {
            return Err(Refusal::bad_request(
                "this is no FHIR id: use letters, digits, - and .",
            ));
        }
        let stored = self
            .store
            .ever(kind.name, id)
            .ok_or_else(Refusal::not_found)?;
        match self.visibility(stored, deviation) {
            Visibility::Shown => Ok(stored),
            Visibility::Withheld => Err(Refusal::not_found()),
            Visibility::Revoked => Err(Refusal::revoked()),
        }
    }
}

/// The entity tag of a version.
pub(super) fn tag(resource: &Value) -> String {
    format!(
        "W/\"{}\"",
        resource["meta"]["versionId"].as_str().unwrap_or_default()
    )
}

pub(super) fn with_version(response: Response, resource: &Value) -> Response {
    let updated = resource["meta"]["lastUpdated"]
        .as_str()
        .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
        .and_then(http_date);
    let response = response.with(ETAG, &tag(resource));
    match updated {
        Some(updated) => response.with(LAST_MODIFIED, &updated),
        None => response,
    }
}

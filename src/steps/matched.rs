//! A confirmed match, and the record it leads to.

use super::World;
use super::drive::{Halt, Outcome};
use super::expect::describe;
use crate::fhir::{Reference, bundle, parameters};
use crate::http::{Reply, Request};

/// The operation, below the base URL.
pub(super) const MATCH: &str = "Patient/$member-match";

/// What a confirmed match said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matched {
    /// System of the member identifier.
    pub(super) system: String,
    /// Value of the member identifier; empty when the payer left it out.
    pub(super) value: String,
    /// Reference given as MemberId.
    pub(super) named: Option<String>,
}

impl Matched {
    /// Reads a confirmed match from the answer to a match request.
    pub(super) fn read(reply: &Reply) -> Option<Self> {
        let body = reply
            .json()
            .ok()
            .filter(|body| reply.status == 200 && body["resourceType"] == "Parameters")?;
        let identifier = parameters::value(&body, "MemberIdentifier")?;
        let text = |key: &str| identifier[key].as_str().map(str::to_owned);
        let named =
            parameters::value(&body, "MemberId").and_then(|value| value["reference"].as_str());
        let named = named.map(str::to_owned);
        Some(Self {
            system: text("system").unwrap_or_default(),
            value: text("value").unwrap_or_default(),
            named,
        })
    }

    /// Id of the record the payer named, if it named a Patient.
    pub(super) fn named_id(&self) -> Option<String> {
        let reference = Reference::parse(self.named.as_deref()?);
        reference
            .target()
            .filter(|(kind, _)| *kind == "Patient")
            .map(|(_, id)| id.to_owned())
    }

    /// The search that finds the member by this identifier.
    pub(super) fn search(&self) -> Result<String, Halt> {
        if self.value.is_empty() {
            return Err(Halt::Skip(
                "the match gave no identifier to search by".into(),
            ));
        }
        let token = format!("{}|{}", self.system, self.value);
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("identifier", &token)
            .finish();
        Ok(format!("Patient?{query}"))
    }
}

impl World {
    /// The match request as it stands.
    pub(super) fn match_request(&mut self) -> Result<Request, Halt> {
        Ok(Request::post_json(MATCH, &self.request()?.to_json()))
    }

    /// Asks for a match, and skips unless the payer confirms it.
    pub(super) async fn confirm_match(&mut self) -> Outcome {
        let request = self.match_request()?;
        self.prepare(request).await?;
        let reply = self.reply()?;
        match Matched::read(reply) {
            Some(matched) => {
                self.matches.push(matched);
                Ok(())
            }
            None => Err(Halt::Skip(format!(
                "the payer did not match the member ({}); check the test member's details",
                describe(reply)
            ))),
        }
    }

    /// The last confirmed match.
    pub(super) fn last_match(&self) -> Result<&Matched, Halt> {
        self.matches
            .last()
            .ok_or_else(|| Halt::Error("no match was confirmed before this step".into()))
    }

    /// The record number of the member the scenario is about: the configured one, or else that of the
    /// last confirmed match.
    pub(super) async fn member_record(&mut self) -> Result<String, Halt> {
        if let Some(id) = &self.known_record {
            return Ok(id.clone());
        }
        let matched = self.last_match()?.clone();
        self.record_number(&matched).await
    }

    /// The record number of a confirmed match: the one a search by the identifier finds, or else the
    /// one the payer named. Skips when neither is to be had, because other scenarios judge that.
    pub(super) async fn record_number(&mut self, matched: &Matched) -> Result<String, Halt> {
        self.prepare(Request::get(matched.search()?)).await?;
        let found = self.reply()?.json().ok().and_then(|found| {
            let mut patients =
                bundle::matches(&found).filter(|resource| resource["resourceType"] == "Patient");
            patients.next()?["id"].as_str().map(str::to_owned)
        });
        let found = found.or_else(|| matched.named_id());
        found.ok_or_else(|| {
            Halt::Skip("the record number of the matched member cannot be learnt".into())
        })
    }
}

//! Formal authorizations that Tasks refer to: the provider reads them where the payer has them (CDex, Formal
//! Authorization).

use super::Provider;
use crate::fhir::Reference;
use crate::mock::deviation::Deviation;
use crate::mock::response::FHIR_JSON;
use crate::mock::{Delivery, Rule};
use http::Method;
use serde_json::Value;

/// The kinds of resources that authorize.
const KINDS: [&str; 2] = ["CommunicationRequest", "ServiceRequest"];

impl Provider {
    /// Reads what a Task rests on. What it says changes nothing here: whoever may ask, may ask without it, too. There
    /// is nothing to trust over TLS, so that only plain addresses are read.
    pub(super) fn read_authorizations(&mut self, task: &Value, deviation: &Deviation) {
        if !deviation.enforces(Rule::AuthorizationRead) {
            return;
        }
        let all = task["basedOn"].as_array().into_iter().flatten();
        let addresses = all.filter_map(|one| one["reference"].as_str());
        let is_read = |address: &&str| {
            let parsed = Reference::parse(address);
            let kind = parsed.target().map(|(kind, _)| kind);
            address.starts_with("http://") && kind.is_some_and(|kind| KINDS.contains(&kind))
        };
        let reads = addresses.filter(is_read).map(|address| Delivery {
            method: Method::GET,
            url: address.to_owned(),
            content_type: String::new(),
            headers: vec![("accept".to_owned(), FHIR_JSON.to_owned())],
            body: String::new(),
            about: "authorization".to_owned(),
        });
        self.outbox.extend(reads);
    }
}

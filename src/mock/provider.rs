//! The mock provider: a hospital's FHIR server that answers a payer's questions, computed from `mocks/provider`.
//!
//! - `settings`, `chart` read the data files; `record` writes a chart out as resources; `code` beside it knows the systems.
//! - The records stand on the same server as the mock payer's: reading, searching and histories are the same.
//! - `route` decides who answers; `capability` declares it; `patient_match` answers `$match`.
//! - `task` takes requests and moves them along; `task_rule` says what a request must be, `answer` what comes of it;
//!   `attachment` does both for requests for attachments, which are submitted to the payer.
//! - `signing` is what is signed: answers on demand, or everything; `document` puts records into a signed document.
//! - `subscription` tells subscribers of Tasks that change.

mod answer;
mod attachment;
mod authorization;
mod capability;
mod chart;
mod document;
mod patient_match;
mod record;
mod route;
mod settings;
mod signing;
mod subscription;
mod task;
mod task_rule;

use self::chart::Treatment;
use self::settings::Settings;
use self::subscription::Channel;
use self::task::Work;
use super::deviation::Deviation;
use super::payer::cors;
use super::{Delivery, Error, Fault, Guard, Handshake, Payer, Request, Response, StandIn};
use crate::data::Data;
use crate::mock::cdex_version::Version;
use std::collections::BTreeMap;
use time::{Date, Duration, PrimitiveDateTime, Time};

/// A hospital's FHIR server.
///
/// Without authentication the caller is whoever a Task names as its requester.
#[derive(Clone, Debug)]
pub struct Provider {
    settings: Settings,
    version: Version,
    today: Date,
    /// The record server.
    records: Payer,
    treatment: Treatment,
    /// What is still to be done for each Task, by id.
    works: BTreeMap<String, Work>,
    /// How many resources came into being here; a clock that moves with what happens.
    moments: u32,
    /// What is known of subscriptions, by id.
    channels: BTreeMap<String, Channel>,
    /// What is to be sent.
    outbox: Vec<Delivery>,
    /// Whether everything that is given is signed.
    signs_everything: bool,
    fault: Option<Fault>,
}

impl Provider {
    /// Sets the provider up from `mocks/provider`, to play one version of the IG on one day.
    ///
    /// # Errors
    /// When a data file is missing or wrong, or the version is none of 2.0.0, 2.1.0 and 3.0.0-ballot.
    pub fn load(data: &Data, ig_version: &str, today: Date) -> Result<Self, Error> {
        let settings = Settings::load(data)?;
        let version = Version::parse(ig_version)?;
        let (treatment, store) = chart::load(data, &settings, version)?;
        Ok(Self {
            records: Payer::of_records(data, version.records(), today, store)?,
            settings,
            version,
            today,
            treatment,
            works: BTreeMap::new(),
            moments: 0,
            channels: BTreeMap::new(),
            outbox: Vec::new(),
            signs_everything: false,
            fault: None,
        })
    }

    /// The same provider with a fault. A fault of another IG version, or of another stand-in, changes nothing.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        let is_ours = fault.is_of("provider") && fault.applies.in_version(self.version.as_str());
        self.fault = is_ours.then_some(fault);
        self
    }

    /// The same provider, which now asks for access tokens and gives them out.
    #[must_use]
    pub fn with_guard(mut self, guard: Guard) -> Self {
        self.records = self.records.with_guard(guard);
        self
    }

    /// National provider identifier and name of the provider itself.
    #[must_use]
    pub fn identity(&self) -> (&str, &str) {
        (&self.settings.provider.npi, &self.settings.provider.name)
    }

    /// National provider identifier and name of the payer that may ask.
    #[must_use]
    pub fn payer(&self) -> (&str, &str) {
        (&self.settings.payer.npi, &self.settings.payer.name)
    }

    /// National provider identifier and name of the other provider that may ask.
    #[must_use]
    pub fn colleague(&self) -> (&str, &str) {
        (&self.settings.colleague.npi, &self.settings.colleague.name)
    }

    /// The next moment: a second after the one before, on the day that is played.
    fn moment(&mut self) -> String {
        self.moments += 1;
        let time = PrimitiveDateTime::new(self.today, Time::MIDNIGHT)
            .saturating_add(Duration::seconds(i64::from(self.moments)));
        format!("{}T{}Z", time.date(), clock(time.time()))
    }
}

fn clock(time: Time) -> String {
    format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    )
}

impl StandIn for Provider {
    fn handshake(&self) -> Handshake {
        let fault = self.fault.as_ref();
        fault.map(Fault::handshake).unwrap_or_default()
    }

    fn respond(&mut self, request: &Request) -> Response {
        let deviation = match &self.fault {
            Some(fault) => fault.deviation(request),
            None => Deviation::default(),
        };
        let response = match cors::preflight(request) {
            Some(response) => response,
            None => self
                .route(request, &deviation)
                .unwrap_or_else(Response::from),
        };
        self.records.dismiss();
        let mut response = cors::allow(request, response);
        let (before, after) = match &self.fault {
            Some(fault) if fault.tampers => (None, Some(fault)),
            fault => (fault.as_ref(), None),
        };
        if let Some(fault) = before {
            fault.alter(request, &mut response);
        }
        let mut response = self.sealed(response, &deviation);
        if let Some(fault) = after {
            fault.alter(request, &mut response);
        }
        response
    }

    fn outbox(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.outbox)
    }

    fn delivered(&mut self, about: &str, status: Option<u16>) {
        match about.split_once(' ') {
            Some(("task", id)) => self.conclude(id, status),
            Some(("handshake", id)) => self.shake(id, status),
            _ => {}
        }
    }
}

//! The mock payer: a health plan's FHIR server, computed from `mocks/payer`.
//!
//! - `settings`, `seed`, `vocabulary` read the data files; `records` expands a member into resources,
//!   `plan` the organisations around, with `provider_group` and `mutual_tls`; `member` is what matching knows;
//!   `store` holds the resources.
//! - `route` decides who answers; `negotiation` what may be sent and accepted.
//! - `capability` declares what `resource_type` lists and the operations that are served.
//! - `cors` lets web pages ask; `well_known` says where the endpoints are; `batch` answers several requests at once.
//! - `read`, `history` and `search` (with `query`, `page`, `filter`, `chain` and `include`) answer for resources.
//! - `match_request`, `matcher`, `consent` and `throttle` decide a member match, `member_match` answers it,
//!   `link` keeps what came with it.
//! - `selection` is what of a member's data is asked for; `around` what it refers to; `everything`, `docref`
//!   and `expand` answer at once,
//!   `bulk` (with `group`, and `attestation` for providers) and `export` (with `order` and `authorization`) by way of
//!   a `job`; `choice` is what members say about providers, `transmission` what a list says of exports;
//!   `encoding` makes files smaller for the wire.
//! - `attachment` takes what is submitted for claims (CDex), as `submission` reads it; `formal_authorization` is what
//!   the payer's own requests refer to; `create` and `update` take records.

mod access;
mod around;
mod attachment;
mod attachment_signature;
mod attestation;
mod authorization;
mod batch;
mod bulk;
mod capability;
mod chain;
mod choice;
mod consent;
pub(super) mod cors;
mod create;
mod crowd;
mod docref;
mod encoding;
mod everything;
mod expand;
mod export;
mod filter;
mod formal_authorization;
mod group;
mod history;
mod http_date;
pub(super) mod include;
mod job;
mod link;
mod match_request;
mod matcher;
mod member;
mod member_match;
mod mutual_tls;
pub(super) mod negotiation;
mod order;
mod page;
mod plan;
mod provider_group;
mod query;
pub(super) mod read;
mod records;
pub(super) mod refusal;
pub(super) mod resource_type;
pub(super) mod route;
mod search;
mod seed;
mod selection;
mod settings;
pub(super) mod store;
mod submission;
mod throttle;
mod transmission;
mod update;
pub(super) mod version;
mod vocabulary;
mod well_known;

use self::attachment::Attachments;
use self::consent::Disclosure;
use self::job::Jobs;
use self::member::Member;
use self::settings::Settings;
use self::store::{Store, Stored};
use self::throttle::Throttle;
use self::version::Version;
use super::cdex_version::Version as CdexVersion;
use super::deviation::Deviation;
use super::guard::Grant;
use super::{Error, Fault, Guard, Handshake, Request, Response, Rule, StandIn};
use crate::data::Data;
use crate::fhir::{Span, path};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use time::{Date, OffsetDateTime};

/// A health plan's FHIR server.
///
/// Without authentication the caller is the one trading partner named in `mock.toml`.
#[derive(Clone, Debug)]
pub struct Payer {
    settings: Settings,
    version: Version,
    /// The version of CDex that is followed beside PDex.
    cdex: CdexVersion,
    /// The version that faults are told apart by: of the guide that is in the foreground.
    played: &'static str,
    today: Span,
    members: Vec<Member>,
    pub(super) store: Store,
    /// What the last honoured Consent allows, by patient id; nothing is withheld before the first one.
    disclosures: BTreeMap<String, Disclosure>,
    throttle: Throttle,
    /// How many resources clients have created.
    number_created: usize,
    /// Type and id of those that are still there, oldest first.
    created: VecDeque<(String, String)>,
    jobs: Jobs,
    attachments: Attachments,
    /// The authorization server before it; none when everybody may ask.
    guard: Option<Box<Guard>>,
    /// Who asks, while the answer is computed.
    caller: Option<Arc<Grant>>,
    /// Ids of the clients that had a member matched, by patient id; and of those that created a record, by its address.
    matches: BTreeMap<String, BTreeSet<String>>,
    fault: Option<Fault>,
}

/// Whether the caller may see a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    Shown,
    /// As if it did not exist.
    Withheld,
    /// Refused, because the member's consent was revoked.
    Revoked,
}

impl Payer {
    /// Sets the payer up from `mocks/payer`, to play one version of the IG on one day.
    ///
    /// # Errors
    /// When a data file is missing or wrong, or the version is none of 2.0.0, 2.1.0 and 2.2.0.
    pub fn load(data: &Data, ig_version: &str, today: Date) -> Result<Self, Error> {
        let version = Version::parse(ig_version)?;
        let cdex = CdexVersion::of(version);
        Self::of_versions(data, (version, cdex), version.as_str(), today)
    }

    /// The same, to play one version of CDex; the version of PDex beside it is that of its time.
    ///
    /// # Errors
    /// When a data file is missing or wrong, or the version is none of 2.0.0, 2.1.0 and 3.0.0-ballot.
    pub fn load_for_cdex(data: &Data, ig_version: &str, today: Date) -> Result<Self, Error> {
        let cdex = CdexVersion::parse(ig_version)?;
        Self::of_versions(data, (cdex.beside(), cdex), cdex.as_str(), today)
    }

    fn of_versions(
        data: &Data,
        (version, cdex): (Version, CdexVersion),
        played: &'static str,
        today: Date,
    ) -> Result<Self, Error> {
        let settings = Settings::load(data)?;
        let (members, store) = seed::load(data, &settings, version, today)?;
        let number = |id: &str| {
            let member = members.iter().find(|member| member.id == id);
            member.map(|member| member.member_id.as_str())
        };
        let requests = &settings.attachment_request;
        let attachments = Attachments::awaiting(requests, &settings.attachments, number);
        Ok(Self {
            cdex,
            played,
            attachments,
            members,
            ..Self::of_store(settings, version, today, store)
        })
    }

    /// A server of these resources that reads, searches and tells histories as the payer does, and has no members:
    /// what the stand-in provider keeps its records on.
    ///
    /// # Errors
    /// When the payer's settings, whose limits hold here too, cannot be read.
    pub(super) fn of_records(
        data: &Data,
        version: Version,
        today: Date,
        store: Store,
    ) -> Result<Self, Error> {
        Ok(Self::of_store(Settings::load(data)?, version, today, store))
    }

    /// Nobody's member, no attachment awaited, and nothing asked yet.
    fn of_store(settings: Settings, version: Version, today: Date, store: Store) -> Self {
        Self {
            attachments: Attachments::default(),
            cdex: CdexVersion::of(version),
            played: version.as_str(),
            version,
            today: Span::day(today),
            throttle: Throttle::new(settings.limits.failed_matches),
            jobs: Jobs::new(settings.jobs),
            members: Vec::new(),
            store,
            disclosures: BTreeMap::new(),
            number_created: 0,
            created: VecDeque::new(),
            guard: None,
            caller: None,
            matches: BTreeMap::new(),
            fault: None,
            settings,
        }
    }

    /// The same payer with a fault. A fault of another IG version, or of another stand-in, changes nothing.
    #[must_use]
    pub fn with_fault(mut self, fault: Fault) -> Self {
        let is_ours = fault.is_of("payer") && fault.applies.in_version(self.played);
        self.fault = is_ours.then_some(fault);
        self
    }

    /// The same payer, whose jobs answer so often that they still run, and say how many seconds to wait each time. The
    /// files of every other job need no token.
    #[must_use]
    pub fn with_pace(mut self, polls: u32, retry_after: u32) -> Self {
        self.jobs = self.jobs.at_pace(polls, retry_after);
        self
    }

    /// National provider identifier and name of the payer itself.
    #[must_use]
    pub fn identity(&self) -> (&str, &str) {
        (&self.settings.payer.npi, &self.settings.payer.name)
    }

    /// National provider identifier and name of the one payer it exchanges data with.
    #[must_use]
    pub fn partner(&self) -> (&str, &str) {
        (&self.settings.partner.npi, &self.settings.partner.name)
    }

    /// Identifier (NPI) and name of the provider that is known to it.
    #[must_use]
    pub fn clinic(&self) -> (&str, &str) {
        (&self.settings.clinic.npi, &self.settings.clinic.name)
    }

    /// Id of a Group that was made for another provider than the one that is known to it.
    #[must_use]
    pub fn group_of_another(&self) -> &'static str {
        provider_group::ELSEWHERE
    }

    /// Id of the Group of those who have opted out of sharing with providers.
    #[must_use]
    pub fn group_of_opted_out(&self) -> &'static str {
        provider_group::OPTED_OUT
    }

    /// Today, as FHIR writes it.
    fn date(&self) -> String {
        let today = OffsetDateTime::from_unix_timestamp_nanos(self.today.start);
        today
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .date()
            .to_string()
    }

    fn visibility(&self, stored: &Stored, deviation: &Deviation) -> Visibility {
        self.visibility_of(stored, true, deviation)
    }

    /// The same; `needs_scope` is off where the type's scope was looked at already.
    fn visibility_of(
        &self,
        stored: &Stored,
        needs_scope: bool,
        deviation: &Deviation,
    ) -> Visibility {
        if !self.is_granted(stored, needs_scope, deviation) {
            return Visibility::Withheld;
        }
        if deviation.enforces(Rule::OwnGroups) && self.is_of_another(&stored.resource) {
            return Visibility::Withheld;
        }
        let Some(patient) = stored.patient.as_deref() else {
            return Visibility::Shown;
        };
        if self.is_revoked(patient, deviation) {
            return Visibility::Revoked;
        }
        let is_limited = self.disclosures.get(patient) == Some(&Disclosure::Regular);
        if stored.is_sensitive && is_limited && deviation.enforces(Rule::WithholdSensitive) {
            return Visibility::Withheld;
        }
        Visibility::Shown
    }

    /// Whether it is a Group that was made for somebody else than those who may be calling, or for nobody.
    fn is_of_another(&self, resource: &Value) -> bool {
        let callers = self.callers();
        let asked_for = "characteristic.valueReference.identifier.value";
        let is_for_another = || {
            path::elements(resource, asked_for)
                .iter()
                .any(|npi| !callers.iter().any(|caller| **npi == *caller))
        };
        resource["resourceType"] == "Group"
            && (resource["id"] == provider_group::OPTED_OUT || is_for_another())
    }

    fn is_revoked(&self, patient: &str, deviation: &Deviation) -> bool {
        deviation.enforces(Rule::Revocation)
            && self
                .members
                .iter()
                .any(|member| member.id == patient && member.is_revoked)
    }

    /// The id of the member after this one, for faults that mix members up.
    fn other_member(&self, patient: &str) -> Option<&str> {
        let position = self
            .members
            .iter()
            .position(|member| member.id == patient)?;
        let shown = |member: &&Member| !member.is_revoked;
        let rest = self.members.iter().skip(position + 1).chain(&self.members);
        rest.filter(shown).map(|member| member.id.as_str()).next()
    }
}

impl StandIn for Payer {
    fn handshake(&self) -> Handshake {
        let fault = self.fault.as_ref();
        fault.map(Fault::handshake).unwrap_or_default()
    }

    fn respond(&mut self, request: &Request) -> Response {
        let mut response = self.uncoded(request);
        self.encode(request, &mut response);
        response
    }

    fn uncoded(&mut self, request: &Request) -> Response {
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
        self.dismiss();
        let mut response = cors::allow(request, response);
        if let Some(fault) = &self.fault {
            fault.alter(request, &mut response);
        }
        response
    }

    fn encode(&self, request: &Request, response: &mut Response) {
        encoding::encode(request, response);
    }
}

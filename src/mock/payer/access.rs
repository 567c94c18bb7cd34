//! Who asks, and what they may see: the payer with an authorization server in front of it.

use super::plan::NPI;
use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::store::Stored;
use super::{Payer, Visibility};
use crate::fhir::search::token_matches;
use crate::fhir::{Reference, Span, path, search};
use crate::mock::deviation::Deviation;
use crate::mock::guard::{Grant, Guard, Need, World};
use crate::mock::{Request, Response, Rule};
use serde_json::Value;
use std::sync::Arc;

impl Payer {
    /// The same payer, which now asks for access tokens and gives them out.
    #[must_use]
    pub fn with_guard(mut self, guard: Guard) -> Self {
        self.guard = Some(Box::new(guard));
        self
    }

    /// Answers what the authorization server answers, and refuses what the caller may not ask. Remembers who asks.
    pub(in crate::mock) fn guarded(
        &mut self,
        segments: &[&str],
        request: &Request,
        deviation: &Deviation,
    ) -> Option<Response> {
        self.caller = None;
        let mut guard = self.guard.take()?;
        let certificate = request.client_certificate.as_deref();
        let need = Need::of(&request.method, segments);
        let mut answer = guard.endpoint(segments, request, certificate, self, deviation);
        if answer.is_none() && !self.is_open_file(segments) {
            match guard.admit(&need, segments, request, certificate, deviation) {
                Ok(caller) => self.caller = caller,
                Err(refusal) => answer = Some(refusal),
            }
        }
        self.guard = Some(guard);
        answer
    }

    /// Whether it is a file that needs no token.
    fn is_open_file(&self, segments: &[&str]) -> bool {
        match *segments {
            ["$job", number, _] => number.parse().is_ok_and(|one| self.jobs.is_open(one)),
            _ => false,
        }
    }

    /// Forgets who asked.
    pub(in crate::mock) fn dismiss(&mut self) {
        self.caller = None;
    }

    /// Numbers of those who may be calling.
    pub(super) fn callers(&self) -> Vec<&str> {
        match &self.caller {
            None => vec![&self.settings.partner.npi, &self.settings.clinic.npi],
            Some(caller) => {
                let npis = caller.npis.iter().map(String::as_str);
                npis.chain([caller.client_id.as_str()]).collect()
            }
        }
    }

    /// Numbers of the payer that may be calling.
    pub(super) fn asking_payers(&self) -> Vec<String> {
        match &self.caller {
            None => vec![self.settings.partner.npi.clone()],
            Some(caller) => caller.npis.clone(),
        }
    }

    /// The number that a Group is made for, when the one who asks is not who it is usually made for.
    pub(super) fn made_for(&self, usual: &str) -> Option<String> {
        let caller = self.caller.as_ref()?;
        let is_usual = caller.npis.iter().any(|npi| npi == usual);
        let other = caller.npis.first().unwrap_or(&caller.client_id);
        (!is_usual).then(|| other.clone())
    }

    /// Whether the caller's token shows a resource. `needs_scope` is off where the scope was looked at already.
    pub(in crate::mock) fn is_granted(
        &self,
        stored: &Stored,
        needs_scope: bool,
        deviation: &Deviation,
    ) -> bool {
        let Some(caller) = &self.caller else {
            return true;
        };
        let resource = &stored.resource;
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        if needs_scope && deviation.enforces(Rule::TypesInScope) && !caller.reads(kind) {
            return false;
        }
        if deviation.enforces(Rule::GranularScope)
            && caller.reads(kind)
            && !caller.scopes.admits(kind, |query| finds(query, resource))
        {
            return false;
        }
        if let Some(patients) = &caller.patients
            && deviation.enforces(Rule::PatientContext)
        {
            let is_of_others = match stored.patient.as_deref() {
                Some(patient) => !patients.iter().any(|one| one == patient),
                // Groups tell of many.
                None => kind == "Group",
            };
            if is_of_others {
                return false;
            }
        }
        if deviation.enforces(Rule::OwnTasks)
            && kind == "Task"
            && !self.is_requested_by(resource, caller)
        {
            return false;
        }
        !(caller.hides_sensitive && stored.is_sensitive)
    }

    /// Refuses what the caller's token does not show, if it is there at all.
    pub(in crate::mock) fn check_shown(
        &self,
        kind: &str,
        id: &str,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        match self.store.get(kind, id) {
            Some(stored) if !self.is_granted(stored, false, deviation) => Err(Refusal::not_found()),
            _ => Ok(()),
        }
    }

    /// The same of what is around members' records: types in scope.
    pub(super) fn is_type_granted(&self, resource: &Value, deviation: &Deviation) -> bool {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        !deviation.enforces(Rule::TypesInScope)
            || self.caller.as_ref().is_none_or(|caller| caller.reads(kind))
    }

    /// Refuses types by name that are not in scope.
    pub(super) fn check_types_asked(
        &self,
        types: Option<&str>,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let (Some(caller), Some(types)) = (&self.caller, types) else {
            return Ok(());
        };
        let is_beyond = |kind: &str| ResourceType::find(kind).is_some() && !caller.reads(kind);
        if deviation.enforces(Rule::TypeAsked) && types.split(',').any(|one| is_beyond(one.trim()))
        {
            let text = "the access token does not go so far: _type names types outside of it";
            return Err(Refusal::new(403, "forbidden", text));
        }
        Ok(())
    }

    /// A Group that is to be exported: whoever it was made for may have that done without a scope for Groups; one
    /// that a scope for Groups does not find stays hidden.
    pub(super) fn exported_group(
        &self,
        id: &str,
        deviation: &Deviation,
    ) -> Result<&Stored, Refusal> {
        let stored = self.store.get("Group", id);
        let stored = stored.filter(|_| self.caller.is_some());
        match stored {
            Some(stored) => match self.visibility_of(stored, false, deviation) {
                Visibility::Shown => Ok(stored),
                Visibility::Withheld | Visibility::Revoked => Err(Refusal::not_found()),
            },
            None => {
                let kind = ResourceType::find("Group").ok_or_else(Refusal::not_found)?;
                self.find(kind, id, deviation)
            }
        }
    }

    /// Refuses to write about anybody but the patient that the token is for.
    pub(in crate::mock) fn check_written(
        &self,
        patient: &str,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let patients = self.caller.as_ref().and_then(|one| one.patients.as_ref());
        let is_other = patients.is_some_and(|all| !all.iter().any(|one| one == patient));
        if is_other && deviation.enforces(Rule::PatientContext) {
            let text = "the access token is for another patient";
            return Err(Refusal::new(403, "forbidden", text));
        }
        Ok(())
    }

    /// Whether the caller has asked for a Task, or has sent it for somebody else. One that does not say who has asked
    /// is everybody's.
    fn is_requested_by(&self, task: &Value, caller: &Grant) -> bool {
        let id = task["id"].as_str().unwrap_or_default();
        let creators = self.matches.get(&address("Task", id));
        if creators.is_some_and(|clients| clients.contains(&caller.client_id)) {
            return true;
        }
        let requester = &task["requester"];
        let own = requester["identifier"]["value"].as_str();
        let reference = Reference::parse(requester["reference"].as_str().unwrap_or_default());
        let stored = reference
            .target()
            .and_then(|(kind, id)| self.store.get(kind, id));
        let mut numbers: Vec<&str> = stored
            .iter()
            .flat_map(|stored| path::elements(&stored.resource, "identifier.value"))
            .filter_map(Value::as_str)
            .collect();
        numbers.extend(own);
        numbers.is_empty()
            || numbers
                .iter()
                .any(|number| caller.npis.iter().any(|npi| npi == number))
    }

    /// Remembers for whom a member was matched.
    pub(super) fn note_match(&mut self, patient: &str) {
        if let Some(caller) = &self.caller {
            let clients = self.matches.entry(patient.to_owned()).or_default();
            if clients.len() < MOST_CLIENTS {
                clients.insert(caller.client_id.clone());
            }
        }
    }

    /// Remembers who has created a record.
    pub(in crate::mock) fn note_creator(&mut self, kind: &str, id: &str) {
        self.note_match(&address(kind, id));
    }

    /// Whether an export of all members holds this one.
    pub(super) fn is_matched_for_caller(&self, patient: &str, deviation: &Deviation) -> bool {
        let Some(caller) = &self.caller else {
            return true;
        };
        !deviation.enforces(Rule::MatchedForClient)
            || self.was_matched_for(patient, &caller.client_id)
    }

    /// Who starts a job, and what it needs.
    pub(super) fn starter(&self, request: &Request) -> Option<Starter> {
        let caller = self.caller.as_ref()?;
        let segments = super::route::segments(&request.path).ok()?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        Some(Starter {
            grant: Arc::clone(caller),
            need: Need::of(&request.method, &segments),
        })
    }
}

/// The address of a record below the base. No id of a patient looks like it.
fn address(kind: &str, id: &str) -> String {
    format!("{kind}/{id}")
}

/// Clients that a member was matched for, at most.
const MOST_CLIENTS: usize = 1000;

/// Who has started a job, and what that needed.
#[derive(Clone, Debug)]
pub(super) struct Starter {
    grant: Arc<Grant>,
    need: Need,
}

impl Starter {
    /// Refuses those who have not started the job, and tokens that do not go so far. `kind` is what the file holds.
    pub(super) fn check(
        &self,
        caller: Option<&Arc<Grant>>,
        kind: Option<&str>,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let Some(caller) = caller else {
            return Ok(());
        };
        if caller.client_id != self.grant.client_id && deviation.enforces(Rule::OwnJobs) {
            return Err(Refusal::not_found());
        }
        if !Arc::ptr_eq(caller, &self.grant) && !deviation.enforces(Rule::LaterTokens) {
            return Err(Refusal::new(
                401,
                "login",
                "ask with the token that the job was started with",
            ));
        }
        let is_file_seen = match kind {
            Some(kind) if self.need == Need::Export && kind != "errors" => caller.reads(kind),
            _ => true,
        };
        if deviation.enforces(Rule::JobScope) && !(caller.allows(&self.need) && is_file_seen) {
            let text = "the access token does not go so far";
            return Err(Refusal::new(403, "forbidden", text));
        }
        Ok(())
    }
}

/// Whether a query of a scope finds a resource: every parameter must have one of its values, as a token.
fn finds(query: &str, resource: &Value) -> bool {
    let kind = resource["resourceType"].as_str().unwrap_or_default();
    let kind = ResourceType::find(kind);
    search::parse(query).iter().all(|asked| {
        let known = kind.and_then(|kind| kind.parameter(&asked.name));
        let own = [asked.name.as_str()];
        let paths = known.map_or(&own[..], |known| known.paths);
        let values: Vec<&Value> = paths
            .iter()
            .flat_map(|one| path::elements(resource, one))
            .collect();
        let has = |wanted: &String| values.iter().any(|value| is_token(wanted, value));
        asked.values.iter().any(has)
    })
}

/// Whether a code, Coding, CodeableConcept, Identifier or reference is what is wanted.
fn is_token(wanted: &str, value: &Value) -> bool {
    match value {
        Value::String(code) => token_matches(wanted, None, code),
        Value::Object(fields) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str);
            let codings = fields.get("coding").and_then(Value::as_array);
            let code = text("code").or_else(|| text("value"));
            codings.is_some_and(|all| all.iter().any(|one| is_token(wanted, one)))
                || code.is_some_and(|code| token_matches(wanted, text("system"), code))
                || text("reference").is_some_and(|own| own == wanted)
        }
        _ => false,
    }
}

impl World for Payer {
    fn patient(&self, named: &str, by_number: bool) -> Option<String> {
        let id = named.strip_prefix("Patient/").unwrap_or(named);
        if self.store.get("Patient", id).is_some() {
            return Some(id.to_owned());
        }
        let systems = &self.settings.systems;
        let has = |own_system: &str, own: &str| match named.split_once('|') {
            Some((system, value)) => system == own_system && value == own,
            None => named == own,
        };
        let mut found = self.members.iter().filter(|member| {
            has(&systems.unique_member, &member.unique_id)
                || has(&systems.member, &member.member_id)
        });
        let member = found.next().filter(|_| by_number)?;
        // A number that two have means nobody.
        found.next().is_none().then(|| member.id.clone())
    }

    fn was_matched_for(&self, patient: &str, client_id: &str) -> bool {
        self.matches
            .get(patient)
            .is_some_and(|clients| clients.contains(client_id))
    }

    fn has_consent(&self, patient: &str, now: i64) -> bool {
        if self.is_revoked(patient, &Deviation::default()) {
            return false;
        }
        let consent = self.store.get("Consent", &format!("{patient}-consent"));
        let Some(consent) = consent.map(|stored| &stored.resource) else {
            return false;
        };
        let now = i128::from(now) * 1_000_000_000;
        let period = Span::period(&consent["provision"]["period"]);
        consent["status"] == "active"
            && consent["provision"]["type"] == "permit"
            && period.is_some_and(|period| period.start <= now && now < period.end)
    }

    fn knows(&self, subject: &str) -> bool {
        let is_number = |stored: &Stored| {
            let numbers = path::elements(&stored.resource, "identifier");
            numbers
                .iter()
                .any(|one| one["system"] == NPI && one["value"] == subject)
        };
        let kinds = ["Practitioner", "Organization"];
        kinds
            .into_iter()
            .flat_map(|kind| self.store.all(kind))
            .any(is_number)
            || self.store.get("Group", subject).is_some()
    }
}

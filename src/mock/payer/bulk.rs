//! `Group/$bulk-member-match` and `Group/$provider-member-match`.

use super::Payer;
use super::group::{self, Audience, Bucket, Entry};
use super::job::{Output, check_async};
use super::match_request::MatchRequest;
use super::member::Member;
use super::member_match::Decision;
use super::negotiation::check_json_body;
use super::plan::NPI;
use super::provider_group;
use super::refusal::Refusal;
use super::version::Version;
use crate::fhir::{outcome, parameters};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use serde_json::{Value, json};

/// Jobs after which the Groups of a match are forgotten: they outlive its files.
const MOST_MATCHES: u64 = 1000;
/// Members of one request.
const MOST_MEMBERS: usize = 1000;

impl Payer {
    /// Matches member by member; a bad one neither fails the job nor moves others.
    pub(super) fn bulk_member_match(
        &mut self,
        audience: Audience,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        check_json_body(request, deviation)?;
        check_async(request)?;
        let body = parameters_of(&request.body)?;
        let bundles = member_bundles(&body)?;
        let mut output = Output::default();
        let mut sorted: Vec<(Bucket, Entry)> = Vec::new();
        for (position, bundle) in bundles.iter().enumerate() {
            let parts = bundle["part"].as_array().map_or(&[][..], Vec::as_slice);
            match MatchRequest::from_parameters(parts, true, deviation) {
                Ok(submitted) => {
                    let (bucket, member) = self.sort(audience, &submitted, deviation);
                    let coverage =
                        is_repeated(&submitted.patient, &bundles).then_some(submitted.coverage);
                    sorted.push((
                        bucket,
                        Entry {
                            patient: submitted.patient,
                            coverage,
                            member,
                        },
                    ));
                }
                Err(refusal) => {
                    let text = format!("MemberBundle {}: {}", position + 1, refusal.text);
                    output.add_error(&outcome::error(refusal.code, &text));
                    if !deviation.enforces(Rule::EveryMember) {
                        break;
                    }
                }
            }
        }
        self.report(audience, sorted, &mut output, deviation);
        let starter = self.starter(request);
        Ok(self.jobs.start(request, output, starter))
    }

    /// Has a Group say for whom it was made, when that is not who asks usually.
    fn address_to_caller(&self, audience: Audience, group: &mut Value) {
        let usual = match audience {
            Audience::Payer => &self.settings.partner.npi,
            Audience::Provider => &self.settings.clinic.npi,
        };
        let named = group.pointer_mut("/characteristic/0/valueReference");
        if let (Some(named), Some(npi)) = (named, self.made_for(usual)) {
            *named = json!({"identifier": {"system": NPI, "value": npi}});
        }
    }

    fn sort(
        &mut self,
        audience: Audience,
        submitted: &MatchRequest,
        deviation: &Deviation,
    ) -> (Bucket, Option<Member>) {
        if audience == Audience::Provider {
            return self.decide_for_provider(submitted, deviation);
        }
        match self.decide(submitted, deviation) {
            Decision::Match(member, disclosure) => {
                self.keep(submitted, &member, disclosure, deviation);
                (Bucket::Match, Some(member))
            }
            Decision::Consent(..) => (Bucket::ConsentConstraint, None),
            Decision::Nobody | Decision::Several | Decision::Locked => (Bucket::NoMatch, None),
        }
    }

    /// Builds and keeps the Groups: the matched one always, the others when they have members.
    fn report(
        &mut self,
        audience: Audience,
        sorted: Vec<(Bucket, Entry)>,
        output: &mut Output,
        deviation: &Deviation,
    ) {
        let number = self.jobs.next();
        let today = self.date();
        let mut buckets: [Vec<Entry>; 3] = Default::default();
        for (bucket, entry) in sorted {
            buckets[bucket as usize].push(entry);
        }
        let mut envelope = Vec::new();
        let forgotten = number.saturating_sub(MOST_MATCHES);
        for bucket in Bucket::ALL {
            self.store.remove("Group", &group_id(forgotten, bucket));
        }
        for (bucket, entries) in Bucket::ALL.into_iter().zip(&buckets) {
            let rule = match bucket {
                Bucket::Match => Rule::MatchedGroup,
                Bucket::NoMatch | Bucket::ConsentConstraint => Rule::NoEmptyGroups,
            };
            let is_reported = (bucket == Bucket::Match) == deviation.enforces(rule);
            if entries.is_empty() && !is_reported {
                continue;
            }
            let id = group_id(number, bucket);
            let mut group = group::build(
                (audience, bucket),
                &id,
                entries,
                &today,
                self.version,
                &self.settings,
            );
            self.address_to_caller(audience, &mut group);
            self.store.put(group, None);
            if let Some(kept) = self.store.get("Group", &id) {
                envelope.push((bucket, kept.resource.clone()));
            }
        }
        if self.version >= Version::V2_2_0 {
            for (_, group) in &envelope {
                output.add(group);
            }
            let treating = self.store.get("Group", provider_group::TREATING);
            let is_told =
                audience == Audience::Provider && !deviation.enforces(Rule::NoTreatmentGroups);
            if let Some(treating) = treating.filter(|_| is_told) {
                output.add(&treating.resource);
            }
        }
        // The only answer of 2.1.0; in 2.2.0 an addition for those who still expect it.
        let parameters: Vec<Value> = envelope
            .iter()
            .map(|(bucket, group)| json!({"name": bucket.parameter(), "resource": group}))
            .collect();
        output.add(&json!({"resourceType": "Parameters", "parameter": parameters}));
    }
}

fn group_id(job: u64, bucket: Bucket) -> String {
    format!("group-{job}-{}", bucket.code())
}

fn parameters_of(body: &[u8]) -> Result<Value, Refusal> {
    let body: Value = serde_json::from_slice(body)
        .map_err(|_| Refusal::new(400, "structure", "the body is not JSON"))?;
    if body["resourceType"] != "Parameters" {
        return Err(Refusal::bad_request("the body is no Parameters resource"));
    }
    Ok(body)
}

/// The members submitted. Other parameters are tolerated: the request's slicing is open.
fn member_bundles(body: &Value) -> Result<Vec<&Value>, Refusal> {
    let bundles: Vec<&Value> = parameters::all(body)
        .iter()
        .filter(|one| one["name"] == "MemberBundle")
        .collect();
    match bundles.len() {
        0 => Err(Refusal::new(
            422,
            "required",
            "the Parameters hold no MemberBundle",
        )),
        1..=MOST_MEMBERS => Ok(bundles),
        _ => Err(Refusal::new(
            422,
            "too-costly",
            format!("at most {MOST_MEMBERS} members are matched at once"),
        )),
    }
}

/// Whether the same Patient is submitted more than once, that is, with several coverages.
fn is_repeated(patient: &Value, bundles: &[&Value]) -> bool {
    let holds = |bundle: &&&Value| {
        let parts = bundle["part"].as_array().map_or(&[][..], Vec::as_slice);
        parts
            .iter()
            .any(|part| part["name"] == "MemberPatient" && part["resource"] == *patient)
    };
    bundles.iter().filter(holds).count() > 1
}

//! What members say about sharing with providers: Consents (`pdex-provider-consent`), of which the latest in force
//! counts. Whoever says nothing lets providers have the data.

use super::refusal::Refusal;
use super::resource_type::ResourceType;
use super::store::{Store, Stored};
use super::version::Version;
use super::{Payer, provider_group};
use crate::fhir::{Reference, Span, path};
use crate::mock::deviation::Deviation;
use crate::mock::{Response, Rule};
use serde_json::Value;

/// What ids of resources begin with that clients have created; the number of the resource follows.
pub(super) const CREATED: &str = "created-";

/// Whether a Consent is a member's word about providers, and not one that came with a match.
fn is_choice(consent: &Value) -> bool {
    has(consent, "policyRule.coding.code", "cric")
        || has(consent, "category.coding.code", "provider-access")
}

fn has(resource: &Value, place: &str, code: &str) -> bool {
    path::elements(resource, place)
        .iter()
        .any(|found| **found == code)
}

/// When it was said: the later of two on one day has the higher number.
fn said(stored: &Stored) -> (i128, u64) {
    let consent = &stored.resource;
    let times = [&consent["dateTime"], &consent["meta"]["lastUpdated"]];
    let time = times
        .into_iter()
        .find_map(|time| Span::parse(time.as_str()?).ok());
    let id = consent["id"].as_str().unwrap_or_default();
    let number = id.strip_prefix(CREATED).and_then(|text| text.parse().ok());
    (
        time.map_or(i128::MIN, |time| time.start),
        number.unwrap_or(0),
    )
}

/// The member's choice that is in force today, if the member has made one.
fn in_force<'a>(store: &'a Store, patient: &str, today: &Span) -> Option<&'a Value> {
    let choices = store.all("Consent").filter(|stored| {
        let consent = &stored.resource;
        stored.patient.as_deref() == Some(patient)
            && consent["status"] == "active"
            && is_choice(consent)
            && Span::period(&consent["provision"]["period"])
                .is_some_and(|period| period.contains(today))
    });
    choices
        .max_by_key(|stored| said(stored))
        .map(|stored| &stored.resource)
}

/// Whether the member keeps the data from providers today.
pub(super) fn is_opted_out(store: &Store, patient: &str, today: &Span) -> bool {
    in_force(store, patient, today).is_some_and(|choice| choice["provision"]["type"] == "deny")
}

impl Payer {
    /// Whether providers are not to have the data of that member now.
    pub(super) fn keeps_from_providers(&self, patient: &str, deviation: &Deviation) -> bool {
        match in_force(&self.store, patient, &self.today) {
            Some(choice) => {
                choice["provision"]["type"] == "deny" && deviation.enforces(Rule::OptOut)
            }
            None => !deviation.enforces(Rule::SharingByDefault),
        }
    }

    /// Refuses a member's word that is not said as `pdex-provider-consent` has it, or by whom it may be said.
    pub(super) fn check_choice(
        &self,
        consent: &Value,
        patient: &str,
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        if !deviation.enforces(Rule::ChoiceRules) {
            return Ok(());
        }
        let refuse = |text: &str| Err(Refusal::new(422, "invalid", text));
        let provision = &consent["provision"];
        let is_newest = self.version >= Version::V2_2_0;
        let needed = [
            (consent["status"] == "active", "the status is not active"),
            (
                has(consent, "scope.coding.code", "patient-privacy"),
                "the scope is not patient-privacy",
            ),
            (
                has(consent, "category.coding.code", "IDSCL"),
                "the category IDSCL is missing",
            ),
            (
                !is_newest || has(consent, "category.coding.code", "provider-access"),
                "the category provider-access is missing",
            ),
            (
                has(consent, "policyRule.coding.code", "cric"),
                "the policy rule is not cric",
            ),
            (
                provision["type"] == "deny" || provision["type"] == "permit",
                "provision.type is missing",
            ),
            (
                provision["period"]["start"].is_string(),
                "provision.period.start is missing",
            ),
            (
                !path::elements(provision, "action.coding.code").is_empty(),
                "provision.action is missing",
            ),
        ];
        if let Some((_, text)) = needed.iter().find(|(holds, _)| !holds) {
            return refuse(text);
        }
        let performers = path::elements(consent, "performer.reference");
        let may_say = |performer: &&Value| self.speaks_for(performer, patient);
        if performers.is_empty() || !performers.iter().all(may_say) {
            return refuse("the performer is neither the member nor one who speaks for the member");
        }
        Ok(())
    }

    /// Whether a performer is the member, or somebody related who may speak for the member (since 2.2.0).
    fn speaks_for(&self, performer: &Value, patient: &str) -> bool {
        let Some(reference) = performer.as_str().map(Reference::parse) else {
            return false;
        };
        match reference.target() {
            Some(("Patient", id)) => id == patient,
            Some(("RelatedPerson", id)) if self.version >= Version::V2_2_0 => {
                let related = self.store.get("RelatedPerson", id);
                related.is_some_and(|stored| stored.patient.as_deref() == Some(patient))
            }
            _ => false,
        }
    }

    /// `DELETE Consent/{id}`: a member takes back what was put on record through this interface.
    pub(super) fn take_back(
        &mut self,
        kind: &ResourceType,
        id: &str,
        deviation: &Deviation,
    ) -> Result<Response, Refusal> {
        self.find(kind, id, deviation)?;
        if !id.starts_with(CREATED) {
            return Err(Refusal::method("GET"));
        }
        if deviation.enforces(Rule::Withdrawal) {
            let now = format!("{}T00:00:00Z", self.date());
            self.store.delete(kind.name, id, &now);
            self.update_attribution(deviation);
        }
        Ok(Response::empty(204))
    }

    /// Brings the list of the clinic's members up to date: whoever opted out is not on it.
    pub(super) fn update_attribution(&mut self, deviation: &Deviation) {
        if self.version < Version::V2_1_0 {
            return;
        }
        let (kept, opted_out): (Vec<&String>, Vec<&String>) = self
            .settings
            .attributed
            .iter()
            .partition(|id| !self.keeps_from_providers(id, deviation));
        let count = opted_out.len();
        let present = self.store.get("Group", provider_group::ATTRIBUTED);
        let present = present.map(|stored| stored.resource.clone());
        let mut group = provider_group::attributed_to_clinic(
            &self.settings,
            self.version,
            &kept.into_iter().map(String::as_str).collect::<Vec<_>>(),
            count,
        );
        if let Some(present) = present {
            provider_group::keep_extensions(&mut group, &present);
        }
        group["meta"]["lastUpdated"] = format!("{}T00:00:00Z", self.date()).into();
        self.store.put(group, None);
    }
}

/// Of these members, those who let providers have the data, and those who do not.
pub(super) fn partition<'a>(
    attributed: &'a [String],
    store: &Store,
    today: &Span,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let ids = attributed.iter().map(String::as_str);
    ids.partition(|id| !is_opted_out(store, id, today))
}

#[cfg(test)]
mod tests {
    use super::{Store, is_opted_out};
    use crate::fhir::Span;
    use serde_json::json;

    fn choice(id: &str, kind: &str, start: &str) -> serde_json::Value {
        json!({"resourceType": "Consent", "id": id, "status": "active", "dateTime": start,
            "policyRule": {"coding": [{"code": "cric"}]},
            "provision": {"type": kind, "period": {"start": start}}})
    }

    #[test]
    fn the_latest_word_counts_and_silence_is_consent() {
        let today = Span::day(time::macros::date!(2026 - 11 - 21));
        let mut store = Store::default();
        assert!(!is_opted_out(&store, "m", &today));
        store.put(choice("a", "permit", "2023-01-01"), Some("m"));
        store.put(choice("created-9", "deny", "2026-11-21"), Some("m"));
        assert!(is_opted_out(&store, "m", &today));
        store.put(choice("created-10", "permit", "2026-11-21"), Some("m"));
        assert!(!is_opted_out(&store, "m", &today));
        store.put(choice("created-11", "deny", "2026-12-24"), Some("m"));
        assert!(!is_opted_out(&store, "m", &today) && !is_opted_out(&store, "n", &today));
    }
}

//! A prior authorization as its steps read it: how each service stands, and where the record says so.

use crate::fhir::{Span, path};
use serde_json::Value;
use std::collections::BTreeSet;

/// Extensions and codes of PDex.
pub(super) const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/";
/// Codes that tell the slices of an adjudication apart.
pub(super) const DISCRIMINATOR: &str =
    "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PDexAdjudicationDiscriminator";
/// Extensions of PAS that PDex takes over.
const PAS: &str = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/";

/// How a prior authorization stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// No decision yet.
    Pending,
    /// Every service decided so far is approved.
    Approved,
    /// Some services are approved and others denied.
    PartlyDenied,
    /// Every service decided so far is denied.
    Denied,
}

/// An ExplanationOfBenefit with use preauthorization, or with the profile of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Authorization<'a>(pub(super) &'a Value);

/// Whether a record says, by its use or its profile, that it is a prior authorization.
pub(super) fn is_authorization(record: &Value) -> bool {
    record["use"] == "preauthorization" || claims_profile(record)
}

/// Whether `meta.profile` names the profile of a prior authorization, in whatever version.
pub(super) fn claims_profile(record: &Value) -> bool {
    let wanted = format!("{PDEX}pdex-priorauthorization");
    path::elements(record, "meta.profile")
        .into_iter()
        .filter_map(Value::as_str)
        .any(|profile| profile.split('|').next() == Some(&wanted))
}

/// Extensions of an element with that canonical.
pub(super) fn extensions<'a>(element: &'a Value, url: &str) -> impl Iterator<Item = &'a Value> {
    let all = element["extension"].as_array().map(Vec::as_slice);
    all.unwrap_or_default()
        .iter()
        .filter(move |extension| extension["url"] == url)
}

/// The codes of a concept that are of one system.
pub(super) fn codes_of<'a>(concept: &'a Value, system: &str) -> impl Iterator<Item = &'a str> {
    path::elements(concept, "coding")
        .into_iter()
        .filter(move |coding| coding["system"] == system)
        .filter_map(|coding| coding["code"].as_str())
}

/// Whether a concept has one of these codes, whatever the system.
pub(super) fn has_code(concept: &Value, codes: &[&str]) -> bool {
    path::elements(concept, "coding.code")
        .into_iter()
        .filter_map(Value::as_str)
        .any(|code| codes.contains(&code))
}

/// The adjudications at an element, whatever stands above it.
pub(super) fn adjudications(element: &Value) -> &[Value] {
    let all = element["adjudication"].as_array().map(Vec::as_slice);
    all.unwrap_or_default()
}

/// The codes of the review actions (X12 306) on these adjudications.
fn review_codes(adjudications: &[Value]) -> BTreeSet<&str> {
    let action = format!("{PDEX}extension-reviewAction");
    let code = format!("{PDEX}extension-reviewActionCode");
    let mut codes = BTreeSet::new();
    for adjudication in adjudications {
        for review in extensions(adjudication, &action) {
            for told in extensions(review, &code) {
                let found = path::elements(told, "valueCodeableConcept.coding.code");
                codes.extend(found.into_iter().filter_map(Value::as_str));
            }
        }
    }
    codes
}

/// Whether one of these adjudications gives a positive number of approved units.
fn has_units(adjudications: &[Value]) -> bool {
    adjudications.iter().any(|one| {
        has_code(&one["category"], &["allowedunits"])
            && one["value"].as_f64().is_some_and(|units| units > 0.0)
    })
}

/// Whether one of these adjudications is a denial reason.
fn has_denial(adjudications: &[Value]) -> bool {
    adjudications
        .iter()
        .any(|one| has_code(&one["category"], &["denialreason"]))
}

impl<'a> Authorization<'a> {
    /// The items, with the number of each.
    pub(super) fn items(self) -> impl Iterator<Item = (usize, &'a Value)> {
        let items = self.0["item"].as_array().map(Vec::as_slice);
        items.unwrap_or_default().iter().enumerate()
    }

    /// All adjudications, of the whole and of its items, with their places.
    pub(super) fn adjudications(self) -> Vec<(String, &'a Value)> {
        let at = |place: &str, all: &'a [Value]| -> Vec<(String, &'a Value)> {
            let place = place.to_owned();
            all.iter()
                .enumerate()
                .map(|(number, one)| (format!("{place}adjudication[{number}]"), one))
                .collect()
        };
        let mut all = at("", adjudications(self.0));
        for (number, item) in self.items() {
            all.extend(at(&format!("item[{number}]."), adjudications(item)));
        }
        all
    }

    /// The codes of all review actions.
    pub(super) fn review_codes(self) -> BTreeSet<&'a str> {
        let mut codes = review_codes(adjudications(self.0));
        for (_, item) in self.items() {
            codes.extend(review_codes(adjudications(item)));
        }
        codes
    }

    /// Whether some service is approved, whether some is denied, and whether some is still pending. What
    /// an item does not say, the whole says for it.
    fn decisions(self) -> (bool, bool, bool) {
        let whole = adjudications(self.0);
        let parts: Vec<&[Value]> = std::iter::once(whole)
            .chain(self.items().map(|(_, item)| adjudications(item)))
            .collect();
        let says = |wanted: &[&str]| {
            parts.iter().any(|part| {
                let codes = review_codes(part);
                wanted.iter().any(|code| codes.contains(code))
            })
        };
        let approved = says(&["A1", "A2", "A6"]) || parts.iter().any(|part| has_units(part));
        let denied = says(&["A2", "A3"]) || parts.iter().any(|part| has_denial(part));
        (approved, denied, says(&["A4"]))
    }

    /// How it stands; `None` when the record does not tell.
    pub(super) fn standing(self) -> Option<Standing> {
        match self.decisions() {
            (true, true, _) => Some(Standing::PartlyDenied),
            (true, false, _) => Some(Standing::Approved),
            (false, true, _) => Some(Standing::Denied),
            (false, false, true) => Some(Standing::Pending),
            // Without a decision, being queued is the one thing FHIR itself has to say.
            (false, false, false) if self.0["outcome"] == "queued" => Some(Standing::Pending),
            (false, false, false) => None,
        }
    }

    /// The periods in which it holds: those of its numbers and those of its items.
    fn periods(self) -> Vec<&'a Value> {
        let mut periods = path::elements(self.0, "preAuthRefPeriod");
        let of_item = format!("{PAS}extension-itemPreAuthPeriod");
        for (_, item) in self.items() {
            periods.extend(extensions(item, &of_item).map(|one| &one["valuePeriod"]));
        }
        periods
    }

    /// Whether it says when it was approved: a date of issue, of the decision, or from which it holds.
    pub(super) fn has_start(self) -> bool {
        let issued = format!("{PAS}extension-itemPreAuthIssueDate");
        self.periods()
            .iter()
            .any(|period| period["start"].is_string())
            || self
                .items()
                .any(|(_, item)| extensions(item, &issued).next().is_some())
            || self.has_action_date()
    }

    /// Whether some adjudication says when it was made.
    pub(super) fn has_action_date(self) -> bool {
        let url = format!("{PDEX}base-ext-when-adjudicated");
        self.adjudications().iter().any(|(_, one)| {
            extensions(one, &url).any(|extension| extension["valueDateTime"].is_string())
        })
    }

    /// Whether it says until when it holds.
    pub(super) fn has_end(self) -> bool {
        self.periods()
            .iter()
            .any(|period| period["end"].is_string())
    }

    /// Whether it is good for that day or a later one: it has a period, and not all of them have ended.
    pub(super) fn is_good(self, today: &Span) -> bool {
        !self.periods().is_empty() && !self.has_ended(today)
    }

    /// When it was decided or ended, whichever comes last, in nanoseconds of the epoch; `None` when the record
    /// does not tell.
    pub(super) fn last_change(self) -> Option<i128> {
        let url = format!("{PDEX}base-ext-when-adjudicated");
        let mut times: Vec<&str> = self
            .periods()
            .into_iter()
            .filter_map(|period| period["end"].as_str())
            .collect();
        for (_, one) in self.adjudications() {
            times.extend(extensions(one, &url).filter_map(|one| one["valueDateTime"].as_str()));
        }
        let ends = times.into_iter().filter_map(|time| Span::parse(time).ok());
        ends.map(|span| span.end).max()
    }

    /// Whether all its periods have ended before that day.
    pub(super) fn has_ended(self, today: &Span) -> bool {
        let mut ends = self
            .periods()
            .into_iter()
            .filter_map(|period| Span::parse(period["end"].as_str()?).ok())
            .peekable();
        ends.peek().is_some() && ends.all(|end| end.end <= today.start)
    }

    /// Whether it says how many units were approved.
    pub(super) fn has_approved_units(self) -> bool {
        self.adjudications().iter().any(|(_, one)| {
            has_code(&one["category"], &["allowedunits"]) && one["value"].is_number()
        })
    }

    /// Whether it says how many units were used, for an item or in total.
    pub(super) fn has_used_units(self) -> bool {
        let utilization = format!("{PDEX}PriorAuthorizationUtilization");
        let of_items = self.adjudications().iter().any(|(_, one)| {
            has_code(&one["category"], &["consumedunits"]) && one["value"].is_number()
        });
        let totals = self.0["total"].as_array().map(Vec::as_slice);
        of_items
            || totals
                .unwrap_or_default()
                .iter()
                .any(|total| extensions(total, &utilization).next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::{Authorization, DISCRIMINATOR, PDEX, Standing};
    use crate::fhir::Span;
    use serde_json::{Value, json};

    fn adjudication(category: &str, review: Option<&str>) -> Value {
        let mut one = json!({
            "category": {"coding": [{"system": DISCRIMINATOR, "code": category}]}, "value": 3
        });
        if let Some(code) = review {
            one["extension"] = json!([{"url": format!("{PDEX}extension-reviewAction"), "extension": [{
                "url": format!("{PDEX}extension-reviewActionCode"),
                "valueCodeableConcept": {"coding": [{"code": code}]},
            }]}]);
        }
        one
    }

    fn standing(items: &[Value]) -> Option<Standing> {
        let items: Vec<Value> = items
            .iter()
            .map(|one| json!({"adjudication": [one]}))
            .collect();
        Authorization(&json!({"item": items})).standing()
    }

    #[test]
    fn what_is_decided_is_read_from_codes_units_and_reasons() {
        let approved = adjudication("submitted", Some("A1"));
        let units = adjudication("allowedunits", None);
        let denied = adjudication("denialreason", None);
        let refused = adjudication("submitted", Some("A3"));
        let pended = adjudication("submitted", Some("A4"));
        assert_eq!(
            standing(std::slice::from_ref(&approved)),
            Some(Standing::Approved)
        );
        assert_eq!(
            standing(std::slice::from_ref(&units)),
            Some(Standing::Approved)
        );
        assert_eq!(
            standing(&[units, denied.clone()]),
            Some(Standing::PartlyDenied)
        );
        assert_eq!(standing(&[denied]), Some(Standing::Denied));
        assert_eq!(standing(&[refused]), Some(Standing::Denied));
        assert_eq!(
            standing(std::slice::from_ref(&pended)),
            Some(Standing::Pending)
        );
        assert_eq!(standing(&[pended, approved]), Some(Standing::Approved));
        assert_eq!(standing(&[]), None);
        assert_eq!(
            Authorization(&json!({"outcome": "queued"})).standing(),
            Some(Standing::Pending)
        );
    }

    #[test]
    fn it_has_ended_when_all_its_periods_have() {
        let today = Span::parse("2025-05-05").unwrap();
        let with = |ends: &[&str]| {
            let periods: Vec<Value> = ends.iter().map(|end| json!({"end": end})).collect();
            Authorization(&json!({"preAuthRefPeriod": periods})).has_ended(&today)
        };
        assert!(with(&["2024-01-01"]));
        assert!(!with(&["2024-01-01", "2025-05-05"]));
        assert!(!with(&[]));
    }

    #[test]
    fn the_last_change_is_the_latest_decision_or_end() {
        let when = format!("{PDEX}base-ext-when-adjudicated");
        let mut one = json!({"preAuthRefPeriod": [{"end": "2026-01-01"}]});
        let end = |text: &str| Span::parse(text).ok().map(|span| span.end);
        assert_eq!(Authorization(&one).last_change(), end("2026-01-01"));
        one["adjudication"] =
            json!([{"extension": [{"url": when, "valueDateTime": "2026-05-01"}]}]);
        assert_eq!(Authorization(&one).last_change(), end("2026-05-01"));
        assert_eq!(Authorization(&json!({})).last_change(), None);
    }

    #[test]
    fn hostile_shapes_say_nothing() {
        for odd in [
            json!(null),
            json!([]),
            json!({"item": 3, "adjudication": {"category": []}}),
        ] {
            assert_eq!(Authorization(&odd).standing(), None);
            assert!(!Authorization(&odd).has_start());
        }
    }
}

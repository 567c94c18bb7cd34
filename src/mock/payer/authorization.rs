//! How prior authorizations stand: open, or closed, and since when.

use super::Payer;
use crate::fhir::{Span, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

/// When something of a prior authorization was decided.
const DECIDED: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-when-adjudicated";

impl Payer {
    /// Whether a prior authorization is part of an exchange between payers: those that are open, and those
    /// that were closed within a year. Other resources always are.
    pub(super) fn is_current(&self, resource: &Value, deviation: &Deviation) -> bool {
        if resource["use"] != "preauthorization" || is_open(resource, &self.today) {
            return true;
        }
        if last_change(resource).is_some_and(|change| change.end >= self.years_ago(1)) {
            return deviation.enforces(Rule::RecentDecisions);
        }
        !deviation.enforces(Rule::ClosedAuthorizations)
    }
}

/// Whether it is pending, or good for today or later.
fn is_open(authorization: &Value, today: &Span) -> bool {
    let ends = path::elements(authorization, "preAuthRefPeriod.end");
    let mut ends = ends.into_iter().filter_map(Value::as_str).peekable();
    ends.peek().is_none() || ends.any(|end| Span::parse(end).is_ok_and(|end| end.end > today.start))
}

/// When it was decided, or ran out, whichever is later.
fn last_change(authorization: &Value) -> Option<Span> {
    let of_items = path::elements(authorization, "item.adjudication.extension");
    let decisions = path::elements(authorization, "adjudication.extension")
        .into_iter()
        .chain(of_items)
        .filter(|extension| extension["url"] == DECIDED)
        .filter_map(|extension| extension["valueDateTime"].as_str());
    path::elements(authorization, "preAuthRefPeriod.end")
        .into_iter()
        .filter_map(Value::as_str)
        .chain(decisions)
        .filter_map(|time| Span::parse(time).ok())
        .max_by_key(|time| time.end)
}

#[cfg(test)]
mod tests {
    use super::{is_open, last_change};
    use crate::fhir::Span;
    use serde_json::json;

    #[test]
    fn an_authorization_is_open_until_its_last_day() {
        let today = Span::parse("2026-05-05").unwrap();
        let until = |end: &str| json!({"preAuthRefPeriod": [{"start": "2026-01-01", "end": end}]});
        assert!(is_open(&until("2026-05-05"), &today));
        assert!(!is_open(&until("2026-05-04"), &today));
        assert!(is_open(
            &json!({"preAuthRefPeriod": [{"start": "2026-01-01"}]}),
            &today
        ));
    }

    #[test]
    fn the_last_change_is_the_latest_decision_or_the_end() {
        let decided = json!({"url": super::DECIDED, "valueDateTime": "2026-03-01"});
        let one = json!({
            "preAuthRefPeriod": [{"end": "2026-02-01"}],
            "item": [{"adjudication": [{"extension": [decided]}]}],
        });
        assert_eq!(last_change(&one), Span::parse("2026-03-01").ok());
        assert_eq!(last_change(&json!({})), None);
    }
}

//! One thing a search asks for, and whether a resource is what was asked for.

use super::search::{DateParameter, string_matches, token_matches};
use super::{Reference, SearchParameter, SearchType, Span, path};
use serde_json::Value;

/// A search parameter with the values asked for, of which one has to match.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// The parameter.
    pub parameter: SearchParameter,
    /// The alternatives, as written in a query before it is encoded.
    pub wanted: Vec<String>,
}

/// Parts of a HumanName or an Address that a string may match.
const TEXTS: [&str; 11] = [
    "text",
    "family",
    "given",
    "prefix",
    "suffix",
    "line",
    "city",
    "district",
    "state",
    "country",
    "postalCode",
];

impl Criterion {
    /// Asks for one value.
    #[must_use]
    pub fn new(parameter: SearchParameter, wanted: impl Into<String>) -> Self {
        Self {
            parameter,
            wanted: vec![wanted.into()],
        }
    }

    /// The value as a query has it, before percent-encoding: alternatives joined by commas.
    #[must_use]
    pub fn text(&self) -> String {
        let escaped: Vec<String> = self
            .wanted
            .iter()
            .map(|one| {
                one.replace('\\', "\\\\")
                    .replace(',', "\\,")
                    .replace('$', "\\$")
            })
            .collect();
        escaped.join(",")
    }

    /// Whether a resource is what is asked for; `None` when its content does not decide that: a system that
    /// only the element's binding knows, a Timing, a reference by identifier.
    #[must_use]
    pub fn matches(&self, resource: &Value) -> Option<bool> {
        let values = self.parameter.values(resource);
        let mut decided = Some(false);
        for value in values {
            for wanted in &self.wanted {
                match self.value_matches(wanted, value) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => decided = None,
                }
            }
        }
        decided
    }

    fn value_matches(&self, wanted: &str, value: &Value) -> Option<bool> {
        match self.parameter.kind {
            SearchType::Token => token(wanted, value),
            SearchType::String => {
                Some(texts(value).iter().any(|text| string_matches(wanted, text)))
            }
            SearchType::Date => {
                let asked = DateParameter::parse(wanted).ok()?;
                let actual = span(value)?;
                let matches = asked.matches(&actual);
                if asked.is_disputed(&actual) {
                    return None;
                }
                if has_clock(wanted) == has_clock_everywhere(value) {
                    return Some(matches);
                }
                // One of the two is of a day whose zone nobody told.
                let is_same = |hours: i128| asked.matches(&actual.shifted(hours)) == matches;
                (is_same(-14) && is_same(14)).then_some(matches)
            }
            SearchType::Reference => reference(wanted, value),
        }
    }
}

impl SearchParameter {
    /// Values by which a search finds this resource, most telling first: `system|code`, whole texts, dates
    /// without prefix, `Type/id`.
    #[must_use]
    pub fn examples(&self, resource: &Value) -> Vec<String> {
        let mut examples: Vec<String> = Vec::new();
        for value in self.values(resource) {
            match self.kind {
                SearchType::Token => examples.extend(tokens(value)),
                SearchType::String => examples.extend(texts(value).into_iter().map(str::to_owned)),
                SearchType::Date => examples.extend(dates(value)),
                SearchType::Reference => examples.extend(target(value)),
            }
        }
        examples.retain(|one| !one.is_empty());
        let mut seen = std::collections::BTreeSet::new();
        examples.retain(|one| seen.insert(one.clone()));
        examples
    }
}

/// Tokens of a code, flag, Coding, CodeableConcept or Identifier.
fn tokens(value: &Value) -> Vec<String> {
    let of = |system: &Value, code: &Value| {
        let code = code.as_str().filter(|code| !code.contains('|'))?;
        Some(match system.as_str() {
            Some(system) => format!("{system}|{code}"),
            None => code.to_owned(),
        })
    };
    match value {
        Value::String(code) => vec![code.clone()],
        Value::Bool(flag) => vec![flag.to_string()],
        _ => match value["coding"].as_array() {
            Some(codings) => codings
                .iter()
                .filter_map(|one| of(&one["system"], &one["code"]))
                .collect(),
            None if value["value"].is_string() => {
                of(&value["system"], &value["value"]).into_iter().collect()
            }
            None => of(&value["system"], &value["code"]).into_iter().collect(),
        },
    }
}

fn token(wanted: &str, value: &Value) -> Option<bool> {
    let matches = |system: &Value, code: &Value| {
        code.as_str()
            .is_some_and(|code| token_matches(wanted, system.as_str(), code))
    };
    match value {
        // The system of a plain code is that of its binding, which is not in the content.
        Value::String(code) => match wanted.split_once('|') {
            Some((_, wanted)) => (wanted != code).then_some(false),
            None => Some(wanted == code),
        },
        Value::Bool(flag) => {
            Some(wanted.rsplit('|').next() == Some(if *flag { "true" } else { "false" }))
        }
        _ => Some(match value["coding"].as_array() {
            Some(codings) => codings
                .iter()
                .any(|one| matches(&one["system"], &one["code"])),
            None if value["value"].is_string() => matches(&value["system"], &value["value"]),
            None => matches(&value["system"], &value["code"]),
        }),
    }
}

/// The text of a string, or the texts of a HumanName or Address.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        _ => TEXTS
            .iter()
            .flat_map(|part| path::elements(value, part))
            .filter_map(Value::as_str)
            .collect(),
    }
}

/// The time a date or a Period stands for.
fn span(value: &Value) -> Option<Span> {
    match value {
        Value::String(text) => Span::parse(text).ok(),
        _ if value.get("start").is_some() || value.get("end").is_some() => Span::period(value),
        _ => None,
    }
}

fn has_clock(text: &str) -> bool {
    text.contains('T')
}

/// Whether all bounds of a date or a Period have a time of day, and so a zone.
fn has_clock_everywhere(value: &Value) -> bool {
    match value {
        Value::String(text) => has_clock(text),
        _ => [&value["start"], &value["end"]]
            .into_iter()
            .filter_map(Value::as_str)
            .all(has_clock),
    }
}

/// The dates in a date or a Period, its start first.
fn dates(value: &Value) -> Vec<String> {
    let texts = match value {
        Value::String(text) => vec![text.as_str()],
        _ => [&value["start"], &value["end"]]
            .into_iter()
            .filter_map(Value::as_str)
            .collect(),
    };
    let known = texts.into_iter().filter(|text| Span::parse(text).is_ok());
    known.map(str::to_owned).collect()
}

/// What a reference leads to, as `Type/id`, or a canonical URL without its version.
fn target(value: &Value) -> Option<String> {
    if let Some(canonical) = value.as_str() {
        return canonical.split('|').next().map(str::to_owned);
    }
    let reference = Reference::parse(value["reference"].as_str()?);
    reference.target().map(|(kind, id)| format!("{kind}/{id}"))
}

fn reference(wanted: &str, value: &Value) -> Option<bool> {
    if let Some(actual) = value.as_str() {
        let plain = actual.split('|').next();
        return Some(wanted == actual || Some(wanted) == plain);
    }
    let actual = Reference::parse(value["reference"].as_str()?);
    let (kind, id) = actual.target()?;
    Some(match Reference::parse(wanted).target() {
        Some((wanted_kind, wanted_id)) => wanted_kind == kind && wanted_id == id,
        None => wanted == id,
    })
}

#[cfg(test)]
mod tests {
    use super::Criterion;
    use crate::fhir::SearchParameter;
    use serde_json::{Value, json};

    fn matches(kind: &str, name: &str, wanted: &str, resource: &Value) -> Option<bool> {
        let parameter = SearchParameter::find(kind, name).unwrap();
        Criterion::new(parameter, wanted).matches(resource)
    }

    #[test]
    fn codes_match_with_and_without_their_system() {
        let condition = json!({"code": {"coding": [{"system": "s", "code": "a"}, {"code": "b"}]}});
        for (wanted, expected) in [
            ("s|a", true),
            ("a", true),
            ("t|a", false),
            ("b", true),
            ("|b", true),
            ("c", false),
        ] {
            assert_eq!(
                matches("Condition", "code", wanted, &condition),
                Some(expected),
                "{wanted}"
            );
        }
        let encounter = json!({"class": {"system": "s", "code": "AMB"}, "identifier": [{"system": "i", "value": "1"}]});
        assert_eq!(
            matches("Encounter", "class", "s|AMB", &encounter),
            Some(true)
        );
        assert_eq!(
            matches("Encounter", "identifier", "i|1", &encounter),
            Some(true)
        );
        assert_eq!(
            matches("Encounter", "identifier", "i|2", &encounter),
            Some(false)
        );
    }

    #[test]
    fn the_system_of_a_plain_code_is_not_in_the_content() {
        let goal = json!({"lifecycleStatus": "active"});
        assert_eq!(
            matches("Goal", "lifecycle-status", "active", &goal),
            Some(true)
        );
        assert_eq!(matches("Goal", "lifecycle-status", "s|active", &goal), None);
        assert_eq!(
            matches("Goal", "lifecycle-status", "s|draft", &goal),
            Some(false)
        );
    }

    #[test]
    fn dates_and_periods_are_compared_as_spans() {
        let encounter =
            json!({"period": {"start": "2024-01-10T10:00:00Z", "end": "2024-01-12T09:00:00Z"}});
        for (wanted, expected) in [
            ("ge2024-01-10", true),
            ("gt2024-01-12", false),
            ("le2024-01-09", false),
            ("2024-01", true),
            ("2024-01-10", false),
            ("lt2024-01-10T10:00:01Z", true),
            ("lt2024-01-10T11:00:00+01:00", false),
        ] {
            assert_eq!(
                matches("Encounter", "date", wanted, &encounter),
                Some(expected),
                "{wanted}"
            );
        }
        // It goes on beyond the second in which it began, and began before that in which it ended.
        for wanted in ["le2024-01-10T10:00:00Z", "ge2024-01-12T09:00:00Z"] {
            let decided = matches("Encounter", "date", wanted, &encounter);
            assert_eq!(decided, None, "{wanted}");
        }
        assert_eq!(
            matches("Encounter", "date", "2024", &json!({"period": {}})),
            None
        );
        assert_eq!(
            matches("Encounter", "date", "2024", &json!({})),
            Some(false)
        );
    }

    #[test]
    fn a_day_without_zone_leaves_its_edges_undecided() {
        let order = |time: &str| json!({"authoredOn": time});
        let matches =
            |wanted: &str, time: &str| matches("ServiceRequest", "authored", wanted, &order(time));
        assert_eq!(matches("ge2024-05-02", "2024-05-01T23:00:00-05:00"), None);
        assert_eq!(matches("ge2024-05-02", "2024-05-02T14:00:00Z"), Some(true));
        assert_eq!(matches("ge2024-05-02", "2024-04-30T10:00:00Z"), Some(false));
        assert_eq!(matches("ge2024-05-02T10:00:00Z", "2024-05-02"), None);
        assert_eq!(matches("ge2024-05-02", "2024-05-02"), Some(true));
    }

    #[test]
    fn references_match_by_id_and_by_type_and_id() {
        let goal = json!({"subject": {"reference": "https://x.example/fhir/Patient/p/_history/2"}});
        for (wanted, expected) in [
            ("p", true),
            ("Patient/p", true),
            ("Group/p", false),
            ("q", false),
        ] {
            assert_eq!(
                matches("Goal", "patient", wanted, &goal),
                Some(expected),
                "{wanted}"
            );
        }
        assert_eq!(
            matches(
                "Goal",
                "patient",
                "p",
                &json!({"subject": {"identifier": {}}})
            ),
            None
        );
        let response = json!({"questionnaire": "http://q.example/1|2.0"});
        assert_eq!(
            matches(
                "QuestionnaireResponse",
                "questionnaire",
                "http://q.example/1",
                &response
            ),
            Some(true)
        );
    }

    #[test]
    fn names_and_addresses_match_by_any_of_their_texts() {
        let patient = json!({"name": [{"family": "O'Neil", "given": ["Ánna"]}]});
        assert_eq!(matches("Patient", "name", "ann", &patient), Some(true));
        assert_eq!(matches("Patient", "family", "neil", &patient), Some(false));
        let place = json!({"address": {"city": "Sampleton", "line": ["1 Way"]}});
        assert_eq!(matches("Location", "address", "sample", &place), Some(true));
        assert_eq!(
            matches("Location", "address-city", "1 way", &place),
            Some(false)
        );
    }

    #[test]
    fn alternatives_are_joined_and_escaped() {
        let parameter = SearchParameter::find("Location", "name").unwrap();
        let criterion = Criterion {
            parameter,
            wanted: vec!["a,b".into(), "c$".into()],
        };
        assert_eq!(criterion.text(), "a\\,b,c\\$");
        assert_eq!(
            criterion.matches(&json!({"name": "A,B Clinic"})),
            Some(true)
        );
    }

    #[test]
    fn a_resource_gives_the_values_it_is_found_by() {
        let examples = |kind: &str, name: &str, resource| {
            SearchParameter::find(kind, name)
                .unwrap()
                .examples(&resource)
        };
        let coded = json!({"code": {"coding": [{"system": "s", "code": "a"}, {"code": "b"}]}});
        assert_eq!(examples("Condition", "code", coded), ["s|a", "b"]);
        let stay = json!({"period": {"start": "2024-01-10", "end": "soon"}});
        assert_eq!(examples("Encounter", "date", stay), ["2024-01-10"]);
        let goal = json!({"subject": {"reference": "Patient/p"}});
        assert_eq!(examples("Goal", "patient", goal), ["Patient/p"]);
        assert!(
            examples(
                "Goal",
                "description",
                json!({"description": {"text": "only"}})
            )
            .is_empty()
        );
    }
}

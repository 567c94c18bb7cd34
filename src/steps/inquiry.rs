//! What records are searched by: values chosen from the records themselves, and the questions asked with them.

use crate::fhir::{Criterion, SearchParameter, SearchType};
use serde_json::Value;
use std::collections::BTreeSet;

/// Records whose values are considered at most.
const CANDIDATES: usize = 40;
/// Records looked at to tell how telling a choice is.
const OTHERS: usize = 200;
/// Values of one element of a record that are considered.
const VALUES: usize = 2;

/// A code system that nobody uses: the code under it is another.
const NO_SYSTEM: &str = "https://vitruvian.example/no-such-system";

/// Comparisons that US Core wants for dates.
const COMPARISONS: [&str; 4] = ["gt", "ge", "lt", "le"];

/// One search and what it asks for.
pub(super) type Question = Vec<Criterion>;

/// A search parameter, asked for in several ways with values that a record has.
#[derive(Clone, Debug)]
pub(super) struct Inquiry {
    /// Resource type.
    pub(super) kind: String,
    /// What every search names besides: the member, and what the payer insists on.
    pub(super) basis: Vec<Criterion>,
    /// What is to be true of every result without being asked for: that it is about the member.
    pub(super) about: Option<Criterion>,
    /// The searches, each with the basis.
    pub(super) questions: Vec<Question>,
    /// The records a search may find, as far as known.
    pub(super) records: Vec<Value>,
}

impl Inquiry {
    /// Chooses values for these parameters: all from one record, so that the search finds at least that one,
    /// and such that each parameter, left out, would change what is found, if there are such values. `None`
    /// when no record has values for all of them.
    pub(super) fn choose(
        kind: &str,
        parameters: &[SearchParameter],
        records: &[Value],
    ) -> Option<Self> {
        let others = &records[..records.len().min(OTHERS)];
        let mut seen = BTreeSet::new();
        let mut best: Option<(usize, Vec<Question>)> = None;
        for record in records.iter().take(CANDIDATES) {
            for values in combinations(parameters, record) {
                if !seen.insert(values.clone()) {
                    continue;
                }
                let questions = questions(parameters, &values, others);
                let score = telling(parameters, &questions, others);
                if best.as_ref().is_none_or(|(before, _)| *before < score) {
                    best = Some((score, questions));
                }
            }
        }
        best.map(|(_, questions)| Self {
            kind: kind.to_owned(),
            basis: Vec::new(),
            about: None,
            questions,
            records: records.to_vec(),
        })
    }

    /// Names of the parameters that change nothing: every known record has the values asked for.
    pub(super) fn untold(&self, parameters: &[SearchParameter]) -> Vec<&'static str> {
        let silent = |one: &&SearchParameter| !changes(one, &self.questions, &self.records);
        parameters
            .iter()
            .filter(silent)
            .map(|one| one.name)
            .collect()
    }
}

/// Every choice of one value for each parameter.
fn combinations(parameters: &[SearchParameter], record: &Value) -> Vec<Vec<String>> {
    let mut all = vec![Vec::new()];
    for parameter in parameters {
        let values: Vec<String> = parameter
            .examples(record)
            .into_iter()
            .take(VALUES)
            .collect();
        all = all
            .into_iter()
            .flat_map(|before: Vec<String>| {
                values
                    .iter()
                    .map(move |value| [before.clone(), vec![value.clone()]].concat())
            })
            .collect();
    }
    all
}

/// The ways to ask for these values: a single parameter in all its forms, several together in their plainest
/// form; dates by every comparison.
fn questions(
    parameters: &[SearchParameter],
    values: &[String],
    records: &[Value],
) -> Vec<Question> {
    if let ([parameter], [value]) = (parameters, values) {
        return forms(*parameter, value, records);
    }
    let plain = || {
        parameters
            .iter()
            .zip(values)
            .map(|(parameter, value)| Criterion::new(*parameter, value))
    };
    if parameters.iter().all(|one| one.kind != SearchType::Date) {
        return vec![plain().collect()];
    }
    let compared = |comparison: &str| {
        let compare = |one: Criterion| match one.parameter.kind {
            SearchType::Date => {
                Criterion::new(one.parameter, format!("{comparison}{}", one.wanted[0]))
            }
            _ => one,
        };
        plain().map(compare).collect()
    };
    COMPARISONS.map(compared).to_vec()
}

/// The forms in which one parameter can be asked for.
fn forms(parameter: SearchParameter, value: &str, records: &[Value]) -> Vec<Question> {
    let one = |text: &str| vec![Criterion::new(parameter, text)];
    let mut forms = Vec::new();
    match parameter.kind {
        SearchType::Token => {
            forms.push(one(value));
            if let Some((_, code)) = value.split_once('|') {
                forms.push(one(code));
                forms.push(one(&format!("{NO_SYSTEM}|{code}")));
            }
            if let Some(other) = another(parameter, value, records) {
                let wanted = vec![value.to_owned(), other];
                forms.push(vec![Criterion { parameter, wanted }]);
            }
        }
        SearchType::Date => {
            forms.extend(COMPARISONS.map(|comparison| one(&format!("{comparison}{value}"))));
            forms.push([one(&format!("ge{value}")), one(&format!("le{value}"))].concat());
        }
        SearchType::String => {
            forms.push(one(value));
            let start: String = value.chars().take(4).collect();
            forms.push(one(&start.to_lowercase()));
        }
        SearchType::Reference => {
            forms.push(one(value));
            let id = value
                .split_once('/')
                .filter(|(_, id)| !id.contains('/'))
                .map(|(_, id)| id);
            forms.extend(id.map(one));
        }
    }
    forms
}

/// A value of another record, for a search by either.
fn another(parameter: SearchParameter, value: &str, records: &[Value]) -> Option<String> {
    if parameter.name == "_id" {
        return None;
    }
    let asked = Criterion::new(parameter, value);
    let others = records
        .iter()
        .filter(|record| asked.matches(record) == Some(false));
    others
        .flat_map(|record| parameter.examples(record))
        .find(|other| other != value)
}

/// How many of the parameters change what is found.
fn telling(parameters: &[SearchParameter], questions: &[Question], records: &[Value]) -> usize {
    parameters
        .iter()
        .filter(|one| changes(one, questions, records))
        .count()
}

/// Whether leaving a parameter out changes what one of the searches finds.
fn changes(parameter: &SearchParameter, questions: &[Question], records: &[Value]) -> bool {
    let differs = |question: &Question| {
        records.iter().any(|record| {
            let mut all = true;
            let mut rest = true;
            for criterion in question {
                let holds = criterion.matches(record) != Some(false);
                all &= holds;
                rest &= holds || criterion.parameter == *parameter;
            }
            all != rest
        })
    };
    questions.iter().any(differs)
}

#[cfg(test)]
mod tests {
    use super::Inquiry;
    use crate::fhir::SearchParameter;
    use serde_json::{Value, json};

    fn parameters(names: &[&str]) -> Vec<SearchParameter> {
        names
            .iter()
            .map(|name| SearchParameter::find("Observation", name).unwrap())
            .collect()
    }

    fn record(code: &str, status: &str, date: &str) -> Value {
        json!({"code": {"coding": [{"system": "s", "code": code}]}, "status": status, "effectiveDateTime": date})
    }

    fn asked(inquiry: &Inquiry) -> Vec<String> {
        let text = |question: &Vec<crate::fhir::Criterion>| {
            let parts: Vec<String> = question
                .iter()
                .map(|one| format!("{}={}", one.parameter.name, one.text()))
                .collect();
            parts.join("&")
        };
        inquiry.questions.iter().map(text).collect()
    }

    #[test]
    fn values_are_chosen_that_part_the_records() {
        let records = [
            record("a", "final", "2020"),
            record("b", "final", "2021"),
            record("a", "amended", "2022"),
        ];
        let wanted = parameters(&["code", "status"]);
        let inquiry = Inquiry::choose("Observation", &wanted, &records).unwrap();
        assert_eq!(asked(&inquiry), ["code=s|a&status=final"]);
        assert!(inquiry.untold(&wanted).is_empty());
    }

    #[test]
    fn one_parameter_is_asked_in_all_its_forms() {
        let records = [record("a", "final", "2020"), record("b", "final", "2021")];
        let inquiry = Inquiry::choose("Observation", &parameters(&["code"]), &records).unwrap();
        assert_eq!(
            asked(&inquiry),
            [
                "code=s|a",
                "code=a",
                "code=https://vitruvian.example/no-such-system|a",
                "code=s|a,s|b"
            ]
        );
        let inquiry = Inquiry::choose("Observation", &parameters(&["date"]), &records).unwrap();
        assert_eq!(asked(&inquiry).last().unwrap(), "date=ge2020&date=le2020");
        let status = parameters(&["status"]);
        let inquiry = Inquiry::choose("Observation", &status, &records).unwrap();
        assert_eq!(inquiry.untold(&status), ["status"]);
    }

    #[test]
    fn without_the_values_there_is_nothing_to_ask() {
        let records = [
            json!({"status": "final"}),
            json!({"effectiveDateTime": "2020"}),
        ];
        assert!(
            Inquiry::choose("Observation", &parameters(&["status", "date"]), &records).is_none()
        );
        assert!(Inquiry::choose("Observation", &parameters(&["status"]), &[]).is_none());
    }
}

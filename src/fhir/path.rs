//! Walking resources: plain element paths (`name.family`), and JSONPath with the place of every hit.
//! This is the only file that knows which JSONPath implementation is used.

use jsonpath_rust::JsonPath as _;
use serde_json::Value;
use std::fmt;

/// A JSONPath expression that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expression:?} is not a JSONPath expression (RFC 9535): {reason}")]
pub struct Error {
    /// The expression.
    pub expression: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Where in a resource a value is. Shown as people write it: `entry[0].resource.id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Location {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Location {
    /// The value at this place.
    #[must_use]
    pub fn get_mut<'a>(&self, root: &'a mut Value) -> Option<&'a mut Value> {
        self.steps.iter().try_fold(root, |value, step| match step {
            Step::Name(name) => value.get_mut(name),
            Step::Index(index) => value.get_mut(index),
        })
    }

    /// Takes the value at this place out of its parent; the root cannot be taken out.
    pub fn remove(&self, root: &mut Value) -> Option<Value> {
        let (last, parents) = self.steps.split_last()?;
        let parent = Self {
            steps: parents.to_vec(),
        };
        match (parent.get_mut(root)?, last) {
            (Value::Object(fields), Step::Name(name)) => fields.remove(name),
            (Value::Array(items), Step::Index(index)) if *index < items.len() => {
                Some(items.remove(*index))
            }
            _ => None,
        }
    }

    /// Reads a normalised path (`$['a'][0]`, RFC 9535 section 2.7).
    fn parse(normalised: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = normalised.strip_prefix('$')?;
        while !rest.is_empty() {
            rest = rest.strip_prefix('[')?;
            if let Some(quoted) = rest.strip_prefix('\'') {
                let end = quoted.find("']")?;
                steps.push(Step::Name(quoted[..end].to_owned()));
                rest = &quoted[end + 2..];
            } else {
                let end = rest.find(']')?;
                steps.push(Step::Index(rest[..end].parse().ok()?));
                rest = &rest[end + 1..];
            }
        }
        Some(Self { steps })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.steps.iter().enumerate() {
            match step {
                Step::Name(name) if position == 0 => out.write_str(name)?,
                Step::Name(name) => write!(out, ".{name}")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// All values a JSONPath expression selects, with their places, in document order.
///
/// # Errors
/// When the expression is not valid.
pub fn select<'a>(value: &'a Value, expression: &str) -> Result<Vec<(Location, &'a Value)>, Error> {
    let found = value.query_with_path(expression).map_err(|problem| Error {
        expression: expression.to_owned(),
        reason: problem.to_string(),
    })?;
    Ok(found
        .into_iter()
        .filter_map(|hit| Some((Location::parse(&hit.path)?, hit.val)))
        .collect())
}

/// All values at an element path (`name.family`); arrays on the way are entered.
#[must_use]
pub fn elements<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for name in path.split('.') {
        found = found
            .into_iter()
            .filter_map(|value| value.get(name))
            .flat_map(|value| {
                value
                    .as_array()
                    .map_or(std::slice::from_ref(value), Vec::as_slice)
            })
            .collect();
    }
    found
}

/// The first place at which two values differ (`identifier[0].value`), the deepest that can be named; empty
/// when they have nothing in common, none when they are equal.
#[must_use]
pub fn difference(one: &Value, other: &Value) -> Option<String> {
    if one == other {
        return None;
    }
    let (step, inner) = match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys());
            let name = names
                .into_iter()
                .find(|name| one.get(*name) != other.get(*name))?;
            let inner = one.get(name).zip(other.get(name));
            (name.clone(), inner)
        }
        (Value::Array(one), Value::Array(other)) => {
            let index =
                (0..one.len().max(other.len())).find(|at| one.get(*at) != other.get(*at))?;
            (format!("[{index}]"), one.get(index).zip(other.get(index)))
        }
        _ => return Some(String::new()),
    };
    let rest = inner
        .and_then(|(one, other)| difference(one, other))
        .unwrap_or_default();
    let joint = if rest.is_empty() || rest.starts_with('[') {
        ""
    } else {
        "."
    };
    Some(format!("{step}{joint}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::{difference, elements, select};
    use serde_json::json;

    #[test]
    fn hits_come_with_their_place() {
        let mut bundle = json!({"entry": [{"resource": {"id": "1"}}, {"resource": {"id": "2"}}]});
        let found = select(&bundle, "$.entry[?@.resource.id=='2'].resource.id").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].1, "2");
        let place = found[0].0.clone();
        assert_eq!(place.to_string(), "entry[1].resource.id");
        *place.get_mut(&mut bundle).unwrap() = json!("3");
        assert_eq!(bundle["entry"][1]["resource"]["id"], "3");
        assert_eq!(place.remove(&mut bundle), Some(json!("3")));
        assert_eq!(place.remove(&mut bundle), None);
    }

    #[test]
    fn a_bad_expression_is_an_error() {
        assert!(select(&json!({}), "$.[").is_err());
        assert!(select(&json!({}), "").is_err());
    }

    #[test]
    fn element_paths_enter_arrays() {
        let patient = json!({"name": [{"given": ["A", "B"]}, {"given": ["C"]}]});
        assert_eq!(elements(&patient, "name.given").len(), 3);
        assert!(elements(&patient, "name.period.start").is_empty());
    }

    #[test]
    fn a_difference_is_told_by_its_first_and_deepest_place() {
        let one = json!({"name": [{"family": "A", "given": ["B", "C"]}], "active": true});
        for (other, place) in [
            (
                json!({"name": [{"family": "A", "given": ["B", "D"]}], "active": true}),
                Some("name[0].given[1]"),
            ),
            (
                json!({"name": [{"family": "A", "given": ["B"]}], "active": true}),
                Some("name[0].given[1]"),
            ),
            (
                json!({"name": [{"family": "A", "given": ["B", "C"]}]}),
                Some("active"),
            ),
            (json!([]), Some("")),
            (one.clone(), None),
        ] {
            assert_eq!(difference(&one, &other).as_deref(), place);
        }
    }
}

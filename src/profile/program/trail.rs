//! The restricted FHIRPath of discriminators: children, extensions, types and references.

use serde_json::Value;

/// One step of a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The child of that name; of a choice, whatever its type.
    Child(String),
    /// The extension with that URL.
    Extension(String),
    /// Only what has that type.
    OfType(String),
    /// What the reference points to.
    Resolve,
}

/// Where a discriminator looks, from the element that is sliced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// The steps; none for the element itself.
    pub steps: Vec<Step>,
}

/// A value at the end of a trail.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found<'v> {
    /// The value.
    pub value: &'v Value,
    /// Type in the JSON key, of a choice: `Quantity`. Empty when the key carries none.
    pub suffix: &'v str,
}

/// Values at the end of a trail, and whether a reference on the way could not be followed.
#[derive(Debug, Default)]
pub struct Findings<'v> {
    /// The values.
    pub found: Vec<Found<'v>>,
    /// References that led nowhere.
    pub unresolved: Vec<&'v Value>,
}

impl Trail {
    /// Reads the path of a discriminator; none when it is not of the restricted kind.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let (path, cast) = match path.split_once(" as ") {
            Some((path, kind)) => (path, Some(kind.trim().trim_end_matches(')'))),
            None => (path, None),
        };
        let mut rest = path.trim().trim_start_matches('(');
        while !rest.is_empty() {
            let (step, after) = next(rest)?;
            steps.extend(step);
            rest = match after.strip_prefix('.') {
                Some(after) if !after.is_empty() => after,
                Some(_) => return None,
                None if after.is_empty() => after,
                None => return None,
            };
        }
        steps.extend(cast.map(|kind| Step::OfType(kind.to_owned())));
        Some(Self { steps })
    }

    /// Whether its last step is into the target of a reference.
    #[must_use]
    pub fn ends_in_reference(&self) -> bool {
        self.steps.last() == Some(&Step::Resolve)
    }

    /// Follows the trail from `value`, which has the type `suffix` in its key, if it is a choice.
    pub fn follow<'v>(
        &self,
        value: &'v Value,
        suffix: &'v str,
        resolve: &dyn Fn(&'v Value) -> Option<&'v Value>,
    ) -> Findings<'v> {
        let mut findings = Findings::default();
        spread(value, suffix, &mut findings.found);
        for step in &self.steps {
            let from = std::mem::take(&mut findings.found);
            for found in from {
                match step {
                    Step::Child(name) => child(found.value, name, &mut findings.found),
                    Step::Extension(url) => extension(found.value, url, &mut findings.found),
                    Step::OfType(kind) if is_of_type(found, kind) => findings.found.push(found),
                    Step::OfType(_) => {}
                    Step::Resolve => match resolve(found.value) {
                        Some(value) => findings.found.push(Found { value, suffix: "" }),
                        None => findings.unresolved.push(found.value),
                    },
                }
            }
        }
        findings
    }
}

/// Whether a value has a type, as far as its key and its JSON tell.
#[must_use]
pub fn is_of_type(found: Found<'_>, kind: &str) -> bool {
    let kind = kind.strip_prefix("FHIR.").unwrap_or(kind);
    if let Some(resource) = found.value["resourceType"].as_str() {
        return resource == kind || matches!(kind, "Resource" | "DomainResource");
    }
    if found.suffix.is_empty() {
        // The key says nothing: then the element has one type, and only its JSON could contradict.
        return match found.value {
            Value::Object(_) => !kind.starts_with(|first: char| first.is_ascii_lowercase()),
            Value::Bool(_) => kind == "boolean",
            Value::Number(_) => {
                matches!(kind, "decimal" | "integer" | "positiveInt" | "unsignedInt")
            }
            Value::String(_) => kind.starts_with(|first: char| first.is_ascii_lowercase()),
            _ => false,
        };
    }
    let (mut suffix, mut kind) = (found.suffix.chars(), kind.chars());
    let first = (suffix.next(), kind.next());
    matches!(first, (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b))
        && suffix.as_str() == kind.as_str()
}

/// One step and what follows it; no step for `$this`.
fn next(text: &str) -> Option<(Option<Step>, &str)> {
    for function in ["extension(", "ofType(", "as(", "resolve("] {
        let Some(rest) = text.strip_prefix(function) else {
            continue;
        };
        let (argument, after) = rest.split_once(')')?;
        let argument = argument.trim().trim_matches(['\'', '"']);
        let step = match function {
            "extension(" => Step::Extension(argument.to_owned()),
            "resolve(" => Step::Resolve,
            _ => Step::OfType(argument.to_owned()),
        };
        return Some((Some(step), after.trim_start_matches(')')));
    }
    let end = text.find('.').unwrap_or(text.len());
    let (name, after) = text.split_at(end);
    let name = name.trim();
    if name == "$this" {
        return Some((None, after));
    }
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_name.then(|| (Some(Step::Child(name.to_owned())), after))
}

fn spread<'v>(value: &'v Value, suffix: &'v str, into: &mut Vec<Found<'v>>) {
    match value {
        Value::Array(items) => into.extend(items.iter().map(|value| Found { value, suffix })),
        Value::Null => {}
        value => into.push(Found { value, suffix }),
    }
}

fn child<'v>(value: &'v Value, name: &str, into: &mut Vec<Found<'v>>) {
    let Value::Object(fields) = value else { return };
    if let Some(value) = fields.get(name) {
        spread(value, "", into);
        return;
    }
    for (key, value) in fields {
        if let Some(suffix) = key.strip_prefix(name)
            && suffix.starts_with(|first: char| first.is_ascii_uppercase())
        {
            spread(value, suffix, into);
        }
    }
}

fn extension<'v>(value: &'v Value, url: &str, into: &mut Vec<Found<'v>>) {
    let extensions = value["extension"].as_array().into_iter().flatten();
    for value in extensions.filter(|extension| extension["url"] == url) {
        into.push(Found { value, suffix: "" });
    }
}

#[cfg(test)]
mod tests {
    use super::{Step, Trail};
    use serde_json::json;

    #[test]
    fn restricted_paths_are_read() {
        let steps = |path: &str| Trail::parse(path).map(|trail| trail.steps);
        let child = |name: &str| Step::Child(name.to_owned());
        assert_eq!(steps("$this"), Some(vec![]));
        assert_eq!(
            steps("coding.code"),
            Some(vec![child("coding"), child("code")])
        );
        assert_eq!(
            steps("$this.resolve().code"),
            Some(vec![Step::Resolve, child("code")])
        );
        let url = "http://x.example/a.b";
        let extension = Step::Extension(url.to_owned());
        let boolean = Step::OfType("boolean".to_owned());
        let expected = Some(vec![extension, child("value"), boolean]);
        assert_eq!(
            steps(&format!("extension('{url}').value.ofType(boolean)")),
            expected
        );
        assert_eq!(
            steps(&format!("extension('{url}').value as boolean")),
            expected
        );
        assert_eq!(steps("where(x = 1)"), None);
        assert_eq!(steps("a."), None);
    }

    #[test]
    fn trails_enter_arrays_and_choices() {
        let trail = Trail::parse("component.value").unwrap();
        let value = json!({"component": [{"valueString": "x"}, {"valueBoolean": true}, {}]});
        let found = trail.follow(&value, "", &|_| None).found;
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].suffix, "String");
    }
}

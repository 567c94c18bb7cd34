//! Answers held against FHIR R4 and the profiles they claim; broken rules are grouped by element.

use super::Mismatch;
use super::nested::{Contents, element, named, parts, without_claims};
use super::observations::{Observed, Place};
use super::snippet::Redacted;
use crate::evidence::{BrokenRule, Example, Redactor, ValidationNote};
use crate::profile::{Document, Issue, Limits, Severity, Validator};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

/// Groups of broken rules kept at most; more are only counted.
const MOST_GROUPS: usize = 500;
/// Resources that show a broken rule.
const EXAMPLES: usize = 3;
/// Resources told apart per group at most.
const MOST_TOLD_APART: usize = 10_000;

/// Whose rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Whose {
    /// A rule of FHIR R4 itself.
    Fhir,
    /// A rule that only a profile adds.
    Profile,
}

/// What makes two broken rules the same: whose rule, the profile, its key, the element.
type Key = (Whose, Option<String>, String, String);

/// One rule broken at one element, by any number of resources.
#[derive(Debug)]
struct Group {
    severity: Severity,
    count: usize,
    told_apart: HashSet<String>,
    examples: Vec<Sample>,
}

/// A resource that breaks a rule, before anything is redacted.
#[derive(Debug)]
struct Sample {
    issue: Issue,
    answer: usize,
    /// For answers with one resource per line, which line.
    part: usize,
}

/// What validating answers came to.
#[derive(Debug, Default)]
pub(super) struct Validation {
    groups: BTreeMap<Key, Group>,
    /// Counts, for the evidence.
    pub(super) note: ValidationNote,
    answers: Vec<Observed>,
    contents: Contents,
}

impl Validation {
    /// Validates answers in their order. Stops early, with what it has, when `stop` becomes true.
    pub(super) fn of(answers: Vec<Observed>, validator: &Validator, stop: &AtomicBool) -> Self {
        let mut validation = Self::default();
        for (index, answer) in answers.iter().enumerate() {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let expected: Vec<String> = answer.expected.iter().cloned().collect();
            let mut is_fhir = false;
            for (part, text) in parts(&answer.body).enumerate() {
                if let Ok(document) = Document::read(text, Limits::default())
                    && document.value["resourceType"].is_string()
                {
                    is_fhir = true;
                    validation.add(&document, (index, part), validator, &expected);
                }
            }
            validation.note.answers += usize::from(is_fhir);
        }
        validation.note.resources = validation.contents.resources;
        validation.note.profiles = validation.contents.claimed.len();
        validation.note.broken = validation.groups.len() + validation.note.more_broken;
        validation.answers = answers;
        validation
    }

    /// Whether no answer held FHIR.
    pub(super) fn is_empty(&self) -> bool {
        self.note.answers == 0
    }

    /// Whether anything was given out: a payer that refuses everything shows nothing.
    pub(super) const fn has_data(&self) -> bool {
        self.contents.has_data
    }

    /// Whether any resource claimed a profile, or was asked to hold to one.
    pub(super) fn has_claims(&self) -> bool {
        !self.contents.claimed.is_empty()
    }

    fn add(
        &mut self,
        document: &Document<'_>,
        at: (usize, usize),
        validator: &Validator,
        expected: &[String],
    ) {
        let resource = &document.value;
        self.contents.claimed.extend(expected.iter().cloned());
        self.contents.add(resource);
        let report = validator.validate(resource, expected);
        let undecided = report
            .issues
            .iter()
            .filter(|issue| issue.code == "not-supported");
        let mut told = 0;
        for issue in undecided {
            *self
                .note
                .undecided
                .entry(kind(&issue.rule).to_owned())
                .or_default() += 1;
            told += 1;
        }
        if report.undecided > told {
            *self.note.undecided.entry("other".to_owned()).or_default() += report.undecided - told;
        }
        let is_error = |issue: &&Issue| issue.severity == Severity::Error;
        for issue in document.issues.iter().filter(is_error) {
            self.broken(Whose::Fhir, issue, resource, at);
        }
        if report.errors().next().is_none() {
            return;
        }
        // What also breaks without any claim is FHIR's own rule; a profile only repeats it.
        let base = validator.validate(&without_claims(resource), &[]);
        let mut known: HashSet<(&str, &str)> = HashSet::new();
        for issue in base.errors() {
            known.insert((&issue.expression, &issue.rule));
            self.broken(Whose::Fhir, issue, resource, at);
        }
        for issue in report.errors() {
            if !known.contains(&(issue.expression.as_str(), issue.rule.as_str())) {
                let is_claim =
                    issue.expression.contains(".meta.profile") && issue.rule != "profile";
                let whose = if is_claim {
                    Whose::Fhir
                } else {
                    Whose::Profile
                };
                self.broken(whose, issue, resource, at);
            }
        }
    }

    fn broken(
        &mut self,
        whose: Whose,
        issue: &Issue,
        root: &Value,
        (answer, part): (usize, usize),
    ) {
        let (resource, path) = element(root, &issue.expression);
        let element = missing(issue).map_or(path, str::to_owned);
        // FHIR's own rules are the same wherever they are repeated.
        let profile = match whose {
            Whose::Fhir => None,
            Whose::Profile => issue.profile.clone(),
        };
        let key = (whose, profile, issue.rule.clone(), element);
        if !self.groups.contains_key(&key) && self.groups.len() >= MOST_GROUPS {
            self.note.more_broken += 1;
            return;
        }
        let group = self.groups.entry(key).or_insert_with(|| Group {
            severity: issue.severity,
            count: 0,
            told_apart: HashSet::new(),
            examples: Vec::new(),
        });
        // The same resource comes in many answers.
        let can_be_told_apart =
            resource["id"].is_string() && group.told_apart.len() < MOST_TOLD_APART;
        if can_be_told_apart && !group.told_apart.insert(named(resource)) {
            return;
        }
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push(Sample {
                issue: issue.clone(),
                answer,
                part,
            });
        }
    }

    /// The broken rules as findings, redacted: those that most resources break first, at most `most`,
    /// and how many there are beside them.
    pub(super) fn mismatches(
        &self,
        is_wanted: impl Fn(Whose, &str) -> bool,
        redactor: &Redactor,
        most: usize,
    ) -> (Vec<(Mismatch, BrokenRule)>, usize) {
        let mut wanted: Vec<(&Key, &Group)> = self
            .groups
            .iter()
            .filter(|((whose, _, rule, _), _)| is_wanted(*whose, rule))
            .collect();
        wanted.sort_by_key(|(_, group)| std::cmp::Reverse(group.count));
        let more = wanted.len().saturating_sub(most);
        let shown = wanted.into_iter().take(most);
        (
            shown
                .map(|(key, group)| self.mismatch(key, group, redactor))
                .collect(),
            more,
        )
    }

    fn mismatch(
        &self,
        (_, profile, rule, element): &Key,
        group: &Group,
        redactor: &Redactor,
    ) -> (Mismatch, BrokenRule) {
        let told: Vec<Told> = group
            .examples
            .iter()
            .filter_map(|sample| self.tell(sample, redactor))
            .collect();
        let (expected, actual) = told.first().map_or((None, String::new()), |told| {
            (told.expected.clone(), told.actual())
        });
        let others = match group.count {
            1 => "in one resource".to_owned(),
            count => format!("in {count} resources"),
        };
        let source = profile.as_deref().unwrap_or("FHIR R4");
        let expected = expected.unwrap_or_else(|| format!("what {source} says ({rule})"));
        let broken = BrokenRule {
            key: rule.clone(),
            profile: profile.clone(),
            element: element.clone(),
            severity: group.severity.code().to_owned(),
            count: group.count,
            examples: told.into_iter().map(|told| told.example).collect(),
        };
        let location = broken.examples.first();
        let location = location.map_or_else(|| element.clone(), |first| first.location.clone());
        let mismatch = Mismatch::new(format!("{element}: {expected}"), actual)
            .at(location)
            .hint(format!("rule {rule} of {source}, {others}"));
        (mismatch, broken)
    }

    /// Tells of a resource that breaks a rule, redacted.
    fn tell(&self, sample: &Sample, redactor: &Redactor) -> Option<Told> {
        let answer = self.answers.get(sample.answer)?;
        let text = parts(&answer.body).nth(sample.part)?;
        let original = Document::read(text, Limits::default()).ok()?.value;
        let redacted = Redacted::of(text, redactor);
        let issue = &sample.issue;
        let at = issue.expression.as_str();
        let retold = |said: &String| match &redacted {
            Some(redacted) => redacted.text(said, &original, at),
            // What is not looked through may hold anything.
            None if redactor.redacts_personal_data() => format!("not told: {TOO_LONG}"),
            None => said.clone(),
        };
        let resource = match &redacted {
            Some(redacted) => named(element(redacted.value(), at).0),
            None => named(&Value::Null),
        };
        let Place {
            scenario,
            attempt,
            exchange,
        } = answer.place.clone();
        Some(Told {
            expected: issue.expected.as_ref().map(retold),
            actual: issue.actual.as_ref().map(retold),
            example: Example {
                resource,
                location: issue.expression.clone(),
                message: retold(&issue.message),
                scenario,
                attempt,
                exchange,
                snippet: redacted.as_ref().and_then(|redacted| redacted.snippet(at)),
            },
        })
    }
}

/// Why nothing of an answer is shown.
const TOO_LONG: &str = "the answer is too long to be looked through for personal data";

/// A resource that breaks a rule, redacted, with the two sides of its mismatch.
struct Told {
    example: Example,
    expected: Option<String>,
    actual: Option<String>,
}

impl Told {
    /// What is wrong, with the value that was found unless the words hold it already.
    fn actual(&self) -> String {
        let message = &self.example.message;
        match &self.actual {
            Some(actual)
                if actual.parse::<usize>().is_err()
                    && !message.contains(actual.trim_matches('"')) =>
            {
                format!("{message}: {actual}")
            }
            _ => message.clone(),
        }
    }
}

/// Rules about what must be there at all.
pub(super) const REQUIRED: [&str; 2] = ["min", "slice-min"];

/// The element that is missing, which is reported at the one that lacks it.
fn missing(issue: &Issue) -> Option<&str> {
    if !REQUIRED.contains(&issue.rule.as_str()) {
        return None;
    }
    let is_path = |word: &&str| word.contains('.') && word.starts_with(char::is_uppercase);
    issue.message.split(' ').find(is_path)
}

/// What kind of thing could not be decided.
fn kind(rule: &str) -> &'static str {
    match rule {
        "profile" => "profile",
        "invariant" => "invariant",
        "target" => "target",
        "slice" => "slice",
        rule if rule.contains("binding") => "code",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_GROUPS, Validation, Whose};
    use crate::evidence::Redactor;
    use crate::profile::{Library, Validator};
    use crate::steps::observations::{Observed, Place};
    use serde_json::{Map, Value, json};
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    fn validation(answers: &[Value], is_stopped: bool) -> Validation {
        let library = Library::for_igs(&Default::default(), &["pdex@2.1.0"], None).unwrap();
        let answers = answers.iter().enumerate().map(|(exchange, answer)| {
            let place = Place {
                scenario: "s".to_owned(),
                attempt: 1,
                exchange,
            };
            Observed::new(answer.to_string().into(), place)
        });
        let validator = Validator::new(Arc::new(library));
        Validation::of(answers.collect(), &validator, &AtomicBool::new(is_stopped))
    }

    #[test]
    fn the_same_rule_at_the_same_element_is_one_finding_and_each_resource_counts_once() {
        let patient = |id: &str| json!({"resourceType": "Patient", "id": id, "birthDate": "soon", "active": 1});
        let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
            {"fullUrl": "http://example.org/Patient/1", "resource": patient("1")},
            {"fullUrl": "http://example.org/Patient/5", "resource": patient("5")}]});
        let answers = [
            patient("1"),
            patient("2"),
            patient("3"),
            patient("4"),
            bundle,
        ];
        let found = validation(&answers, false);
        let redactor = Redactor::new([0; 32], false);
        let (broken, more) = found.mismatches(|whose, _| whose == Whose::Fhir, &redactor, 10);
        let rules: Vec<_> = broken
            .iter()
            .map(|(_, rule)| (&rule.key, &rule.element))
            .collect();
        assert_eq!(
            (broken.len(), more, found.note.broken),
            (2, 0, 2),
            "{rules:?}"
        );
        for (_, rule) in broken {
            assert_eq!((rule.count, rule.examples.len()), (5, 3), "{rule:?}");
        }
        let (broken, more) = found.mismatches(|_, _| true, &redactor, 1);
        assert_eq!((broken.len(), more), (1, 1));
    }

    #[test]
    fn a_rule_that_only_a_profile_adds_is_told_apart_from_those_of_fhir() {
        let claim = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
        let patient = json!({"resourceType": "Patient", "id": "1", "meta": {"profile": [claim]}, "birthDate": "soon",
            "identifier": [{"system": "http://example.org/ids", "value": "1"}], "gender": "unknown"});
        let found = validation(&[patient], false);
        let redactor = Redactor::new([0; 32], false);
        let elements = |wanted| {
            let (broken, _) = found.mismatches(|whose, _| whose == wanted, &redactor, 10);
            let rules = broken.into_iter().map(|(_, rule)| rule.element);
            rules.collect::<Vec<_>>()
        };
        assert_eq!(elements(Whose::Fhir), ["Patient.birthDate"]);
        assert_eq!(elements(Whose::Profile), ["Patient.name"]);
    }

    #[test]
    fn beyond_the_bounds_rules_are_counted_and_not_kept() {
        let mut fields = Map::new();
        fields.insert("resourceType".to_owned(), "Patient".into());
        for number in 0..MOST_GROUPS + 7 {
            fields.insert(format!("unknown{number}"), true.into());
        }
        let note = validation(&[Value::Object(fields)], false).note;
        assert_eq!((note.broken, note.more_broken), (MOST_GROUPS + 7, 7));
        assert!(
            note.sentence().contains("7 broken rules not kept"),
            "{}",
            note.sentence()
        );
    }

    #[test]
    fn when_told_to_stop_it_stops() {
        assert!(validation(&[json!({"resourceType": "Patient"})], true).is_empty());
    }
}

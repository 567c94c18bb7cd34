//! Answers to questions: of the kind that is asked for, among those to choose from, within their limits.

use super::enabled::is_same_code;
use super::finding::Finding;
use super::primitive::compare;
use super::walk::{Step, Walk};
use crate::profile::fhirpath::Decimal;
use crate::profile::{Membership, Question};
use serde_json::Value;
use std::cmp::Ordering;

impl<'v> Walk<'v> {
    pub(super) fn answer(&mut self, answer: &'v Value, question: &Question, count: usize) {
        let Some(fields) = answer.as_object() else {
            return;
        };
        let found = fields
            .iter()
            .find_map(|(key, value)| Some((key.strip_prefix("value")?, value)));
        let Some((kind, value)) = found else { return };
        self.path.push(Step::Name("value"));
        if self.answer_kind(kind, question) {
            self.choice_of_answer(kind, value, question, count);
            self.answer_text(value, question);
            self.answer_range(value, question);
            self.answer_target(kind, value, question);
        }
        self.path.pop();
    }

    /// The value is of a type that the question asks for.
    fn answer_kind(&mut self, kind: &'v str, question: &Question) -> bool {
        let of_options = question.options.iter().map(|option| option.kind.as_str());
        let allowed: Vec<&str> = match question.kind.as_str() {
            "boolean" => vec!["Boolean"],
            "decimal" => vec!["Decimal"],
            "integer" => vec!["Integer"],
            "date" => vec!["Date"],
            "dateTime" => vec!["DateTime"],
            "time" => vec!["Time"],
            "string" | "text" => vec!["String"],
            "url" => vec!["Uri"],
            "attachment" => vec!["Attachment"],
            "reference" => vec!["Reference"],
            "quantity" => vec!["Quantity"],
            "choice" if question.options.is_empty() => vec!["Coding"],
            "choice" => of_options.collect(),
            "open-choice" => ["Coding", "String"].into_iter().chain(of_options).collect(),
            // What kind that is, nobody knows here.
            _ => return true,
        };
        let is_right = allowed.contains(&kind);
        if !is_right {
            let message = format!(
                "{:?} asks for {}, and this is a {kind}",
                question.link_id, question.kind
            );
            let finding = Finding::error("structure", "answer-type", message);
            self.report(finding.expected(allowed.join(" | ")).actual(kind));
        }
        is_right
    }

    /// The answer is one of those to choose from.
    fn choice_of_answer(
        &mut self,
        kind: &'v str,
        value: &'v Value,
        question: &Question,
        count: usize,
    ) {
        let id = &question.link_id;
        let is_free = question.kind == "open-choice" && kind == "String";
        let chosen = question.options.iter().find(|option| {
            option.kind == kind
                && match kind {
                    "Coding" => is_same_code(value, &option.value),
                    "Reference" => option.value["reference"] == value["reference"],
                    _ => option.value == *value,
                }
        });
        if !question.options.is_empty() && chosen.is_none() && !is_free {
            let message = format!("is none of the answers to choose from for {id:?}");
            let finding = Finding::error("code-invalid", "answer-option", message);
            self.report(finding.actual(value));
        }
        if count > 1 && chosen.is_some_and(|option| option.is_exclusive) {
            let message = format!("of the answers to {id:?} this one can be chosen only alone");
            self.report(Finding::error("business-rule", "answer-option", message).actual(value));
        }
        let value_set = match kind {
            "Quantity" => &question.limits.unit_value_set,
            _ => &question.value_set,
        };
        let Some(value_set) = value_set.as_deref().filter(|_| !is_free) else {
            return;
        };
        match self.is_in(value, value_set) {
            Membership::In => {}
            Membership::NotIn => {
                let message =
                    format!("has no code of the value set {value_set}, and must have one");
                let finding = Finding::error("code-invalid", "answer-option", message);
                self.report(finding.expected(value_set).actual(value));
            }
            Membership::Undecided(why) => {
                let message = format!(
                    "nobody here can tell whether it is in the value set {value_set}: {why}"
                );
                self.undecided("answer-option", message);
            }
        }
    }

    /// Texts are as long, and look, as they should.
    fn answer_text(&mut self, value: &'v Value, question: &Question) {
        let Some(text) = value.as_str() else { return };
        let length = text.chars().count() as u64;
        let limits = &question.limits;
        if let Some(most) = question.max_length.filter(|most| length > *most) {
            let message = format!("must be at most {most} characters long, and has {length}");
            let finding = Finding::error("value", "answer-length", message);
            self.report(finding.expected(most).actual(length));
        }
        if let Some(fewest) = limits.min_length.filter(|fewest| length < *fewest) {
            let message = format!("must be at least {fewest} characters long, and has {length}");
            let finding = Finding::error("value", "answer-length", message);
            self.report(finding.expected(fewest).actual(length));
        }
        let Some(regex) = &limits.regex else { return };
        let built = regex::RegexBuilder::new(&format!("^(?:{regex})$"))
            .size_limit(1 << 18)
            .build();
        match built {
            Ok(built) if built.is_match(text) => {}
            Ok(_) => {
                let message = format!("does not look as {:?} wants", question.link_id);
                let finding = Finding::error("value", "answer-form", message);
                self.report(finding.expected(regex).actual(text));
            }
            Err(_) => self.undecided("answer-form", "the regular expression cannot be used here"),
        }
    }

    /// Values are within their range, and as precise as they may be.
    fn answer_range(&mut self, value: &'v Value, question: &Question) {
        let limits = &question.limits;
        for (bound, wrong, words) in [
            (&limits.min_value, Ordering::Less, "at least"),
            (&limits.max_value, Ordering::Greater, "at most"),
        ] {
            let Some(bound) = bound else { continue };
            match compare(value, bound) {
                Some(order) if order == wrong => {
                    let message = format!("must be {words} {bound}");
                    let finding = Finding::error("value", "answer-range", message);
                    self.report(finding.expected(format!("{words} {bound}")).actual(value));
                }
                Some(_) => {}
                // The unit is a word for people, and nobody knows which unit that is.
                None if value.get("value").is_some() && value.get("code").is_none() => {
                    let message = format!("has no coded unit, and must be {words} {bound}");
                    let finding = Finding::error("value", "answer-range", message);
                    self.report(finding.expected(format!("{words} {bound}")).actual(value));
                }
                None => self.undecided(
                    "answer-range",
                    format!("nobody here can compare {value} with {bound}"),
                ),
            }
        }
        let places = value
            .as_number()
            .and_then(Decimal::from_number)
            .map(Decimal::places);
        let most = limits.decimal_places;
        if let (Some(places), Some(most)) = (places, most)
            && u64::from(places) > most
        {
            let message =
                format!("may have at most {most} digits after the point, and has {places}");
            self.report(Finding::error("value", "answer-precision", message).actual(value));
        }
    }

    /// Attachments and references are of a kind that is asked for.
    fn answer_target(&mut self, kind: &'v str, value: &'v Value, question: &Question) {
        let limits = &question.limits;
        let (found, allowed, name) = match kind {
            "Attachment" => (
                value["contentType"].as_str(),
                &limits.mime_types,
                "contentType",
            ),
            "Reference" => {
                let text = value["reference"].as_str();
                let target = text.and_then(|text| self.resolve(text));
                let found = target
                    .and_then(|target| target["resourceType"].as_str())
                    .or_else(|| text.and_then(super::resolve::named_type))
                    .or_else(|| value["type"].as_str());
                (found, &limits.resource_types, "reference")
            }
            _ => return,
        };
        let Some(found) = found.filter(|_| !allowed.is_empty()) else {
            return;
        };
        if !allowed.iter().any(|allowed| allowed == found) {
            let message = format!("{:?} does not ask for {found}", question.link_id);
            let finding = Finding::error("structure", "answer-target", message);
            self.report_at(name, finding.expected(allowed.join(" | ")).actual(found));
        }
    }
}

//! Whether an item of a questionnaire is asked, by the answers given so far.

use super::primitive::compare;
use super::response::Response;
use crate::profile::{Condition, Question};
use serde_json::Value;
use std::cmp::Ordering;

impl Response<'_> {
    /// Whether a question is asked; none when nobody can tell.
    pub(super) fn is_enabled(&self, question: &Question) -> Option<bool> {
        let conditions = &question.conditions;
        if conditions.is_empty() {
            return Some(true);
        }
        let outcomes = || conditions.iter().map(|condition| self.holds(condition));
        let decisive = question.is_any_enough;
        if outcomes().any(|holds| holds == Some(decisive)) {
            return Some(decisive);
        }
        outcomes().all(|holds| holds.is_some()).then_some(!decisive)
    }

    fn holds(&self, condition: &Condition) -> Option<bool> {
        let mut items = Vec::new();
        collect(self.resource, &condition.question, &mut items);
        // Which of several occurrences counts depends on where the question stands.
        let ([] | [_]) = items[..] else { return None };
        let answers: Vec<&Value> = items
            .iter()
            .filter_map(|item| item["answer"].as_array())
            .flatten()
            .filter_map(value)
            .collect();
        if condition.operator == "exists" {
            return Some(condition.answer.as_bool()? != answers.is_empty());
        }
        let mut is_certain = true;
        for answer in answers {
            match decide(&condition.operator, answer, &condition.answer) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => is_certain = false,
            }
        }
        is_certain.then_some(false)
    }
}

/// The value of an answer.
fn value(answer: &Value) -> Option<&Value> {
    let fields = answer.as_object()?;
    fields
        .iter()
        .find(|(key, _)| key.starts_with("value"))
        .map(|(_, value)| value)
}

/// All items with a link id, at any depth.
fn collect<'v>(holder: &'v Value, id: &str, found: &mut Vec<&'v Value>) {
    for item in holder["item"].as_array().into_iter().flatten() {
        if item["linkId"] == id {
            found.push(item);
        }
        collect(item, id, found);
        for answer in item["answer"].as_array().into_iter().flatten() {
            collect(answer, id, found);
        }
    }
}

fn decide(operator: &str, answer: &Value, wanted: &Value) -> Option<bool> {
    let is_equal = if wanted.get("code").is_some() && answer.get("value").is_none() {
        Some(is_same_code(answer, wanted))
    } else {
        compare(answer, wanted)
            .map(Ordering::is_eq)
            .or_else(|| (!answer.is_object()).then(|| answer == wanted))
    };
    match operator {
        "=" => is_equal,
        "!=" => is_equal.map(|is_equal| !is_equal),
        _ => {
            let order = compare(answer, wanted)?;
            match operator {
                ">" => Some(order.is_gt()),
                "<" => Some(order.is_lt()),
                ">=" => Some(order.is_ge()),
                "<=" => Some(order.is_le()),
                _ => None,
            }
        }
    }
}

/// Whether two Codings mean the same: what one of them leaves out is not compared.
pub(super) fn is_same_code(one: &Value, other: &Value) -> bool {
    let agrees = |name: &str| match (one.get(name), other.get(name)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    match (one.get("code"), other.get("code")) {
        (Some(code), Some(other)) => code == other && agrees("system"),
        // Options may be texts without a code.
        (None, None) => one.get("display") == other.get("display"),
        _ => false,
    }
}

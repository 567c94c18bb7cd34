//! The invariants of a table, each written once: elements name them by number.

use super::line::{Fields, Line};
use crate::profile::Invariant;
use std::collections::HashMap;

/// Numbered invariants.
#[derive(Debug, Default)]
pub(super) struct Rulebook {
    rules: Vec<Invariant>,
    numbers: HashMap<(String, String, bool, bool), usize>,
}

impl Rulebook {
    /// The number of an invariant, new or not.
    pub(super) fn number(&mut self, rule: &Invariant) -> usize {
        let key = (
            rule.key.clone(),
            rule.expression.clone(),
            rule.is_error,
            rule.is_best_practice,
        );
        *self.numbers.entry(key).or_insert_with(|| {
            self.rules.push(rule.clone());
            self.rules.len() - 1
        })
    }

    /// The invariant with this number.
    pub(super) fn rule(&self, number: usize) -> Result<Invariant, String> {
        self.rules
            .get(number)
            .cloned()
            .ok_or_else(|| format!("there is no rule {number}"))
    }

    /// Writes all rules, in the order of their numbers.
    pub(super) fn write(&self, text: &mut String) {
        for rule in &self.rules {
            Line::new("rule")
                .field(&rule.key)
                .field(if rule.is_error { "error" } else { "warning" })
                .field(if rule.is_best_practice {
                    "best-practice"
                } else {
                    ""
                })
                .field(&rule.expression)
                .end(text);
        }
    }

    /// Reads the next rule.
    pub(super) fn read(&mut self, mut fields: Fields<'_>) -> Result<(), String> {
        self.rules.push(Invariant {
            key: fields.text()?,
            is_error: fields.text()? == "error",
            is_best_practice: fields.text()? == "best-practice",
            expression: fields.text()?,
        });
        Ok(())
    }
}

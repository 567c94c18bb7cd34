//! What members' records refer to and no member owns: organisations, people, places, medicines, forms.

use super::Payer;
use crate::fhir::Reference;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Steps from the records to what is around them; our own data do not go deeper.
const MOST_ROUNDS: usize = 5;

impl Payer {
    /// What these resources refer to, and what that refers to, by type and id; records of members are left out.
    pub(super) fn around<'a>(
        &'a self,
        chosen: &[&'a Value],
    ) -> impl Iterator<Item = &'a Value> + use<'a> {
        let mut found: BTreeMap<(String, String), &'a Value> = BTreeMap::new();
        let mut from = chosen.to_vec();
        for _ in 0..MOST_ROUNDS {
            let mut targets = BTreeSet::new();
            from.iter().for_each(|one| references(one, &mut targets));
            from.clear();
            for (kind, id) in targets {
                let stored = self.store.get(&kind, &id);
                let Some(stored) = stored.filter(|stored| stored.patient.is_none()) else {
                    continue;
                };
                // Groups tell of members and of who asked for them.
                if kind != "Group" && found.insert((kind, id), &stored.resource).is_none() {
                    from.push(&stored.resource);
                }
            }
            if from.is_empty() {
                break;
            }
        }
        found.into_values()
    }
}

/// Type and id of all that a resource refers to.
fn references(value: &Value, found: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "reference" => {
                        let target = Reference::parse(text);
                        let target = target.target();
                        found.extend(target.map(|(kind, id)| (kind.to_owned(), id.to_owned())));
                    }
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

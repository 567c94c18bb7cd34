//! Records that a scenario has read, and that others may have read with it.

use serde_json::Value;
use std::ops::{Deref, DerefMut};
use std::slice;
use std::sync::Arc;

/// Records that several scenarios may hold at once: whoever changes them gets his own. As trees, all that is
/// known about a member takes megabytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared(Arc<Vec<Value>>);

impl From<Arc<Vec<Value>>> for Shared {
    fn from(records: Arc<Vec<Value>>) -> Self {
        Self(records)
    }
}

impl From<Vec<Value>> for Shared {
    fn from(records: Vec<Value>) -> Self {
        Self(Arc::new(records))
    }
}

impl FromIterator<Value> for Shared {
    fn from_iter<I: IntoIterator<Item = Value>>(records: I) -> Self {
        Self::from(records.into_iter().collect::<Vec<_>>())
    }
}

impl<'a> IntoIterator for &'a Shared {
    type Item = &'a Value;
    type IntoIter = slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl Deref for Shared {
    type Target = Vec<Value>;

    fn deref(&self) -> &Vec<Value> {
        &self.0
    }
}

impl DerefMut for Shared {
    fn deref_mut(&mut self) -> &mut Vec<Value> {
        Arc::make_mut(&mut self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Shared;
    use serde_json::json;

    #[test]
    fn what_one_changes_stays_as_it_was_for_the_other() {
        let mut one = Shared::from(vec![json!(1)]);
        let other = one.clone();
        assert!(std::ptr::eq(&raw const one[0], &raw const other[0]));
        one.push(json!(2));
        assert_eq!((one.len(), other.len()), (2, 1));
    }
}

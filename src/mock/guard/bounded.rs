//! A map that forgets the oldest.

use std::collections::{HashMap, VecDeque};

/// Values by a key; the oldest make room for new ones.
#[derive(Clone, Debug)]
pub(super) struct Bounded<V> {
    most: usize,
    values: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V> Bounded<V> {
    /// An empty one for so many values.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            values: HashMap::new(),
            order: VecDeque::new(),
        }
    }

    /// Puts a value in; what has the same key is replaced. Tells the key that was forgotten for it.
    pub(super) fn put(&mut self, key: String, value: V) -> Option<String> {
        if self.values.insert(key.clone(), value).is_none() {
            self.order.push_back(key);
        }
        if self.order.len() <= self.most {
            return None;
        }
        let oldest = self.order.pop_front()?;
        self.values.remove(&oldest);
        Some(oldest)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.values.get(key)
    }

    /// The value of a key, to change it.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.values.get_mut(key)
    }

    /// Takes a value out.
    pub(super) fn remove(&mut self, key: &str) -> Option<V> {
        let value = self.values.remove(key)?;
        self.order.retain(|known| known != key);
        Some(value)
    }

    /// All values, to change them.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.values_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn the_oldest_make_room() {
        let mut map = Bounded::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            map.put(key.to_owned(), value);
        }
        assert_eq!(map.get("a"), None);
        assert_eq!((map.get("b"), map.get("c")), (Some(&2), Some(&4)));
        assert_eq!(map.remove("b"), Some(2));
        map.put("d".to_owned(), 5);
        assert_eq!((map.get("c"), map.get("d")), (Some(&4), Some(&5)));
    }
}

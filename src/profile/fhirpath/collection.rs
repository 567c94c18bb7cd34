//! Collections: what every expression yields.

use super::item::Item;

/// An ordered collection of items. None or one of them, the commonest cases, need no allocation.
#[derive(Clone, Debug, Default)]
pub enum Collection<'a> {
    /// No item.
    #[default]
    Empty,
    /// One item.
    One(Item<'a>),
    /// Any number of items.
    Many(Vec<Item<'a>>),
}

impl<'a> Collection<'a> {
    /// Adds an item at the end.
    pub fn push(&mut self, item: Item<'a>) {
        match self {
            Self::Empty => *self = Self::One(item),
            Self::Many(items) => items.push(item),
            Self::One(_) => {
                if let Self::One(first) = std::mem::take(self) {
                    let mut items = Vec::with_capacity(4);
                    items.push(first);
                    items.push(item);
                    *self = Self::Many(items);
                }
            }
        }
    }

    /// Adds all items of another collection at the end.
    pub fn append(&mut self, other: Self) {
        match (&mut *self, other) {
            (_, Self::Empty) => {}
            (Self::Empty, other) => *self = other,
            (Self::Many(items), Self::Many(more)) => items.extend(more),
            (_, Self::One(item)) => self.push(item),
            (_, Self::Many(more)) => more.into_iter().for_each(|item| self.push(item)),
        }
    }

    /// Its items.
    #[must_use]
    pub fn items(&self) -> &[Item<'a>] {
        match self {
            Self::Empty => &[],
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }

    /// How many items it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items().len()
    }

    /// Whether it has no item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items().is_empty()
    }
}

impl<'a, T: Into<Item<'a>>> From<T> for Collection<'a> {
    fn from(item: T) -> Self {
        Self::One(item.into())
    }
}

impl<'a, T: Into<Item<'a>>> From<Option<T>> for Collection<'a> {
    fn from(item: Option<T>) -> Self {
        item.map_or(Self::Empty, |item| Self::One(item.into()))
    }
}

impl<'a> FromIterator<Item<'a>> for Collection<'a> {
    fn from_iter<T: IntoIterator<Item = Item<'a>>>(items: T) -> Self {
        let mut collection = Self::Empty;
        for item in items {
            collection.push(item);
        }
        collection
    }
}

impl<'a> IntoIterator for Collection<'a> {
    type Item = Item<'a>;
    type IntoIter = Items<'a>;

    fn into_iter(self) -> Items<'a> {
        match self {
            Self::Empty => Items::One(None),
            Self::One(item) => Items::One(Some(item)),
            Self::Many(items) => Items::Many(items.into_iter()),
        }
    }
}

/// The items of a collection, one by one.
#[derive(Debug)]
pub enum Items<'a> {
    /// At most one.
    One(Option<Item<'a>>),
    /// Any number.
    Many(std::vec::IntoIter<Item<'a>>),
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        match self {
            Self::One(item) => item.take(),
            Self::Many(items) => items.next(),
        }
    }
}

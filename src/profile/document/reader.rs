//! JSON into a value, with an eye on duplicate keys and depth.

use super::{Limits, Unreadable};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// How many duplicate keys are told.
const MOST_DUPLICATES: usize = 100;
/// Longest name that is kept of the way to one, in bytes. Names of FHIR are shorter.
pub(super) const LONGEST_NAME: usize = 128;

/// What a value takes where it stands: itself, in an array that grows by doubling.
const VALUE: usize = 64;
/// What a node of an object's tree takes, and how many fields there are in one at least.
const NODE: usize = 640;
const FIELDS_OF_NODE: usize = 6;
/// What a text takes beside its bytes.
const TEXT: usize = 16;

/// The value, and the places of duplicate keys: `.name[0].family`.
pub(super) fn read(text: &str, limits: Limits) -> Result<(Value, Vec<String>), Unreadable> {
    let mut notes = Notes {
        path: Vec::new(),
        duplicates: Vec::new(),
        memory: limits.memory,
        is_spent: false,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let seed = Seed {
        notes: &mut notes,
        depth: limits.depth,
    };
    let value = seed
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match value {
        Ok(value) => Ok((value, notes.duplicates)),
        Err(_) if notes.is_spent => Err(Unreadable::TooCostly {
            limit: limits.memory,
        }),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &serde_json::Error) -> Unreadable {
    let text = error.to_string();
    let reason = match text.rsplit_once(" at line ") {
        Some((reason, _)) => reason.to_owned(),
        None => text,
    };
    Unreadable::NotJson {
        reason,
        line: error.line(),
        column: error.column(),
    }
}

struct Notes {
    /// Ends of the path where the reader is.
    path: Vec<Segment>,
    duplicates: Vec<String>,
    /// How many bytes may still be taken.
    memory: usize,
    /// Whether more were asked for.
    is_spent: bool,
}

enum Segment {
    Name(String),
    Index(usize),
}

impl Notes {
    fn duplicate(&mut self) {
        if self.duplicates.len() >= MOST_DUPLICATES {
            return;
        }
        let parts = self.path.iter().map(|segment| match segment {
            Segment::Name(name) => format!(".{name}"),
            Segment::Index(index) => format!("[{index}]"),
        });
        self.duplicates.push(parts.collect());
    }

    fn enter(&mut self, name: &str) {
        let end = name.floor_char_boundary(LONGEST_NAME);
        self.path.push(Segment::Name(name[..end].to_owned()));
    }

    /// Takes so many bytes of memory.
    fn take<E: serde::de::Error>(&mut self, bytes: usize) -> Result<(), E> {
        match self.memory.checked_sub(bytes) {
            Some(left) => {
                self.memory = left;
                Ok(())
            }
            None => {
                self.is_spent = true;
                Err(E::custom("takes too much memory"))
            }
        }
    }
}

struct Seed<'n> {
    notes: &'n mut Notes,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.notes.take(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("number out of range"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.notes.take(TEXT + value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: serde::de::Error>(self, value: String) -> Result<Value, E> {
        self.notes.take(TEXT + value.len())?;
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| A::Error::custom("too deep"))?;
        let mut found = Vec::new();
        self.notes.path.push(Segment::Index(0));
        while let Some(item) = items.next_element_seed(Seed {
            notes: self.notes,
            depth,
        })? {
            found.push(item);
            if let Some(Segment::Index(index)) = self.notes.path.last_mut() {
                *index += 1;
            }
        }
        self.notes.path.pop();
        Ok(Value::Array(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let depth = self
            .depth
            .checked_sub(1)
            .ok_or_else(|| A::Error::custom("too deep"))?;
        let mut found = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let node = if found.len().is_multiple_of(FIELDS_OF_NODE) {
                NODE
            } else {
                0
            };
            self.notes.take(node + TEXT + name.len())?;
            self.notes.enter(&name);
            if found.contains_key(&name) {
                self.notes.duplicate();
            }
            let value = fields.next_value_seed(Seed {
                notes: self.notes,
                depth,
            })?;
            self.notes.path.pop();
            found.insert(name, value);
        }
        Ok(Value::Object(found))
    }
}

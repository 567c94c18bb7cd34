//! What a collection consists of: nodes of the resource, and values that were computed.

use super::decimal::Decimal;
use super::moment::{Moment, MomentKind};
use super::node::Node;
use super::quantity::Quantity;
use serde_json::Value;
use std::borrow::Cow;

/// One item of a collection.
#[derive(Clone, Debug)]
pub enum Item<'a> {
    /// A node of a resource; nothing is copied.
    Node(Node<'a>),
    /// A value of a System type.
    Scalar(Scalar<'a>),
}

/// A value of a System type.
#[derive(Clone, Debug)]
pub enum Scalar<'a> {
    /// `System.Boolean`.
    Boolean(bool),
    /// `System.Integer`.
    Integer(i64),
    /// `System.Decimal`.
    Decimal(Decimal),
    /// `System.String`.
    String(Cow<'a, str>),
    /// `System.Date`, `System.DateTime` or `System.Time`.
    Moment(Moment),
    /// `System.Quantity`.
    Quantity(Box<Quantity>),
    /// What `type()` tells: namespace and name.
    Type(&'static str, Cow<'a, str>),
}

impl<'a> Item<'a> {
    /// The node, if it is one.
    #[must_use]
    pub fn node(&self) -> Option<&Node<'a>> {
        match self {
            Self::Node(node) => Some(node),
            Self::Scalar(_) => None,
        }
    }

    /// The value of a System type that it is or, for a primitive node or a Quantity, stands for.
    ///
    /// A string is a date or a time only when the node's type says so.
    #[must_use]
    pub fn scalar(&self) -> Option<Scalar<'a>> {
        match self {
            Self::Scalar(scalar) => Some(scalar.clone()),
            Self::Node(node) => of_node(node),
        }
    }

    /// The text of a string, or of a node that JSON writes as a string.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Node(node) => node.value.and_then(Value::as_str),
            Self::Scalar(Scalar::String(text)) => Some(text),
            Self::Scalar(_) => None,
        }
    }

    /// The text, kept beyond the item.
    pub(super) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Self::Node(node) => node.value.and_then(Value::as_str).map(Cow::Borrowed),
            Self::Scalar(Scalar::String(text)) => Some(text),
            Self::Scalar(_) => None,
        }
    }

    /// The boolean it is.
    #[must_use]
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Node(node) => node.value.and_then(Value::as_bool),
            Self::Scalar(Scalar::Boolean(value)) => Some(*value),
            Self::Scalar(_) => None,
        }
    }

    /// Its type, for messages and for `type()`: namespace and name.
    #[must_use]
    pub fn type_name(&self) -> (&'static str, Cow<'a, str>) {
        match self {
            Self::Scalar(scalar) => ("System", Cow::Borrowed(scalar.type_name())),
            Self::Node(node) => ("FHIR", Cow::Borrowed(node.short_type())),
        }
    }
}

fn of_node<'a>(node: &Node<'a>) -> Option<Scalar<'a>> {
    Some(match node.value? {
        Value::Bool(value) => Scalar::Boolean(*value),
        Value::Number(number) => match (node.type_name, number.as_i64()) {
            (Some("decimal"), _) | (_, None) => Scalar::Decimal(Decimal::from_number(number)?),
            (_, Some(whole)) => Scalar::Integer(whole),
        },
        Value::String(text) => {
            let moment = match node.type_name {
                Some("date") => Moment::date(text),
                Some("dateTime" | "instant") => Moment::date_time(text),
                Some("time") => Moment::time(text),
                _ => None,
            };
            moment.map_or(Scalar::String(Cow::Borrowed(text)), Scalar::Moment)
        }
        value @ Value::Object(_) if node.may_be_quantity() => {
            Scalar::Quantity(Box::new(Quantity::of_element(value)?))
        }
        _ => return None,
    })
}

impl Scalar<'_> {
    /// Name of its System type.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Boolean(_) => "Boolean",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::String(_) => "String",
            Self::Moment(moment) => match moment.kind {
                MomentKind::Date => "Date",
                MomentKind::DateTime => "DateTime",
                MomentKind::Time => "Time",
            },
            Self::Quantity(_) => "Quantity",
            Self::Type(..) => "TypeInfo",
        }
    }

    /// The number it is, if it is one.
    pub(super) fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Integer(value) => Some((*value).into()),
            Self::Decimal(value) => Some(*value),
            _ => None,
        }
    }
}

impl std::fmt::Display for Scalar<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Boolean(value) => value.fmt(formatter),
            Self::Integer(value) => value.fmt(formatter),
            Self::Decimal(value) => value.fmt(formatter),
            Self::String(value) => formatter.write_str(value),
            Self::Moment(value) => value.fmt(formatter),
            Self::Quantity(value) => value.fmt(formatter),
            Self::Type(namespace, name) => write!(formatter, "{namespace}.{name}"),
        }
    }
}

impl<'a> From<bool> for Item<'a> {
    fn from(value: bool) -> Self {
        Self::Scalar(Scalar::Boolean(value))
    }
}

impl<'a> From<i64> for Item<'a> {
    fn from(value: i64) -> Self {
        Self::Scalar(Scalar::Integer(value))
    }
}

impl<'a> From<Decimal> for Item<'a> {
    fn from(value: Decimal) -> Self {
        Self::Scalar(Scalar::Decimal(value))
    }
}

impl<'a> From<String> for Item<'a> {
    fn from(value: String) -> Self {
        Self::Scalar(Scalar::String(Cow::Owned(value)))
    }
}

impl<'a> From<Moment> for Item<'a> {
    fn from(value: Moment) -> Self {
        Self::Scalar(Scalar::Moment(value))
    }
}

impl<'a> From<Quantity> for Item<'a> {
    fn from(value: Quantity) -> Self {
        Self::Scalar(Scalar::Quantity(Box::new(value)))
    }
}

impl<'a> From<Scalar<'a>> for Item<'a> {
    fn from(value: Scalar<'a>) -> Self {
        Self::Scalar(value)
    }
}

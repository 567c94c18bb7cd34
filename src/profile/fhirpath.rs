//! FHIRPath (N1, as FHIR R4 uses it): the language of invariants, with its own parser and evaluator over
//! JSON that is already parsed.
//!
//! - [`Expression`] is read once and evaluated at a [`Focus`] within [`Surroundings`], which know the
//!   [`Model`] of types, other resources and value sets, or do not; doubt is never turned into an answer.
//! - A [`Collection`] holds [`Item`]s: [`Node`]s that borrow from the JSON, and computed [`Scalar`]s.
//! - Reading: `token`, `parser`, `term`, `function`. Evaluating: `evaluate` walks, `operation`, `logic`,
//!   `compare` and `type_test` are the operators, and a file for each group of functions holds their table.
//! - Values: [`Decimal`], [`Moment`], [`Quantity`] with `unit` and `duration`.
//!
//! Bounds: length and nesting of expressions, steps of an evaluation, size of patterns. Hostile
//! expressions and resources lead to an error, never to a panic, a hang or a full stack.

mod boundary;
mod call;
mod collection;
mod combining;
mod compare;
mod conversion;
mod decimal;
mod duration;
mod encoding;
mod error;
mod evaluate;
mod existence;
mod expression;
mod fhir;
mod filtering;
mod focus;
mod function;
mod item;
mod logic;
mod math;
mod moment;
mod node;
mod operation;
mod parser;
mod quantity;
mod strings;
mod subsetting;
mod surroundings;
mod term;
mod token;
mod type_name;
mod type_test;
mod unit;
mod utility;

pub use collection::{Collection, Items};
pub use decimal::Decimal;
pub use error::{EvalError, ParseError};
pub use expression::{Expression, Verdict};
pub use focus::Focus;
pub use item::{Item, Scalar};
pub use moment::{Moment, MomentKind, Precision};
pub use node::Node;
pub use quantity::Quantity;
pub use surroundings::{Model, Nowhere, Resolution, Surroundings};

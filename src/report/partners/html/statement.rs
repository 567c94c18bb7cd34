//! What the partners say of themselves, as a table.

use super::super::declared::{Declared, DeclaredList, short};
use super::super::{PartnerMatrix, PartnerRow};
use crate::report::wording::{count, visible};
use serde::Serialize;

/// The table.
#[derive(Serialize)]
pub(super) struct Statements {
    /// Names of the operations that somebody has, or should have.
    operations: Vec<&'static str>,
    rows: Vec<Statement>,
}

/// What one partner says.
#[derive(Serialize)]
struct Statement {
    name: String,
    title: String,
    trend: &'static str,
    /// Whether anything was read.
    is_read: bool,
    fhir: String,
    software: String,
    version: String,
    types: String,
    instantiates: Names,
    guides: Names,
    operations: Vec<Mark>,
}

/// Canonicals by their last part, with the whole for the pointer.
#[derive(Serialize)]
struct Names {
    names: Vec<Name>,
    more: usize,
}

#[derive(Serialize)]
struct Name {
    short: String,
    whole: String,
}

/// Whether an operation is declared: `yes`, `no`, or `none` where nobody asks for it.
#[derive(Serialize)]
struct Mark {
    key: &'static str,
    words: &'static str,
    label: &'static str,
}

impl Statements {
    /// The table; none when no statement was read.
    pub(super) fn of(matrix: &PartnerMatrix) -> Option<Self> {
        let mut operations: Vec<&'static str> = Vec::new();
        for declared in matrix.partners.iter().filter_map(declared) {
            for one in &declared.operations {
                if (one.declared || one.asked) && !operations.contains(&one.name) {
                    operations.push(one.name);
                }
            }
        }
        let all = matrix.partners.iter();
        let is_any = matrix.partners.iter().any(|row| declared(row).is_some());
        is_any.then(|| Self {
            rows: all.map(|row| Statement::of(row, &operations)).collect(),
            operations,
        })
    }
}

fn declared(row: &PartnerRow) -> Option<&Declared> {
    row.tested.as_ref()?.declared.as_ref()
}

impl Statement {
    fn of(row: &PartnerRow, operations: &[&'static str]) -> Self {
        let known = declared(row);
        let text = |text: Option<&String>| text.map(|text| visible(text)).unwrap_or_default();
        let empty = Declared::default();
        let said = known.unwrap_or(&empty);
        Self {
            name: visible(&row.name),
            title: visible(&row.title),
            trend: row.trend.kind.as_str(),
            is_read: known.is_some(),
            fhir: text(said.fhir_version.as_ref()),
            software: text(said.software.as_ref()),
            version: text(said.software_version.as_ref()),
            types: count(said.types, "resource type"),
            instantiates: Names::of(&said.instantiates),
            guides: Names::of(&said.guides),
            operations: operations
                .iter()
                .map(|name| {
                    let one = said.operations.iter().find(|one| one.name == *name);
                    let (declared, asked) =
                        one.map_or((false, false), |one| (one.declared, one.asked));
                    let (key, words) = match (declared, asked) {
                        (true, _) => ("yes", "declared"),
                        (false, true) => ("no", "not declared"),
                        (false, false) => ("none", "not asked for"),
                    };
                    Mark {
                        key,
                        words,
                        label: name,
                    }
                })
                .collect(),
        }
    }
}

impl Names {
    fn of(list: &DeclaredList) -> Self {
        let names = list.shown.iter().map(|whole| Name {
            short: visible(&short(whole)),
            whole: visible(whole),
        });
        Self {
            names: names.collect(),
            more: list.more,
        }
    }
}

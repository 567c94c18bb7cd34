//! The declaration, line by line: kinds of records, profiles, operations.

use super::capability::{declares_operation, profiles, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::{Mismatch, World};

super::book::steps! {
    /// The type is declared, with an interaction or an operation.
    r"^it offers (\w+) records$" => kind;
    /// The type declares the profile as supported; a version behind it does not matter.
    r"^it supports the (US Core|PDex|HRex|ATR|CARIN|SDC|FHIR) profile ([\w-]+) of (\w+) records$" => profile;
    /// The type declares the operation, by name or definition.
    r"^it offers the operation ([\w-]+) on (\w+) records$" => operation;
}

/// Where the profiles of a guide are.
fn base(guide: &str) -> &'static str {
    match guide {
        "US Core" => "http://hl7.org/fhir/us/core",
        "PDex" => "http://hl7.org/fhir/us/davinci-pdex",
        "HRex" => "http://hl7.org/fhir/us/davinci-hrex",
        "ATR" => "http://hl7.org/fhir/us/davinci-atr",
        "CARIN" => "http://hl7.org/fhir/us/carin-bb",
        "SDC" => "http://hl7.org/fhir/uv/sdc",
        _ => "http://hl7.org/fhir",
    }
}

/// Where the definition of an operation is.
fn definition(name: &str) -> Option<&'static str> {
    Some(match name {
        "bulk-member-match" => {
            "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/BulkMemberMatch"
        }
        "davinci-data-export" => {
            "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/davinci-data-export"
        }
        "docref" => "http://hl7.org/fhir/us/core/OperationDefinition/docref",
        "expand" => "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
        "member-match" => "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match",
        _ => return None,
    })
}

/// Where a type stands in the declaration.
fn place(kind: &str, element: &str) -> String {
    format!("$.rest[0].resource[?(@.type=='{kind}')]{element}")
}

async fn kind(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let statement = world.statement()?;
    let result = match resource(statement, kind) {
        None => Err(Mismatch::new(format!("{kind} is declared"), "it is not").at(place(kind, ""))),
        Some(declared) => {
            let has = |element: &str| {
                declared[element]
                    .as_array()
                    .is_some_and(|list| !list.is_empty())
            };
            match has("interaction") || has("operation") {
                true => Ok(()),
                false => Err(Mismatch::new(
                    format!("an interaction or operation of {kind}"),
                    "it is named, and nothing can be done with it",
                )
                .at(place(kind, ".interaction"))),
            }
        }
    };
    world.judge(result)
}

async fn profile(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (guide, name, kind) = (arguments.word(1), arguments.word(2), arguments.word(3));
    let canonical = format!("{}/StructureDefinition/{name}", base(guide));
    let declared = resource(world.statement()?, kind);
    let is_named = declared.is_some_and(|declared| {
        profiles(declared).any(|profile| profile.split('|').next() == Some(&canonical))
    });
    let result = match is_named {
        true => Ok(()),
        false => Err(Mismatch::new(
            format!("the profile {canonical}"),
            format!("it is not among the supported profiles of {kind}"),
        )
        .at(place(kind, ".supportedProfile"))),
    };
    world.judge(result)
}

async fn operation(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (name, kind) = (arguments.word(1), arguments.word(2));
    let canonical = definition(name)
        .ok_or_else(|| Halt::Error(format!("there is no definition of an operation {name}")))?;
    let result = match declares_operation(world.statement()?, kind, name, canonical) {
        true => Ok(()),
        false => Err(Mismatch::new(
            format!("{kind} declares the operation {canonical}"),
            "it is not declared",
        )
        .at(place(kind, ".operation"))),
    };
    world.judge(result)
}

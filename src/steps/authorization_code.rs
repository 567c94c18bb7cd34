//! The codes in prior authorizations.

use super::authorization::{Authorization, DISCRIMINATOR, codes_of, has_code};
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::name_of;
use super::prior_authorization::{flaw, judge_records};
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Units and reasons stand under codes of PDexAdjudicationDiscriminator.
    r"^units and reasons are marked with the codes of PDex$" => discriminator;
    /// Categories of totals are of PriorAuthorizationValueCodes; others are doubtful only.
    r"^totals are marked with the codes of PDex$" => total_codes;
    /// Codes of licensed systems are under the right system, and have the right form.
    r"^licensed codes are under the right system$" => licensed;
}

async fn discriminator(world: &mut World, _: Arguments<'_>) -> Outcome {
    const CODES: [&str; 3] = ["allowedunits", "consumedunits", "denialreason"];
    let has = |world: &World, code: &str| {
        world.records.iter().any(|record| {
            let all = Authorization(record).adjudications();
            all.iter().any(|(_, one)| {
                codes_of(&one["category"], DISCRIMINATOR).any(|found| found == code)
            })
        })
    };
    let is_told = |adjudication: &Value| {
        adjudication["value"].is_number() || adjudication["reason"].is_object()
    };
    let told = world.records.iter().any(|record| {
        Authorization(record)
            .adjudications()
            .iter()
            .any(|(_, one)| is_told(one))
    });
    if !told && !CODES.iter().any(|code| has(world, code)) {
        return Err(Halt::Skip(
            "the member's prior authorizations have neither units nor reasons; give a test member with both".into(),
        ));
    }
    judge_records(world, |one| {
        let wrong = |adjudication: &Value| {
            let category = &adjudication["category"];
            let mut ours = codes_of(category, DISCRIMINATOR).peekable();
            let is_marked = ours.peek().is_some();
            let is_known = ours.all(|code| CODES.contains(&code));
            let is_right = is_marked && is_known;
            let is_ours = is_marked || is_told(adjudication) || has_code(category, &CODES);
            is_ours && !is_right
        };
        one.adjudications()
            .into_iter()
            .filter(|(_, adjudication)| wrong(adjudication))
            .map(|(place, adjudication)| {
                let found = path::elements(adjudication, "category.coding");
                let found: Vec<String> = found.iter().map(|coding| token(coding)).collect();
                flaw(
                    &format!("allowedunits, consumedunits or denialreason of {DISCRIMINATOR}"),
                    if found.is_empty() {
                        "no code".to_owned()
                    } else {
                        found.join(", ")
                    },
                    format!("{place}.category"),
                )
            })
            .collect()
    })
}

/// A coding as `system|code`.
fn token(coding: &Value) -> String {
    let text = |name: &str| coding[name].as_str().unwrap_or_default();
    format!("{}|{}", text("system"), text("code"))
}

async fn total_codes(world: &mut World, _: Arguments<'_>) -> Outcome {
    const SYSTEM: &str =
        "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PriorAuthorizationValueCodes";
    const CODES: [&str; 3] = ["submitted", "eligible", "utilized"];
    let (mut seen, mut mismatches) = (0, Vec::new());
    for record in &world.records {
        for (number, total) in path::elements(record, "total").into_iter().enumerate() {
            seen += 1;
            let mut ours = codes_of(&total["category"], SYSTEM).peekable();
            let is_marked = ours.peek().is_some();
            if is_marked && ours.all(|code| CODES.contains(&code)) {
                continue;
            }
            let found = path::elements(total, "category.coding");
            let found: Vec<String> = found.iter().map(|coding| token(coding)).collect();
            let mismatch = Mismatch::new(
                format!("submitted, eligible or utilized of {SYSTEM}"),
                if found.is_empty() {
                    "no code".to_owned()
                } else {
                    found.join(", ")
                },
            )
            .at(format!("{}: total[{number}].category", name_of(record)));
            mismatches.push(
                if is_marked || found.is_empty() || has_code(&total["category"], &CODES) {
                    mismatch
                } else {
                    mismatch.doubtful(
                        "the binding is extensible: another code may say what PDex has no code for",
                    )
                },
            );
        }
    }
    if seen == 0 {
        return Err(Halt::Skip(
            "the member's prior authorizations have no totals; give a test member with some".into(),
        ));
    }
    world.judge_each(mismatches)
}

/// Where licensed codes stand, and the systems that may be there.
const LICENSED: [(&str, &[&str]); 4] = [
    (
        "$..[?@.url=='http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/extension-reviewActionCode'].valueCodeableConcept.coding[*]",
        &["https://codesystem.x12.org/005010/306"],
    ),
    (
        "$..adjudication[*].reason.coding[*]",
        &[
            "https://x12.org/codes/claim-adjustment-reason-codes",
            "https://x12.org/codes/remittance-advice-remark-codes",
        ],
    ),
    (
        "$.item[*].category.coding[*]",
        &["https://x12.org/codes/service-type-codes"],
    ),
    (
        "$.item[*].productOrService.coding[*]",
        &[
            "http://www.ama-assn.org/go/cpt",
            "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/ProspMedicareFeeSvcPmtGen/HIPPSCodes",
            "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        ],
    ),
];

async fn licensed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (mut seen, mut mismatches) = (0, Vec::new());
    for record in &world.records {
        for (expression, systems) in LICENSED {
            let found =
                path::select(record, expression).map_err(|error| Halt::Error(error.to_string()))?;
            for (place, coding) in found {
                seen += 1;
                let system = coding["system"].as_str().unwrap_or("no system");
                let code = coding["code"].as_str().unwrap_or_default();
                let is_form = !code.is_empty()
                    && code.len() <= 12
                    && code
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
                if systems.contains(&system) && is_form {
                    continue;
                }
                mismatches.push(
                    Mismatch::new(
                        format!("a code of {}", systems.join(" or ")),
                        format!("{code:?} of {system}"),
                    )
                    .at(format!("{}: {place}", name_of(record))),
                );
            }
        }
    }
    if seen == 0 {
        return Err(Halt::Skip(
            "the member's prior authorizations have no such codes".into(),
        ));
    }
    world.judge_each(mismatches)
}

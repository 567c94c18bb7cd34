//! What the payer declares in its capability statement.

use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::{Mismatch, World};
use crate::http::Request;
use serde_json::Value;
use std::sync::Arc;

const US_CORE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/";
pub(super) const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/";

super::book::steps! {
    /// Reads the capability statement.
    r"^an app reads what the (?:payer|provider) declares$" => read;
    /// Reads the capability statement; skips the scenario when there is none to read.
    r"^the (?:payer|provider)'s declaration$" => declaration;
    /// A CapabilityStatement of kind instance, for FHIR R4, in server mode.
    r"^it is the declaration of a running server$" => running_server;
    /// The Patient type names the US Core Patient profile.
    r"^it names the US Core patient profile$" => patient_profile;
    /// Another type than Patient names a US Core or PDex profile.
    r"^it names at least one further US Core or PDex profile$" => further_profile;
    /// The operation is declared on the type.
    r"^it declares the (member match|bulk member match|data export|provider member match) operation$" => operation;
    /// `instantiates` names the CapabilityStatement of Bulk Data Access.
    r"^it names the statement of bulk data among those it follows$" => bulk_statement;
    /// Every type with a US Core or PDex profile declares read and search.
    r"^every kind of record it offers can be read and searched$" => read_and_search;
    /// The security section, or the SMART configuration, says where to log in.
    r"^it says where apps get permission$" => smart;
    /// Asks as a browser does before a page of another origin may send its token along (CORS).
    r"^an app in a web browser asks whether it may read records$" => ask_browser;
    /// The answer lets pages of that origin in.
    r"^the payer lets the browser through$" => browser_passes;
    /// DiagnosticReport declares create.
    r"^it accepts new diagnostic reports$" => report_create;
}

/// An operation of PDex: type it stands on, short name, canonical.
pub(super) const OPERATIONS: [(&str, &str, &str); 6] = [
    (
        "Patient",
        "member-match",
        "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match",
    ),
    (
        "Group",
        "bulk-member-match",
        "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/BulkMemberMatch",
    ),
    (
        "Group",
        "davinci-data-export",
        "http://hl7.org/fhir/us/davinci-atr/OperationDefinition/davinci-data-export",
    ),
    (
        "Group",
        "provider-member-match",
        "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/ProviderMemberMatch",
    ),
    (
        "Patient",
        "everything",
        "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    ),
    (
        "Patient",
        "export",
        "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export",
    ),
];

/// The declared types of the first REST section.
pub(super) fn resources(statement: &Value) -> &[Value] {
    statement
        .pointer("/rest/0/resource")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// The declaration of one type.
pub(super) fn resource<'a>(statement: &'a Value, kind: &str) -> Option<&'a Value> {
    resources(statement)
        .iter()
        .find(|resource| resource["type"] == kind)
}

/// Whether a type declares an interaction.
pub(super) fn has_interaction(resource: &Value, code: &str) -> bool {
    let interactions = resource["interaction"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    interactions
        .iter()
        .any(|interaction| interaction["code"] == code)
}

/// Whether an operation is declared on its type, by canonical (with or without a version) or by name.
pub(super) fn declares_operation(
    statement: &Value,
    kind: &str,
    name: &str,
    canonical: &str,
) -> bool {
    let operations =
        resource(statement, kind).and_then(|resource| resource["operation"].as_array());
    operations
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .any(|operation| {
            let definition = operation["definition"].as_str().unwrap_or_default();
            let declared = operation["name"]
                .as_str()
                .unwrap_or_default()
                .trim_start_matches('$');
            definition.split('|').next() == Some(canonical) || declared == name
        })
}

/// The profiles a type declares.
pub(super) fn profiles(resource: &Value) -> impl Iterator<Item = &str> {
    let supported = resource["supportedProfile"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    supported
        .iter()
        .chain([&resource["profile"]])
        .filter_map(Value::as_str)
}

fn has_profile_of_scope(resource: &Value) -> bool {
    profiles(resource).any(|profile| profile.starts_with(US_CORE) || profile.starts_with(PDEX))
}

/// Whether a type declares a search parameter, for itself or with all other types.
pub(super) fn has_parameter(statement: &Value, kind: &str, name: &str) -> bool {
    let own = resource(statement, kind).map(|resource| &resource["searchParam"]);
    let all = statement.pointer("/rest/0/searchParam");
    own.into_iter()
        .chain(all)
        .filter_map(Value::as_array)
        .flatten()
        .any(|parameter| parameter["name"] == name)
}

impl World {
    /// Asks for the capability statement: without credentials, for it is for everybody (FHIR R4, security), and with
    /// them where that is refused.
    async fn ask_statement(&mut self) -> Outcome {
        self.prepare(Request::get("metadata").anonymous()).await?;
        if matches!(self.reply()?.status, 401 | 403) {
            self.prepare(Request::get("metadata")).await?;
        }
        Ok(())
    }

    /// The capability statement, read once in a run; skips when there is none to look at.
    pub(super) async fn known_statement(&mut self) -> Result<Arc<Value>, Halt> {
        let context = self.context()?;
        let about = self.system()?;
        let learn = async {
            self.ask_statement().await?;
            let reply = self.reply()?;
            expect_status(reply, &[200], "")
                .and_then(|()| expect_resource(reply, "CapabilityStatement"))
                .map(Arc::new)
                .map_err(|_| {
                    Halt::Skip(format!(
                        "the payer's declaration cannot be read: {}",
                        describe(reply)
                    ))
                })
        };
        context.memory.statement(about, learn).await
    }

    /// The capability statement read before.
    pub(super) fn statement(&self) -> Result<&Value, Halt> {
        self.capabilities
            .as_ref()
            .ok_or_else(|| Halt::Error("the declaration was not read before this step".into()))
    }
}

async fn bulk_statement(world: &mut World, _: Arguments<'_>) -> Outcome {
    const BULK: &str = "http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data";
    let statement = world.statement()?;
    let followed = statement["instantiates"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let is_named = followed.iter().any(|one| {
        let canonical = one.as_str().unwrap_or_default().split('|').next();
        canonical == Some(BULK)
    });
    let result = if is_named {
        Ok(())
    } else {
        Err(Mismatch::new(BULK, format!("{} others", followed.len())).at("$.instantiates"))
    };
    world.judge(result)
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.send(Request::get("metadata")).await?;
    world.capabilities = world.reply()?.json().ok();
    Ok(())
}

async fn declaration(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.ask_statement().await?;
    world.capabilities = world.reply()?.json().ok();
    let is_statement = world
        .capabilities
        .as_ref()
        .is_some_and(|body| body["resourceType"] == "CapabilityStatement");
    if is_statement && world.reply()?.status == 200 {
        return Ok(());
    }
    Err(Halt::Skip(
        "the payer has no capability statement to look at".into(),
    ))
}

async fn running_server(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the capability statement")
        .and_then(|()| expect_resource(reply, "CapabilityStatement"))
        .and_then(|statement| {
            for (pointer, place, expected) in [
                ("/kind", "$.kind", "instance"),
                ("/fhirVersion", "$.fhirVersion", "4.0.1"),
                ("/rest/0/mode", "$.rest[0].mode", "server"),
            ] {
                let found = statement.pointer(pointer).and_then(Value::as_str);
                if found != Some(expected) {
                    return Err(Mismatch::new(expected, found.unwrap_or("nothing")).at(place));
                }
            }
            Ok(())
        });
    world.judge(result)
}

async fn patient_profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let canonical = format!("{US_CORE}us-core-patient");
    let patient = resource(world.statement()?, "Patient");
    let named = patient.is_some_and(|patient| {
        profiles(patient).any(|profile| profile.split('|').next() == Some(&canonical))
    });
    let result = if named {
        Ok(())
    } else {
        Err(Mismatch::new(
            format!("the profile {canonical}"),
            "it is not among the supported profiles of Patient",
        )
        .at("$.rest[0].resource[?(@.type=='Patient')].supportedProfile"))
    };
    world.judge(result)
}

async fn further_profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut others = resources(world.statement()?)
        .iter()
        .filter(|resource| resource["type"] != "Patient");
    let result = if others.any(has_profile_of_scope) {
        Ok(())
    } else {
        Err(Mismatch::new(
            "a supported US Core or PDex profile beside Patient's",
            "no other type has one",
        )
        .at("$.rest[0].resource[*].supportedProfile"))
    };
    world.judge(result)
}

async fn operation(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let wanted = match arguments.word(1) {
        "member match" => "member-match",
        "bulk member match" => "bulk-member-match",
        "data export" => "davinci-data-export",
        _ => "provider-member-match",
    };
    let statement = world.statement()?;
    let result = OPERATIONS
        .iter()
        .filter(|(_, name, _)| *name == wanted)
        .try_for_each(|(kind, name, canonical)| {
            if declares_operation(statement, kind, name, canonical) {
                return Ok(());
            }
            Err(Mismatch::new(
                format!("{kind} declares the operation {canonical}"),
                "it is not declared",
            )
            .at(format!("$.rest[0].resource[?(@.type=='{kind}')].operation")))
        });
    world.judge(result)
}

async fn read_and_search(world: &mut World, _: Arguments<'_>) -> Outcome {
    // US Core 6.1.0 itself offers these only for search, or only by reference.
    const EXEMPT: [&str; 3] = ["Provenance", "Medication", "Specimen"];
    let (mut looked_at, mut problems) = (0, Vec::new());
    for resource in resources(world.statement()?) {
        let kind = resource["type"].as_str().unwrap_or("?");
        if !has_profile_of_scope(resource) || EXEMPT.contains(&kind) {
            continue;
        }
        looked_at += 1;
        for code in ["read", "search-type"] {
            if !has_interaction(resource, code) {
                problems.push(
                    Mismatch::new(format!("{kind} declares {code}"), "it does not").at(format!(
                        "$.rest[0].resource[?(@.type=='{kind}')].interaction"
                    )),
                );
            }
        }
    }
    if looked_at == 0 {
        return Err(Halt::Skip(
            "no declared type names a US Core or PDex profile".into(),
        ));
    }
    problems
        .into_iter()
        .try_for_each(|problem| world.judge(Err(problem)))
}

async fn smart(world: &mut World, _: Arguments<'_>) -> Outcome {
    const OAUTH_URIS: &str =
        "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
    let security = world
        .statement()?
        .pointer("/rest/0/security")
        .cloned()
        .unwrap_or_default();
    let extensions = security["extension"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    if extensions
        .iter()
        .any(|extension| extension["url"] == OAUTH_URIS)
    {
        return Ok(());
    }
    world
        .send(Request::get(".well-known/smart-configuration").anonymous())
        .await?;
    let configuration = world.reply()?.json().unwrap_or_default();
    let result = if configuration["token_endpoint"].is_string() {
        Ok(())
    } else {
        Err(Mismatch::new(
            "the security section names the SMART endpoints, or a SMART configuration document exists",
            "neither",
        )
        .at("$.rest[0].security"))
    };
    world.judge(result)
}

/// Where the page that asks comes from.
const PAGE: &str = "https://app.example";

async fn ask_browser(world: &mut World, _: Arguments<'_>) -> Outcome {
    let question = Request::new(http::Method::OPTIONS, "Patient")
        .header("origin", PAGE)
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "authorization");
    world.send(question).await
}

async fn browser_passes(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let allowed = reply
        .header("access-control-allow-origin")
        .unwrap_or("nothing");
    let result = if matches!(allowed, "*" | PAGE) {
        Ok(())
    } else {
        Err(Mismatch::new(
            format!("{PAGE} or * is let in"),
            format!("{allowed} is (status {})", reply.status),
        )
        .at("header Access-Control-Allow-Origin"))
    };
    world.judge(result)
}

async fn report_create(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reports = resource(world.statement()?, "DiagnosticReport");
    let reports =
        reports.ok_or_else(|| Halt::Skip("the payer offers no diagnostic reports".into()))?;
    let result = if has_interaction(reports, "create") {
        Ok(())
    } else {
        Err(
            Mismatch::new("DiagnosticReport declares create", "it does not")
                .at("$.rest[0].resource[?(@.type=='DiagnosticReport')].interaction"),
        )
    };
    world.judge(result)
}

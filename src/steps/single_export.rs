//! A member's records as files (`Patient/$export`, Bulk Data Access), in an exchange about one member.

use super::drive::{Arguments, Halt, Outcome};
use super::export::address;
use super::{Mismatch, World};
use crate::config::{Expectation, Member};
use crate::fhir::path;
use crate::http::Request;
use serde_json::Value;
use std::sync::Arc;

super::book::steps! {
    /// GET Patient/$export; the answer is judged.
    r"^the new payer asks for the records as files$" => ask;
    /// The same in one of the names of the only format; accepts the job.
    r"^the new payer asks for the records as files in the format (\S+)$" => ask_in_format;
    /// Has them exported to the end and reads all files; skips when that does not work.
    r"^the new payer has had the records exported as files$" => have_exported;
    /// A test member with sensitive records, matched under a consent that leaves them out.
    r"^a member who was matched under a consent that leaves out sensitive records$" => matched_without_sensitive;
    /// Every Patient is a test member, and every reference to a Patient leads to one of those.
    r"^nobody but members who were matched is in it$" => matched_only;
    /// Every Condition that a search finds for the member.
    r"^the member's conditions are in it$" => has_conditions;
    /// Every type is one that a guide of the exchange serves.
    r"^only kinds of records that are part of the exchange are in it$" => kinds_of_exchange;
}

/// The operation, below the base URL.
const OPERATION: &str = "Patient/$export";
/// Kinds that are no part of an exchange between payers.
const OUTSIDE: [&str; 6] = [
    "AuditEvent",
    "CapabilityStatement",
    "Subscription",
    "Task",
    "Communication",
    "PaymentReconciliation",
];

async fn ask(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.kick_off(Request::get(OPERATION)).await
}

async fn ask_in_format(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("_outputFormat", arguments.word(1))
        .append_pair("_type", "Patient")
        .finish();
    world
        .kick_off(Request::get(format!("{OPERATION}?{query}")))
        .await?;
    let reply = world.reply()?;
    if matches!(reply.status, 404 | 405 | 501) {
        return Err(Halt::Skip(
            "the payer offers no export of a member's records".into(),
        ));
    }
    Ok(())
}

async fn have_exported(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.finish_job(Request::get(OPERATION)).await?;
    let export = world.read_files("output").await?;
    world.exports.push(Arc::new(export));
    Ok(())
}

async fn matched_without_sensitive(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.target()?.members;
    let mut members = members
        .iter()
        .filter(|one| one.expect == Expectation::Sensitive && !one.sensitive_records.is_empty());
    // The last one: other scenarios let the consents of the first two come and go.
    let member = members.next_back().ok_or_else(|| {
        Halt::Skip("no test member for it: add a [[member]] with expect = \"sensitive\" and sensitive_records to vitruvian.toml".into())
    })?;
    world.choose(member.clone())?;
    world.request()?.set_policy("regular");
    world.confirm_match().await
}

async fn matched_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let members = world.target()?.members;
    let export = world.export()?;
    let stranger = export
        .of_type("Patient")
        .find(|one| !members.iter().any(|member| is(member, one)));
    let unknown = export.about.keys().find(|patient| !export.has(patient));
    let result = match (stranger, unknown) {
        _ if export.about.is_empty() => {
            Err(Mismatch::new("the member's records", "there are none").at("$.output"))
        }
        (Some(stranger), _) => {
            Err(Mismatch::new("members who were matched", "somebody else").at(address(stranger)))
        }
        (None, Some(unknown)) => Err(Mismatch::new(
            "records of the members whose Patient is in the export",
            "records of somebody else",
        )
        .at(unknown.clone())),
        (None, None) => Ok(()),
    };
    world.judge(result)
}

/// Whether a Patient is that test member, by family name and date of birth.
fn is(member: &Member, patient: &Value) -> bool {
    let families = path::elements(patient, "name.family");
    let is_family = |family: &String| {
        families.iter().any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case(family))
        })
    };
    let is_born = |day: &String| patient["birthDate"] == day.as_str();
    member.family.as_ref().is_some_and(is_family) && member.birth_date.as_ref().is_some_and(is_born)
}

async fn kinds_of_exchange(world: &mut World, _: Arguments<'_>) -> Outcome {
    let export = world.export()?;
    let outside = export
        .counts
        .keys()
        .find(|kind| OUTSIDE.contains(&kind.as_str()));
    let result = match outside {
        Some(kind) => Err(Mismatch::new(
            "records that are part of the exchange",
            format!("{kind} records"),
        )
        .at("$.output[*].type")),
        None => Ok(()),
    };
    world.judge(result)
}

async fn has_conditions(world: &mut World, _: Arguments<'_>) -> Outcome {
    let found = world.harvest("Condition").await?;
    if found.records.is_empty() {
        return Err(Halt::Skip(
            "the member has no conditions; give a test member who has some".into(),
        ));
    }
    let export = world.export()?;
    let missing = found.records.iter().find(|one| !export.has(&address(one)));
    let result = match missing {
        Some(missing) => {
            let expected = format!("all {} conditions that a search finds", found.records.len());
            Err(Mismatch::new(expected, "one is missing").at(address(missing)))
        }
        None => Ok(()),
    };
    world.judge(result)
}

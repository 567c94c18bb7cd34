//! How partners reach a payer over mutual TLS: the Endpoint and Organization records it shows of it.

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::instance::{claims, split};
use serde_json::Value;

super::book::steps! {
    /// Searches them by the profile they claim, or else among all.
    r"^a partner looks for the payer's (Endpoint|Organization) records for mutual TLS$" => find;
}

/// The profile of a kind.
fn profile(kind: &str) -> String {
    let name = kind.to_lowercase();
    format!("http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/mtls-{name}")
}

fn is_claimed(record: &Value, profile: &str) -> bool {
    claims(record).any(|claim| split(claim).0 == profile)
}

async fn find(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1).to_owned();
    let about = format!("{} {kind} for mutual TLS", world.system()?);
    let context = world.context()?;
    let learn = async { search(world, &kind).await };
    let found = context.memory.answer(about, learn).await?;
    if found.is_empty() {
        return Err(Halt::Skip(format!(
            "no {kind} for mutual TLS is found: let the payer serve one that claims {}",
            profile(&kind)
        )));
    }
    world.keep_found(&kind, found)
}

/// The records of a kind that claim its profile.
async fn search(world: &mut World, kind: &str) -> Result<Vec<Value>, Halt> {
    let claim = profile(kind);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("_profile", &claim)
        .finish();
    for query in [format!("{kind}?{query}"), kind.to_owned()] {
        let pages = world.read_pages(&query).await?.unwrap_or_default();
        let mut found = pages.matches;
        found.retain(|record| record["resourceType"] == kind && is_claimed(record, &claim));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

//! How partners reach a payer over mutual TLS: the Endpoint and Organization records it shows of it.

use super::drive::{Arguments, Halt, Outcome};
use super::instance::{claims, split};
use super::{Mismatch, World};
use crate::fhir::path;
use serde_json::Value;

super::book::steps! {
    /// Searches them by the profile they claim, or else among all.
    r"^a partner looks for the payer's (Endpoint|Organization) records for mutual TLS$" => find;
    /// Each Endpoint names its own address and another one, for registration, as servers that belong to it.
    r"^it names the server of the exchange and the one where partners register$" => servers;
}

const SERVERS: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-associatedServers";

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

/// The addresses of the servers that belong to an Endpoint.
fn addresses(endpoint: &Value) -> Vec<&str> {
    let own = path::elements(endpoint, "extension").into_iter();
    let named = own.filter(|one| one["url"] == SERVERS);
    let parts = named.flat_map(|one| path::elements(one, "extension"));
    parts
        .filter(|part| part["url"] == "serverURL")
        .filter_map(|part| part["valueString"].as_str())
        .collect()
}

/// What is wrong with the servers that an Endpoint names, if something is.
fn expect_servers(endpoint: &Value) -> Result<(), Mismatch> {
    let base = endpoint["address"].as_str().unwrap_or_default();
    let bare = |address: &str| address.trim_end_matches('/').to_owned();
    let (own, others): (Vec<&str>, Vec<&str>) = addresses(endpoint)
        .into_iter()
        .partition(|address| bare(address) == bare(base));
    let place = format!("{}: extension({SERVERS})", super::export::address(endpoint));
    if own.is_empty() {
        let expected = format!("the base {base} among the associated servers");
        let actual = match others.as_slice() {
            [] => "none".to_owned(),
            some => some.join(", "),
        };
        return Err(Mismatch::new(expected, actual).at(place));
    }
    let is_absolute = |address: &&str| url::Url::parse(address).is_ok_and(|url| url.has_host());
    if others.iter().any(is_absolute) {
        return Ok(());
    }
    let expected = "another associated server, where partners register";
    Err(Mismatch::new(expected, "the base alone").at(place))
}

async fn servers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (harvest, _) = world.harvested("Endpoint")?;
    let results = harvest.records.iter().map(expect_servers);
    world.judge_each(results.filter_map(Result::err).collect())
}

#[cfg(test)]
mod tests {
    use super::{SERVERS, expect_servers};
    use serde_json::json;

    #[test]
    fn both_servers_must_be_named() {
        let server = |url: &str| json!({"url": SERVERS, "extension": [{"url": "serverURL", "valueString": url}]});
        let base = "https://a.example/fhir";
        let endpoint = |servers: &[&str]| json!({"address": base, "extension": servers.iter().map(|one| server(one)).collect::<Vec<_>>()});
        assert!(
            expect_servers(&endpoint(&[
                "https://a.example/fhir/",
                "https://a.example/register"
            ]))
            .is_ok()
        );
        assert!(expect_servers(&endpoint(&[base])).is_err());
        assert!(expect_servers(&endpoint(&["https://a.example/register"])).is_err());
        assert!(expect_servers(&endpoint(&[base, "register"])).is_err());
    }
}

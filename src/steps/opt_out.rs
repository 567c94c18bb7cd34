//! A member's word that providers are not to have the data, put on record as a Consent.

use super::authorization::codes_of;
use super::capability::{has_interaction, resource};
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_resource, expect_status};
use super::mismatch::name_of;
use super::{Mismatch, World};
use crate::fhir::bundle;
use crate::http::Request;
use http::Method;
use serde_json::{Value, json};

super::book::steps! {
    /// Sends a Consent (pdex-provider-consent) in which the member denies disclosure to providers.
    r"^the member puts on record that providers are not to have the data$" => create;
    /// Status 201 with the place of the new Consent.
    r"^the payer takes it on record$" => created;
    /// The Consent reads back, denies, and is about the member; it is then taken back where that works.
    r"^what the payer has on record is what the member said$" => read_back;
    /// The Consent reads back with the category provider-access.
    r"^it says that it is about providers$" => about_providers;
    /// A search by member and category finds the Consent, and none of another category.
    r"^a search for the member's choices about providers finds it, and no others$" => search_category;
    /// The declaration names create, read and search of Consent.
    r"^consents can be put on record, read and searched$" => declared;
    /// Reads the member's consents; skips when none of them has a purpose of PDex.
    r"^an app reads the member's consents$" => read;
    /// Purposes are codes of pdex-consent-api-purpose.
    r"^their purposes are those of PDex$" => purposes;
    /// A search by member finds the Consent.
    r"^a search for the member's consents finds it$" => search;
}

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";

/// The Consent in the shape of the version of the guide.
pub(super) fn consent(member: &str, npi: &str, today: &str, is_newest: bool) -> Value {
    let coded = |system: &str, code: &str| json!({"coding": [{"system": system, "code": code}]});
    let own = json!({"reference": format!("Patient/{member}")});
    let plan = json!({"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": npi}});
    let mut consent = json!({
        "resourceType": "Consent",
        "meta": {"profile": ["http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/pdex-provider-consent"]},
        "status": "active",
        "scope": coded(&format!("{TERMINOLOGY}/consentscope"), "patient-privacy"),
        "category": [coded(&format!("{TERMINOLOGY}/v3-ActCode"), "IDSCL")],
        "patient": own,
        "performer": [own],
        "organization": [plan],
        "policyRule": {"coding": [{
            "system": format!("{TERMINOLOGY}/consentpolicycodes"), "code": "cric",
            // The profile fixes the display, too.
            "display": "Common Rule Informed Consent",
        }]},
        "provision": {
            "type": "deny",
            "period": {"start": today},
            "actor": [{"role": coded(&format!("{TERMINOLOGY}/provenance-participant-type"), "performer"), "reference": plan}],
            "action": [coded(&format!("{TERMINOLOGY}/consentaction"), "disclose")],
        },
    });
    if is_newest {
        let pdex = "http://hl7.org/fhir/us/davinci-pdex";
        if let Some(categories) = consent["category"].as_array_mut() {
            categories.push(coded(
                &format!("{pdex}/CodeSystem/pdex-consent-api-purpose"),
                "provider-access",
            ));
        }
        consent["provision"]["action"][0]["extension"] = json!([{
            "url": format!("{pdex}/StructureDefinition/pdex-provider-access-use-case"), "valueBoolean": true,
        }]);
    }
    consent
}

async fn create(world: &mut World, _: Arguments<'_>) -> Outcome {
    let consent = world.opt_out().await?;
    world.put_on_record(&consent).await
}

impl World {
    /// The word of the member of the scenario that providers are not to have the data.
    pub(super) async fn opt_out(&mut self) -> Result<Value, Halt> {
        let member = self.member_record().await?;
        let today = self.context()?.today.to_string();
        let npi = self.target()?.payer.npi;
        let is_newest = self.ig()? == "pdex@2.2.0";
        Ok(consent(&member, &npi, &today, is_newest))
    }

    /// Sends a member's word, and remembers that it is to be taken back; the answer is judged.
    pub(super) async fn put_on_record(&mut self, consent: &Value) -> Outcome {
        self.send(Request::post_json("Consent", consent)).await?;
        if self.reply()?.status == 201
            && let Some(place) = place(self)?
        {
            let ig = self.ig()?;
            if let Some(turn) = &mut self.turn {
                turn.push((ig, place));
            }
        }
        Ok(())
    }

    /// Takes a Consent back, where the payer lets it be deleted: it must not be felt elsewhere. Says whether it is
    /// gone.
    pub(super) async fn take_back(&mut self, place: &str) -> Result<bool, Halt> {
        self.prepare(Request::new(Method::DELETE, place)).await?;
        let reply = self.reply()?;
        let is_gone = matches!(reply.status, 200 | 202 | 204);
        if !is_gone {
            let said = describe(reply);
            self.note(format!("the consent stays on record: {said}"));
        }
        if let Some(turn) = &mut self.turn {
            turn.retain(|(_, known)| known != place);
        }
        Ok(is_gone)
    }
}

/// Where the new Consent is, from the Location header.
pub(super) fn place(world: &World) -> Result<Option<String>, Halt> {
    let reply = world.replies.iter().rev().find(|reply| reply.status == 201);
    let location = reply.and_then(|reply| reply.header("location"));
    let bare = location.map(|text| text.split("/_history/").next().unwrap_or(text).to_owned());
    Ok(bare.filter(|place| world.is_own(place)))
}

async fn created(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = expect_status(reply, &[201], "the consent is taken on record").and_then(|()| {
        match reply.header("location") {
            Some(_) => Ok(()),
            None => {
                Err(Mismatch::new("the place of the new Consent", "none").at("header Location"))
            }
        }
    });
    world.judge(result)
}

async fn read_back(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let Some(place) = place(world)? else {
        return Err(Halt::Skip(
            "the payer did not say where the consent is".into(),
        ));
    };
    world.send(Request::get(&place)).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the consent is on record")
        .and_then(|()| expect_resource(reply, "Consent"))
        .and_then(|consent| {
            if consent["provision"]["type"] != "deny" {
                let found = consent["provision"]["type"].as_str().unwrap_or("nothing");
                return Err(Mismatch::new("deny", found).at("$.provision.type"));
            }
            let about = consent["patient"]["reference"].as_str().unwrap_or_default();
            if !about.ends_with(&format!("Patient/{member}")) {
                return Err(Mismatch::new("the member", about).at("$.patient.reference"));
            }
            Ok(())
        });
    let judged = world.judge(result);
    world.take_back(&place).await?;
    judged
}

async fn declared(world: &mut World, _: Arguments<'_>) -> Outcome {
    let consent = resource(world.statement()?, "Consent").cloned();
    let mut mismatches = Vec::new();
    for code in ["create", "read", "search-type"] {
        if !consent
            .as_ref()
            .is_some_and(|one| has_interaction(one, code))
        {
            mismatches.push(
                Mismatch::new(format!("Consent declares {code}"), "it does not")
                    .at("$.rest[0].resource[?(@.type=='Consent')].interaction"),
            );
        }
    }
    world.judge_each(mismatches)
}

async fn search(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let Some(place) = place(world)? else {
        return Err(Halt::Skip(
            "the payer did not say where the consent is".into(),
        ));
    };
    world
        .send(Request::get(format!("Consent?patient={member}")))
        .await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the member's consents")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|found| {
            if bundle::matches(&found).any(|one| place.ends_with(&name_of(one))) {
                return Ok(());
            }
            let count = bundle::matches(&found).count();
            Err(Mismatch::new("the new Consent", format!("{count} others")).at("$.entry"))
        });
    let judged = world.judge(result);
    world.take_back(&place).await?;
    judged
}

/// The Consent that was put on record, as it reads back.
async fn recorded(world: &mut World) -> Result<(String, Result<Value, Mismatch>), Halt> {
    let Some(place) = place(world)? else {
        return Err(Halt::Skip(
            "the payer did not say where the consent is".into(),
        ));
    };
    world.send(Request::get(&place)).await?;
    let reply = world.reply()?;
    let consent = expect_status(reply, &[200], "the consent is on record")
        .and_then(|()| expect_resource(reply, "Consent"));
    Ok((place, consent))
}

async fn about_providers(world: &mut World, _: Arguments<'_>) -> Outcome {
    let (place, consent) = recorded(world).await?;
    let result = consent.and_then(|consent| {
        if purposes_of(&consent).contains(&"provider-access") {
            return Ok(());
        }
        let actual = consent["category"].to_string();
        Err(Mismatch::new(format!("provider-access of {PURPOSE}"), actual).at("$.category"))
    });
    let judged = world.judge(result);
    world.take_back(&place).await?;
    judged
}

async fn search_category(world: &mut World, _: Arguments<'_>) -> Outcome {
    let member = world.member_record().await?;
    let Some(place) = place(world)? else {
        return Err(Halt::Skip(
            "the payer did not say where the consent is".into(),
        ));
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("patient", &member)
        .append_pair("category", &format!("{PURPOSE}|provider-access"))
        .finish();
    world.send(Request::get(format!("Consent?{query}"))).await?;
    let reply = world.reply()?;
    let result = expect_status(reply, &[200], "the member's choices about providers")
        .and_then(|()| expect_resource(reply, "Bundle"))
        .and_then(|found| {
            let strange =
                bundle::matches(&found).find(|one| !purposes_of(one).contains(&"provider-access"));
            if let Some(strange) = strange {
                let expected = "choices about providers only";
                return Err(Mismatch::new(expected, name_of(strange)).at("$.entry"));
            }
            if bundle::matches(&found).any(|one| place.ends_with(&name_of(one))) {
                return Ok(());
            }
            let count = bundle::matches(&found).count();
            Err(Mismatch::new("the new Consent", format!("{count} others")).at("$.entry"))
        });
    let judged = world.judge(result);
    world.take_back(&place).await?;
    judged
}

const PURPOSE: &str = "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/pdex-consent-api-purpose";

/// The codes of PDex for purposes that a Consent has.
fn purposes_of(consent: &Value) -> Vec<&str> {
    let categories = consent["category"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    categories
        .iter()
        .flat_map(|category| codes_of(category, PURPOSE))
        .collect()
}

async fn read(world: &mut World, _: Arguments<'_>) -> Outcome {
    let harvest = world.harvest("Consent").await?;
    world.records = harvest
        .records
        .iter()
        .filter(|one| !purposes_of(one).is_empty())
        .cloned()
        .collect();
    if world.records.is_empty() {
        return Err(Halt::Skip(
            "no consent of the member has a purpose of PDex; give a test member with a choice about provider access".into(),
        ));
    }
    Ok(())
}

async fn purposes(world: &mut World, _: Arguments<'_>) -> Outcome {
    const CODES: [&str; 3] = ["provider-access", "payer-to-payer", "patient-access"];
    let mut mismatches = Vec::new();
    for consent in &world.records {
        for code in purposes_of(consent)
            .into_iter()
            .filter(|code| !CODES.contains(code))
        {
            mismatches.push(
                Mismatch::new(format!("{} of {PURPOSE}", CODES.join(", ")), code)
                    .at(format!("{}: category", name_of(consent))),
            );
        }
    }
    world.judge_each(mismatches)
}

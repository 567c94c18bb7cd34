//! What a payer declares as the consumer of data: whether documentation can be submitted, how, and where (CDex).

use super::capability::resource;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_status};
use super::{Mismatch, World};
use crate::http::Request;
use serde_json::Value;

super::book::steps! {
    /// A place for submissions is declared or configured, or formal authorizations are served.
    r"^it offers attachments or formal authorizations$" => approach;
    /// The operation is declared on the system, by its definition or by one derived from it.
    r"^it says that documentation can be submitted$" => operation;
    /// The operation, or the whole, is documented in words, or the operation has a definition of the payer's own.
    r"^it tells what documentation can be submitted$" => documented;
    /// The documentation of the operation tells a limit in numbers, and what becomes of Final.
    r"^it tells how large a submission may be and whether more may follow$" => limits;
    /// The statement of CDex for this role is instantiated.
    r"^it says that it is a data consumer of CDex$" => instantiated;
    /// The list of endpoints names the place for attachments.
    r"^it leads to the place for attachments$" => listed;
    /// Reads the list of endpoints without credentials; does not concern payers that publish none.
    r"^a payer that publishes a list of its endpoints$" => published;
    /// Where XML is among the formats, the declaration can be had in XML.
    r"^it can be had as XML, where that is declared$" => xml;
    /// Does not concern payers that we have no credentials for.
    r"^a payer that demands credentials$" => secured;
}

const CDEX: &str = "http://hl7.org/fhir/us/davinci-cdex";
const NAME: &str = "submit-attachment";

/// The operation as declared on the system.
fn declared(statement: &Value) -> Option<&Value> {
    let definition = format!("{CDEX}/OperationDefinition/{NAME}");
    let all = statement.pointer("/rest/0/operation")?.as_array()?;
    all.iter().find(|one| {
        let url = one["definition"].as_str().unwrap_or_default();
        let name = one["name"].as_str().unwrap_or_default();
        url.split('|').next() == Some(&definition) || name.trim_start_matches('$') == NAME
    })
}

async fn approach(world: &mut World, _: Arguments<'_>) -> Outcome {
    let is_elsewhere = world.target()?.attachments.endpoint.is_some();
    let statement = world.statement()?;
    let has = |kind: &str| resource(statement, kind).is_some();
    let is_offered = is_elsewhere
        || declared(statement).is_some()
        || has("CommunicationRequest")
        || has("ServiceRequest");
    let result = match is_offered {
        true => Ok(()),
        false => Err(Mismatch::new(
            "the operation submit-attachment, or formal authorizations that can be read",
            "neither",
        )
        .at("$.rest[0]")),
    };
    world.judge(result)
}

async fn operation(world: &mut World, _: Arguments<'_>) -> Outcome {
    let place = "$.rest[0].operation";
    let definition = declared(world.statement()?).map(|one| one["definition"].clone());
    let result = match definition {
        None => {
            Err(Mismatch::new("the operation submit-attachment", "it is not declared").at(place))
        }
        Some(definition) if definition.as_str().is_none_or(str::is_empty) => {
            Err(Mismatch::new("its definition", "it has none").at(format!("{place}.definition")))
        }
        Some(_) => Ok(()),
    };
    world.judge(result)
}

async fn documented(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let operation = declared(statement);
    let has_words = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str);
        text.is_some_and(|text| !text.trim().is_empty())
    };
    let of_operation = operation.map(|one| &one["documentation"]);
    let definition = operation.and_then(|one| one["definition"].as_str());
    let is_own = definition.is_some_and(|url| !url.starts_with("http://hl7.org/"));
    let is_told =
        is_own || has_words(of_operation) || has_words(statement.pointer("/rest/0/documentation"));
    let result = match is_told {
        true => Ok(()),
        false => Err(Mismatch::new(
            "documentation of the operation or of the whole, or a definition of the payer's own",
            "none",
        )
        .at("$.rest[0].operation.documentation")),
    };
    world.judge(result)
}

async fn limits(world: &mut World, _: Arguments<'_>) -> Outcome {
    let operation = declared(world.statement()?);
    let text = operation.and_then(|one| one["documentation"].as_str());
    let text = text.unwrap_or_default().to_lowercase();
    let has_number = text.contains(|letter: char| letter.is_ascii_digit());
    let units = ["byte", "kb", "kib", "mb", "mib", "gb", "gib"];
    let has_limit = has_number && units.iter().any(|unit| text.contains(unit));
    let result = match (has_limit, text.contains("final")) {
        (true, true) => Ok(()),
        (is_limited, _) => {
            let missing = if is_limited {
                "Final"
            } else {
                "a limit in bytes"
            };
            let mismatch = Mismatch::new(
                "a limit in bytes, and what becomes of Final",
                format!("the documentation of the operation does not tell {missing}"),
            );
            Err(mismatch
                .at("$.rest[0].operation.documentation")
                .doubtful("the guide lets a payer tell it in other documents as well, which cannot be seen here"))
        }
    };
    world.judge(result)
}

async fn instantiated(world: &mut World, _: Arguments<'_>) -> Outcome {
    let canonical = format!("{CDEX}/CapabilityStatement/data-consumer-server");
    let result = match world.instantiates(&canonical)? {
        true => Ok(()),
        false => Err(Mismatch::new(canonical, "it is not instantiated").at("$.instantiates")),
    };
    world.judge(result)
}

async fn listed(world: &mut World, _: Arguments<'_>) -> Outcome {
    const ENDPOINT: &str = "davinci_cdex_attachsubmit_endpoint";
    let reply = world.reply()?;
    let document = match reply.status {
        200 => reply.json().unwrap_or_default(),
        _ => Value::Null,
    };
    let listed = document["endpoints"].as_object().into_iter().flatten();
    // A version may follow the name.
    let mut found = listed.filter(|(key, _)| key.split('#').next() == Some(ENDPOINT));
    let address = found.next().and_then(|(_, value)| value.as_str());
    let is_url = |text: &str| text.starts_with("http://") || text.starts_with("https://");
    let result = match address {
        Some(address) if is_url(address) => Ok(()),
        Some(_) => Err(Mismatch::new("an absolute URL", "something else").at("$.endpoints")),
        None => {
            let actual = format!("it is not listed ({})", describe(reply));
            Err(Mismatch::new(format!("the endpoint {ENDPOINT}"), actual).at("$.endpoints"))
        }
    };
    world.judge(result)
}

async fn published(world: &mut World, _: Arguments<'_>) -> Outcome {
    let question =
        Request::get(".well-known/davinci-configuration").header("accept", "application/json");
    world.send(question.anonymous()).await?;
    match world.reply()?.status {
        404 | 410 => Err(Halt::Inapplicable(
            "the payer publishes no list of its endpoints".into(),
        )),
        _ => Ok(()),
    }
}

async fn xml(world: &mut World, _: Arguments<'_>) -> Outcome {
    let formats = world.statement()?["format"].as_array().cloned();
    let formats = formats.unwrap_or_default();
    if !formats
        .iter()
        .any(|one| one.as_str().is_some_and(|one| one.contains("xml")))
    {
        return Err(Halt::Inapplicable("the payer declares no XML".into()));
    }
    let question = Request::get("metadata").header("accept", "application/fhir+xml");
    world.send(question).await?;
    let reply = world.reply()?;
    let kind = reply
        .header("content-type")
        .unwrap_or("no content type")
        .to_owned();
    let result = expect_status(reply, &[200], "the declaration in XML").and_then(|()| {
        match kind.contains("xml") {
            true => Ok(()),
            false => Err(Mismatch::new("application/fhir+xml", kind).at("header Content-Type")),
        }
    });
    world.judge(result)
}

async fn secured(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.client.has_credentials() {
        true => Ok(()),
        false => Err(Halt::Inapplicable(
            "the payer is asked without credentials, so it demands none".into(),
        )),
    }
}

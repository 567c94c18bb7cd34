//! What a provider declares as the source of data: resources, interactions, guides, ways of exchange.

use super::capability::{has_interaction, profiles, resource};
use super::drive::{Arguments, Outcome};
use super::{Mismatch, World};
use serde_json::Value;

super::book::steps! {
    /// The type declares all of these interactions.
    r"^(\w+) records can be (.+) by declaration$" => interactions;
    /// The reference policy of the type has logical references, or is not told.
    r"^(\w+) records may be referred to by identifier$" => logical;
    /// FHIR R4 is declared.
    r"^it is of FHIR R4$" => version;
    /// JSON is among the formats.
    r"^it names FHIR JSON as a format$" => format;
    /// A search of records of US Core, or Tasks, is declared.
    r"^it offers direct queries or Tasks$" => approach;
    /// One of the guides is named as followed.
    r"^it says that it follows (\S+) (\S+)$" => follows;
    /// US Core's capability statement for servers, or for clients as the guide has it, is instantiated.
    r"^it says that it is a server of US Core$" => us_core_server;
    /// The statements of US Core and of CDex are instantiated.
    r"^it says that it is a server of US Core and a data source of CDex$" => both;
    /// Local capabilities are told: by a profile, documentation or an operation of the provider's own.
    r"^it tells what the provider can do with Tasks$" => local;
    /// Tasks can be searched by one of the parameters of HRex and US Core.
    r"^it says by what Tasks can be found$" => task_search;
    /// The profile is declared, or, where it is only implied, warned about.
    r"^requests for data are taken by their profile$" => data_request_profile;
    /// The three profiles that attachment requests need are declared.
    r"^requests for attachments are taken by their profiles$" => attachment_profiles;
}

const CDEX: &str = "http://hl7.org/fhir/us/davinci-cdex";
const US_CORE: &str = "http://hl7.org/fhir/us/core";

fn place(kind: &str, element: &str) -> String {
    format!("$.rest[0].resource[?(@.type=='{kind}')]{element}")
}

/// The interaction code of a word.
fn interaction(word: &str) -> &str {
    match word {
        "created" => "create",
        "searched" => "search-type",
        "read by version" => "vread",
        "updated" => "update",
        _ => "read",
    }
}

async fn interactions(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let Some(declared) = resource(world.statement()?, kind).cloned() else {
        let mismatch = Mismatch::new(format!("{kind} is declared"), "it is not");
        return world.judge(Err(mismatch.at(place(kind, ""))));
    };
    let words = arguments.word(2).split(", ");
    let missing: Vec<Mismatch> = words
        .map(interaction)
        .filter(|code| !has_interaction(&declared, code))
        .map(|code| {
            Mismatch::new(format!("{kind} declares {code}"), "it does not")
                .at(place(kind, ".interaction"))
        })
        .collect();
    world.judge_all(missing)
}

async fn logical(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kind = arguments.word(1);
    let policy = resource(world.statement()?, kind).map(|one| one["referencePolicy"].clone());
    let policies = policy.as_ref().and_then(Value::as_array);
    let has_logical = policies.is_some_and(|all| all.iter().any(|one| one == "logical"));
    let result = match has_logical {
        true => Ok(()),
        false => Err(
            Mismatch::new("the reference policy logical", "it is not declared")
                .at(place(kind, ".referencePolicy")),
        ),
    };
    world.judge(result)
}

async fn version(world: &mut World, _: Arguments<'_>) -> Outcome {
    let version = world.statement()?["fhirVersion"].clone();
    let result = match version == "4.0.1" {
        true => Ok(()),
        false => Err(Mismatch::new("4.0.1", version.to_string()).at("$.fhirVersion")),
    };
    world.judge(result)
}

async fn format(world: &mut World, _: Arguments<'_>) -> Outcome {
    let formats = world.statement()?["format"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let is_json = |one: &Value| {
        one.as_str()
            .is_some_and(|one| one == "json" || one.contains("fhir+json"))
    };
    let result = match formats.iter().any(is_json) {
        true => Ok(()),
        false => Err(Mismatch::new("json, or application/fhir+json", "neither").at("$.format")),
    };
    world.judge(result)
}

async fn approach(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let has = |kind: &str, code: &str| {
        resource(statement, kind).is_some_and(|one| has_interaction(one, code))
    };
    let is_queried = has("Patient", "search-type") && has("Condition", "search-type");
    let takes_tasks = has("Task", "create") && has("Task", "read");
    let result = match is_queried || takes_tasks {
        true => Ok(()),
        false => Err(Mismatch::new(
            "searches of patients' records, or Tasks that can be created and read",
            "neither",
        )
        .at("$.rest[0].resource")),
    };
    world.judge(result)
}

async fn follows(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (package, version) = (arguments.word(1), arguments.word(2));
    let named = world.statement()?["implementationGuide"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let is_it = |one: &Value| {
        let one = one.as_str().unwrap_or_default();
        let (url, number) = one.split_once('|').unwrap_or((one, ""));
        url.ends_with(package) && (number.is_empty() || number == version)
    };
    let result = match named.iter().any(is_it) {
        true => Ok(()),
        false => Err(
            Mismatch::new(format!("{package} {version}"), "it is not named")
                .at("$.implementationGuide"),
        ),
    };
    world.judge(result)
}

impl World {
    /// Whether a capability statement is instantiated, whatever its version.
    pub(super) fn instantiates(&self, canonical: &str) -> Result<bool, super::drive::Halt> {
        let all = self.statement()?["instantiates"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let mut urls = all.iter().filter_map(Value::as_str);
        Ok(urls.any(|one| one.split('|').next() == Some(canonical)))
    }
}

async fn us_core_server(world: &mut World, _: Arguments<'_>) -> Outcome {
    let server = format!("{US_CORE}/CapabilityStatement/us-core-server");
    let client = format!("{US_CORE}/CapabilityStatement/us-core-client");
    let result = match world.instantiates(&server)? || world.instantiates(&client)? {
        true => Ok(()),
        false => Err(Mismatch::new(server, "it is not instantiated")
            .at("$.instantiates")
            .hint("the guide itself names us-core-client for this role, which is accepted too")),
    };
    world.judge(result)
}

async fn both(world: &mut World, _: Arguments<'_>) -> Outcome {
    for canonical in [
        format!("{US_CORE}/CapabilityStatement/us-core-server"),
        format!("{CDEX}/CapabilityStatement/data-source-server"),
    ] {
        let result = match world.instantiates(&canonical)? {
            true => Ok(()),
            false => Err(Mismatch::new(canonical, "it is not instantiated").at("$.instantiates")),
        };
        world.judge(result)?;
    }
    Ok(())
}

async fn local(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let task = resource(statement, "Task");
    let has_words = |value: Option<&Value>| {
        value
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    let own_profile =
        task.is_some_and(|task| profiles(task).any(|one| !one.starts_with("http://hl7.org/")));
    let is_told = own_profile
        || has_words(task.map(|task| &task["documentation"]))
        || has_words(statement.pointer("/rest/0/documentation"));
    let result = match is_told {
        true => Ok(()),
        false => Err(Mismatch::new(
            "a profile of the provider's own, or documentation of Tasks or of the whole",
            "none",
        )
        .at(place("Task", ".documentation"))),
    };
    world.judge(result)
}

async fn task_search(world: &mut World, _: Arguments<'_>) -> Outcome {
    let statement = world.statement()?;
    let wanted = [
        "_id",
        "_lastUpdated",
        "status",
        "owner",
        "requester",
        "patient",
        "identifier",
    ];
    let missing: Vec<&str> = wanted
        .into_iter()
        .filter(|name| !super::capability::has_parameter(statement, "Task", name))
        .collect();
    let result = match missing.is_empty() {
        true => Ok(()),
        false => Err(Mismatch::new(
            "search parameters of Task",
            format!("without {}", missing.join(", ")),
        )
        .at(place("Task", ".searchParam"))),
    };
    world.judge(result)
}

impl World {
    /// The types declare these profiles of CDex.
    fn declares_profiles(
        &self,
        wanted: &[(&str, &str)],
    ) -> Result<Vec<Mismatch>, super::drive::Halt> {
        let statement = self.statement()?;
        let is_missing = |(kind, name): &&(&str, &str)| {
            let canonical = format!("{CDEX}/StructureDefinition/{name}");
            let declared = resource(statement, kind);
            !declared.is_some_and(|one| {
                profiles(one).any(|one| one.split('|').next() == Some(&canonical))
            })
        };
        Ok(wanted
            .iter()
            .filter(is_missing)
            .map(|(kind, name)| {
                Mismatch::new(
                    format!("the profile {name}"),
                    format!("it is not among the supported profiles of {kind}"),
                )
                .at(place(kind, ".supportedProfile"))
            })
            .collect())
    }
}

async fn data_request_profile(world: &mut World, _: Arguments<'_>) -> Outcome {
    let missing = world.declares_profiles(&[("Task", "cdex-task-data-request")])?;
    world.judge_all(missing)
}

async fn attachment_profiles(world: &mut World, _: Arguments<'_>) -> Outcome {
    let takes_attachments = world
        .declares_profiles(&[("Task", "cdex-task-attachment-request")])?
        .is_empty();
    if !takes_attachments {
        return Err(super::drive::Halt::Skip(
            "the provider does not declare that attachments can be requested".into(),
        ));
    }
    let missing = world.declares_profiles(&[
        ("Patient", "cdex-patient-demographics"),
        ("PractitionerRole", "cdex-practitionerrole"),
    ])?;
    world.judge_all(missing)
}

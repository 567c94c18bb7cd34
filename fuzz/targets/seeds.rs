//! Writes what fuzzing starts from: the mock payer's records, the invariants of the embedded definitions,
//! and small oddities. No target itself, but built as one, so that nothing is compiled twice.

use std::collections::BTreeSet;
use std::path::Path;
use vitruvian::data::Data;
use vitruvian::mock::{Payer, Request, StandIn as _};
use vitruvian::profile::{Artifact, Source as _, embedded_tables};

type Problem = Box<dyn std::error::Error>;

/// Kinds of records, and how many of each.
const KINDS: [&str; 12] = [
    "Patient",
    "Coverage",
    "Condition",
    "Observation",
    "Encounter",
    "ExplanationOfBenefit",
    "Provenance",
    "Practitioner",
    "Organization",
    "Location",
    "Consent",
    "Group",
];
const OF_A_KIND: usize = 6;

/// JSON that is odd in one way.
const ODDITIES: [&[u8]; 12] = [
    b"\xef\xbb\xbf{\"resourceType\":\"Patient\"}",
    b"{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"b\"}",
    br#"{"resourceType":"Patient","id":"\ud800"}"#,
    br#"{"resourceType":"Observation","valueQuantity":{"value":1e999}}"#,
    br#"{"resourceType":"Observation","valueQuantity":{"value":1e-400}}"#,
    br#"{"resourceType":"Observation","valueInteger":123456789012345678901234567890}"#,
    br#"{"resourceType":"Patient","name":[null],"_name":[{"id":"x"}]}"#,
    br##"{"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"p"}],"link":[{"other":{"reference":"#p"},"type":"seealso"}]}"##,
    br#"{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]}"#,
    br#"{"resourceType":"Parameters","parameter":[{"name":"x","valueString":"y","part":[{"name":"z"}]}]}"#,
    br#"{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1","type":"choice","enableWhen":[{"question":"1","operator":"exists","answerBoolean":true}]}]}]}"#,
    b"{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Group\",\"actual\":true,\"type\":\"person\"}\n",
];

fn main() -> Result<(), Problem> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let records = records()?.into_iter();
    let records = records.chain(ODDITIES.map(<[u8]>::to_vec));
    write(&corpus.join("validate"), records)?;
    let mut expressions = BTreeSet::new();
    let mut files = Vec::new();
    for table in embedded_tables(&Data::Embedded)? {
        for (url, version) in table.canonicals(Artifact::Definition) {
            let Some(definition) = table.definition(url, version)? else {
                continue;
            };
            let elements = definition.elements.iter();
            expressions.extend(
                elements.flat_map(|element| element.invariants.iter())
                    .map(|invariant| invariant.expression.clone()),
            );
        }
    }
    for kind in ["ValueSet", "CodeSystem", "StructureDefinition"] {
        let text = format!(
            r#"{{"resourceType":"{kind}","url":"http://x.example/{kind}","version":"1","kind":"resource","type":"Patient","derivation":"constraint","content":"complete","status":"active","concept":[{{"code":"a"}}],"compose":{{"include":[{{"system":"s","filter":[{{"property":"concept","op":"is-a","value":"a"}}]}}]}},"snapshot":{{"element":[{{"id":"Patient","path":"Patient","min":0,"max":"*"}}]}}}}"#
        );
        files.push(format!("{kind}.json\n{text}").into_bytes());
    }
    write(&corpus.join("package"), files)?;
    write(&corpus.join("fhirpath"), expressions.into_iter().map(String::into_bytes))
}

fn write(folder: &Path, seeds: impl IntoIterator<Item = Vec<u8>>) -> Result<(), Problem> {
    std::fs::create_dir_all(folder)?;
    for (number, seed) in seeds.into_iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:04}")), seed)?;
    }
    Ok(())
}

/// Some of the mock payer's records, and the Bundle they come in.
fn records() -> Result<Vec<Vec<u8>>, Problem> {
    let today = time::OffsetDateTime::now_utc().date();
    let mut payer = Payer::load(&Data::Embedded, "2.1.0", today)?;
    let mut found = Vec::new();
    for kind in KINDS {
        let response = payer.respond(&Request {
            method: http::Method::GET,
            path: format!("/{kind}"),
            query: Some(format!("_count={OF_A_KIND}")),
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            base: "http://127.0.0.1/fhir".into(),
        });
        let bundle: serde_json::Value = serde_json::from_slice(&response.body)?;
        let entries = bundle["entry"].as_array().into_iter().flatten();
        found.extend(entries.map(|entry| entry["resource"].to_string().into_bytes()));
        found.push(response.body.to_vec());
    }
    Ok(found)
}

//! `vitruvian validate` from outside: verdicts, formats, exit codes, and input nobody should send.

use crate::support::command::{vitruvian, vitruvian_reading, vitruvian_with};
use crate::support::servers;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A patient that holds to FHIR R4 and claims no profile.
fn patient(id: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": "Example"}], "birthDate": "1990-02-28"})
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// The results of `--format json`, and the exit code.
fn results(path: &Path) -> (Vec<Value>, i32) {
    let output = vitruvian(["validate", "--format", "json"], [path]);
    let parsed: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|problem| panic!("{problem}: {output:?}"));
    (parsed["results"].as_array().unwrap().clone(), output.code)
}

#[test]
fn a_resource_that_holds_is_not_invalid_and_exits_0() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "patient.json", patient("a").to_string());
    let (results, code) = results(&file);
    assert_eq!(code, 0, "{results:#?}");
    assert_eq!(results.len(), 1);
    assert_ne!(results[0]["verdict"], "invalid", "{results:#?}");
    assert_eq!(results[0]["resourceType"], "Patient");
    assert_eq!(results[0]["id"], "a");
}

#[test]
fn a_broken_resource_is_invalid_and_says_where_and_exits_1() {
    let folder = tempfile::tempdir().unwrap();
    let mut broken = patient("a");
    broken["birthDate"] = json!("1990-02-30");
    let text = serde_json::to_string_pretty(&broken).unwrap();
    let file = write(folder.path(), "patient.json", &text);
    let (results, code) = results(&file);
    assert_eq!(code, 1);
    assert_eq!(results[0]["verdict"], "invalid");
    let issues = results[0]["issues"].as_array().unwrap();
    let issue = issues
        .iter()
        .find(|issue| issue["severity"] == "error")
        .unwrap();
    assert_eq!(issue["expression"], "Patient.birthDate", "{issue:#}");
    let line = text
        .lines()
        .position(|line| line.contains("1990-02-30"))
        .unwrap()
        + 1;
    assert_eq!(issue["line"], line, "{issue:#}");
    let human = vitruvian(["validate"], [&file]);
    assert!(
        human.stdout.contains("Patient.birthDate"),
        "{}",
        human.stdout
    );
    assert!(
        human
            .stdout
            .lines()
            .all(|line| line.chars().count() <= 100 || line.contains('/'))
    );
}

#[test]
fn a_profile_that_is_asked_for_is_held_against_the_resource() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "patient.json", patient("a").to_string());
    let profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";
    let output = vitruvian(
        ["validate", "--format", "json", "--profile", profile],
        [&file],
    );
    let parsed: Value = serde_json::from_str(&output.stdout).unwrap();
    // US Core asks for an identifier and a gender.
    assert_eq!(output.code, 1, "{parsed:#}");
    assert!(output.stdout.contains("identifier"), "{parsed:#}");
}

#[test]
fn lines_of_ndjson_are_validated_one_by_one_and_stay_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..1000)
        .map(|number| patient(&format!("p{number}")).to_string())
        .collect();
    let file = write(folder.path(), "patients.ndjson", lines.join("\n") + "\n\n");
    let (results, code) = results(&file);
    assert_eq!((results.len(), code), (1000, 0));
    for (number, result) in results.iter().enumerate() {
        assert_eq!(result["id"], format!("p{number}"));
        assert!(
            result["file"]
                .as_str()
                .unwrap()
                .ends_with(&format!(":{}", number + 1))
        );
    }
}

#[test]
fn a_folder_is_walked_and_standard_input_is_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("deeper")).unwrap();
    write(folder.path(), "a.json", patient("a").to_string());
    write(
        &folder.path().join("deeper"),
        "b.json",
        patient("b").to_string(),
    );
    write(folder.path(), "notes.txt", "no resource");
    assert_eq!(results(folder.path()).0.len(), 2);
    let output = vitruvian_reading(["validate", "-v", "-"], patient("c").to_string().as_bytes());
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("Patient/c"), "{output:?}");
}

#[test]
fn an_operation_outcome_per_resource_is_what_fhir_tools_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(
        folder.path(),
        "patient.json",
        r#"{"resourceType":"Patient","colour":"green"}"#,
    );
    let output = vitruvian(["validate", "--format", "operation-outcome"], [&file]);
    let outcome: Value = serde_json::from_str(output.stdout.trim()).unwrap();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    assert_eq!(outcome["issue"][0]["severity"], "error", "{outcome:#}");
}

#[test]
fn what_cannot_be_run_exits_2() {
    assert_eq!(vitruvian(["validate"], ["no/such/file.json"]).code, 2);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(vitruvian(["validate"], [empty.path()]).code, 2);
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table of hostile inputs")]
fn hostile_input_is_a_verdict_and_never_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let nested = (0..300).fold(
        json!({"url": "x"}),
        |inner, _| json!({"url": "x", "extension": [inner]}),
    );
    let nested = json!({"resourceType": "Patient", "extension": [nested]}).to_string();
    let long_key = format!(
        r#"{{"resourceType":"Patient","{}":1}}"#,
        "k".repeat(1 << 20)
    );
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("deep.json", deep.into_bytes()),
        ("deep-object.json", deep_object.into_bytes()),
        ("nested.json", nested.into_bytes()),
        (
            "nul.json",
            b"{\"resourceType\":\"Patient\",\"id\":\"a\0b\"}".to_vec(),
        ),
        ("utf8.json", b"{\"resourceType\":\"\xff\xfe\"}".to_vec()),
        (
            "surrogate.json",
            br#"{"resourceType":"Patient","id":"\ud800"}"#.to_vec(),
        ),
        (
            "twice.json",
            br#"{"resourceType":"Patient","id":"a","id":"b"}"#.to_vec(),
        ),
        (
            "huge-number.json",
            br#"{"resourceType":"Observation","valueInteger":1e999}"#.to_vec(),
        ),
        ("empty.json", Vec::new()),
        ("null.json", b"null".to_vec()),
        ("array.json", b"[1,2,3]".to_vec()),
        ("no-type.json", br#"{"id":"a"}"#.to_vec()),
        ("odd-type.json", br#"{"resourceType":["Patient"]}"#.to_vec()),
        (
            "unknown-type.json",
            br#"{"resourceType":"Unicorn"}"#.to_vec(),
        ),
        (
            "garbage.json",
            br#"{"resourceType":"Patient"} trailing"#.to_vec(),
        ),
        ("cut.json", br#"{"resourceType":"Patient","na"#.to_vec()),
        ("long-key.json", long_key.into_bytes()),
        (
            "low-surrogate.json",
            br#"{"resourceType":"Patient","id":"\udc00x"}"#.to_vec(),
        ),
        (
            "escaped-nul.json",
            br#"{"resourceType":"Patient","name":[{"family":"a\u0000b"}]}"#.to_vec(),
        ),
        ("nuls.json", vec![0; 1 << 16]),
        (
            "long-integer.json",
            format!(
                r#"{{"resourceType":"Patient","multipleBirthInteger":{}}}"#,
                "9".repeat(1 << 16)
            )
            .into_bytes(),
        ),
        (
            "tiny-number.json",
            br#"{"resourceType":"Patient","multipleBirthInteger":1e-400}"#.to_vec(),
        ),
        (
            "two-marks.json",
            b"\xef\xbb\xbf\xef\xbb\xbf{\"resourceType\":\"Patient\"}".to_vec(),
        ),
        ("utf16.json", b"\xff\xfe{\0}\0".to_vec()),
        ("packed.json", b"\x1f\x8b\x08\0\0\0\0\0".to_vec()),
    ];
    for (name, bytes) in &cases {
        write(folder.path(), name, bytes);
    }
    let (results, code) = results(folder.path());
    assert_eq!(code, 1);
    assert_eq!(results.len(), cases.len());
    for result in results {
        assert_eq!(result["verdict"], "invalid", "{result:#}");
        assert!(
            !result["issues"].as_array().unwrap().is_empty(),
            "{result:#}"
        );
    }
}

#[test]
fn a_bundle_of_very_many_entries_ends_with_a_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let entry = r#"{"resource":{"resourceType":"Patient","id":"1","colour":"green"}}"#;
    let entries = vec![entry; 50_000].join(",");
    let bundle = format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{entries}]}}"#);
    let file = write(folder.path(), "bundle.json", bundle);
    let (results, code) = results(&file);
    assert_eq!(code, 1);
    let issues = results[0]["issues"].as_array().unwrap().len();
    assert!(issues > 0 && issues < 5000, "{issues} issues");
}

#[test]
fn what_is_too_long_is_invalid_unread_and_the_rest_is_validated() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!(
        r#"{{"resourceType":"Patient","id":"{}"}}"#,
        "x".repeat(3 << 20)
    );
    let lines = [
        patient("a").to_string(),
        long.clone(),
        patient("b").to_string(),
    ];
    write(folder.path(), "lines.ndjson", lines.join("\n"));
    write(folder.path(), "one.json", &long);
    // Seven bytes that become an object of hundreds.
    let costly = format!(
        r#"{{"resourceType":"Patient","extension":[{}0]}}"#,
        r#"{"":0},"#.repeat(100_000)
    );
    write(folder.path(), "small-and-costly.json", costly);
    let output = vitruvian(
        ["validate", "--format", "json", "--max-size", "1"],
        [folder.path()],
    );
    let parsed: Value = serde_json::from_str(&output.stdout).unwrap();
    let results = parsed["results"].as_array().unwrap();
    let verdicts: Vec<bool> = results
        .iter()
        .map(|result| result["verdict"] == "invalid")
        .collect();
    assert_eq!(verdicts, [false, true, false, true, true], "{results:#?}");
    for (at, expected) in [(1, "longer than"), (3, "longer than"), (4, "of memory")] {
        let message = results[at]["issues"][0]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
    }
    let refused = vitruvian(["validate", "--max-size", "0"], [folder.path()]);
    assert_eq!(refused.code, 2, "{refused:?}");
}

#[test]
fn standard_input_is_read_line_by_line_whatever_its_length() {
    let lines: String = (0..20_000)
        .map(|number| format!("{}\n", patient(&format!("p{number}"))))
        .collect();
    assert!(lines.len() > 1 << 20);
    let output = vitruvian_reading(
        ["validate", "--quiet", "--max-size", "1", "-"],
        lines.as_bytes(),
    );
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.stdout.contains("0 invalid"), "{output:?}");
    let counted: usize = output
        .stdout
        .split(", ")
        .filter_map(|part| part.split(' ').next()?.parse::<usize>().ok())
        .sum();
    assert_eq!(counted, 20_000, "{output:?}");
}

#[test]
fn the_number_of_jobs_changes_nothing_in_what_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (0..400)
        .map(|number| {
            let mut one = patient(&format!("p{number}"));
            if number % 3 == 0 {
                one["colour"] = json!(number);
            }
            one.to_string()
        })
        .collect();
    write(folder.path(), "patients.ndjson", lines.join("\n"));
    write(folder.path(), "z.json", patient("z").to_string());
    let with = |jobs| {
        vitruvian(
            ["validate", "--format", "json", "--jobs", jobs],
            [folder.path()],
        )
    };
    let (one, many) = (with("1"), with("7"));
    assert_eq!(one.stdout, many.stdout);
    assert_eq!((one.code, many.code), (1, 1));
    assert_eq!(with("0").code, 2);
}

#[test]
fn no_progress_is_shown_where_nobody_watches() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "patient.json", patient("a").to_string());
    for arguments in [
        &["validate"][..],
        &["validate", "--quiet"],
        &["validate", "--format", "json"],
    ] {
        let output = vitruvian(arguments, [&file]);
        assert!(!output.stderr.contains(['\u{1b}', '\r', '█']), "{output:?}");
        assert!(!output.stderr.contains("/s"), "{output:?}");
    }
    let mut broken = patient("a");
    broken["colour"] = json!("green");
    let file = write(folder.path(), "broken.json", broken.to_string());
    let quiet = vitruvian(["validate", "--quiet"], [&file]);
    assert_eq!(quiet.code, 1);
    assert_eq!(quiet.stdout.trim(), "0 valid, 0 undecided, 1 invalid");
}

#[test]
fn what_a_resource_says_does_not_reach_the_screen_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let id = "\\u001b]0;x\\u0007".repeat(100_000);
    let text = format!(r#"{{"resourceType":"Patient","id":"{id}","\u001b[31m":1}}"#);
    let file = write(folder.path(), "\u{1b}[31m.json", text);
    let output = vitruvian(["validate", "-v"], [&file]);
    assert_eq!(output.code, 1, "{output:?}");
    let is_control = |letter: char| letter.is_control() && letter != '\n';
    assert!(!output.stdout.contains(is_control), "{output:?}");
    assert!(
        output.stdout.len() < 20_000,
        "{} bytes",
        output.stdout.len()
    );
}

#[cfg(unix)]
#[test]
fn a_folder_that_leads_into_itself_or_holds_no_plain_files_is_walked_to_its_end() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let deeper = path.join("deeper");
    std::fs::create_dir(&deeper).unwrap();
    write(&deeper, "a.json", patient("a").to_string());
    symlink(path, deeper.join("up")).unwrap();
    symlink(&deeper, deeper.join("here")).unwrap();
    symlink("loop.json", path.join("loop.json")).unwrap();
    symlink("nowhere", path.join("gone.json")).unwrap();
    symlink("/dev/zero", path.join("zero.ndjson")).unwrap();
    let fifo = path.join("pipe.json");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let (results, code) = results(path);
    let names: Vec<&str> = results
        .iter()
        .map(|result| result["file"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    assert_eq!(names, ["a.json", "gone.json", "loop.json"]);
    assert_eq!(code, 1);
    let verdict = |at: usize| results[at]["verdict"].as_str().unwrap();
    assert_eq!((verdict(1), verdict(2)), ("invalid", "invalid"));
    assert_ne!(verdict(0), "invalid");
}

/// An Observation whose code only a terminology server can look up.
fn coded(code: &str) -> Value {
    json!({"resourceType": "Observation", "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": code}]}})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminology_server_is_asked_once_per_code_and_decides() {
    use wiremock::matchers::{path, query_param};
    use wiremock::{Mock, MockServer, ResponseTemplate};
    let server = MockServer::start().await;
    for (code, result) in [("73211009", true), ("38341003", false)] {
        let body = json!({"resourceType": "Parameters", "parameter": [{"name": "result", "valueBoolean": result}]});
        let answer =
            ResponseTemplate::new(200).set_body_raw(body.to_string(), "application/fhir+json");
        Mock::given(path("/r4/CodeSystem/$validate-code"))
            .and(query_param("code", code))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = ["73211009", "38341003", "73211009", "38341003"]
        .map(|code| coded(code).to_string())
        .to_vec();
    let file = write(folder.path(), "codes.ndjson", lines.join("\n"));
    let file = file.to_str().unwrap();
    let base = format!("{}/r4", server.uri());
    let alone = vitruvian(["validate"], [file]);
    assert_eq!(alone.code, 0, "{alone:?}");
    for output in [
        vitruvian(["validate", "--format", "json", "--tx", &base], [file]),
        vitruvian_with(
            &[("VITRUVIAN_TX", &base)],
            ["validate", "--format", "json", file],
        ),
    ] {
        assert_eq!(output.code, 1, "{output:?}");
        let parsed: Value = serde_json::from_str(&output.stdout).unwrap();
        let verdicts: Vec<bool> = parsed["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["verdict"] == "invalid")
            .collect();
        assert_eq!(verdicts, [false, true, false, true], "{output:?}");
    }
    // Two runs, two codes each.
    assert_eq!(server.received_requests().await.unwrap().len(), 4);
}

#[test]
fn a_terminology_server_that_fails_is_named_once_and_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    // Check digits of which none is wrong.
    let codes = [
        "73211009",
        "38341003",
        "404684003",
        "64572001",
        "56459004",
        "22298006",
    ];
    let lines: Vec<String> = codes.map(|code| coded(code).to_string()).to_vec();
    let file = write(folder.path(), "codes.ndjson", lines.join("\n"));
    for base in [servers::web_pages(500), servers::closing()] {
        let output = vitruvian(["validate", "--tx", &base], [&file]);
        assert_eq!(output.code, 0, "{output:?}");
        let notices = output.stderr.matches("is not asked any more").count();
        assert_eq!(notices, 1, "{output:?}");
    }
}

#[test]
fn a_terminology_server_with_credentials_in_its_url_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "patient.json", patient("a").to_string());
    for base in [
        "http://user:secret@127.0.0.1:9/r4",
        "ftp://127.0.0.1/r4",
        "r4",
    ] {
        let output = vitruvian(["validate", "--tx", base], [&file]);
        assert_eq!(output.code, 2, "{base} {output:?}");
        assert!(!output.stderr.contains("secret"), "{output:?}");
    }
}

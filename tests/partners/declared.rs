//! What partners say of themselves: read from the evidence, bounded, and shown as text.

use crate::support::golden_run::{GoldenRun, HOSTILE};
use serde_json::{Value, json};
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Level, Run, Verdict};
use vitruvian::report::{
    Circumstances, Declared, PartnerFormat, PartnerMatrix, PartnerRow, PartnerState, Tested, Trend,
};

/// A run in which these were the answers to `GET /metadata`.
fn run(answers: &[(u16, &str)]) -> Run {
    let mut run = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass);
    for (status, body) in answers {
        run = run.last(|golden, scenario| {
            let answer = Some((*status, body.as_bytes()));
            let exchange = golden.exchange("GET", "/metadata?_format=json", answer);
            scenario.exchanges.push(exchange);
        });
    }
    run.build()
}

fn statement() -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "software": {"name": "Harbor FHIR", "version": "7.3"},
        "instantiates": ["http://hl7.org/fhir/us/davinci-pdex/CapabilityStatement/pdex-server"],
        "implementationGuide":
            ["http://hl7.org/fhir/us/davinci-pdex/ImplementationGuide/hl7.fhir.us.davinci-pdex|2.1.0"],
        "rest": [
            {"mode": "client", "operation": [{"name": "docref", "definition": "x"}]},
            {"mode": "server",
                "operation": [{"name": "$submit-attachment", "definition": "http://own.example/op"}],
                "resource": [
                    {"type": "Patient", "operation": [{"name": "match-a-member",
                        "definition": "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match|1.1.0"}]},
                    {"type": "Group"}, {"type": "Patient"}]},
        ],
    })
}

fn row(name: &str, run: &Run) -> PartnerRow {
    PartnerRow {
        name: name.to_owned(),
        title: format!("The plan {name}"),
        url: None,
        state: PartnerState::Tested,
        reason: None,
        tested: Some(Tested::of(run)),
        trend: Trend::of(PartnerState::Tested, None, None, false),
        report: None,
        comparison: None,
    }
}

fn matrix(partners: Vec<PartnerRow>) -> PartnerMatrix {
    PartnerMatrix {
        made: Circumstances {
            version: "0.1.0".into(),
            started: "2026-03-15T09:00:00Z".into(),
            parallel: 4,
            concurrent: 2,
            interval_ms: None,
            strict: false,
        },
        since: None,
        partners,
        gone: Vec::new(),
    }
}

fn shown(matrix: &PartnerMatrix, format: PartnerFormat) -> String {
    String::from_utf8(matrix.render(format, &Data::Embedded).unwrap()).unwrap()
}

#[test]
fn the_first_statement_that_was_read_counts() {
    let text = statement().to_string();
    let outcome = r#"{"resourceType": "OperationOutcome"}"#;
    let answers = [
        (401, text.as_str()),
        (200, "<html>"),
        (200, outcome),
        (200, &text),
    ];
    let declared = Declared::of(&run(&answers)).unwrap();
    assert_eq!(declared.fhir_version.as_deref(), Some("4.0.1"));
    assert_eq!(declared.software.as_deref(), Some("Harbor FHIR"));
    assert_eq!(declared.software_version.as_deref(), Some("7.3"));
    assert_eq!(declared.types, 2);
    assert_eq!((declared.guides.shown.len(), declared.guides.more), (1, 0));
    let operation = |name: &str| {
        let mut all = declared.operations.iter();
        let one = all.find(|one| one.name == name).unwrap();
        (one.declared, one.asked)
    };
    // By its canonical, whatever it is called; by its name, wherever it is defined; what it asks of others is not its own.
    assert_eq!(operation("$member-match"), (true, true));
    assert_eq!(operation("$submit-attachment"), (true, false));
    assert_eq!(operation("$docref"), (false, true));
    assert_eq!(operation("$provider-member-match"), (false, false));
}

#[test]
fn what_was_not_read_or_not_kept_in_full_is_not_guessed() {
    let text = statement().to_string();
    for answers in [
        &[][..],
        &[(404, text.as_str())],
        &[(200, "{")],
        &[(200, "[1]")],
    ] {
        assert_eq!(Declared::of(&run(answers)), None);
    }
    let mut cut = run(&[(200, &text)]);
    let response = cut.scenarios[0]
        .exchanges
        .last_mut()
        .unwrap()
        .response
        .as_mut();
    response.unwrap().body.as_mut().unwrap().truncated = true;
    assert_eq!(Declared::of(&cut), None);
    let silent = matrix(vec![row("silent", &run(&[]))]);
    assert!(!shown(&silent, PartnerFormat::Html).contains("id=\"declared\""));
    let document: Value = serde_json::from_str(&shown(&silent, PartnerFormat::Json)).unwrap();
    assert_eq!(document["partners"][0]["run"]["declared"], Value::Null);
    let both = matrix(vec![
        row("silent", &run(&[])),
        row("says", &run(&[(200, &text)])),
    ]);
    assert!(shown(&both, PartnerFormat::Html).contains("not read"));
    assert!(shown(&both, PartnerFormat::Markdown).contains("| The plan silent | not read |"));
}

#[test]
fn every_form_says_what_is_declared_and_what_is_not() {
    let all = matrix(vec![row(
        "harbor",
        &run(&[(200, &statement().to_string())]),
    )]);
    let html = shown(&all, PartnerFormat::Html);
    for words in [
        "<bdi>Harbor FHIR</bdi>",
        "hl7.fhir.us.davinci-pdex 2.1.0",
        "title=\"$member-match: declared\"",
        "title=\"$docref: not declared\"",
    ] {
        assert!(html.contains(words), "{words}");
    }
    let markdown = shown(&all, PartnerFormat::Markdown);
    let line = markdown
        .lines()
        .find(|line| line.contains("Harbor FHIR 7.3"))
        .unwrap();
    assert!(
        line.contains("| 4.0.1 |") && line.contains("`$member-match`"),
        "{line}"
    );
    let json = shown(&all, PartnerFormat::Json);
    let document: Value = serde_json::from_str(&json).unwrap();
    let operations = document["partners"][0]["run"]["declared"]["operations"].clone();
    let wanted = json!({"name": "$member-match", "declared": true, "asked": true});
    assert!(
        operations.as_array().unwrap().contains(&wanted),
        "{operations}"
    );
}

#[test]
fn a_hostile_statement_is_text_and_bounded() {
    let long = HOSTILE.repeat(10_000);
    let mut hostile = statement();
    hostile["fhirVersion"] = json!(HOSTILE);
    hostile["software"] = json!({"name": long, "version": {"not": "a text"}});
    hostile["implementationGuide"] = json!(vec![format!("{HOSTILE}|{HOSTILE}"); 5_000]);
    hostile["instantiates"] = json!([1, null, {}, HOSTILE, ""]);
    hostile["rest"][1]["resource"] = json!("none");
    let declared = Declared::of(&run(&[(200, &hostile.to_string())])).unwrap();
    assert_eq!(declared.software.as_ref().unwrap().chars().count(), 161);
    assert_eq!(declared.software_version, None);
    assert_eq!(
        (declared.guides.shown.len(), declared.guides.more),
        (12, 4_988)
    );
    let all = matrix(vec![row("hostile", &run(&[(200, &hostile.to_string())]))]);
    let html = shown(&all, PartnerFormat::Html);
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!html.contains("<img") && !html.contains("href=\"javascript:"));
    assert_eq!(html.matches("</script").count(), 1);
    let markdown = shown(&all, PartnerFormat::Markdown);
    assert!(markdown.len() < 65_536, "{} bytes", markdown.len());
    for text in [html, markdown] {
        let control = text
            .chars()
            .find(|c| c.is_control() && *c != '\n' && *c != '\t');
        assert_eq!(control, None);
        assert!(
            !text.contains('\u{202e}'),
            "the reading direction can be turned"
        );
    }
}

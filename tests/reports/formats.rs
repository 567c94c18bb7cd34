//! The formats for other tools say what the run says, in the form those tools expect.

use super::rendered;
use crate::support::golden_run::{GoldenRun, HOSTILE, attestation, golden, large, small};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Ending, Excuse, Level, Run, Verdict};
use vitruvian::profile::{Library, Validator, Verdict as Validity};
use vitruvian::report::Format;

fn json(run: &Run, format: Format) -> Value {
    serde_json::from_str(&rendered(run, format)).unwrap()
}

mod markdown {
    use super::*;

    #[test]
    fn the_summary_fits_a_comment_however_large_the_run() {
        for run in [golden(), small(), large(2_000)] {
            let text = rendered(&run, Format::Markdown);
            assert!(text.len() < 65_000, "{} bytes", text.len());
        }
    }

    #[test]
    fn conclusion_causes_excuses_and_answers_stand_in_it() {
        let text = rendered(&golden(), Format::Markdown);
        assert!(text.starts_with("## Not conformant: `"), "{text}");
        assert!(text.contains("### What is broken"));
        assert!(text.contains("fixed in spring | 2026-12-31 | in use"));
        assert!(text.contains("### Attested by a person, not tested"));
        assert!(text.contains("`no member with two coverages; name one under [members]`"));
    }

    /// The text without its code spans: from a row of backticks to the next row of as many.
    fn without_code(text: &str) -> String {
        let (mut outside, mut rest) = (String::new(), text);
        while let Some(start) = rest.find('`') {
            outside.push_str(&rest[..start]);
            if rest[..start].ends_with('\\') {
                rest = &rest[start + 1..];
                continue;
            }
            let row = rest[start..].chars().take_while(|c| *c == '`').count();
            let mut at = start + row;
            loop {
                let next = at + rest[at..].find('`').expect("a code span does not end");
                let length = rest[next..].chars().take_while(|c| *c == '`').count();
                at = next + length;
                if length == row {
                    break;
                }
            }
            rest = &rest[at..];
        }
        outside + rest
    }

    #[test]
    fn hostile_text_is_no_markup() {
        let text = rendered(&golden(), Format::Markdown);
        let outside = without_code(&text);
        assert!(text.contains("onerror=alert"), "it is not shown");
        assert!(!outside.contains("<img"), "it became an element");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    }
}

mod sarif {
    use super::*;

    #[test]
    fn every_finding_is_one_result_of_a_rule_that_is_there() {
        let run = golden();
        let sarif = json(&run, Format::Sarif);
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let rules = sarif["runs"][0]["tool"]["driver"]["rules"]
            .as_array()
            .unwrap();
        let counting: BTreeMap<&str, usize> = run
            .scenarios
            .iter()
            .map(|scenario| (scenario.id.as_str(), scenario.findings.len()))
            .collect();
        assert_eq!(results.len(), counting.values().sum::<usize>());
        for result in results {
            let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
            assert_eq!(rule["id"], result["ruleId"]);
        }
        let ids: BTreeSet<&str> = rules
            .iter()
            .map(|rule| rule["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids.len(), rules.len(), "a rule is there twice");
        assert!(!sarif.to_string().contains("javascript:"));
    }

    #[test]
    fn an_excused_finding_is_suppressed_with_reason_and_last_day() {
        let sarif = json(&golden(), Format::Sarif);
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let suppressed: Vec<_> = results
            .iter()
            .filter(|result| !result["suppressions"].is_null())
            .collect();
        assert_eq!(suppressed.len(), 1);
        assert_eq!(suppressed[0]["ruleId"], "CDEX-TB-001@cdex@2.1.0");
        let suppression = &suppressed[0]["suppressions"][0];
        assert_eq!(suppression["properties"]["expires"], "2026-12-31");
        assert_eq!(
            suppression["justification"],
            "fixed in spring (until 2026-12-31)"
        );
    }

    #[test]
    fn a_finding_keeps_its_fingerprint_when_only_the_answer_changes() {
        let print = |actual: &str| {
            let run = GoldenRun::new()
                .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
                .scenario("breaks", &["PDEX-MMC-001"], Verdict::Fail)
                .last(|_, last| last.findings[0].actual = actual.into())
                .build();
            json(&run, Format::Sarif)["runs"][0]["results"][0]["partialFingerprints"].clone()
        };
        assert_eq!(print("status 200"), print("status 500"));
    }
}

mod csv {
    use super::*;

    /// Rows of cells; every cell is quoted.
    fn rows(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut cell, mut quoted) = (vec![], vec![], String::new(), false);
        let mut characters = text.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '"' if quoted && characters.peek() == Some(&'"') => {
                    cell.push('"');
                    characters.next();
                }
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(std::mem::take(&mut cell)),
                '\r' if !quoted => {}
                '\n' if !quoted => {
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                other => cell.push(other),
            }
        }
        assert!(!quoted && row.is_empty(), "the last row is not whole");
        rows
    }

    #[test]
    fn every_requirement_is_a_row_of_as_many_cells() {
        let run = golden();
        let rows = rows(&rendered(&run, Format::Csv));
        assert_eq!(rows.len(), run.requirements.len() + 1);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()));
        let column = |name: &str| rows[0].iter().position(|cell| cell == name).unwrap();
        let row = |id: &str| rows.iter().find(|row| row[1] == id).unwrap();
        assert_eq!(row("CDEX-TB-001")[column("excused until")], "2026-12-31");
        assert_eq!(row("CDEX-TB-001")[column("outcome")], "Excused");
        assert_eq!(row("CDEX-TB-002")[column("outcome")], "Attested");
        assert_eq!(row("PDEX-MMC-003")[column("verdict")], "attest");
    }
}

mod cucumber {
    use super::*;

    fn messages(run: &Run) -> Vec<(String, Value)> {
        let text = rendered(run, Format::Cucumber);
        text.lines()
            .map(|line| {
                let message: Value = serde_json::from_str(line).unwrap();
                let fields = message.as_object().unwrap();
                assert_eq!(fields.len(), 1, "a message is of one kind");
                let (kind, content) = fields.iter().next().unwrap();
                (kind.clone(), content.clone())
            })
            .collect()
    }

    fn of<'a>(messages: &'a [(String, Value)], kind: &str) -> Vec<&'a Value> {
        let messages = messages.iter().filter(|(name, _)| name == kind);
        messages.map(|(_, content)| content).collect()
    }

    #[test]
    fn every_attempt_is_started_and_finished_and_what_it_names_is_there() {
        let run = golden();
        let messages = messages(&run);
        let ids = |kind: &str| -> BTreeSet<String> {
            let found = of(&messages, kind).into_iter();
            found
                .map(|one| one["id"].as_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(of(&messages, "pickle").len(), run.plan.len());
        let started = of(&messages, "testCaseStarted");
        assert_eq!(started.len(), run.scenarios.len());
        assert_eq!(of(&messages, "testCaseFinished").len(), run.scenarios.len());
        let (cases, pickles) = (ids("testCase"), ids("pickle"));
        for one in &started {
            assert!(cases.contains(one["testCaseId"].as_str().unwrap()));
        }
        for case in of(&messages, "testCase") {
            assert!(pickles.contains(case["pickleId"].as_str().unwrap()));
        }
        let retried = of(&messages, "testCaseFinished").into_iter();
        let retried = retried.filter(|one| one["willBeRetried"] == true).count();
        assert_eq!(retried, 1, "the flaky scenario was tried twice");
    }

    #[test]
    fn a_step_that_broke_has_failed_and_an_excused_one_is_pending() {
        let run = golden();
        let messages = messages(&run);
        let mut statuses: BTreeMap<&str, usize> = BTreeMap::new();
        for one in of(&messages, "testStepFinished") {
            let status = one["testStepResult"]["status"].as_str().unwrap();
            *statuses.entry(status).or_default() += 1;
        }
        assert_eq!(statuses["PENDING"], 1);
        assert!(statuses["FAILED"] >= 3, "{statuses:?}");
        let failed = of(&messages, "testRunFinished")[0];
        assert_eq!(failed["success"], false);
    }
}

mod test_report {
    use super::*;

    fn validity(resource: &Value) -> (Validity, String) {
        let library = Library::for_igs(&Data::Embedded, &["pdex@2.1.0"], None).unwrap();
        let report = Validator::new(Arc::new(library)).validate(resource, &[]);
        (report.verdict(), format!("{report:?}"))
    }

    #[test]
    fn it_is_valid_fhir_whatever_the_target_said() {
        for run in [golden(), small(), GoldenRun::new().build()] {
            let report = json(&run, Format::TestReport);
            let (verdict, why) = validity(&report);
            assert_ne!(verdict, Validity::Invalid, "{why}");
        }
    }

    #[test]
    fn the_validator_would_find_a_mistake_in_it() {
        let mut report = json(&small(), Format::TestReport);
        report["result"] = "good".into();
        assert_eq!(validity(&report).0, Validity::Invalid);
    }

    #[test]
    fn conclusion_and_ending_are_those_of_the_run() {
        let report = json(&golden(), Format::TestReport);
        assert_eq!(report["result"], "fail");
        assert_eq!(report["status"], "completed");
        assert_eq!(
            report["test"].as_array().unwrap().len(),
            golden().plan.len()
        );
        let broken = GoldenRun::new().edit(|run| run.ending = Some(Ending::Interrupted));
        assert_eq!(
            json(&broken.build(), Format::TestReport)["status"],
            "stopped"
        );
    }
}

mod badge {
    use super::*;

    #[test]
    fn it_names_the_conclusion_and_holds_nothing_else_that_acts() {
        let hostile = small();
        let svg = rendered(&hostile, Format::Badge);
        assert!(
            svg.contains(">not conformant, stopped early</text>"),
            "{svg}"
        );
        let run = GoldenRun::new()
            .edit(|run| run.identity.igs[0].id = HOSTILE.into())
            .build();
        let svg = rendered(&run, Format::Badge);
        assert!(!svg.contains("<img") && !svg.contains("href"));
    }
}

mod attestation_and_excuses {
    use super::*;

    #[test]
    fn an_attested_requirement_is_shown_as_attested_and_never_as_tested() {
        let run = |holds| {
            GoldenRun::new()
                .requirement("PDEX-MMC-001", Level::Shall, Coverage::Attested)
                .edit(|run| run.attestations = vec![attestation("PDEX-MMC-001", holds)])
                .build()
        };
        let report = json(&run(true), Format::Json);
        assert_eq!(report["conclusion"], "conformant");
        assert_eq!(report["requirements"][0]["verdict"], "pass");
        assert_eq!(report["requirements"][0]["coverage"], "attested");
        assert_eq!(report["requirements"][0]["attested"]["name"], "Pat Example");
        let html = rendered(&run(true), Format::Html);
        assert!(
            html.contains("data-o=\"attested\""),
            "it is shown as tested"
        );
        assert!(html.contains("Attested, not tested:"));
        let refused = json(&run(false), Format::Json);
        assert_eq!(refused["conclusion"], "not conformant");
        assert_eq!(refused["requirements"][0]["verdict"], "fail");
    }

    #[test]
    fn an_excuse_is_told_beside_what_it_does_not_cover() {
        let run = GoldenRun::new()
            .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
            .requirement("PDEX-MMC-002", Level::Shall, Coverage::Tested)
            .scenario(
                "breaks both",
                &["PDEX-MMC-001", "PDEX-MMC-002"],
                Verdict::Fail,
            )
            .last(|_, last| {
                let mut other = last.findings[0].clone();
                other.requirement = "PDEX-MMC-002".into();
                last.findings.push(other);
            })
            .edit(|run| {
                run.identity.excuses.push(Excuse {
                    requirement: "PDEX-MMC-001".into(),
                    reason: "fixed in spring".into(),
                    expires: "2099-12-31".into(),
                });
            })
            .build();
        let junit = rendered(&run, Format::Junit);
        assert!(junit.contains("<failure"), "one of them is not excused");
        for format in [
            Format::Junit,
            Format::Cucumber,
            Format::TestReport,
            Format::Sarif,
        ] {
            let text = rendered(&run, format);
            let told = text.matches("fixed in spring (until 2099-12-31)").count();
            assert_eq!(told, 1, "{format}: {text}");
        }
    }

    #[test]
    fn reason_and_last_day_of_an_excuse_stand_in_every_format() {
        for format in Format::ALL {
            if format == Format::Badge {
                continue;
            }
            let text = rendered(&golden(), format);
            for known in ["fixed in spring", "2026-12-31"] {
                assert!(
                    text.contains(known),
                    "{known} is not in the {format} report"
                );
            }
        }
    }
}

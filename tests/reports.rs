//! Every format renders every run; nothing from the target is ever more than text.

mod browser;
mod formats;
mod notices;

use crate::support::golden_run::{golden, heavy, large, small};
use std::collections::BTreeSet;
use std::path::PathBuf;
use vitruvian::data::Data;
use vitruvian::evidence::{Run, Verdict};
use vitruvian::report::{Format, json_schema, render};

fn rendered(run: &Run, format: Format) -> String {
    String::from_utf8(render(run, format, &Data::Embedded).unwrap()).unwrap()
}

/// Compares with a file in tests/snapshots; `UPDATE_SNAPSHOTS=1` writes it anew.
fn assert_snapshot(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        expected == text,
        "{name} differs; look at it and accept it with UPDATE_SNAPSHOTS=1:\n{text}"
    );
}

#[test]
fn the_same_run_gives_the_same_bytes_in_every_format() {
    for format in Format::ALL {
        let first = rendered(&golden(), format);
        assert!(!first.is_empty(), "{format} is empty");
        assert!(
            first == rendered(&golden(), format),
            "{format} changes between renderings"
        );
    }
}

#[test]
fn a_small_run_as_junit_is_what_was_accepted() {
    assert_snapshot("small.junit.xml", &rendered(&small(), Format::Junit));
}

#[test]
fn a_small_run_as_json_is_what_was_accepted() {
    assert_snapshot("small.report.json", &rendered(&small(), Format::Json));
}

mod json {
    use super::{Data, Format, golden, json_schema, rendered};
    use crate::support::schema::assert_matches;
    use serde_json::Value;

    #[test]
    fn the_golden_report_is_what_the_schema_promises_and_nothing_more() {
        let schema: Value = serde_json::from_str(&json_schema(&Data::Embedded).unwrap()).unwrap();
        let report: Value = serde_json::from_str(&rendered(&golden(), Format::Json)).unwrap();
        assert_matches(&schema, &report);
    }
}

mod junit {
    use super::{Format, Verdict, golden, rendered};
    use crate::support::golden_run::GoldenRun;
    use vitruvian::evidence::{Coverage, Level};

    /// Names of elements in order; panics when the text is not well-formed as far as we write XML.
    fn elements(xml: &str) -> Vec<String> {
        let mut rest = xml
            .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            .unwrap();
        let (mut open, mut seen) = (Vec::new(), Vec::new());
        while let Some(start) = rest.find('<') {
            assert!(!rest[..start].contains("]]>"), "bare ]]> in text");
            let end = start + rest[start..].find('>').unwrap();
            let tag = &rest[start + 1..end];
            assert!(
                !tag.contains('<') && tag.matches('"').count().is_multiple_of(2),
                "broken tag {tag}"
            );
            let name = tag.trim_matches('/').split(' ').next().unwrap().to_owned();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name));
            } else {
                seen.push(name.clone());
                if !tag.ends_with('/') {
                    open.push(name);
                }
            }
            rest = &rest[end + 1..];
        }
        assert_eq!(open, [] as [String; 0]);
        seen
    }

    #[test]
    fn hostile_text_leaves_the_document_well_formed() {
        let xml = rendered(&golden(), Format::Junit);
        let seen = elements(&xml);
        assert!(!seen.contains(&"img".to_owned()));
        assert!(
            !xml.chars().any(|c| c.is_control() && c != '\n'),
            "a control character is left"
        );
    }

    #[test]
    fn every_scenario_is_one_test_case() {
        let run = golden();
        let seen = elements(&rendered(&run, Format::Junit));
        let cases = seen.iter().filter(|name| *name == "testcase").count();
        assert_eq!(cases, run.plan.len());
    }

    #[test]
    fn an_excused_failure_is_skipped_with_its_reason_and_a_flaky_one_is_marked() {
        let xml = rendered(&golden(), Format::Junit);
        assert!(xml.contains(
            "<skipped message=\"known failure, excused: fixed in spring (until 2026-12-31)\"/>"
        ));
        assert!(xml.contains("<flakyFailure message=\"attempt 1: PDEX-MMC-001"));
    }

    #[test]
    fn a_warning_fails_the_build_only_in_a_strict_run() {
        let run = |strict| {
            let run = GoldenRun::new()
                .requirement("PDEX-MMC-001", Level::Should, Coverage::Tested)
                .scenario("warns", &["PDEX-MMC-001"], Verdict::Warn)
                .edit(|run| run.identity.strict = strict)
                .build();
            elements(&rendered(&run, Format::Junit))
        };
        assert!(!run(false).contains(&"failure".to_owned()));
        assert!(run(true).contains(&"failure".to_owned()));
    }
}

mod html {
    use super::{BTreeSet, Format, Verdict, golden, heavy, large, rendered, small};
    use crate::support::golden_run::GoldenRun;
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use flate2::read::DeflateDecoder;
    use vitruvian::evidence::{Coverage, Level};

    /// As the template engine escapes.
    fn escaped(text: &str) -> String {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    }

    #[test]
    fn hostile_text_is_shown_and_never_becomes_markup() {
        let html = rendered(&golden(), Format::Html);
        assert!(
            html.contains("&lt;img src=x onerror=alert(1)&gt;"),
            "it is not shown"
        );
        assert!(!html.contains("<img"), "it became an element");
        assert!(!html.contains("href=\"javascript:"), "it became a link");
        assert!(html.contains("{{ 7*7 }}"), "it was run as a template");
        assert_eq!(html.matches("</script").count(), 2);
        let control = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{202e}';
        assert!(!html.contains(control), "a control character is left");
    }

    #[test]
    fn the_course_of_what_moved_stands_there_without_javascript() {
        let run = golden();
        let html = rendered(&run, Format::Html);
        let mut moved = run.scenarios.iter().flat_map(|one| &one.transitions);
        let moved = moved.next().unwrap();
        let heading = format!("Time line of <bdi>{}", escaped(&moved.resource[..2]));
        assert!(html.contains(&heading), "{heading}");
        assert!(html.contains("<span class=\"after\">3 ms</span><b><bdi>"));
    }

    #[test]
    fn nothing_is_loaded_and_only_our_own_script_may_run() {
        let html = rendered(&golden(), Format::Html);
        assert!(
            html.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-")
                || html.contains("content=\"default-src 'none'; style-src 'sha256-")
        );
        for loader in [
            "<link", " src=", "@import", "url(", "<iframe", "style=\"", "onclick=",
        ] {
            let outside = html.replace("&lt;img src=x", "").replace("curl(", "");
            assert!(
                !outside.contains(loader),
                "{loader} would load or be blocked"
            );
        }
    }

    #[test]
    fn the_conclusion_stands_in_words() {
        let html = rendered(&small(), Format::Html);
        assert!(html.contains("Not conformant</h1>"));
        assert!(html.contains("The system breaks 1 mandatory requirement."));
        assert!(
            html.contains("https:&#x2F;&#x2F;payer.example")
                || html.contains("https://payer.example/fhir")
        );
        assert!(html.contains("Da Vinci PDex 2.1.0"));
    }

    #[test]
    fn a_run_that_checked_little_says_so() {
        let run = GoldenRun::new()
            .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
            .requirement("PDEX-MMC-002", Level::Shall, Coverage::Uncovered)
            .requirement("PDEX-MMC-003", Level::Shall, Coverage::Uncovered)
            .scenario("passes", &["PDEX-MMC-001"], Verdict::Pass)
            .build();
        let html = rendered(&run, Format::Html);
        assert!(html.contains("Incomplete</h1>"));
        assert!(html.contains("This tool has no check yet for 2 of 3 mandatory requirements."));
        assert!(html.contains("This run answered for 1 of 3 requirements in scope (33\u{a0}%)."));
        assert!(html.contains("2 not checked by this tool yet"));
    }

    #[test]
    fn every_finding_stands_there_without_javascript() {
        let run = golden();
        let mut html = rendered(&run, Format::Html);
        // Marks of the comparison stand between the words.
        for mark in ["<del>", "</del>", "<ins>", "</ins>"] {
            html = html.replace(mark, "");
        }
        let mut seen = BTreeSet::new();
        for finding in run.scenarios.iter().flat_map(|scenario| &scenario.findings) {
            for text in [&finding.expected, &finding.actual] {
                let shown = text
                    .replace('\0', "␀")
                    .replace('\u{1b}', "␛")
                    .replace('\u{202e}', "\u{fffd}");
                assert!(html.contains(&escaped(&shown)), "{text} is not shown");
                seen.insert(text);
            }
        }
        assert!(seen.len() > 2);
    }

    #[test]
    fn what_breaks_many_scenarios_alike_is_one_line() {
        let html = rendered(&large(100), Format::Html);
        assert_eq!(html.matches("<details class=\"cause").count(), 1);
        assert!(html.contains("10 scenarios, 10 requirements · same assertion"));
        let run = GoldenRun::new()
            .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
            .scenario("one", &["PDEX-MMC-001"], Verdict::Fail)
            .scenario("other", &["PDEX-MMC-001"], Verdict::Fail)
            .last(|_, last| last.findings[0].expected = "another thing".into())
            .build();
        let html = rendered(&run, Format::Html);
        assert_eq!(html.matches("<details class=\"cause").count(), 2);
    }

    #[test]
    fn what_must_be_supported_is_a_square_for_each_element() {
        let run = GoldenRun::new()
            .requirement("PDEX-PROF-001", Level::Shall, Coverage::Tested)
            .requirement("PDEX-PROF-002", Level::Shall, Coverage::Uncovered)
            .scenario("supplies it", &["PDEX-PROF-001"], Verdict::Pass)
            .edit(|run| {
                for (requirement, element) in run.requirements.iter_mut().zip(["status", "type"]) {
                    requirement.section = format!("Profile pdex-device, {element}");
                    requirement.text = format!("Device.{element} is must-support.");
                }
            })
            .build();
        let html = rendered(&run, Format::Html);
        assert!(html.contains("aria-label=\"status: Passed\""));
        assert!(html.contains("aria-label=\"type: No check yet\""));
        assert!(!rendered(&small(), Format::Html).contains("class=\"square"));
    }

    #[test]
    fn coverage_is_told_by_page_of_the_guide_with_what_to_supply_and_why_not() {
        let run = GoldenRun::new()
            .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
            .requirement("PDEX-MMC-002", Level::Shall, Coverage::Tested)
            .requirement("PDEX-MMC-003", Level::Shall, Coverage::Attested)
            .requirement("PDEX-MMC-004", Level::Shall, Coverage::Untestable)
            .requirement("PDEX-MMC-005", Level::May, Coverage::Uncovered)
            .requirement("PDEX-MMC-006", Level::Shall, Coverage::Tested)
            .scenario("fails", &["PDEX-MMC-001"], Verdict::Fail)
            .scenario("lacks a member", &["PDEX-MMC-002"], Verdict::Skip)
            .scenario("passes", &["PDEX-MMC-006"], Verdict::Pass)
            .edit(|run| {
                let page = "https://guide.example/STU2/member_match.html#a";
                run.requirements
                    .iter_mut()
                    .for_each(|one| one.url = page.into());
                run.requirements[5].url =
                    "https://guide.example/STU2/StructureDefinition-x.html".into();
            })
            .build();
        let html = rendered(&run, Format::Html);
        let (_, section) = html.split_once("id=\"coverage\"").unwrap();
        let section = section.split("</section>").next().unwrap();
        let (_, row) = section.split_once("member_match").unwrap();
        let row = row.split("</tr>").next().unwrap();
        // Tested, attested, waiting, not testable, no check.
        for (outcome, count) in [
            ("answered", 1),
            ("open", 2),
            ("untestable", 1),
            ("uncovered", 1),
        ] {
            let link = format!("href=\"#requirements?p=0&amp;o={outcome}\">{count}</a>");
            assert!(row.contains(&link), "{link}: {row}");
        }
        assert!(row.contains("<b>25 %</b>"), "one of four: {row}");
        assert!(section.contains("1 more pages: profiles and other definitions"));
        let (_, total) = section.split_once("All pages").unwrap();
        assert!(total.contains("<b>40 %</b>"), "two of five: {total}");
        let (_, supply) = section.split_once("What to supply").unwrap();
        let reason = "no member with two coverages; name one under [members]";
        assert!(supply.contains(reason), "{supply}");
        assert!(supply.contains(">PDEX-MMC-002</bdi>"), "{supply}");
        let (_, why) = section.split_once("What no test can show").unwrap();
        assert!(why.contains(">PDEX-MMC-004</bdi>"), "{why}");
        assert!(html.contains("<option value=\"0\">member_match</option>"));
    }

    #[test]
    fn two_thousand_scenarios_stay_below_five_megabytes() {
        let html = rendered(&large(2_000), Format::Html);
        assert!(html.len() < 5 << 20, "{} bytes", html.len());
    }

    #[test]
    fn evidence_that_is_too_much_is_cut_where_everything_passed() {
        let html = rendered(&heavy(250), Format::Html);
        assert!(html.len() < 5 << 20, "{} bytes", html.len());
        let evidence = unpack(&html);
        let length = |index: usize| evidence["bodies"][index]["t"].as_str().unwrap().len();
        assert_eq!(
            length(0),
            32_000,
            "the body of the failed scenario is whole"
        );
        assert_eq!(length(1), 4_096);
        assert_eq!(evidence["bodies"][1]["cut"], true);
    }

    /// The evidence as the page's script unpacks it.
    fn unpack(html: &str) -> serde_json::Value {
        let start = html.find("id=\"evidence\">").unwrap() + "id=\"evidence\">".len();
        let packed = html[start..].split('<').next().unwrap();
        let deflated = STANDARD.decode(packed).unwrap();
        serde_json::from_reader(DeflateDecoder::new(deflated.as_slice())).unwrap()
    }
}

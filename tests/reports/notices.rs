//! Whoever reads one format alone must know what the readers of all others do: who answered, and whether the run
//! came to its end.

use super::rendered;
use crate::support::golden_run::GoldenRun;
use serde_json::Value;
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Ending, Excuse, Identity, Level, Run, Verdict};
use vitruvian::report::{Comparison, ComparisonFormat, Format};

/// A run that would be conformant.
fn run(edit: impl FnOnce(&mut Run)) -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass)
        .edit(edit)
        .build()
}

fn insecure(run: &mut Run) {
    let (name, value) = (Identity::CERTIFICATES, Identity::NOT_VERIFIED);
    run.identity.settings.insert(name.into(), value.into());
}

fn flat(text: &str) -> String {
    // Escaped in one way or another, or with marks that keep Markdown from meaning something.
    text.replace("&#39;", "'").replace('\\', "")
}

#[test]
fn every_format_says_that_nobody_verified_who_answered() {
    for format in Format::ALL {
        let plain = flat(&rendered(&run(|_| {}), format));
        assert!(!plain.contains("not verified (--insecure)"), "{format}");
        let text = flat(&rendered(&run(insecure), format));
        assert!(
            text.contains("not verified (--insecure)"),
            "{format}: {text}"
        );
    }
}

#[test]
fn every_format_says_that_a_run_did_not_come_to_its_end() {
    for (ending, told) in [
        (None, "breaks off"),
        (Some(Ending::Interrupted), "was interrupted"),
        (Some(Ending::TimedOut), "its time was up"),
        (Some(Ending::FailFast), "stopped at the first failure"),
    ] {
        for format in Format::ALL {
            let text = flat(&rendered(&run(|run| run.ending = ending), format));
            assert!(text.contains(told), "{format} does not say {told}: {text}");
            let whole = flat(&rendered(&run(|_| {}), format));
            assert!(!whole.contains(told), "{format} says {told} of a whole run");
        }
    }
}

#[test]
fn each_format_says_it_where_its_readers_look() {
    let json =
        |format| -> Value { serde_json::from_str(&rendered(&run(insecure), format)).unwrap() };
    let sarif = json(Format::Sarif);
    let told = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(told[0]["level"], "warning");
    let report = json(Format::TestReport);
    assert_eq!(
        report["setup"]["action"][0]["assert"]["result"], "warning",
        "{report}"
    );
    assert_eq!(json(Format::Json)["notices"].as_array().unwrap().len(), 1);
    let junit = rendered(&run(insecure), Format::Junit);
    assert!(junit.contains("<property name=\"notice\" value=\"The certificates"));
    assert!(junit.contains("<system-out>The certificates"));
    let csv = rendered(&run(insecure), Format::Csv);
    let rows: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert!(rows[0].ends_with("\"before you rely on this\""));
    assert!(rows[1..].iter().all(|row| row.contains("--insecure")));
    let cucumber = rendered(&run(insecure), Format::Cucumber);
    let last: Value = serde_json::from_str(cucumber.lines().last().unwrap()).unwrap();
    let message = last["testRunFinished"]["message"].as_str().unwrap();
    assert!(message.contains("--insecure"), "{message}");
}

#[test]
fn a_badge_is_not_green_when_nobody_can_rely_on_it() {
    let green = "#1a7f37";
    let badge = |edit: fn(&mut Run)| rendered(&run(edit), Format::Badge);
    let plain = badge(|_| {});
    assert!(plain.contains(green) && plain.contains(">conformant</text>"));
    let unverified = badge(insecure);
    assert!(!unverified.contains(green));
    assert!(unverified.contains(">conformant, insecure</text>"));
    let broken = badge(|run| run.ending = Some(Ending::Interrupted));
    assert!(!broken.contains(green) && broken.contains("stopped early</text>"));
}

#[test]
fn a_badge_tells_of_failures_that_are_excused() {
    let run = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Fail)
        .edit(|run| {
            run.identity.excuses.push(Excuse {
                requirement: "PDEX-MMC-001".into(),
                reason: "fixed in spring".into(),
                expires: "2099-12-31".into(),
            });
        })
        .build();
    let badge = rendered(&run, Format::Badge);
    assert!(badge.contains("Excused: 1 known failure."), "{badge}");
}

#[test]
fn a_comparison_says_it_of_the_run_it_is_true_of() {
    let (old, new) = (run(|_| {}), run(insecure));
    let shown = |old: &Run, new: &Run, format| {
        let bytes = Comparison::of(old, new).render(format, &Data::Embedded);
        flat(&String::from_utf8(bytes.unwrap()).unwrap())
    };
    for format in [ComparisonFormat::Html, ComparisonFormat::Markdown] {
        let (now, before) = (shown(&old, &new, format), shown(&new, &old, format));
        let place = |text: &str, name: &str| {
            let at = text.find("not verified (--insecure)");
            let at = at.unwrap_or_else(|| panic!("{format:?}: {text}"));
            let name = format!("{name}:");
            text[..at].rfind(&name).is_some_and(|start| at - start < 80)
        };
        assert!(place(&now, "Now") && place(&before, "Before"), "{format:?}");
        assert!(!shown(&old, &old, format).contains("--insecure"));
    }
    let json = shown(&old, &new, ComparisonFormat::Json);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["old"]["notices"], serde_json::json!([]));
    assert_eq!(json["new"]["notices"].as_array().unwrap().len(), 1);
}

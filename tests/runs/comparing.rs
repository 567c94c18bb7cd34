//! Two runs compared: what got worse is told and gates, what did not is left alone.

use crate::support::command::vitruvian;
use crate::support::golden_run::{GoldenRun, HOSTILE, attestation, golden};
use serde_json::Value;
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Excuse, Level, Run, Verdict};
use vitruvian::report::{ChangeKind, Comparison, ComparisonFormat};

/// A run of one requirement that one scenario tests.
fn run(level: Level, verdict: Verdict) -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", level, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], verdict)
        .build()
}

fn kinds(old: &Run, new: &Run) -> Vec<ChangeKind> {
    let comparison = Comparison::of(old, new);
    comparison
        .changes
        .iter()
        .map(|change| change.kind)
        .collect()
}

#[test]
fn every_way_to_change_has_its_name() {
    use Verdict::{Error, Fail, Pass, Skip, Warn};
    let cases = [
        (Pass, Fail, Some(ChangeKind::NewlyBroken)),
        (Skip, Fail, Some(ChangeKind::NewlyBroken)),
        (Pass, Skip, Some(ChangeKind::NewlyOpen)),
        (Fail, Skip, Some(ChangeKind::NewlyOpen)),
        (Pass, Error, Some(ChangeKind::NewlyOpen)),
        (Pass, Warn, Some(ChangeKind::Worse)),
        (Fail, Pass, Some(ChangeKind::Fixed)),
        (Fail, Warn, Some(ChangeKind::Fixed)),
        (Skip, Pass, Some(ChangeKind::Better)),
        (Pass, Pass, None),
        (Fail, Fail, None),
        (Skip, Error, None),
    ];
    for (before, after, expected) in cases {
        let (old, new) = (run(Level::Shall, before), run(Level::Shall, after));
        assert_eq!(
            kinds(&old, &new),
            Vec::from_iter(expected),
            "{before} to {after}"
        );
    }
}

#[test]
fn the_same_failure_for_another_reason_is_told() {
    let old = run(Level::Shall, Verdict::Fail);
    let mut new = old.clone();
    new.scenarios[0].findings[0].actual = "status 500".into();
    assert_eq!(kinds(&old, &new), [ChangeKind::OtherEvidence]);
    new.scenarios[0].findings[0].actual = old.scenarios[0].findings[0].actual.clone();
    assert_eq!(kinds(&old, &new), []);
}

#[test]
fn requirements_of_a_new_version_of_the_guide_are_new_and_the_others_are_the_same() {
    let old = run(Level::Shall, Verdict::Pass);
    let mut new = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-900", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass)
        .scenario("tests the new one", &["PDEX-MMC-900"], Verdict::Fail)
        .build();
    new.identity.igs[0].version = "2.2.0".into();
    let later = |ig: &mut String| *ig = ig.replace("pdex@2.1.0", "pdex@2.2.0");
    new.requirements
        .iter_mut()
        .for_each(|one| later(&mut one.ig));
    new.plan.iter_mut().for_each(|one| later(&mut one.ig));
    let comparison = Comparison::of(&old, &new);
    assert_eq!(comparison.unchanged, 1);
    let [added] = comparison.changes.as_slice() else {
        panic!("one change is expected")
    };
    assert_eq!(
        (added.kind, added.id.as_str()),
        (ChangeKind::Added, "PDEX-MMC-900")
    );
    assert!(
        comparison.is_worse(false),
        "a new requirement that fails is a new failure"
    );
    assert_eq!(kinds(&new, &old), [ChangeKind::Removed]);
}

#[test]
fn an_excused_failure_is_not_newly_broken_and_an_expired_excuse_is() {
    let plain = run(Level::Shall, Verdict::Fail);
    let mut excused = plain.clone();
    excused.identity.excuses = vec![Excuse {
        requirement: "PDEX-MMC-001".into(),
        reason: "known".into(),
        expires: "2027-01-01".into(),
    }];
    assert_eq!(kinds(&plain, &excused), [ChangeKind::Fixed]);
    assert_eq!(kinds(&excused, &plain), [ChangeKind::NewlyBroken]);
    assert_eq!(kinds(&excused, &excused), []);
}

#[test]
fn an_answer_of_a_person_makes_a_difference() {
    let old = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Attested)
        .build();
    let mut new = old.clone();
    new.attestations = vec![attestation("PDEX-MMC-001", true)];
    assert_eq!(kinds(&old, &new), [ChangeKind::Better]);
    new.attestations = vec![attestation("PDEX-MMC-001", false)];
    assert_eq!(kinds(&old, &new), [ChangeKind::NewlyBroken]);
}

#[test]
fn every_form_shows_hostile_text_as_text() {
    let old = GoldenRun::new().build();
    let comparison = Comparison::of(&old, &golden());
    let shown =
        |format| String::from_utf8(comparison.render(format, &Data::Embedded).unwrap()).unwrap();
    let html = shown(ComparisonFormat::Html);
    assert!(
        !html.contains("<img") && html.contains("&lt;img"),
        "it became an element"
    );
    assert!(!html.contains("href=\"javascript:"));
    assert!(!shown(ComparisonFormat::Markdown).contains('\u{1b}'));
    let json: Value = serde_json::from_str(&shown(ComparisonFormat::Json)).unwrap();
    let changes = json["changes"].as_array().unwrap();
    assert_eq!(changes.len(), golden().requirements.len());
    assert!(changes.iter().any(|change| change["actual"] == HOSTILE));
}

#[test]
fn the_command_gates() {
    let folder = tempfile::tempdir().unwrap();
    let store = |name: &str, verdict| {
        let path = folder.path().join(name);
        vitruvian::evidence::log::write(&run(Level::Shall, verdict), &path).unwrap();
        path.display().to_string()
    };
    let (good, bad, open) = (
        store("good", Verdict::Pass),
        store("bad", Verdict::Fail),
        store("open", Verdict::Skip),
    );
    let code = |old: &String, new: &String| vitruvian(["diff"], [old, new]).code;
    assert_eq!(code(&good, &good), 0);
    assert_eq!(code(&good, &bad), 1);
    assert_eq!(code(&good, &open), 3);
    assert_eq!(code(&bad, &good), 0);
    assert_eq!(code(&good, &"no/such/run".to_owned()), 2);
    let output = vitruvian(["diff"], [&good, &bad]);
    assert!(
        output.stdout.contains("Newly broken (1)"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("PDEX-MMC-001"), "{}", output.stdout);
}

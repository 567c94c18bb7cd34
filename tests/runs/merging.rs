//! The parts of a selection, run apart and put together, are the run of the whole.

use crate::support::command::vitruvian;
use crate::support::golden_run::{GoldenRun, golden, small};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use vitruvian::evidence::{Coverage, Level, Run, Summary, Verdict, log, merge};

#[test]
fn a_run_that_is_written_is_read_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    for run in [golden(), small()] {
        log::write(&run, folder.path()).unwrap();
        let again = log::read(folder.path()).unwrap();
        assert_eq!(format!("{again:?}"), format!("{run:?}"));
    }
}

/// What counts of a run: verdicts of scenarios and requirements, and the conclusion.
fn essence(run: &Run) -> (BTreeMap<String, String>, BTreeMap<String, String>, String) {
    let summary = Summary::of(run);
    let scenarios = summary.counting.iter().map(|index| &run.scenarios[*index]);
    (
        scenarios
            .map(|one| {
                let broken: BTreeSet<_> = one
                    .findings
                    .iter()
                    .map(|finding| &finding.requirement)
                    .collect();
                (
                    one.id.clone(),
                    format!("{} {:?} {broken:?}", one.verdict, one.reason),
                )
            })
            .collect(),
        summary
            .requirements
            .iter()
            .map(|result| {
                let requirement = &run.requirements[result.requirement];
                let key = format!("{} {}", requirement.ig, requirement.id);
                (
                    key,
                    format!("{:?} {:?}", result.verdict, requirement.suites),
                )
            })
            .collect(),
        summary.conclusion.to_string(),
    )
}

fn run(fault: Option<&str>, shard: Option<&str>, out: &Path) -> Run {
    let mut arguments = vec![
        "run",
        "--suite",
        "pdex-discovery",
        "--suite",
        "pdex-member-match",
    ];
    arguments.extend(fault.iter().flat_map(|name| ["--fault", name]));
    arguments.extend(shard.iter().flat_map(|part| ["--shard", part]));
    arguments.extend(["--out", out.to_str().unwrap()]);
    let output = vitruvian(&arguments, [""; 0]);
    assert!(matches!(output.code, 0 | 1 | 3), "{output:?}");
    log::read(out).unwrap()
}

#[test]
fn three_parts_put_together_are_the_whole() {
    for fault in [None, Some("payer/consent-period-is-not-checked")] {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let whole = run(fault, None, &path("whole"));
        let parts = ["1/3", "2/3", "3/3"]
            .map(|part| run(fault, Some(part), &path(&part.replace('/', "of"))));
        assert!(parts.iter().all(|part| part.plan.len() < whole.plan.len()));
        let output = vitruvian(
            ["merge", "--allow-incomplete", "--out"],
            [path("merged"), path("1of3"), path("2of3"), path("3of3")],
        );
        assert_eq!(output.code, i32::from(fault.is_some()), "{output:?}");
        assert!(path("merged/report.html").exists());
        let merged = log::read(&path("merged")).unwrap();
        assert_eq!(essence(&merged), essence(&whole));
        let ids = |run: &Run| {
            run.plan
                .iter()
                .map(|plan| plan.id.clone())
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(ids(&merged), ids(&whole));
        assert_eq!(merged.identity.settings, whole.identity.settings);
    }
}

fn part(name: &str, verdict: Verdict, closing: Verdict) -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .scenario(name, &["PDEX-MMC-001"], verdict)
        .scenario("all answers hold", &["PDEX-MMC-001"], closing)
        .edit(|run| run.plan[1].tags.push("closing".into()))
        .build()
}

#[test]
fn what_any_part_finds_in_its_answers_counts() {
    let verdict = |one: Verdict, other: Verdict| {
        let parts = vec![
            part("a", Verdict::Pass, one),
            part("b", Verdict::Pass, other),
        ];
        let whole = merge(parts).unwrap();
        assert_eq!(whole.scenarios.len(), 3);
        Summary::of(&whole)
            .execution(&whole, "pdex@2.1.0/topic/all-answers-hold")
            .unwrap()
            .verdict
    };
    assert_eq!(verdict(Verdict::Pass, Verdict::Fail), Verdict::Fail);
    assert_eq!(verdict(Verdict::Fail, Verdict::Pass), Verdict::Fail);
    assert_eq!(verdict(Verdict::Skip, Verdict::Pass), Verdict::Pass);
    assert_eq!(verdict(Verdict::Skip, Verdict::Skip), Verdict::Skip);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let good = || part("a", Verdict::Pass, Verdict::Pass);
    assert!(merge(Vec::new()).is_err());
    let twice = merge(vec![good(), good()]).unwrap_err().to_string();
    assert!(twice.contains("is in two of these runs"), "{twice}");
    let mut other = part("b", Verdict::Pass, Verdict::Pass);
    other.identity.target = "https://another.example/fhir".into();
    let different = merge(vec![good(), other]).unwrap_err().to_string();
    assert!(different.contains("the target of one is"), "{different}");
}

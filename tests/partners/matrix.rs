//! The matrix: every trend has its name, every form shows everything as text, and the contract holds.

use crate::support::golden_run::{GoldenRun, HOSTILE, golden};
use crate::support::schema::assert_matches;
use serde_json::Value;
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Excuse, Level, Run, Verdict};
use vitruvian::report::{
    Circumstances, Comparison, Declared, DeclaredList, DeclaredOperation, EarlierMatrix,
    GonePartner, PartnerFormat, PartnerMatrix, PartnerRow, PartnerState, Support, Tested, Trend,
    TrendKind, partners_json_schema,
};

fn run(verdict: Verdict) -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], verdict)
        .build()
}

fn compared(old: &Run, new: &Run) -> Trend {
    let comparison = Comparison::of(old, new);
    Trend::of(
        PartnerState::Tested,
        Some(PartnerState::Tested),
        Some(comparison),
        false,
    )
}

fn tested(name: &str, run: &Run, trend: Trend) -> PartnerRow {
    PartnerRow {
        name: name.to_owned(),
        title: name.to_owned(),
        url: Some(run.identity.target.clone()),
        state: PartnerState::Tested,
        reason: None,
        tested: Some(Tested::of(run)),
        trend,
        report: Some(format!("{name}/report.html")),
        comparison: None,
    }
}

fn out(name: &str, state: PartnerState, earlier: Option<PartnerState>) -> PartnerRow {
    PartnerRow {
        name: name.to_owned(),
        title: name.to_owned(),
        url: None,
        state,
        reason: Some(format!("why {name} is out")),
        tested: None,
        trend: Trend::of(state, earlier, None, false),
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
            interval_ms: Some(250),
            strict: false,
        },
        since: Some("2026-03-14T09:26:53Z".into()),
        partners,
        gone: vec![GonePartner {
            name: "gone".into(),
            title: format!("Gone {HOSTILE}"),
            report: Some("gone/report.html".into()),
        }],
    }
}

/// What somebody may say of themselves, with a text wherever texts stand.
fn declares(text: &str) -> Declared {
    let list = || DeclaredList {
        shown: vec![text.to_owned(); 3],
        more: 2,
    };
    Declared {
        fhir_version: Some(text.to_owned()),
        software: Some(text.to_owned()),
        software_version: None,
        instantiates: list(),
        guides: list(),
        types: 30,
        operations: [
            ("$member-match", true, true),
            ("$docref", false, true),
            ("$export", true, false),
        ]
        .map(|(name, declared, asked)| DeclaredOperation {
            name,
            declared,
            asked,
        })
        .to_vec(),
    }
}

/// Everything that may occur, hostile text wherever somebody else writes.
pub(crate) fn whole() -> PartnerMatrix {
    let empty = GoldenRun::new().build();
    let mut hostile = tested("hostile", &golden(), compared(&empty, &golden()));
    if let Some(tested) = &mut hostile.tested {
        tested.declared = Some(declares(HOSTILE));
    }
    hostile.title = HOSTILE.to_owned();
    hostile.url = Some(format!("javascript:alert(1)//{HOSTILE}"));
    hostile.reason = Some(HOSTILE.to_owned());
    hostile.comparison = Some("hostile/comparison.html".into());
    let mut worse = tested(
        "worse",
        &run(Verdict::Fail),
        compared(&run(Verdict::Pass), &run(Verdict::Fail)),
    );
    worse.trend.changes[0].text = HOSTILE.to_owned();
    let mut back = tested(
        "back",
        &run(Verdict::Pass),
        compared(&run(Verdict::Fail), &run(Verdict::Pass)),
    );
    back.trend.is_back = true;
    if let Some(tested) = &mut back.tested {
        tested.declared = Some(declares("Harbor FHIR"));
    }
    let mut refused = out(
        "refused",
        PartnerState::NoAccess,
        Some(PartnerState::Tested),
    );
    refused.reason = Some(HOSTILE.to_owned());
    matrix(vec![
        hostile,
        worse,
        back,
        tested(
            "same",
            &run(Verdict::Skip),
            compared(&run(Verdict::Skip), &run(Verdict::Skip)),
        ),
        refused,
        out(
            "silent",
            PartnerState::Unreachable,
            Some(PartnerState::Unreachable),
        ),
        out("wrong", PartnerState::Misconfigured, None),
        out(
            "stopped",
            PartnerState::NotTried,
            Some(PartnerState::Tested),
        ),
    ])
}

fn shown(matrix: &PartnerMatrix, format: PartnerFormat) -> String {
    String::from_utf8(matrix.render(format, &Data::Embedded).unwrap()).unwrap()
}

#[test]
fn every_way_to_become_has_its_name() {
    use Verdict::{Error, Fail, Pass, Skip, Warn};
    let cases = [
        (Pass, Fail, TrendKind::Worse),
        (Skip, Fail, TrendKind::Worse),
        (Pass, Skip, TrendKind::LessShown),
        (Pass, Error, TrendKind::LessShown),
        (Fail, Pass, TrendKind::Better),
        (Skip, Pass, TrendKind::Better),
        (Pass, Warn, TrendKind::Same),
        (Pass, Pass, TrendKind::Same),
        (Fail, Fail, TrendKind::Same),
    ];
    for (before, after, expected) in cases {
        let trend = compared(&run(before), &run(after));
        assert_eq!(trend.kind, expected, "{before} to {after}");
    }
    let strict = Comparison::of(&run(Pass), &run(Warn));
    let strict = Trend::of(PartnerState::Tested, None, Some(strict), true);
    assert_eq!(strict.kind, TrendKind::Worse);
}

#[test]
fn who_cannot_be_tested_dropped_out_or_is_out_and_who_can_again_is_back() {
    use PartnerState::{Misconfigured, NotTried, Tested, Unreachable};
    let kind = |now, earlier| Trend::of(now, earlier, None, false).kind;
    assert_eq!(kind(Unreachable, Some(Tested)), TrendKind::Lost);
    assert_eq!(kind(Unreachable, Some(Unreachable)), TrendKind::Out);
    assert_eq!(kind(Misconfigured, None), TrendKind::Out);
    assert_eq!(kind(NotTried, Some(Tested)), TrendKind::Unknown);
    assert_eq!(kind(Tested, None), TrendKind::New);
    let same = || Some(Comparison::of(&run(Verdict::Pass), &run(Verdict::Pass)));
    assert!(Trend::of(Tested, Some(Unreachable), same(), false).is_back);
    assert!(!Trend::of(Tested, Some(Tested), same(), false).is_back);
    assert!(!Trend::of(Tested, Some(NotTried), same(), false).is_back);
}

#[test]
fn who_is_asked_more_has_not_got_worse_and_it_is_told() {
    let more = GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-002", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass)
        .scenario("tests more", &["PDEX-MMC-002"], Verdict::Fail)
        .build();
    let trend = compared(&run(Verdict::Pass), &more);
    assert_eq!((trend.kind, trend.broken_at_first()), (TrendKind::Same, 1));
    let text = shown(
        &matrix(vec![tested("asked", &more, trend)]),
        PartnerFormat::Markdown,
    );
    assert!(
        text.contains("1 asked for the first time and broken"),
        "{text}"
    );
}

#[test]
fn an_excused_failure_is_neither_broken_nor_worse_and_the_suite_does_not_work() {
    let mut excused = run(Verdict::Fail);
    excused.identity.excuses = vec![Excuse {
        requirement: "PDEX-MMC-001".into(),
        reason: "known".into(),
        expires: "2027-01-01".into(),
    }];
    let trend = compared(&run(Verdict::Pass), &excused);
    assert_ne!(trend.kind, TrendKind::Worse);
    let tested = Tested::of(&excused);
    assert_eq!(tested.broken(), 0);
    let suite = tested
        .suites
        .iter()
        .find(|suite| suite.id == "pdex-member-match")
        .unwrap();
    assert_eq!(suite.support, Support::Broken);
}

#[test]
fn what_a_suite_shows_is_whether_it_is_supported() {
    let both = |one, other| {
        GoldenRun::new()
            .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
            .requirement("PDEX-MMC-002", Level::Shall, Coverage::Tested)
            .scenario("one", &["PDEX-MMC-001"], one)
            .scenario("other", &["PDEX-MMC-002"], other)
            .build()
    };
    let support = |run: &Run| Tested::of(run).suites[0].support;
    assert_eq!(support(&both(Verdict::Pass, Verdict::Skip)), Support::Works);
    assert_eq!(
        support(&both(Verdict::Pass, Verdict::Fail)),
        Support::Partly
    );
    assert_eq!(
        support(&both(Verdict::Skip, Verdict::Fail)),
        Support::Broken
    );
    assert_eq!(
        support(&both(Verdict::Skip, Verdict::Error)),
        Support::Unknown
    );
}

#[test]
fn the_contract_is_what_the_schema_promises_and_nothing_more() {
    let schema: Value =
        serde_json::from_str(&partners_json_schema(&Data::Embedded).unwrap()).unwrap();
    let document: Value = serde_json::from_str(&shown(&whole(), PartnerFormat::Json)).unwrap();
    assert_matches(&schema, &document);
    assert_eq!(document["trends"]["worse"], 1);
    assert_eq!(document["partners"][0]["title"], HOSTILE);
}

#[test]
fn the_same_matrix_gives_the_same_bytes() {
    for format in [
        PartnerFormat::Html,
        PartnerFormat::Markdown,
        PartnerFormat::Json,
    ] {
        assert!(
            shown(&whole(), format) == shown(&whole(), format),
            "{format:?}"
        );
    }
}

#[test]
fn hostile_text_stays_text() {
    let html = shown(&whole(), PartnerFormat::Html);
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    assert!(!html.contains("<img") && !html.contains("href=\"javascript:"));
    assert!(html.contains("{{ 7*7 }}"), "it was run as a template");
    assert_eq!(html.matches("</script").count(), 1);
    let markdown = shown(&whole(), PartnerFormat::Markdown);
    // Outside of code, nothing of it is an element.
    for line in markdown.lines().filter(|line| !line.contains('`')) {
        assert!(
            !line.contains("<img") && !line.contains("<script"),
            "{line}"
        );
    }
    let row = markdown
        .lines()
        .find(|line| line.contains("7\\*7"))
        .unwrap();
    assert_eq!(
        row.matches(" | ").count(),
        markdown.lines().nth(4).unwrap().matches(" | ").count()
    );
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

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let html = shown(&whole(), PartnerFormat::Html);
    assert!(html.contains("default-src"));
    for outside in ["<link", "src=\"", "@import", "url(", "fetch("] {
        assert!(!html.contains(outside), "{outside}");
    }
}

#[test]
fn the_page_says_who_got_worse_first() {
    let html = shown(&whole(), PartnerFormat::Html);
    assert!(html.contains("1 partner got worse, 1 dropped out</h1>"));
    assert!(html.contains("<a href=\"#p-worse\"><bdi>worse</bdi></a>"));
    assert!(
        html.contains("worse/report.html#requirements?q=PDEX-MMC-001")
            || html.contains("worse&#x2F;report.html#requirements?q=PDEX-MMC-001")
    );
}

#[test]
fn thirty_partners_fit_a_comment() {
    let rows = (0..30).map(|number| {
        let mut row = tested(
            "hostile",
            &golden(),
            compared(&run(Verdict::Pass), &golden()),
        );
        row.name = format!("partner-{number}");
        row.title = HOSTILE.repeat(20);
        row
    });
    let markdown = shown(&matrix(rows.collect()), PartnerFormat::Markdown);
    assert!(markdown.len() < 65_536, "{} bytes", markdown.len());
    assert!(markdown.contains("more in `partners.html`") || markdown.contains("### "));
}

#[test]
fn an_earlier_matrix_is_read_from_its_json_and_anything_else_is_none() {
    let json = shown(&whole(), PartnerFormat::Json);
    let earlier = EarlierMatrix::read(json.as_bytes()).unwrap();
    assert_eq!(earlier.started.as_deref(), Some("2026-03-15T09:00:00Z"));
    assert_eq!(earlier.state("worse"), Some(PartnerState::Tested));
    assert_eq!(earlier.state("silent"), Some(PartnerState::Unreachable));
    assert_eq!(earlier.state("stopped"), Some(PartnerState::NotTried));
    assert_eq!(earlier.state("nobody"), None);
    let gone = earlier.gone(
        &[
            "worse", "hostile", "back", "same", "refused", "silent", "stopped",
        ],
        |_| true,
    );
    let names: Vec<&str> = gone.iter().map(|gone| gone.name.as_str()).collect();
    assert_eq!(names, ["wrong"]);
    for bytes in [
        &b""[..],
        b"{}",
        b"[1]",
        b"{\"started\":1,\"partners\":[]}",
        b"\xff",
    ] {
        assert!(EarlierMatrix::read(bytes).is_none());
    }
}

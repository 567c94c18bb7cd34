//! Reports in a browser: nothing but the page is asked for, nothing of the target acts, people of all kinds can use
//! it, and thousands of scenarios open at once.

use super::rendered;
use crate::packages::say;
use crate::partners::matrix;
use crate::support::browser::{Page, opened};
use crate::support::golden_run::{GoldenRun, golden, large};
use vitruvian::data::Data;
use vitruvian::evidence::{Coverage, Ending, Identity, Level, Run, Verdict};
use vitruvian::report::{Comparison, ComparisonFormat, Format, PartnerFormat};

/// A run in which everything held.
fn conformant() -> Run {
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-002", Level::Should, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass)
        .scenario("tests the other", &["PDEX-MMC-002"], Verdict::Pass)
        .build()
}

/// A run that was interrupted, and of whose target nobody knows who it was.
fn incomplete() -> Run {
    let (name, value) = (Identity::CERTIFICATES, Identity::NOT_VERIFIED);
    GoldenRun::new()
        .requirement("PDEX-MMC-001", Level::Shall, Coverage::Tested)
        .requirement("PDEX-MMC-002", Level::Shall, Coverage::Attested)
        .requirement("PDEX-MMC-003", Level::Shall, Coverage::Untestable)
        .requirement("PDEX-MMC-004", Level::Shall, Coverage::Uncovered)
        .requirement("PDEX-MMC-005", Level::Shall, Coverage::Tested)
        .scenario("tests it", &["PDEX-MMC-001"], Verdict::Pass)
        .scenario("lacks a member", &["PDEX-MMC-005"], Verdict::Skip)
        .edit(|run| {
            run.ending = Some(Ending::Interrupted);
            run.identity.settings.insert(name.into(), value.into());
        })
        .build()
}

#[test]
fn reports_open_in_a_browser_and_people_can_use_them() {
    let folder = tempfile::tempdir().unwrap();
    let page = |name: &'static str, kind, bytes: &[u8]| {
        let path = folder.path().join(format!("{name}.html"));
        std::fs::write(&path, bytes).unwrap();
        Page {
            name,
            url: format!("file://{}", path.display()),
            kind,
        }
    };
    let report = |name, run: &Run| page(name, "report", rendered(run, Format::Html).as_bytes());
    let compared = Comparison::of(&incomplete(), &golden());
    let compared = compared.render(ComparisonFormat::Html, &Data::Embedded);
    let partners = matrix::whole().render(PartnerFormat::Html, &Data::Embedded);
    let pages = [
        report("conformant", &conformant()),
        // It holds hostile text wherever a target can put text.
        report("broken", &golden()),
        report("incomplete", &incomplete()),
        Page {
            kind: "large",
            ..report("large", &large(2_000))
        },
        page("diff", "comparison", &compared.unwrap()),
        // Names of partners, and what they say of themselves, are hostile, too.
        page("partners", "partners", &partners.unwrap()),
    ];
    let Some((problems, times)) = opened(&pages) else {
        return;
    };
    say(&format!("milliseconds until all was there: {times}"));
    assert!(problems.is_empty(), "{problems:#?}");
    assert_eq!(times.as_object().unwrap().len(), pages.len());
}

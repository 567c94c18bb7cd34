//! A host is asked gently however many partners are there: what is under way is counted at the servers.

use super::stage::{Stage, at};
use crate::support::command::vitruvian;
use crate::support::servers::{Crowd, counting};

/// Two partners on one host, asked for everything that payers declare; the most requests under way at a time, and all.
fn crowd(concurrent: usize) -> (usize, usize) {
    let stage = Stage::new();
    let crowd = Crowd::default();
    let (one, other) = (counting(&crowd), counting(&crowd));
    let path = stage.partners(
        &format!("suites = [\"pdex-discovery\"]\n[politeness]\nconcurrent = {concurrent}\n"),
        &[("one", &at(&one)), ("other", &at(&other))],
    );
    let output = vitruvian(
        ["run", "--targets"],
        [path.as_os_str(), "--out".as_ref(), stage.out().as_os_str()],
    );
    assert!(matches!(output.code, 1 | 3), "{output:?}");
    (crowd.most(), crowd.all())
}

#[test]
fn no_more_requests_are_under_way_than_are_allowed_and_without_the_bound_there_are() {
    let (most, all) = crowd(2);
    assert!(all > 40, "{all} requests: too few to tell");
    assert_eq!(most, 2, "of {all} requests");
    let (most, _) = crowd(1);
    assert_eq!(most, 1);
    let (most, _) = crowd(64);
    assert!(most > 2, "the bound makes no difference: {most}");
}

//! Time lines of what moved from status to status in a scenario.

use crate::evidence::{ScenarioRun, Transition};
use crate::report::wording::{duration, visible};
use serde::Serialize;

/// Points of one time line that are shown; the JSON report has all.
const MOST: usize = 40;

/// The time line of one resource.
#[derive(Serialize)]
pub(super) struct CourseView {
    resource: String,
    points: Vec<PointView>,
    /// How many more points there are.
    more: usize,
}

#[derive(Serialize)]
struct PointView {
    status: String,
    words: Option<String>,
    /// Since the start of the scenario.
    after: String,
}

/// The time lines of an execution, each resource in the order it was first seen.
pub(super) fn courses(run: &ScenarioRun) -> Vec<CourseView> {
    let mut courses: Vec<(&str, Vec<&Transition>)> = Vec::new();
    for transition in &run.transitions {
        match courses
            .iter_mut()
            .find(|(resource, _)| *resource == transition.resource)
        {
            Some((_, points)) => points.push(transition),
            None => courses.push((&transition.resource, vec![transition])),
        }
    }
    courses
        .into_iter()
        .take(MOST)
        .map(|(resource, points)| CourseView {
            resource: visible(resource),
            more: points.len().saturating_sub(MOST),
            points: points
                .into_iter()
                .take(MOST)
                .map(|point| PointView {
                    status: visible(&point.status),
                    words: point.words.as_deref().map(visible),
                    after: duration(point.at_us.saturating_sub(run.started_us)),
                })
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{MOST, courses};
    use crate::evidence::{ScenarioRun, Transition};
    use serde_json::json;

    fn run(points: Vec<(&str, &str, u64)>) -> ScenarioRun {
        let point = |(resource, status, at_us): (&str, &str, u64)| Transition {
            step: 0,
            resource: resource.to_owned(),
            status: status.to_owned(),
            words: None,
            at_us,
        };
        let run = json!({"id": "s", "attempt": 1, "verdict": "pass", "steps": [], "started_us": 1_000,
            "duration_us": 9_000});
        ScenarioRun {
            transitions: points.into_iter().map(point).collect(),
            ..serde_json::from_value(run).unwrap()
        }
    }

    #[test]
    fn each_resource_has_a_line_of_its_own_from_the_start_of_the_scenario() {
        let seen = run(vec![
            ("Task/1", "requested", 3_000),
            ("Task/2", "requested", 4_000),
            ("Task/1", "completed", 2_001_000),
        ]);
        let shown = serde_json::to_value(courses(&seen)).unwrap();
        assert_eq!(shown[0]["resource"], "Task/1");
        assert_eq!(shown[0]["points"][0]["after"], "2 ms");
        assert_eq!(shown[0]["points"][1]["status"], "completed");
        assert_eq!(shown[0]["points"][1]["after"], "2.0 s");
        assert_eq!(shown[1]["points"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn a_line_that_does_not_end_is_cut_and_says_so() {
        let seen = run(vec![("Task/1", "accepted", 1_000); MOST + 3]);
        let shown = serde_json::to_value(courses(&seen)).unwrap();
        assert_eq!(shown[0]["points"].as_array().unwrap().len(), MOST);
        assert_eq!(shown[0]["more"], 3);
    }
}

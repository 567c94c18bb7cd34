//! The course of the conformant run: which scenario asked what, and what a fault would have answered
//! otherwise.

use crate::catalog::{GUARDED, Plan, Scenario};
use crate::evidence::{Exchange, Run};
use crate::mock::{Asked, Fault, Transcript};
use crate::session::Watched;
use std::collections::{BTreeSet, HashMap};

/// The course of the conformant run.
pub(super) struct Course {
    /// What each scenario asked.
    asked: HashMap<String, BTreeSet<Asked>>,
    /// What of it was not answered: nobody let it in.
    unanswered: HashMap<String, BTreeSet<Asked>>,
    /// By system: the stand-in's name, and what it answered.
    answered: HashMap<String, (&'static str, Transcript)>,
}

impl Course {
    /// The course of a run whose evidence keeps addresses readable.
    pub(super) fn of(conformant: &Run, watched: &[Watched]) -> Self {
        let of_all = |fits: fn(&Exchange) -> bool| -> HashMap<String, BTreeSet<Asked>> {
            let scenarios = conformant.scenarios.iter();
            scenarios
                .map(|scenario| (scenario.id.clone(), asked_by(&scenario.exchanges, fits)))
                .collect()
        };
        let answered = watched.iter().map(|one| {
            let answered = (one.stand_in, one.testimony.take());
            (one.system.clone(), answered)
        });
        Self {
            asked: of_all(|_| true),
            unanswered: of_all(|exchange| exchange.response.is_none()),
            answered: answered.collect(),
        }
    }

    /// The part of the plan in which the fault shows: the scenarios that were answered something it
    /// changes, or were not answered where it lets in those whom nobody should, and the closing ones, which judge what
    /// all others receive. Whatever else a scenario does with a fault, it begins like without.
    pub(super) fn concerned(&self, plan: &Plan, fault: &Fault) -> Plan {
        let of_fault = self.answered.iter();
        let of_fault = of_fault.filter(|(system, (stand_in, _))| {
            let is_meant = fault.applies.guarded == system.ends_with(GUARDED);
            is_meant && fault.is_of(stand_in)
        });
        let changed: HashMap<&String, (&Transcript, BTreeSet<&Asked>)> = of_fault
            .map(|(system, (_, transcript))| (system, (transcript, transcript.changed_by(fault))))
            .collect();
        let comes_by = |scenario: &&Scenario| {
            let Some((transcript, changed)) = changed.get(&scenario.system()) else {
                return false;
            };
            let shakes = fault.is_in_handshake();
            if shakes && self.waits_at(scenario, fault) {
                return true;
            }
            let asked = self.asked.get(&scenario.id);
            asked.into_iter().flatten().any(|asked| {
                let is_unseen = !shakes && !transcript.holds(asked);
                changed.contains(asked) || is_unseen && fault.applies_to(&asked.0, &asked.1)
            })
        };
        let mut scenarios: Vec<Scenario> =
            plan.scenarios.iter().filter(comes_by).cloned().collect();
        if !scenarios.is_empty() {
            let closing = plan.scenarios.iter().filter(|scenario| {
                scenario.written.closing && changed.contains_key(&scenario.system())
            });
            scenarios.extend(closing.cloned());
        }
        let tested: BTreeSet<&String> = scenarios
            .iter()
            .flat_map(|scenario| &scenario.requirements)
            .collect();
        let requirements = plan.requirements.iter();
        Plan {
            igs: plan.igs.clone(),
            suites: plan.suites.clone(),
            requirements: requirements
                .filter(|requirement| tested.contains(&requirement.id))
                .cloned()
                .collect(),
            scenarios,
        }
    }

    /// Whether a scenario was not answered where the fault may let it in.
    fn waits_at(&self, scenario: &Scenario, fault: &Fault) -> bool {
        let unanswered = self.unanswered.get(&scenario.id);
        unanswered
            .into_iter()
            .flatten()
            .any(|(method, address)| fault.applies_to(method, address))
    }
}

/// Method, and address below the base, of the requests of those exchanges that fit.
fn asked_by(exchanges: &[Exchange], fits: fn(&Exchange) -> bool) -> BTreeSet<Asked> {
    let requests = exchanges
        .iter()
        .filter(|exchange| fits(exchange))
        .map(|exchange| &exchange.request);
    requests
        .map(|request| {
            let address = request.url.split_once("/fhir");
            let address = address.map_or("", |(_, address)| address);
            (request.method.clone(), address.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Course;
    use crate::catalog::{Catalog, Selection};
    use crate::data::Data;
    use crate::evidence::Exchange;
    use crate::mock::{Applies, Change, Fault, HandshakeFault};
    use serde_json::json;
    use std::collections::{BTreeMap, BTreeSet, HashMap};

    fn fault(method: Option<&str>) -> Fault {
        Fault {
            name: "payer/x".to_owned(),
            about: "a".to_owned(),
            applies: Applies {
                method: method.map(str::to_owned),
                guarded: true,
                ..Applies::default()
            },
            change: vec![Change::Handshake(HandshakeFault::AnyClientCertificate)],
            breaks: vec!["R".to_owned()],
            spares: BTreeMap::new(),
            tampers: false,
        }
    }

    /// An exchange of this method, with an answer or without.
    fn exchange(method: &str, is_answered: bool) -> Exchange {
        let response = is_answered.then(|| json!({"status": 200, "headers": []}));
        serde_json::from_value(json!({
            "step": 0, "started_us": 0, "duration_us": 0, "response": response,
            "request": {"method": method, "url": "https://127.0.0.1:1/fhir/metadata", "headers": []},
        }))
        .unwrap()
    }

    /// How many of three scenarios are tried: one was not let in with GET, one has probed, one was answered.
    fn tried(method: Option<&str>) -> usize {
        let catalog = Catalog::load(&Data::Embedded).unwrap();
        let selection = Selection {
            igs: vec!["pdex@2.1.0".parse().unwrap()],
            ..Selection::default()
        };
        let mut plan = catalog.select(&selection).unwrap();
        plan.scenarios.retain(|scenario| scenario.written.guarded);
        plan.scenarios.truncate(3);
        let exchanges = [
            vec![exchange("GET", true), exchange("GET", false)],
            vec![exchange("TLS", false)],
            vec![exchange("GET", true)],
        ];
        let of_all = |fits: fn(&Exchange) -> bool| -> HashMap<String, BTreeSet<_>> {
            let scenarios = plan.scenarios.iter().zip(&exchanges);
            scenarios
                .map(|(scenario, exchanges)| {
                    (scenario.id.clone(), super::asked_by(exchanges, fits))
                })
                .collect()
        };
        let course = Course {
            asked: of_all(|_| true),
            unanswered: of_all(|exchange| exchange.response.is_none()),
            answered: plan
                .scenarios
                .iter()
                .map(|scenario| {
                    (
                        scenario.system(),
                        ("payer", crate::mock::Transcript::default()),
                    )
                })
                .collect(),
        };
        course.concerned(&plan, &fault(method)).scenarios.len()
    }

    #[test]
    fn faults_of_the_handshake_are_tried_where_nobody_was_let_in() {
        assert_eq!(tried(Some("GET")), 1);
        assert_eq!(tried(Some("TLS")), 1);
        assert_eq!(tried(None), 2);
        assert_eq!(tried(Some("POST")), 0);
    }
}

//! What was not kept of a conversation is not passed over.

use std::collections::HashMap;
use vitruvian::catalog::{Catalog, Plan, Selection};
use vitruvian::data::Data;
use vitruvian::evidence::{Recorder, Redactor, Run, Verdict, log};
use vitruvian::mock::{Conversation, Fault};
use vitruvian::session::{Auth, Means, Protection, Session, Settings, Stages, overheard};
use vitruvian::steps::Party;

/// The reference client of a new payer, heard out; `change` is done to the conversation before it is judged.
struct Heard {
    plan: Plan,
    stages: Stages,
}

impl Heard {
    fn new() -> Self {
        let catalog = Catalog::load(&Data::Embedded).unwrap();
        let selection = Selection {
            igs: vec!["pdex@2.1.0".parse().unwrap()],
            suites: vec!["pdex-payer-client".to_owned()],
            ..Selection::default()
        };
        let plan = catalog.select(&selection).unwrap();
        let means = Means {
            protection: Protection {
                auth: Some(Auth::Smart),
                ..Protection::default()
            },
            ..Means::default()
        };
        let stages = Stages::load(&Data::Embedded, &catalog, &plan, &means).unwrap();
        Self { plan, stages }
    }

    async fn conversations(&self, fault: Option<&Fault>) -> HashMap<String, Conversation> {
        self.stages.rehearse(fault).await.unwrap()
    }

    async fn judge(&self, conversations: HashMap<String, Conversation>) -> Run {
        let sink = log::MemorySink::default();
        let redactor = Redactor::new([0; 32], false);
        let recorder = Recorder::new(Box::new(sink.clone()), redactor, 1 << 20);
        let settings = Settings {
            jobs: 1,
            step_timeout: std::time::Duration::from_secs(30),
            conversations,
            scripts: self.stages.scripts(),
            ..Settings::default()
        };
        let base = "http://stand-in.example/fhir/".parse().unwrap();
        let targets = self.stages.targets(&base).unwrap();
        let plan = self.plan.clone();
        let session = Session::new(plan, settings, targets, Party::default(), recorder);
        session.run().await;
        sink.run().unwrap()
    }
}

fn count(run: &Run, verdict: Verdict) -> usize {
    let of_it = |one: &&vitruvian::evidence::ScenarioRun| one.verdict == verdict;
    run.scenarios.iter().filter(of_it).count()
}

#[tokio::test]
async fn what_was_not_kept_in_full_is_not_passed_and_findings_stay() {
    let heard = Heard::new();
    let whole = heard.judge(heard.conversations(None).await).await;
    assert!(count(&whole, Verdict::Pass) > 50);
    assert_eq!(count(&whole, Verdict::Skip), 0);

    let conversations = heard.conversations(None).await;
    for conversation in conversations.values() {
        conversation.lose(1);
    }
    let cut = heard.judge(conversations).await;
    assert_eq!(count(&cut, Verdict::Pass), 0);
    let told = |run: &Run, words: &str| {
        let reasons = run.scenarios.iter().filter_map(|one| one.reason.as_deref());
        reasons.filter(|reason| reason.contains(words)).count()
    };
    assert_eq!(told(&cut, "not kept in full"), count(&cut, Verdict::Skip));
    // The scenario that hears the client out says that this is our fault.
    assert_eq!(count(&cut, Verdict::Error), 1);

    let faults = Fault::load_all(&Data::Embedded).unwrap();
    let fault = faults
        .iter()
        .find(|one| one.name == "payer-client/gives-up-early");
    let conversations = heard.conversations(fault).await;
    for conversation in conversations.values() {
        conversation.lose(1);
    }
    let faulty = heard.judge(conversations).await;
    assert!(count(&faulty, Verdict::Fail) > 0);
    assert_eq!(count(&faulty, Verdict::Pass), 0);
}

#[tokio::test]
async fn evidence_that_holds_the_beginning_alone_is_judged_as_such() {
    let heard = Heard::new();
    let mut run = heard.judge(heard.conversations(None).await).await;
    let again = overheard(&run, &heard.plan);
    assert!(again.values().all(|one| one.lost() == 0));
    let listening = run
        .scenarios
        .iter_mut()
        .max_by_key(|one| one.exchanges.len());
    listening.unwrap().exchanges.truncate(7);
    let again = overheard(&run, &heard.plan);
    let cut = again.values().next().unwrap();
    assert_eq!(cut.heard().len(), 7);
    assert!(cut.lost() > 20);
}

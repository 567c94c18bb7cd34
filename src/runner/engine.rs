//! Runs scenarios on the `cucumber` engine.

use super::features::Ready;
use super::silent::Silent;
use crate::evidence::{Ending, Event, StepRun, StepStatus, Verdict};
use crate::steps::{Book, Context, StepFailed, World};
use cucumber::{Cucumber, cli, event, gherkin, runner};
use futures::future::LocalBoxFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Told the id and verdict of each scenario as it finishes.
pub type Observer = Arc<dyn Fn(&str, Verdict) + Send + Sync>;

/// Tag that carries the id of a scenario through the engine.
const ID_TAG: &str = "id:";

/// What runs side by side: the vocabulary, and features.
type Phase = (cucumber::step::Collection<World>, Vec<gherkin::Feature>);

/// Runs scenarios.
pub struct Runner {
    /// What all scenarios share.
    pub context: Arc<Context>,
    /// Scenarios at a time.
    pub jobs: usize,
    /// How often a failed scenario is tried again.
    pub retries: usize,
    /// Longest the whole run may take.
    pub limit: Option<Duration>,
    /// Watches scenarios finish.
    pub observer: Option<Observer>,
}

impl Runner {
    /// Runs these features, each scenario of which carries its id as a tag `@id:…`, one phase after the
    /// other, and logs how the run ended. Scenarios share one thread; steps never block it.
    pub fn run(self, phases: Vec<Vec<gherkin::Feature>>) -> LocalBoxFuture<'static, Ending> {
        let phases = phases
            .into_iter()
            .map(|features| (Book::collection(), features))
            .collect();
        Box::pin(self.drive(phases))
    }

    async fn drive(self, phases: Vec<Phase>) -> Ending {
        let context = self.context.clone();
        let timed_out = Arc::new(AtomicBool::new(false));
        let watch = self.limit.map(|limit| {
            let (context, timed_out) = (context.clone(), timed_out.clone());
            tokio::spawn(async move {
                tokio::time::sleep(limit).await;
                timed_out.store(true, Ordering::Relaxed);
                context.stop(true);
            })
        });
        for (steps, features) in phases {
            self.engine(steps, features).await;
        }
        if let Some(watch) = watch {
            watch.abort();
        }
        let ending = if timed_out.load(Ordering::Relaxed) {
            Ending::TimedOut
        } else if *context.cancel.borrow() {
            Ending::Interrupted
        } else if context.is_stopping() {
            Ending::FailFast
        } else {
            Ending::Finished
        };
        let packages = context.definitions();
        if !packages.is_empty() {
            context.recorder.event(&Event::Definitions { packages });
        }
        context.recorder.event(&Event::RunFinished {
            ending,
            at_us: context.recorder.elapsed_us(),
        });
        ending
    }

    async fn engine(
        &self,
        steps: cucumber::step::Collection<World>,
        features: Vec<gherkin::Feature>,
    ) {
        let (before, after) = (self.context.clone(), self.context.clone());
        let observer = self.observer.clone();
        let basic = runner::Basic::<World>::default()
            .max_concurrent_scenarios(self.jobs.max(1))
            .retries((self.retries > 0).then_some(self.retries))
            .steps(steps)
            .before(move |feature, rule, scenario, world| {
                let context = before.clone();
                Box::pin(async move {
                    let id = scenario_id(scenario);
                    world.begin(context, &id, step_runs(feature, rule, scenario));
                })
            })
            .after(move |_, _, scenario, finished, world| {
                let (context, observer) = (after.clone(), observer.clone());
                Box::pin(async move {
                    let Some(world) = world else { return };
                    let verdict = world.finish(engine_problem(finished));
                    if context.fail_fast && verdict == Verdict::Fail {
                        context.stop(false);
                    }
                    if let Some(observer) = observer {
                        observer(&scenario_id(scenario), verdict);
                    }
                })
            });
        let options = cli::Opts {
            re_filter: None,
            tags_filter: None,
            parser: cli::Empty,
            runner: runner::basic::Cli::default(),
            writer: cli::Empty,
            custom: cli::Empty,
        };
        let _hook = PanicHook::keep();
        // The engine polls everything in one task: without `unconstrained`, tokio's budget for one
        // poll starves whatever blocks on it (a dropped mock server, for one).
        tokio::task::unconstrained(
            Cucumber::<_, _, _, _, _, cli::Empty>::custom(Ready, basic, Silent)
                .with_cli(options)
                .run(features),
        )
        .await;
    }
}

/// The engine swaps in a silent panic hook and loses ours if it is dropped midway.
struct PanicHook(Option<Hook>);

type Hook = Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Sync + Send>;

impl PanicHook {
    fn keep() -> Self {
        Self(Some(std::panic::take_hook()))
    }
}

impl Drop for PanicHook {
    fn drop(&mut self) {
        if let Some(hook) = self.0.take() {
            std::panic::set_hook(hook);
        }
    }
}

fn scenario_id(scenario: &gherkin::Scenario) -> String {
    scenario
        .tags
        .iter()
        .find_map(|tag| tag.strip_prefix(ID_TAG))
        .unwrap_or(&scenario.name)
        .to_owned()
}

fn step_runs(
    feature: &gherkin::Feature,
    rule: Option<&gherkin::Rule>,
    scenario: &gherkin::Scenario,
) -> Vec<StepRun> {
    let of_feature = feature
        .background
        .iter()
        .flat_map(|background| &background.steps);
    let of_rule = rule
        .and_then(|rule| rule.background.as_ref())
        .into_iter()
        .flat_map(|background| &background.steps);
    of_feature
        .chain(of_rule)
        .chain(&scenario.steps)
        .map(|step| StepRun {
            keyword: step.keyword.trim().to_owned(),
            text: step.value.clone(),
            line: step.position.line,
            status: StepStatus::NotRun,
            message: None,
            notes: Vec::new(),
            duration_us: 0,
        })
        .collect()
}

/// What the engine itself had to complain about, other than a step that failed in its wrapper.
fn engine_problem(finished: &event::ScenarioFinished) -> Option<String> {
    use event::{ScenarioFinished, StepError};
    match finished {
        ScenarioFinished::StepSkipped => {
            Some("a sentence of this scenario has no step definition".to_owned())
        }
        ScenarioFinished::StepFailed(_, _, StepError::Panic(payload))
            if !payload.is::<StepFailed>() =>
        {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            Some(format!(
                "a defect of this tool: {}",
                text.unwrap_or("a step panicked")
            ))
        }
        ScenarioFinished::StepFailed(_, _, StepError::Panic(_)) | ScenarioFinished::StepPassed => {
            None
        }
        ScenarioFinished::StepFailed(_, _, other) => Some(other.to_string()),
        ScenarioFinished::BeforeHookFailed(_) => {
            Some("a defect of this tool: a hook panicked".to_owned())
        }
    }
}

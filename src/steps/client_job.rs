//! How a client under test waits for what a server works on, and fetches it.

use super::client_match::path_of;
use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::given;
use super::{Mismatch, World};
use crate::fhir::path;
use crate::mock::Heard;
use http::header::{AUTHORIZATION, CONTENT_LOCATION, RETRY_AFTER};
use std::sync::Arc;
use std::time::Duration;

/// How much too early a client may come: clocks and networks are no metronomes.
const LENIENCE: Duration = Duration::from_millis(100);
/// How much longer each wait must at least be, where waits are to grow.
const GROWTH: f64 = 1.2;

super::book::steps! {
    /// Turns to the kick-offs that were answered with 202 and an address to ask at.
    r"^the (?:new payer|provider) is told to wait for (a match of many|an export|anything)$" => told_to_wait;
    /// The last answer about the job is not that it still runs; one that was called off is left out.
    r"^it asks for the outcome until that is there$" => to_the_end;
    /// Between an answer with `Retry-After` and the next request there, at least that time goes by.
    r"^it never asks sooner than it was told to$" => patient;
    /// Where answers give no `Retry-After`, each wait is longer than the one before; skips when there are not enough.
    r"^where it is not told how long, it waits longer each time$" => backs_off;
    /// The address of a job that has ended is deleted.
    r"^it has the job forgotten once it is done$" => forgotten;
    /// Files that need no token are asked for without one.
    r"^it shows its token for files only where they ask for it$" => token_where_asked;
    /// Where the outcome has a file of Groups beside the Parameters, that is fetched.
    r"^it takes the groups from their own file where there is one$" => own_file;
}

/// The path of an absolute URL, or of one below the base.
fn below_base(heard: &Heard, url: &str) -> Option<String> {
    let rest = url.strip_prefix(&heard.request.base)?;
    Some(rest.split(['?', '#']).next()?.to_owned())
}

/// Where the job of a kick-off is asked about.
fn job_of(heard: &Heard) -> Option<String> {
    let location = heard
        .response
        .headers
        .get(CONTENT_LOCATION)?
        .to_str()
        .ok()?;
    below_base(heard, location)
}

/// A job: what started it, and all requests at its address.
struct Job {
    start: Arc<Heard>,
    asked: Vec<Arc<Heard>>,
}

impl Job {
    fn polls(&self) -> impl Iterator<Item = &Arc<Heard>> {
        self.asked.iter().filter(|one| one.request.method == "GET")
    }

    fn deletion(&self) -> Option<&Arc<Heard>> {
        self.asked.iter().find(|one| one.request.method == "DELETE")
    }

    /// The answer that says where the files are.
    fn outcome(&self) -> Option<&Arc<Heard>> {
        self.polls().find(|one| one.response.status == 200)
    }
}

impl World {
    /// The jobs that the exchanges heard have started.
    fn heard_jobs(&self) -> Result<Vec<Job>, Halt> {
        let all = self.conversation()?.heard();
        let job = |start: Arc<Heard>| {
            let address = job_of(&start)?;
            let is_there = |one: &&Arc<Heard>| one.number > start.number && path_of(one) == address;
            let asked = all.iter().filter(is_there).cloned().collect();
            Some(Job { start, asked })
        };
        Ok(self.heard().into_iter().filter_map(job).collect())
    }
}

async fn told_to_wait(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let what = arguments.word(1).to_owned();
    let is_meant = |heard: &Heard| match what.as_str() {
        "a match of many" => path_of(heard).ends_with("-member-match"),
        "an export" => path_of(heard).ends_with("export"),
        _ => true,
    };
    world.hear("start a job and be told to wait for it", |heard| {
        heard.response.status == 202
            && heard.request.method != "DELETE"
            && job_of(heard).is_some()
            && is_meant(heard)
    })
}

async fn to_the_end(world: &mut World, _: Arguments<'_>) -> Outcome {
    let jobs = world.heard_jobs()?;
    let mut broken = Vec::new();
    for job in &jobs {
        let last = job.polls().last();
        let is_over = last.is_some_and(|poll| !matches!(poll.response.status, 202 | 429 | 503));
        if !is_over && job.deletion().is_none() {
            let actual = match job.polls().count() {
                0 => "it never asked".to_owned(),
                times => format!("it asked {times} times, and no more while the job still ran"),
            };
            let mismatch = Mismatch::new("requests until the job has ended", actual);
            broken.push((last.unwrap_or(&job.start).clone(), mismatch));
        }
    }
    world.judge_unless_broken_off(broken)
}

/// What `Retry-After` says, in seconds.
fn told(heard: &Heard) -> Option<Duration> {
    let value = heard.response.headers.get(RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

async fn patient(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    let mut waits = 0;
    for job in world.heard_jobs()? {
        let polls: Vec<&Arc<Heard>> = job.polls().collect();
        for pair in polls.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let Some(wait) = told(before) else { continue };
            waits += 1;
            let waited = after.at.saturating_sub(before.at);
            if waited + LENIENCE < wait {
                broken.push((
                    after.clone(),
                    Mismatch::new(
                        format!(
                            "nothing before {} s have gone by (Retry-After)",
                            wait.as_secs()
                        ),
                        format!("the next request after {} ms", waited.as_millis()),
                    ),
                ));
            }
        }
    }
    if waits == 0 {
        return Err(Halt::Skip(
            "it did not ask twice about any job: let it wait for one".to_owned(),
        ));
    }
    world.note(format!("{waits} waits"));
    world.judge_cited(broken)
}

async fn backs_off(world: &mut World, _: Arguments<'_>) -> Outcome {
    let mut broken = Vec::new();
    let mut seen = 0;
    for job in world.heard_jobs()? {
        let polls: Vec<&Arc<Heard>> = job.polls().collect();
        let waits: Vec<(&Arc<Heard>, Duration)> = polls
            .windows(2)
            .filter(|pair| pair[0].response.status == 202 && told(pair[0]).is_none())
            .map(|pair| (pair[1], pair[1].at.saturating_sub(pair[0].at)))
            .collect();
        for pair in waits.windows(2) {
            seen += 1;
            let ((_, first), (heard, second)) = (pair[0], pair[1]);
            if second < first.mul_f64(GROWTH) {
                broken.push((
                    heard.clone(),
                    Mismatch::new(
                        "a longer wait each time, where there is no Retry-After",
                        format!("{} ms after {} ms", second.as_millis(), first.as_millis()),
                    ),
                ));
            }
        }
    }
    if seen == 0 {
        return Err(Halt::Skip(
            "it did not wait often enough without being told how long".to_owned(),
        ));
    }
    world.judge_cited(broken)
}

async fn forgotten(world: &mut World, _: Arguments<'_>) -> Outcome {
    let jobs = world.heard_jobs()?;
    let ended: Vec<&Job> = jobs.iter().filter(|job| job.outcome().is_some()).collect();
    if ended.is_empty() {
        return Err(Halt::Skip("it has waited for no job to the end".to_owned()));
    }
    let left = ended.iter().filter(|job| job.deletion().is_none());
    let broken = left.map(|job| {
        let mismatch = Mismatch::new(
            "DELETE at the address of the job",
            "the job was left behind",
        );
        (job.start.clone(), mismatch)
    });
    world.judge_unless_broken_off(broken.collect())
}

async fn token_where_asked(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut open = Vec::new();
    for job in world.heard_jobs()? {
        let Some(outcome) = job.outcome() else {
            continue;
        };
        let manifest = given(outcome);
        if manifest["requiresAccessToken"] == false {
            let files = path::elements(&manifest, "output.url");
            let files = files
                .into_iter()
                .filter_map(|url| below_base(outcome, url.as_str()?));
            open.extend(files);
        }
    }
    let fetched: Vec<&Arc<Heard>> = all
        .iter()
        .filter(|one| open.contains(&path_of(one)))
        .collect();
    if fetched.is_empty() {
        return Err(Halt::Skip(
            "it has fetched no file that needs no token".to_owned(),
        ));
    }
    let shown = fetched
        .iter()
        .filter(|one| one.request.headers.contains_key(AUTHORIZATION));
    let broken = shown.map(|one| {
        let mismatch = Mismatch::new(
            "no token, where requiresAccessToken is false",
            "an Authorization header",
        );
        ((*one).clone(), mismatch.at("header Authorization"))
    });
    world.judge_cited(broken.collect())
}

async fn own_file(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut broken = Vec::new();
    let mut seen = 0;
    for job in world.heard_jobs()? {
        let Some(outcome) = job.outcome() else {
            continue;
        };
        let manifest = given(outcome);
        let files = manifest["output"].as_array().cloned().unwrap_or_default();
        let of_kind = |kind: &str| -> Vec<String> {
            let files = files.iter().filter(|file| file["type"] == kind);
            files
                .filter_map(|file| below_base(outcome, file["url"].as_str()?))
                .collect()
        };
        let (groups, parameters) = (of_kind("Group"), of_kind("Parameters"));
        let is_fetched = |one: &String| all.iter().any(|heard| path_of(heard) == *one);
        let has_read = groups.iter().chain(&parameters).any(is_fetched);
        if groups.is_empty() || parameters.is_empty() || !has_read {
            continue;
        }
        seen += 1;
        if !groups.iter().any(is_fetched) {
            let mismatch =
                Mismatch::new("the file of Groups", "only that of Parameters was fetched");
            broken.push((outcome.clone(), mismatch));
        }
    }
    if seen == 0 {
        return Err(Halt::Skip(
            "it has fetched no outcome of a match that has both files".to_owned(),
        ));
    }
    world.judge_cited(broken)
}

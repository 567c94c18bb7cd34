//! What a server may legally put in the way of a client under test, and whether the client gets over it.

use super::client_match::path_of;
use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::given;
use super::{Mismatch, World};
use crate::fhir::path;
use crate::mock::Heard;
use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_LOCATION, WWW_AUTHENTICATE};
use serde_json::Value;
use std::sync::Arc;

super::book::steps! {
    /// Turns to the requests that were refused because their token was good no more, though it was given in this conversation.
    r"^the token of the (?:new payer|provider|payer) has expired$" => has_expired;
    /// After each of them comes a request for a token, and then the same once more with another token.
    r"^it asks for another token, and once more with that$" => renewed;
    /// Turns to the answers that are sent little by little.
    r"^the (?:new payer|provider|payer) is answered little by little$" => slowly;
    /// Turns to searches that found nothing, or to exports that have no files.
    r"^the (?:new payer|provider|payer) is told that (a search has found nothing|there are no files)$" => nothing;
    /// Turns to manifests with files beside those that are wanted: of other kinds, empty ones, errors, deletions.
    r"^the (?:new payer|provider|payer) is told of more files than it wants$" => more_files;
    /// After the first such answer the client asks for something else, or has done all it was asked to do.
    r"^it goes on all the same$" => goes_on;
    /// After the first such manifest it asks for something else, or has the job forgotten if it does so with others.
    r"^it takes that for the end of the export$" => ends_there;
    /// Of each of the manifests, one of the files at least that are no extra ones is fetched.
    r"^it fetches the files it wants$" => fetched;
}

/// Says in an answer how it is sent (Server Timing, W3C): evidence keeps headers, and no pauses.
const TIMING: HeaderName = HeaderName::from_static("server-timing");
/// What it says there of one that comes slowly.
const SLOW: &str = "little-by-little";
/// What the names of files begin with that our stand-in puts beside those of a job.
const EXTRA: &str = "house-";

fn text(headers: &http::HeaderMap, name: &HeaderName) -> String {
    let value = headers.get(name).map(|value| value.as_bytes());
    String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
}

/// The tokens that the client was given.
fn tokens(all: &[Arc<Heard>]) -> Vec<String> {
    let answers = all.iter().filter(|one| is_token_request(one));
    let given = answers.filter_map(|one| Some(given(one)["access_token"].as_str()?.to_owned()));
    given.collect()
}

fn is_token_request(heard: &Heard) -> bool {
    heard.request.method == "POST"
        && path_of(heard).ends_with("/token")
        && heard.response.status == 200
}

async fn has_expired(world: &mut World, _: Arguments<'_>) -> Outcome {
    let given = tokens(&world.conversation()?.heard());
    world.hear("ask for a token of its own that then expires", |heard| {
        let shown = text(&heard.request.headers, &AUTHORIZATION);
        let challenge = text(&heard.response.headers, &WWW_AUTHENTICATE);
        heard.response.status == 401
            && challenge.contains("invalid_token")
            && given.iter().any(|token| shown.ends_with(token.as_str()))
    })
}

async fn renewed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let shown = |heard: &Heard| text(&heard.request.headers, &AUTHORIZATION);
    let mut broken = Vec::new();
    for heard in world.heard() {
        let later = || all.iter().filter(|one| one.number > heard.number);
        let asked = later().find(|one| is_token_request(one));
        let is_same = |one: &&Arc<Heard>| {
            one.request.method == heard.request.method
                && path_of(one) == path_of(&heard)
                && one.request.query == heard.request.query
        };
        let again = asked.and_then(|asked| {
            let mut after = later().filter(|one| one.number > asked.number);
            after.find(|one| is_same(one) && shown(one) != shown(&heard))
        });
        if again.is_none() {
            let actual = match asked {
                Some(_) => "it asked for a token, and not again for this",
                None => "it asked for no other token",
            };
            let expected = "a request for another token, and the same request with that";
            broken.push((heard, Mismatch::new(expected, actual)));
        }
    }
    world.judge_unless_broken_off(broken)
}

async fn slowly(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("ask for what is sent little by little", |heard| {
        text(&heard.response.headers, &TIMING).contains(SLOW)
    })
}

fn is_manifest(heard: &Heard, body: &Value) -> bool {
    heard.request.method == "GET" && heard.response.status == 200 && body["output"].is_array()
}

async fn nothing(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_search = arguments.word(1) == "a search has found nothing";
    let all = world.conversation()?.heard();
    let deed = match is_search {
        true => "search for what is not there",
        false => "export what is not there",
    };
    world.hear(deed, |heard| {
        let body = given(heard);
        let is_empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
        match is_search {
            true => {
                heard.response.status == 200
                    && body["resourceType"] == "Bundle"
                    && body["type"] == "searchset"
                    && is_empty(&body["entry"])
            }
            // Whoever has nobody's records to go on with is right to stop, but not for want of changes.
            false => {
                is_manifest(heard, &body)
                    && is_empty(&body["output"])
                    && all.iter().any(|one| orders_changes(one, &path_of(heard)))
            }
        }
    })
}

/// Whether this began the job at that path, and asked for no more than what has changed.
fn orders_changes(heard: &Heard, job: &str) -> bool {
    let query = heard.request.query.as_deref().unwrap_or_default();
    let asks = query.contains("_since")
        || String::from_utf8_lossy(&heard.request.body).contains("\"_since\"");
    asks && text(&heard.response.headers, &CONTENT_LOCATION).ends_with(job)
}

/// The paths of the files of a manifest: those that are put beside, and the others.
fn files(heard: &Heard) -> (Vec<String>, Vec<String>) {
    let body = given(heard);
    let all = path::elements(&body, "output.url").into_iter();
    let below = all.filter_map(|url| url.as_str()?.strip_prefix(&heard.request.base));
    let is_extra = |path: &String| {
        let name = path.rsplit('/').next();
        name.is_some_and(|name| name.starts_with(EXTRA))
    };
    below.map(str::to_owned).partition(is_extra)
}

async fn more_files(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("wait for a job with files of many kinds", |heard| {
        let (extra, wanted) = files(heard);
        is_manifest(heard, &given(heard)) && !extra.is_empty() && !wanted.is_empty()
    })
}

async fn fetched(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let mut broken = Vec::new();
    for heard in world.heard() {
        let (_, wanted) = files(&heard);
        // Whoever asks for the manifest once more may have the files already.
        let is_fetched = all
            .iter()
            .any(|one| one.response.status == 200 && wanted.contains(&path_of(one)));
        if !is_fetched {
            let expected = format!("one of {} files at least that are no others", wanted.len());
            broken.push((heard, Mismatch::new(expected, "none was fetched")));
        }
    }
    world.judge_unless_broken_off(broken)
}

async fn goes_on(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let address = |one: &Heard| {
        let request = &one.request;
        (request.method.clone(), path_of(one), request.query.clone())
    };
    let first = first_heard(world)?;
    let mut later = all.iter().filter(|one| one.number > first.number);
    match later.any(|one| address(one) != address(&first)) {
        true => Ok(()),
        false => world.judge_stop(first),
    }
}

/// The first that was heard of what a scenario is about; skips when there is nothing.
fn first_heard(world: &World) -> Result<Arc<Heard>, Halt> {
    let first = world.heard().first().cloned();
    first.ok_or_else(|| Halt::Skip("nothing of the kind was heard".to_owned()))
}

/// Nothing is left to fetch, and no guide wants more of a client: skips where it does neither that nor the opposite.
async fn ends_there(world: &mut World, _: Arguments<'_>) -> Outcome {
    let all = world.conversation()?.heard();
    let first = first_heard(world)?;
    let job = path_of(&first);
    let later = || all.iter().filter(|one| one.number > first.number);
    let asks_again = |one: &Arc<Heard>| one.request.method == "GET" && path_of(one) == job;
    if later().any(|one| !asks_again(one)) {
        return Ok(());
    }
    // Nothing is left to fetch: a client that always has its jobs forgotten would do that, and no other has to do anything.
    let forgets = all.iter().any(|one| {
        one.request.method == "DELETE" && one.response.status < 300 && path_of(one) != job
    });
    let again = later().count();
    // Once more may be to be sure.
    let (expected, actual) = match (again > 1, forgets) {
        (false, false) => {
            return Err(Halt::Skip(
                "nothing was heard after that, and nothing had to be: let the client ask for something else afterwards"
                    .to_owned(),
            ));
        }
        (false, true) => (
            "what it does after other exports: DELETE at the address of the job",
            "it asked for nothing more".to_owned(),
        ),
        (true, _) => (
            "an export without files to be taken for one that is done",
            format!("the same was asked for again ({again}×), and nothing else"),
        ),
    };
    world.judge_unless_broken_off(vec![(first, Mismatch::new(expected, actual))])
}

impl World {
    /// Judges that a client has asked for nothing more after an answer: rightly, when all it was asked to do is done.
    pub(super) fn judge_stop(&mut self, last: Arc<Heard>) -> Outcome {
        match self.things_left()? {
            (_, 0) => Err(Halt::Skip("nothing more was to be asked".to_owned())),
            (0, _) => Ok(()),
            (open, total) => {
                let expected = "further requests after this answer";
                let actual =
                    format!("it asked for nothing more, with {open} of {total} things not done");
                self.judge_unless_broken_off(vec![(last, Mismatch::new(expected, actual))])
            }
        }
    }

    /// How many of the things on the client's list are not done, and how many there are.
    fn things_left(&self) -> Result<(usize, usize), Halt> {
        let (context, system) = (self.context()?, self.system()?);
        let all = self.conversation()?.heard();
        let wanted = context.scripts.get(&system);
        let wanted = wanted.map(Vec::as_slice).unwrap_or_default();
        let is_open = |deed: &&super::Wanted| !all.iter().any(|one| deed.is_done_by(one));
        Ok((wanted.iter().filter(is_open).count(), wanted.len()))
    }

    /// Judges whether something was shown once at least. A client that was cut short may have shown it later; one that has
    /// ended by itself has said all it has to say, and so has a server.
    pub(super) fn judge_once(&mut self, shown: Result<(), Mismatch>) -> Outcome {
        let is_cut = |talk: crate::mock::Conversation| talk.was_broken_off();
        let is_cut = self.conversation().is_ok_and(is_cut);
        match shown {
            Err(mismatch) if is_cut => Err(Halt::Skip(format!(
                "not heard before the conversation was ended: {}; let it end by itself",
                mismatch.expected
            ))),
            shown => self.judge(shown),
        }
    }

    /// Judges what a client has not done: where it was cut short, it may have done it later.
    pub(super) fn judge_unless_broken_off(
        &mut self,
        broken: Vec<(Arc<Heard>, Mismatch)>,
    ) -> Outcome {
        let is_cut = self.conversation()?.was_broken_off();
        if is_cut && !broken.is_empty() {
            return Err(Halt::Skip(
                "the conversation was ended before the client could go on: let it end by itself"
                    .to_owned(),
            ));
        }
        self.judge_cited(broken)
    }
}

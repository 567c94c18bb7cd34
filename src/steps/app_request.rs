//! What an app sends a member to the payer with, rightly and wrongly, and where the payer sends the member then
//! (RFC 6749, 3.1.2 and 4.1; RFC 7636; SMART App Launch 2.2).

use super::World;
use super::app_launch::of;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use crate::access::Asked;
use crate::evidence::Secret;
use url::Url;

super::book::steps! {
    /// Asks for a code with one parameter that is wrong or missing, and goes on as if it were right.
    r"^the app sends the member to the payer (for the records of another server|without saying whose records it wants|with a challenge that anybody can answer|for a token instead of a code)$" => send_wrongly;
    /// Asks for a code that is sent where the app is not registered.
    r"^the app sends the member to the payer, to come back at (a place of somebody else|a place that only begins like its own|its own place with something more in the query|its own place with a fragment)$" => send_astray;
    /// The member is not sent to that place, with or without a code.
    r"^the payer sends the member nowhere$" => nowhere;
    /// Asks for a code with this `state`.
    r"^the app sends the member to the payer along with (letters and numbers|marks that mean something in addresses)$" => send_along;
    /// `state` comes back as it was sent.
    r"^the app gets back what it has sent along$" => returned;
}

/// Whose records are asked for where they are not.
const ELSEWHERE: &str = "https://nobody.vitruvian.example/fhir";
/// SMART App Launch demands `aud` of apps, to keep tokens from counterfeit servers, and leaves to servers what they do
/// with it.
const DOUBT: &str = "SMART App Launch demands aud of apps, and does not say that servers refuse what is wrong with it";
/// All kinds of characters that `state` may have (RFC 6749, A.5) and that stand for something else in a query.
const MARKS: &str = "a b+c&d=e%20f/?#g;h\"i";

/// Changes a parameter of a URL, or leaves it out.
fn set(url: &mut Url, name: &str, value: Option<&str>) {
    let kept = url.query_pairs().into_owned();
    let mut pairs: Vec<(String, String)> = kept.filter(|(known, _)| known != name).collect();
    pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    url.query_pairs_mut().clear().extend_pairs(pairs);
}

impl World {
    /// Sends the member to the payer with a request that is spoilt. Skips unless one that is in order leads to a code:
    /// that one is asked for once in a run.
    async fn send_spoilt(&mut self, spoil: impl FnOnce(&mut Asked)) -> Outcome {
        let access = self.app()?;
        let script = of(&access)?.login.clone();
        let registration = access.registration().clone();
        let context = self.context()?;
        let about = format!("{} app", self.system()?);
        let learn = async {
            self.launch_with(&registration, &script, |_| ()).await?;
            match self.launch.code() {
                Some(_) => Ok(Vec::new()),
                None => Err(Halt::Skip(
                    "the app gets no code, whatever it asks for".into(),
                )),
            }
        };
        context.memory.answer(about, learn).await?;
        self.launch_with(&registration, &script, spoil).await
    }
}

async fn send_wrongly(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let words = arguments.word(1).to_owned();
    world
        .send_spoilt(|asked| match words.as_str() {
            "for the records of another server" => set(&mut asked.url, "aud", Some(ELSEWHERE)),
            "without saying whose records it wants" => set(&mut asked.url, "aud", None),
            "with a challenge that anybody can answer" => {
                let verifier = asked.verifier.expose().to_owned();
                set(&mut asked.url, "code_challenge", Some(&verifier));
                set(&mut asked.url, "code_challenge_method", Some("plain"));
            }
            _ => set(&mut asked.url, "response_type", Some("token")),
        })
        .await?;
    let is_doubtful = words.contains("records");
    world.launch.doubt = is_doubtful.then_some(DOUBT);
    Ok(())
}

/// The address that the words of a feature stand for.
fn astray(own: &Url, words: &str) -> Url {
    let mut place = own.clone();
    match words {
        "a place of somebody else" => {
            // Cannot fail: the URL has a host.
            let _ = place.set_host(Some("nobody.vitruvian.example"));
        }
        "a place that only begins like its own" => {
            place.set_path(&format!("{}-elsewhere", own.path()));
        }
        "its own place with something more in the query" => {
            place.query_pairs_mut().append_pair("vitruvian", "1");
        }
        _ => place.set_fragment(Some("vitruvian")),
    }
    place
}

async fn send_astray(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let words = arguments.word(1).to_owned();
    world
        .send_spoilt(|asked| {
            asked.redirect = astray(&asked.redirect, &words);
            let place = asked.redirect.to_string();
            set(&mut asked.url, "redirect_uri", Some(&place));
        })
        .await
}

/// Whether a redirect leads to that place, whatever it carries.
fn leads_to(redirect: &Url, place: &Url) -> bool {
    let has = |pair: &(_, _)| redirect.query_pairs().any(|one| one == *pair);
    redirect.origin() == place.origin()
        && redirect.path() == place.path()
        && (place.fragment().is_none() || redirect.fragment() == place.fragment())
        && place.query_pairs().all(|pair| has(&pair))
}

async fn nowhere(world: &mut World, _: Arguments<'_>) -> Outcome {
    let asked = world.launch.asked.as_ref();
    let asked = asked.ok_or_else(|| Halt::Error("nobody was sent to the payer".into()))?;
    let back = world
        .launch
        .back
        .as_ref()
        .and_then(|back| back.as_ref().ok());
    let found = match back {
        None => None,
        Some(_) if world.launch.code().is_some() => Some("a redirect with a code"),
        Some(back) => leads_to(back, &asked.redirect).then_some("a redirect to that place"),
    };
    let result = match found {
        None => Ok(()),
        Some(actual) => Err(Mismatch::new(
            "no redirect to a place that the app is not registered with",
            actual,
        )
        .at("the redirect to the app")
        .hint("RFC 6749, section 3.1.2.3: addresses are compared letter by letter, and section 4.1.2.1: where they differ, nobody is redirected")),
    };
    world.judge(result)
}

async fn send_along(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let script = of(&access)?.login.clone();
    let registration = access.registration().clone();
    let has_marks = arguments.word(1) != "letters and numbers";
    world
        .launch_with(&registration, &script, |asked| {
            if has_marks {
                asked.state = Secret::new(format!("{}{MARKS}", asked.state.expose()));
                let state = asked.state.expose().to_owned();
                set(&mut asked.url, "state", Some(&state));
            }
        })
        .await
}

async fn returned(world: &mut World, _: Arguments<'_>) -> Outcome {
    let asked = world.launch.asked.as_ref();
    let asked = asked.ok_or_else(|| Halt::Error("nobody was sent to the payer".into()))?;
    let back = match &world.launch.back {
        Some(Ok(back)) => back,
        Some(Err(why)) => return Err(Halt::Skip(format!("the member does not come back: {why}"))),
        None => return Err(Halt::Error("nobody was sent to the payer".into())),
    };
    let mut states = back.query_pairs().filter(|(name, _)| name == "state");
    let (state, another) = (states.next(), states.next());
    let actual = match (&state, another) {
        (None, _) => Some("no state"),
        (Some(_), Some(_)) => Some("more than one state"),
        (Some((_, state)), None) => {
            (state != asked.state.expose()).then_some("another state than was sent")
        }
    };
    let result = match actual {
        None => Ok(()),
        Some(actual) => Err(Mismatch::new("the state that was sent, unchanged", actual)
            .at("the redirect to the app")
            .hint(
                "RFC 6749, section 4.1.2, demands it: apps tell by it that an answer is to them",
            )),
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{astray, leads_to, set};
    use url::Url;

    #[test]
    fn places_that_are_not_the_apps_are_told_from_its_own() {
        let own = Url::parse("http://127.0.0.1:9123/back").unwrap();
        for words in [
            "a place of somebody else",
            "a place that only begins like its own",
            "its own place with something more in the query",
            "its own place with a fragment",
        ] {
            let place = astray(&own, words);
            assert_ne!(place, own, "{words}");
            let mut sent = place.clone();
            sent.query_pairs_mut().append_pair("error", "x");
            assert!(leads_to(&sent, &place), "{words}");
            let mut home = own.clone();
            home.query_pairs_mut().append_pair("error", "x");
            assert!(!leads_to(&home, &place), "{words}");
        }
    }

    #[test]
    fn parameters_are_changed_or_left_out() {
        let mut url = Url::parse("https://payer.example/authorize?tenant=1&aud=a&state=b").unwrap();
        set(&mut url, "aud", Some("c&d"));
        assert_eq!(url.query(), Some("tenant=1&state=b&aud=c%26d"));
        set(&mut url, "state", None);
        assert_eq!(url.query(), Some("tenant=1&aud=c%26d"));
    }
}

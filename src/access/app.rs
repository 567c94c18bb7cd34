//! SMART App Launch: a member lets an app in, with a code and a proof key.

use super::browser::{Browser, is_same_place};
use super::registration::{random, random_bytes};
use super::saved::Saved;
use super::setup::{LookUp, Stage};
use super::{Endpoints, Error, Grant, Registration, listener, request};
use crate::config::{AuthApp, LoginAction};
use crate::evidence::{Captured, Secret};
use crate::http::Client;
use crate::oauth::Verifier;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// Where codes are sent when the configuration does not say so: a free port of this machine (RFC 8252, 7.3).
const REDIRECT: &str = "http://127.0.0.1/callback";

/// One action of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Puts this into a field.
    Fill(String, Secret),
    /// Chooses this option.
    Choose(String, String),
    /// Ticks a box.
    Tick(String),
    /// Takes the tick from a box.
    Untick(String),
    /// Presses a button.
    Press(String),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fill(name, _) => write!(f, "fill {name:?}"),
            Self::Choose(name, option) => write!(f, "choose {option:?} of {name:?}"),
            Self::Tick(name) => write!(f, "tick {name:?}"),
            Self::Untick(name) => write!(f, "untick {name:?}"),
            Self::Press(name) => write!(f, "press {name:?}"),
        }
    }
}

/// How a member lets an app in.
#[derive(Debug)]
pub struct App {
    /// Where codes are sent.
    pub redirect: Url,
    /// What is done with the pages of the authorization server; empty when only a person can do it.
    pub login: Vec<Action>,
    /// The same for a member who refuses; empty when that is not known.
    pub refuse: Vec<Action>,
    /// The same for a member who leaves sensitive records out; empty when that is not known.
    pub less: Vec<Action>,
    /// What members know the app by, if that is known.
    pub name: Option<String>,
    /// Where tokens are kept, when somebody has asked for that.
    tokens: Option<PathBuf>,
    /// What was kept there, until it is used.
    saved: Mutex<Option<Saved>>,
}

/// An authorization request on its way. Public, so that steps can spoil its URL, or what comes back.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where the member goes.
    pub url: Url,
    /// What has to come back with the code.
    pub state: Secret,
    /// What has to be shown with the code.
    pub verifier: Verifier,
    /// Where the code is sent.
    pub redirect: Url,
    /// Who may answer, if the server says so (RFC 9207).
    pub issuer: Option<String>,
}

impl App {
    /// An app whose member logs in as the script says.
    #[must_use]
    pub const fn new(redirect: Url, login: Vec<Action>) -> Self {
        Self {
            redirect,
            login,
            refuse: Vec::new(),
            less: Vec::new(),
            name: None,
            tokens: None,
            saved: Mutex::new(None),
        }
    }

    pub(super) fn configured(
        of: &AuthApp,
        look_up: LookUp<'_>,
        stage: Stage<'_>,
    ) -> Result<Self, Error> {
        let action = |action: &LoginAction| {
            Ok(match action.clone() {
                LoginAction::Fill(name, value) => {
                    let what = format!("value of {name:?}");
                    let value = look_up(&value, &what, "target.auth.app.login")?;
                    Action::Fill(name, value)
                }
                LoginAction::Choose(name, option) => Action::Choose(name, option),
                LoginAction::Tick(name) => Action::Tick(name),
                LoginAction::Untick(name) => Action::Untick(name),
                LoginAction::Press(name) => Action::Press(name),
            })
        };
        let script = |actions: &[LoginAction]| -> Result<Vec<Action>, Error> {
            actions.iter().map(action).collect()
        };
        let redirect = match &of.redirect {
            Some(redirect) => redirect.clone(),
            None => Url::parse(REDIRECT).map_err(|error| Error::Login(error.to_string()))?,
        };
        let saved = match (&of.tokens, stage) {
            (None, _) => None,
            (Some(path), Stage::Target) => Some(Saved::read(path)?),
            (Some(_), Stage::Replay(_)) => Some(Saved::replayed()),
        };
        // A replay leaves what was kept as it is.
        let tokens = of.tokens.clone().filter(|_| matches!(stage, Stage::Target));
        Ok(Self {
            redirect,
            login: script(&of.login)?,
            refuse: script(&of.refuse)?,
            less: script(&of.less)?,
            name: of.name.clone(),
            tokens,
            saved: Mutex::new(saved),
        })
    }

    /// Everything that must not be shown.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        let actions = self.login.iter().chain(&self.refuse).chain(&self.less);
        let filled = actions.filter_map(|action| match action {
            Action::Fill(_, value) => Some(value.clone()),
            _ => None,
        });
        let saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = saved.iter().flat_map(Saved::secrets);
        filled.chain(saved).collect()
    }

    /// Whether a member can log in without a person.
    pub(super) const fn is_unattended(&self) -> bool {
        !self.login.is_empty()
    }

    /// The tokens that were kept, once.
    pub(super) fn saved(&self) -> Option<Saved> {
        let mut saved = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        saved.take()
    }

    /// Keeps the tokens where somebody has asked for it: a refresh token may be good only once.
    pub(super) fn save(&self, grant: &Grant) -> Result<(), Error> {
        match &self.tokens {
            Some(path) => Saved::of(grant).write(path),
            None => Ok(()),
        }
    }

    /// The request for a code (SMART App Launch, Launch App: Standalone Launch), with a new state and proof key.
    ///
    /// # Errors
    /// When the server names no authorization endpoint.
    pub fn ask(
        &self,
        base: &Url,
        registration: &Registration,
        found: &Endpoints,
        redirect: &Url,
    ) -> Result<Asked, Error> {
        let endpoint = found
            .authorization
            .as_ref()
            .ok_or_else(|| Error::NotFound {
                base: base.to_string(),
                reason: "it has no authorization_endpoint".to_owned(),
            })?;
        let verifier = Verifier::new(random_bytes()?);
        let state = Secret::new(random()?);
        let mut url = endpoint.clone();
        let aud = base.as_str().trim_end_matches('/');
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("scope", &registration.scope)
            .append_pair("state", state.expose())
            .append_pair("aud", aud)
            .append_pair("code_challenge", &verifier.challenge())
            .append_pair("code_challenge_method", "S256");
        let issuer = found
            .document
            .get("issuer")
            .and_then(serde_json::Value::as_str);
        Ok(Asked {
            url,
            state,
            verifier,
            redirect: redirect.clone(),
            issuer: issuer.map(str::to_owned),
        })
    }

    /// Goes through the pages as the script says; the URL at which the server has sent the member back.
    ///
    /// # Errors
    /// When the script does not lead there.
    pub async fn log_in(
        &self,
        client: &Client,
        asked: &Asked,
        hops: &mut Vec<Captured>,
    ) -> Result<Url, Error> {
        Self::go(client, asked, &self.login, hops).await
    }

    /// Goes through the pages as another script says.
    ///
    /// # Errors
    /// When the script does not lead to the redirect.
    pub async fn go(
        client: &Client,
        asked: &Asked,
        script: &[Action],
        hops: &mut Vec<Captured>,
    ) -> Result<Url, Error> {
        let browser = Browser::new(client, &asked.url, &asked.redirect);
        browser.go(script, hops).await
    }

    /// Exchanges the code of that URL for a token.
    ///
    /// # Errors
    /// When the state is not ours, the member has refused, or the server gives no token.
    pub async fn exchange(
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        asked: &Asked,
        returned: &Url,
        hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        let code = asked.code(returned)?;
        let fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.expose().to_owned()),
            ("redirect_uri", asked.redirect.to_string()),
            ("code_verifier", asked.verifier.expose().to_owned()),
        ];
        let request = request::authenticated(registration, &found.token, fields)?;
        request::grant(client, &found.token, request, hops).await
    }

    /// A token, by the script.
    pub(super) async fn grant(
        &self,
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        if self.login.is_empty() {
            return Err(Error::Login(
                "nobody is there to log in; write a script into target.auth.app.login, or run `vitruvian login --save FILE` and name FILE in target.auth.app.tokens".to_owned(),
            ));
        }
        let asked = self.ask(client.base(), registration, found, &self.redirect)?;
        let returned = self.log_in(client, &asked, hops).await?;
        Self::exchange(client, registration, found, &asked, &returned, hops).await
    }

    /// A token, by a person with a browser, which `open` is to show the URL.
    pub(super) async fn grant_by_hand(
        &self,
        client: &Client,
        registration: &Registration,
        found: &Endpoints,
        open: impl FnOnce(&Url),
        hops: &mut Vec<Captured>,
    ) -> Result<Grant, Error> {
        let (listener, redirect) = listener::bind(&self.redirect).await?;
        let asked = self.ask(client.base(), registration, found, &redirect)?;
        open(&asked.url);
        let returned = listener::receive(&listener, &redirect).await?;
        Self::exchange(client, registration, found, &asked, &returned, hops).await
    }
}

impl Asked {
    /// The code that came back.
    ///
    /// # Errors
    /// When the URL is another, the state or the issuer is not the one that was asked, or the member has refused.
    pub fn code(&self, returned: &Url) -> Result<Secret, Error> {
        let refuse = |told: &str| Err(Error::Login(told.to_owned()));
        if !is_same_place(returned, &self.redirect) {
            return refuse("it has ended at another URL than the redirect");
        }
        let value = |name: &str| {
            let mut pairs = returned.query_pairs().filter(|(known, _)| known == name);
            let value = pairs.next().map(|(_, value)| value.into_owned());
            // Twice the same parameter is no answer (RFC 6749, 3.1).
            value.filter(|_| pairs.next().is_none())
        };
        if value("state").as_deref() != Some(self.state.expose()) {
            return refuse("the state that came back is not the one that was sent");
        }
        if let (Some(expected), Some(issuer)) = (&self.issuer, value("iss"))
            && *expected != issuer
        {
            return refuse("the answer is by another issuer than was asked");
        }
        if let Some(error) = value("error") {
            let error: String = error.chars().take(100).collect();
            let why: String = value("error_description")
                .unwrap_or_default()
                .chars()
                .take(200)
                .collect();
            return refuse(format!("the server says {error} {why}").trim_end());
        }
        match value("code").filter(|code| !code.is_empty()) {
            Some(code) => Ok(Secret::new(code)),
            None => refuse("no code came back"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::App;
    use crate::access::{Endpoints, Registration};
    use serde_json::json;
    use url::Url;

    #[test]
    fn the_state_is_checked_before_anything_else() {
        let base = Url::parse("https://payer.example/fhir/").unwrap();
        let redirect = Url::parse("http://127.0.0.1:7777/callback").unwrap();
        let document = json!({"token_endpoint": "https://payer.example/token", "issuer": "https://payer.example",
            "authorization_endpoint": "https://payer.example/authorize?tenant=1"});
        let found = Endpoints::of_configuration(&base, document).unwrap();
        let app = App::new(redirect.clone(), Vec::new());
        let asked = app
            .ask(&base, &Registration::default(), &found, &redirect)
            .unwrap();
        let sent: std::collections::HashMap<String, String> =
            asked.url.query_pairs().into_owned().collect();
        assert_eq!(sent["aud"], "https://payer.example/fhir");
        assert_eq!(sent["code_challenge"], asked.verifier.challenge());
        assert_eq!(
            (&*sent["tenant"], &*sent["code_challenge_method"]),
            ("1", "S256")
        );

        let state = asked.state.expose();
        let code = |query: &str| {
            let url = Url::parse(&format!("http://127.0.0.1:7777/callback?{query}")).unwrap();
            asked
                .code(&url)
                .map(|code| code.expose().to_owned())
                .map_err(|error| error.to_string())
        };
        assert_eq!(
            code(&format!("code=abc&state={state}")),
            Ok("abc".to_owned())
        );
        assert_eq!(
            code(&format!("code=abc&state={state}&iss=https://payer.example")),
            Ok("abc".to_owned())
        );
        for (query, told) in [
            ("code=abc".to_owned(), "state"),
            ("code=abc&state=x".to_owned(), "state"),
            (format!("code=abc&state={state}&state={state}"), "state"),
            (
                format!("error=access_denied&state={state}"),
                "access_denied",
            ),
            (format!("state={state}"), "no code"),
            (
                format!("code=abc&state={state}&iss=https://evil.example"),
                "issuer",
            ),
        ] {
            let refused = code(&query).unwrap_err();
            assert!(
                refused.contains(told) && !refused.contains(state),
                "{refused}"
            );
        }
        let elsewhere = Url::parse(&format!(
            "http://127.0.0.1:7778/callback?code=a&state={state}"
        ));
        assert!(asked.code(&elsewhere.unwrap()).is_err());
    }
}

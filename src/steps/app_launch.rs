//! How an app gets a token by way of the member, who logs in and decides (SMART App Launch 2.2; RFC 6749, RFC 7636).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::mismatch::Mismatch;
use super::token_request::{token, told};
use crate::access::{self, Access, Action, App, Asked, Registration, Way, authenticated};
use crate::evidence::Secret;
use serde_json::Value;
use std::sync::Arc;
use url::Url;

super::book::steps! {
    /// Skips unless an app is configured whose member can log in without a person.
    r"^an app that the (?:payer|provider) knows$" => known;
    /// Asks for a code, and does as much with the pages as the words say.
    r"^the app sends somebody to the payer who (does not log in|does not know the password)$" => send_somebody;
    /// Asks for a code, and does all with the pages but the last thing.
    r"^the app sends the member to the payer$" => send_member;
    /// Asks for a code, and refuses.
    r"^the app sends the member to the payer, who refuses$" => send_unwilling;
    /// Asks for a code with a client_id that nobody knows.
    r"^an app that the payer does not know sends the member to the payer$" => send_unknown;
    /// A page with a field for a password came, and no code.
    r"^the payer asks to log in, and gives no code to the app$" => asks_to_log_in;
    /// No code came back.
    r"^the payer gives no code to (?:the app|anybody)$" => no_code;
    /// Before the last thing no code came back, and the last page names the app.
    r"^the member is shown which app asks for what before the app gets a code$" => shown;
    /// The redirect has an error and no code.
    r"^the app is told so, and gets no code$" => told_so;
    /// Goes all the way to a token; skips when no code comes back.
    r"^the (?:member|user) lets the app in(|, without what is sensitive|, with all there is)$" => let_in;
    /// The token came with the id of a patient.
    r"^the token is for a member$" => for_member;
    /// Redeems a code in a way that must not work.
    r"^a code of the app is redeemed (a second time|without its secret|with another address to go back|by an app that the payer does not know)$" => misuse;
    /// A 4xx, and no token.
    r"^no token is given out$" => none;
}

/// What became of sending a member to the payer.
#[derive(Default)]
pub(super) struct Launch {
    pub(super) asked: Option<Asked>,
    /// Where the payer sent the member, or why it did not.
    pub(super) back: Option<Result<Url, String>>,
    /// The text of the last page.
    page: String,
    /// Why a code may be in order after all.
    pub(super) doubt: Option<&'static str>,
    /// What the token endpoint answered.
    pub(super) grant: Value,
}

impl Launch {
    /// The code that came back.
    pub(super) fn code(&self) -> Option<String> {
        let url = self.back.as_ref()?.as_ref().ok()?;
        let code = url.query_pairs().find(|(name, _)| name == "code");
        code.map(|(_, code)| code.into_owned())
            .filter(|code| !code.is_empty())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.grant[name].as_str()
    }
}

pub(super) fn unusable(error: access::Error) -> Halt {
    Halt::Skip(error.to_string())
}

pub(super) fn of(access: &Access) -> Result<&App, Halt> {
    match access.way() {
        Way::App(app) => Ok(app),
        _ => Err(Halt::Error("there is no app".into())),
    }
}

impl World {
    /// The app that the payer knows.
    pub(super) fn app(&self) -> Result<Arc<Access>, Halt> {
        let access = self.access()?;
        let found = match access.way() {
            Way::App(_) => Some(access),
            _ => access.app.clone(),
        };
        let found = found.filter(|app| of(app).is_ok_and(|app| !app.login.is_empty()));
        found.ok_or_else(|| {
            Halt::Skip(
                "there is no app whose member can log in by a script: add [target.auth.app] with login to vitruvian.toml"
                    .into(),
            )
        })
    }

    /// Sends the member to the payer, who does what the script says.
    async fn launch(&mut self, registration: &Registration, script: &[Action]) -> Outcome {
        self.launch_with(registration, script, |_| ()).await
    }

    /// The same with a request that is spoilt before it is sent.
    pub(super) async fn launch_with(
        &mut self,
        registration: &Registration,
        script: &[Action],
        spoil: impl FnOnce(&mut Asked),
    ) -> Outcome {
        let access = self.app()?;
        let app = of(&access)?;
        let mut hops = Vec::new();
        let found = access.endpoints(&mut hops).await.cloned();
        self.record(&hops)?;
        let found = found.map_err(unusable)?;
        let asked = app.ask(access.client().base(), registration, &found, &app.redirect);
        let mut asked = asked.map_err(unusable)?;
        spoil(&mut asked);
        hops.clear();
        let back = App::go(access.client(), &asked, script, &mut hops).await;
        self.record(&hops)?;
        let last = hops.iter().rev().find_map(|hop| hop.response.as_ref());
        if last.is_none_or(|response| response.status >= 500) {
            // Who does not answer has refused nobody.
            return Err(Halt::Skip(
                "the authorization server does not answer, or fails".into(),
            ));
        }
        let page = last.map(|response| String::from_utf8_lossy(&response.body).into_owned());
        self.launch = Launch {
            asked: Some(asked),
            back: Some(back.map_err(|error| error.to_string())),
            page: page.unwrap_or_default(),
            doubt: None,
            grant: Value::Null,
        };
        Ok(())
    }

    /// Lets the app in, up to a code.
    async fn launch_to_code(&mut self, script: &[Action]) -> Result<String, Halt> {
        let registration = self.app()?.registration().clone();
        self.launch(&registration, script).await?;
        self.launch.code().ok_or_else(|| {
            let why = match &self.launch.back {
                Some(Err(why)) => why.clone(),
                _ => "no code came back".to_owned(),
            };
            Halt::Skip(format!("the app gets no code: {why}"))
        })
    }

    /// Redeems a code; the answer is judged.
    async fn redeem(
        &mut self,
        registration: &Registration,
        code: &str,
        redirect: &str,
        verifier: Option<&str>,
    ) -> Outcome {
        let url = self.endpoint("token_endpoint").await?;
        let mut fields = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code.to_owned()),
            ("redirect_uri", redirect.to_owned()),
        ];
        fields.extend(verifier.map(|verifier| ("code_verifier", verifier.to_owned())));
        let request = authenticated(registration, &url, fields).map_err(unusable)?;
        self.send_bare(request).await
    }

    /// Redeems the code of the last launch as it should be.
    async fn redeem_rightly(&mut self, code: &str) -> Outcome {
        let registration = self.app()?.registration().clone();
        let asked = self.launch.asked.clone();
        let asked = asked.ok_or_else(|| Halt::Error("nobody was sent to the payer".into()))?;
        let verifier = asked.verifier.expose().to_owned();
        self.redeem(
            &registration,
            code,
            asked.redirect.as_str(),
            Some(&verifier),
        )
        .await?;
        let reply = self.reply()?;
        self.launch.grant = reply
            .json()
            .ok()
            .filter(|_| reply.status == 200)
            .unwrap_or_default();
        Ok(())
    }

    /// The app's token; skips when it has none, which another scenario judges.
    pub(super) fn app_token(&self) -> Result<Secret, Halt> {
        let token = self.launch.text("access_token").map(Secret::new);
        token.ok_or_else(|| Halt::Skip("the app has no token".into()))
    }

    fn judge_no_code(&mut self, expected: &str) -> Outcome {
        let result = match self.launch.code() {
            None => Ok(()),
            Some(_) => {
                let mismatch = Mismatch::new(expected, "a code").at("the redirect to the app");
                Err(match self.launch.doubt {
                    Some(doubt) => mismatch.doubtful(doubt),
                    None => mismatch,
                })
            }
        };
        self.judge(result)
    }
}

async fn known(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.app().map(|_| ())
}

async fn send_somebody(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let script: Vec<Action> = match arguments.word(1) {
        "does not log in" => Vec::new(),
        _ => wrong_password(&of(&access)?.login),
    };
    let registration = access.registration().clone();
    world.launch(&registration, &script).await
}

/// The script, with another text in the last field that is filled in before the first button.
fn wrong_password(script: &[Action]) -> Vec<Action> {
    let mut script = script.to_vec();
    let first = script
        .iter()
        .position(|action| matches!(action, Action::Press(_)));
    let before = script.iter_mut().take(first.unwrap_or(usize::MAX));
    let filled = before.filter_map(|action| match action {
        Action::Fill(_, text) => Some(text),
        _ => None,
    });
    if let Some(text) = filled.last() {
        *text = Secret::new("vitruvian-wrong-password");
    }
    script
}

async fn send_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let login = &of(&access)?.login;
    let last = login
        .iter()
        .rposition(|action| matches!(action, Action::Press(_)));
    let script = login
        .get(..last.unwrap_or(login.len()))
        .unwrap_or_default()
        .to_vec();
    let registration = access.registration().clone();
    world.launch(&registration, &script).await
}

async fn send_unwilling(world: &mut World, _: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let script = of(&access)?.refuse.clone();
    if script.is_empty() {
        return Err(Halt::Skip(
            "it is not known how a member refuses: add refuse to [target.auth.app]".into(),
        ));
    }
    let registration = access.registration().clone();
    world.launch(&registration, &script).await
}

/// The app under a name that nobody knows.
fn unknown(registration: &Registration) -> Registration {
    Registration {
        client_id: "vitruvian-unknown-app".to_owned(),
        key: None,
        secret: None,
        ..registration.clone()
    }
}

async fn send_unknown(world: &mut World, _: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let script = of(&access)?.login.clone();
    let registration = unknown(access.registration());
    world.launch(&registration, &script).await
}

async fn asks_to_log_in(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_no_code("no code before anybody has logged in")?;
    let page = world.launch.page.to_ascii_lowercase();
    let asks = page.contains("<form") || page.contains("password") || page.contains("<script");
    let result = match asks {
        true => Ok(()),
        false => {
            Err(Mismatch::new("a page on which to log in", "another answer").at("the first page"))
        }
    };
    world.judge(result)
}

async fn no_code(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_no_code("no code")
}

async fn shown(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_no_code("no code before the member has agreed")?;
    let access = world.app()?;
    let Some(name) = &of(&access)?.name else {
        return Err(Halt::Skip(
            "it is not known what the page must call the app: name it in target.auth.app.name"
                .into(),
        ));
    };
    let result = match world.launch.page.contains(name.as_str()) {
        true => Ok(()),
        false => {
            let expected = format!("a page that names {name}");
            Err(Mismatch::new(expected, "a page that does not")
                .at("the page before the last button"))
        }
    };
    world.judge(result)
}

async fn told_so(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_no_code("no code after the member has refused")?;
    let back = world
        .launch
        .back
        .as_ref()
        .and_then(|back| back.as_ref().ok());
    let error = back.and_then(|url| {
        let error = url.query_pairs().find(|(name, _)| name == "error");
        error.map(|(_, error)| error.into_owned())
    });
    let result = match error.as_deref() {
        Some("access_denied") => Ok(()),
        other => {
            let actual = other.unwrap_or("no redirect with an error").to_owned();
            Err(
                Mismatch::new("a redirect with the error access_denied", actual)
                    .at("the redirect to the app"),
            )
        }
    };
    world.judge(result)
}

async fn let_in(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let app = of(&access)?;
    let script = match arguments.word(1) {
        ", without what is sensitive" if app.less.is_empty() => {
            return Err(Halt::Skip(
                "it is not known how a member leaves sensitive records out: add less to [target.auth.app]".into(),
            ));
        }
        ", without what is sensitive" => app.less.clone(),
        _ => app.login.clone(),
    };
    let code = world.launch_to_code(&script).await?;
    world.redeem_rightly(&code).await
}

async fn for_member(world: &mut World, _: Arguments<'_>) -> Outcome {
    let result = match world.launch.text("patient") {
        Some(_) => Ok(()),
        None => {
            let actual = world.launch.grant["patient"].to_string();
            Err(Mismatch::new("the id of a patient", actual).at("$.patient"))
        }
    };
    world.judge(result)
}

async fn misuse(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let access = world.app()?;
    let registration = access.registration().clone();
    let code = world.launch_to_code(&of(&access)?.login.clone()).await?;
    let asked = world.launch.asked.clone();
    let asked = asked.ok_or_else(|| Halt::Error("nobody was sent to the payer".into()))?;
    let (redirect, verifier) = (
        asked.redirect.to_string(),
        asked.verifier.expose().to_owned(),
    );
    match arguments.word(1) {
        "a second time" => {
            world.redeem_rightly(&code).await?;
            if token(world.reply()?).is_none() {
                return Err(Halt::Skip("the code does not work the first time".into()));
            }
            world
                .redeem(&registration, &code, &redirect, Some(&verifier))
                .await
        }
        "without its secret" => world.redeem(&registration, &code, &redirect, None).await,
        "with another address to go back" => {
            let other = format!("{}-elsewhere", redirect.trim_end_matches('/'));
            world
                .redeem(&registration, &code, &other, Some(&verifier))
                .await
        }
        _ => {
            world
                .redeem(&unknown(&registration), &code, &redirect, Some(&verifier))
                .await
        }
    }
}

async fn none(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let result = match token(reply).is_none() && (400..500).contains(&reply.status) {
        true => Ok(()),
        false => Err(Mismatch::new("a refusal (a 4xx status)", told(reply)).at("$.error")),
    };
    world.judge(result)
}

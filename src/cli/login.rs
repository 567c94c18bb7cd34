//! `vitruvian login`: a member lets the app in, in a browser.

use super::arguments::LoginOptions;
use super::job::client;
use super::{Exit, Failure, Terminal, console};
use crate::access::Grant;
use crate::config::{Auth, AuthClient, Config, Method};
use std::process::{Command, Stdio};
use url::Url;

pub(super) fn login(options: &LoginOptions, terminal: &Terminal) -> Result<Exit, Failure> {
    let config = Config::read(&options.config)?;
    let missing = || {
        Failure::new(
            format!("{} has no [target.auth.app]", options.config.display()),
            "add one with client_id and scope; docs/authorization.md shows how",
        )
    };
    let mut target = config.target.clone().ok_or_else(missing)?;
    let auth = target.auth.take().ok_or_else(missing)?;
    let mut app = auth.app.ok_or_else(missing)?;
    // A person does what the script would do, and the tokens are yet to be had.
    app.login.clear();
    app.tokens = None;
    // What else is configured is not needed here, and may not be at hand.
    target.token = None;
    target.auth = Some(Box::new(Auth {
        method: Some(Method::SmartApp),
        client: AuthClient {
            token_url: auth.client.token_url,
            ..AuthClient::default()
        },
        app: Some(app),
        ..Auth::default()
    }));
    let (_, access) = client(&config, &target, None)?;
    let access = access.ok_or_else(missing)?;
    let grant = console::block_on(access.log_in(|url| {
        terminal.tell(&format!(
            "log in here, in a browser on this machine:\n\n  {url}\n"
        ));
        open(url);
    }))??;
    terminal.say(&granted(&grant));
    if let Some(path) = &options.save {
        grant.save(path)?;
        terminal.tell(&format!(
            "the tokens are in {}: name it in target.auth.app.tokens",
            path.display()
        ));
    }
    Ok(Exit::Conformant)
}

/// What was granted, without any token.
fn granted(grant: &Grant) -> String {
    let scope = grant.scope.as_deref().unwrap_or("what was asked for");
    let life = grant.expires_in.map_or_else(
        || "it is not said for how long".to_owned(),
        |life| format!("for {} s", life.as_secs()),
    );
    let again = if grant.refresh_token.is_some() {
        "it can be renewed without a person"
    } else {
        "it cannot be renewed without a person (ask for offline_access)"
    };
    format!("granted: {scope}\n{life}; {again}")
}

/// Shows a page. When there is no browser, the URL that was printed can be opened by hand.
fn open(url: &Url) {
    let (program, arguments): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        // Not `start`, to which the characters of a query mean something.
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let started = Command::new(program)
        .args(arguments)
        .arg(url.as_str())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    drop(started);
}

//! Asking a member (RFC 6749, 4.1; RFC 7636; SMART App Launch).

use super::form::Form;
use super::grant::Grant;
use super::problem::Problem;
use super::registered::{Credential, Registered};
use super::{Guard, page, thumbprint};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use crate::oauth::{Context, Scope, Scopes};
use http::Method;
use http::header::{CACHE_CONTROL, LOCATION};
use std::sync::Arc;
use url::form_urlencoded::Serializer;

/// Seconds in which a code is to be used.
const CODE_LIFE: i64 = 60;
/// Seconds in which a member is to decide.
const PENDING_LIFE: i64 = 600;
/// Passwords that may be tried for one request.
const MOST_ATTEMPTS: u32 = 10;

/// What an app has asked for, while the member is asked.
#[derive(Clone)]
pub(super) struct Pending {
    client: Registered,
    redirect_uri: String,
    state: Option<String>,
    scopes: Scopes,
    challenge: Option<(String, bool)>,
    expires: i64,
    attempts: u32,
    /// User name and patients of who has logged in.
    user: Option<(String, Vec<String>)>,
}

/// What a code stands for.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) grant: Arc<Grant>,
    pub(super) patient: Option<String>,
    pub(super) user: String,
    pub(super) redirect_uri: String,
    /// The challenge, and whether it is plain.
    pub(super) challenge: Option<(String, bool)>,
    pub(super) expires: i64,
    pub(super) family: String,
    pub(super) is_used: bool,
}

impl Pending {
    /// Sends the member back to the app.
    fn back(&self, name: &str, value: &str, deviation: &Deviation) -> Response {
        let mut query = Serializer::new(String::new());
        query.append_pair(name, value);
        let mut raw = String::new();
        if let Some(state) = self.state.as_deref()
            && deviation.enforces(Rule::StateReturned)
        {
            match deviation.enforces(Rule::StateEncoded) {
                true => {
                    query.append_pair("state", state);
                }
                false => raw = format!("&state={state}"),
            }
        }
        let (place, fragment) = match self.redirect_uri.split_once('#') {
            Some((place, fragment)) => (place, format!("#{fragment}")),
            None => (self.redirect_uri.as_str(), String::new()),
        };
        let mark = if place.contains('?') { '&' } else { '?' };
        let address = format!("{place}{mark}{}{raw}{fragment}", query.finish());
        Response::empty(303)
            .with(LOCATION, &address)
            .with(CACHE_CONTROL, "no-store")
    }
}

impl Guard {
    /// `auth/authorize`: the member is asked to log in, unless the request is not in order. While it is not certain
    /// that the address to go back to is the app's, the member stays here.
    pub(super) fn authorize(&mut self, request: &Request, deviation: &Deviation) -> Response {
        let form = match request.method == Method::POST {
            true => Form::of_body(request),
            false => Form::of_query(request.query.as_deref().unwrap_or_default()),
        };
        let form = form.and_then(|form| form.check_once().map(|()| form));
        let form = match form {
            Ok(form) => form,
            Err(problem) => return page::stopped(problem.text),
        };
        let mut all = self.clients.values();
        let any = all.find(|client| matches!(client.credential, Credential::Public));
        let any = any.filter(|_| !deviation.enforces(Rule::KnownClient));
        let client = form.get("client_id").and_then(|id| self.clients.get(id));
        let client = client.or(any);
        let Some(client) = client else {
            return page::stopped("The app is not known here.");
        };
        let sent = form.get("redirect_uri").unwrap_or_default();
        let is_registered = client.returns_to(sent, deviation);
        let is_address = url::Url::parse(sent).is_ok();
        if !is_address || !is_registered && deviation.enforces(Rule::RedirectUri) {
            return page::stopped("The address to go back to is not one of the app.");
        }
        let mut pending = Pending {
            client: client.clone(),
            redirect_uri: sent.to_owned(),
            state: form.get("state").map(str::to_owned),
            scopes: Scopes::default(),
            challenge: None,
            expires: self.clock.now().saturating_add(PENDING_LIFE),
            attempts: 0,
            user: None,
        };
        match ask(&form, &pending, request, deviation) {
            Ok((scopes, challenge)) => {
                pending.scopes = scopes;
                pending.challenge = challenge;
            }
            Err(problem) => return pending.back("error", problem.error, deviation),
        }
        let transaction = self.random.next();
        let answer = page::login(&request.base, &transaction, &pending.client.name, false);
        self.pending.put(transaction, pending);
        answer
    }

    /// The request that a form belongs to, while it is not too old.
    fn pending_of(&self, form: &Form) -> Option<(String, Pending)> {
        let transaction = form.get("transaction")?;
        let pending = self.pending.get(transaction)?;
        (pending.expires > self.clock.now()).then(|| (transaction.to_owned(), pending.clone()))
    }

    /// `POST auth/login`.
    pub(super) fn login(&mut self, request: &Request, deviation: &Deviation) -> Response {
        let form = match Form::of_body(request) {
            Ok(form) => form,
            Err(problem) => return page::stopped(problem.text),
        };
        let Some((transaction, mut pending)) = self.pending_of(&form) else {
            return page::stopped("This took too long. Begin again in the app.");
        };
        let user = form.get("user").unwrap_or_default();
        let password = form.get("password").unwrap_or_default();
        let login = self.logins.iter().find(|one| one.user == user);
        let is_right = login.is_some_and(|login| {
            thumbprint(login.password.expose().as_bytes()) == thumbprint(password.as_bytes())
        });
        let login = match deviation.enforces(Rule::Login) {
            true => login.filter(|_| is_right),
            false => login.or_else(|| self.logins.first()),
        };
        let Some(login) = login else {
            pending.attempts += 1;
            if pending.attempts >= MOST_ATTEMPTS {
                self.pending.remove(&transaction);
                return page::stopped("Too many attempts. Begin again in the app.");
            }
            let answer = page::login(&request.base, &transaction, &pending.client.name, true);
            self.pending.put(transaction, pending);
            return answer;
        };
        pending.user = Some((login.user.clone(), login.patients.clone()));
        if !deviation.enforces(Rule::ApprovalAsked) {
            self.pending.remove(&transaction);
            let scopes = pending.scopes.clone();
            return self.approved(&pending, scopes, false, deviation);
        }
        let scopes: Vec<String> = pending.scopes.iter().map(ToString::to_string).collect();
        let answer = page::approval(&request.base, &transaction, &pending.client.name, &scopes);
        self.pending.put(transaction, pending);
        answer
    }

    /// `POST auth/approve`: what the member has decided.
    pub(super) fn approve(&mut self, request: &Request, deviation: &Deviation) -> Response {
        let form = match Form::of_body(request) {
            Ok(form) => form,
            Err(problem) => return page::stopped(problem.text),
        };
        let found = self.pending_of(&form);
        let Some((transaction, pending)) = found.filter(|(_, one)| one.user.is_some()) else {
            return page::stopped("Log in first.");
        };
        self.pending.remove(&transaction);
        if form.get("decision") != Some("allow") && deviation.enforces(Rule::Denial) {
            return pending.back("error", "access_denied", deviation);
        }
        let scopes = match form.get("scopes") {
            Some(_) => {
                let chosen: Vec<&str> = form.all("scope").collect();
                pending
                    .scopes
                    .filtered(|one| chosen.contains(&one.to_string().as_str()))
            }
            None => pending.scopes.clone(),
        };
        if scopes.is_empty() {
            return pending.back("error", "access_denied", deviation);
        }
        let hides = form.get("withhold") == Some("sensitive");
        self.approved(
            &pending,
            scopes,
            hides && deviation.enforces(Rule::SensitiveChoice),
            deviation,
        )
    }

    /// Gives the app a code.
    fn approved(
        &mut self,
        pending: &Pending,
        scopes: Scopes,
        hides_sensitive: bool,
        deviation: &Deviation,
    ) -> Response {
        let (user, patients) = pending.user.clone().unwrap_or_default();
        let is_of_user = |context| scopes.resources().any(|one| one.context() == context);
        let patient = patients.first().cloned();
        let seen = match is_of_user(Context::User) {
            true => patients,
            false => patient.clone().into_iter().collect(),
        };
        let is_launched = scopes.has("launch/patient") || is_of_user(Context::Patient);
        let grant = Grant {
            patients: Some(seen),
            hides_sensitive,
            ..Grant::of(&pending.client, scopes)
        };
        let code = Code {
            grant: Arc::new(grant),
            patient: patient.filter(|_| is_launched),
            user,
            redirect_uri: pending.redirect_uri.clone(),
            challenge: pending.challenge.clone(),
            expires: self.clock.now().saturating_add(CODE_LIFE),
            family: self.random.next(),
            is_used: false,
        };
        let text = self.random.next();
        self.codes.put(text.clone(), code);
        pending.back("code", &text, deviation)
    }
}

/// The scopes that may be had, and the challenge.
fn ask(
    form: &Form,
    pending: &Pending,
    request: &Request,
    deviation: &Deviation,
) -> Result<(Scopes, Option<(String, bool)>), Problem> {
    if form.get("response_type") != Some("code") && deviation.enforces(Rule::ResponseType) {
        let text = "response_type is code";
        return Err(Problem::new("unsupported_response_type", text));
    }
    if pending.state.is_none() && deviation.enforces(Rule::StateRequired) {
        return Err(Problem::request("state is missing"));
    }
    let audience = form.get("aud").map(|aud| aud.trim_end_matches('/'));
    let (rule, text) = match audience {
        None => (Rule::AudienceRequired, "aud is missing"),
        Some(_) => (Rule::AuthorizeAudience, "aud is not this server"),
    };
    if audience != Some(request.base.as_str()) && deviation.enforces(rule) {
        return Err(Problem::request(text));
    }
    let challenge = form.get("code_challenge");
    let is_plain = form.get("code_challenge_method") != Some("S256");
    if challenge.is_none() && deviation.enforces(Rule::PkceRequired) {
        return Err(Problem::request("code_challenge is missing"));
    }
    if challenge.is_some() && is_plain && deviation.enforces(Rule::PkceMethod) {
        return Err(Problem::request("code_challenge_method is S256"));
    }
    let challenge = challenge.map(|text| (text.chars().take(200).collect(), is_plain));
    let asked = Scopes::parse(form.get("scope").unwrap_or_default());
    let is_of_member = |scope: &Scope| match scope {
        Scope::Resource(scope) => scope.context() != Context::System,
        Scope::Word(_) => true,
        Scope::Operation(_) => false,
    };
    let asked = asked.filtered(is_of_member);
    let scopes = match deviation.enforces(Rule::RegisteredScopes) {
        true => asked.both(&Scopes::parse(&pending.client.scope)),
        false => asked,
    };
    if scopes.is_empty() {
        return Err(Problem::new("invalid_scope", "nothing of that may be had"));
    }
    Ok((scopes, challenge))
}

//! The token endpoint (RFC 6749, 3.2; SMART App Launch; UDAP Security).

use super::client::Known;
use super::form::Form;
use super::grant::{Grant, Refresh, Token};
use super::problem::{Problem, unkept};
use super::registered::Credential;
use super::world::World;
use super::{Guard, keeper};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use crate::oauth::{Context, Scope, Scopes, Verifier};
use serde_json::{Value, json};
use std::sync::Arc;

/// Seconds that a token is good for which is good for too long.
const TOO_LONG: i64 = 3600;

/// What a token is to be given out for.
pub(super) struct Issue {
    pub(super) grant: Arc<Grant>,
    pub(super) patient: Option<String>,
    pub(super) user: Option<String>,
    pub(super) family: String,
    /// Whether it can be renewed without anybody.
    pub(super) is_renewable: bool,
}

impl Guard {
    /// `POST auth/token`.
    pub(super) fn token(
        &mut self,
        request: &Request,
        certificate: Option<String>,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Response {
        self.granted(request, certificate, world, deviation)
            .unwrap_or_else(Response::from)
    }

    fn granted(
        &mut self,
        request: &Request,
        certificate: Option<String>,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Result<Response, Problem> {
        let form = Form::of_body(request)?;
        form.check_once()?;
        let grant = form.need("grant_type", "grant_type is missing")?;
        let known = self.authenticate(&form, request, "token", deviation)?;
        let issue = match grant {
            "client_credentials" => self.by_itself(&form, &known, world, deviation)?,
            "authorization_code" => self.by_code(&form, &known, deviation)?,
            "refresh_token" => self.by_refresh(&form, &known, deviation)?,
            _ => {
                return Err(Problem::new(
                    "unsupported_grant_type",
                    "client_credentials, authorization_code and refresh_token are granted",
                ));
            }
        };
        Ok(self.issue(issue, request, certificate, deviation))
    }

    /// A system's own token.
    fn by_itself(
        &mut self,
        form: &Form,
        known: &Known,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Result<Issue, Problem> {
        if matches!(known.client.credential, Credential::Public) {
            let text = "an app that keeps no secret cannot act on its own account";
            return Err(Problem::new("unauthorized_client", text));
        }
        self.check_b2b(form, known, world, deviation)?;
        let patient = self.subject(form, known, world, deviation)?;
        let asked = Scopes::parse(form.get("scope").unwrap_or_default());
        let mut most = Scopes::parse(&known.client.scope);
        if patient.is_some() {
            most = most.extended(Context::System, Context::Patient);
        }
        let is_own = |scope: &Scope| match scope {
            Scope::Resource(scope) => scope.context() == Context::System || patient.is_some(),
            Scope::Operation(_) => true,
            Scope::Word(_) => false,
        };
        let own = if deviation.enforces(Rule::SystemScopes) {
            asked.filtered(is_own)
        } else {
            most = most
                .extended(Context::System, Context::User)
                .extended(Context::System, Context::Patient);
            asked.clone()
        };
        let scopes = if deviation.enforces(Rule::RegisteredScopes) {
            own.both(&most)
        } else {
            own
        };
        if scopes.is_empty() {
            return Err(Problem::new("invalid_scope", "nothing of that may be had"));
        }
        let mut grant = Grant::of(&known.client, scopes);
        if let Some(patient) = &patient {
            grant.patients = Some(vec![patient.clone()]);
        }
        Ok(Issue {
            grant: Arc::new(grant),
            patient,
            user: None,
            family: self.random.next(),
            is_renewable: false,
        })
    }

    /// What a member has approved of.
    fn by_code(
        &mut self,
        form: &Form,
        known: &Known,
        deviation: &Deviation,
    ) -> Result<Issue, Problem> {
        let code = form.need("code", "code is missing")?;
        let unknown = Problem::grant("the code is unknown, used or too old");
        let now = self.clock.now();
        let found = self.codes.get_mut(code).ok_or(unknown)?;
        if found.is_used && deviation.enforces(Rule::CodeOnce) {
            // Somebody has stolen it: what it gave out is worth nothing any more (RFC 6749, 4.1.2).
            let family = found.family.clone();
            if deviation.enforces(Rule::CodeReuse) {
                self.revoke_family(&family);
            }
            return Err(unknown);
        }
        if found.expires <= now && deviation.enforces(Rule::CodeExpiry) {
            return Err(unknown);
        }
        if found.grant.client_id != known.client.client_id && deviation.enforces(Rule::CodeClient) {
            return Err(Problem::grant("the code was given to another client"));
        }
        let is_same = form.get("redirect_uri") == Some(found.redirect_uri.as_str());
        if !is_same && deviation.enforces(Rule::CodeRedirect) {
            return Err(Problem::grant(
                "redirect_uri is not the one the code was sent to",
            ));
        }
        if deviation.enforces(Rule::PkceVerifier)
            && let Some((challenge, is_plain)) = &found.challenge
        {
            let sent = form.need("code_verifier", "code_verifier is missing")?;
            let answers = match Verifier::parse(sent) {
                Ok(_) if *is_plain => sent == challenge,
                Ok(verifier) => verifier.answers(challenge),
                Err(_) => false,
            };
            if !answers {
                return Err(Problem::grant(
                    "code_verifier does not answer the challenge",
                ));
            }
        }
        found.is_used = true;
        let scopes = &found.grant.scopes;
        Ok(Issue {
            grant: Arc::clone(&found.grant),
            patient: found.patient.clone(),
            user: Some(found.user.clone()),
            family: found.family.clone(),
            is_renewable: scopes.has("offline_access") || scopes.has("online_access"),
        })
    }

    /// The same again, or less.
    fn by_refresh(
        &mut self,
        form: &Form,
        known: &Known,
        deviation: &Deviation,
    ) -> Result<Issue, Problem> {
        let token = form.need("refresh_token", "refresh_token is missing")?;
        let unknown = Problem::grant("the refresh token is unknown, used or revoked");
        let found = self.refresh.get(token).ok_or(unknown)?.clone();
        let client = &found.grant.client_id;
        if *client != known.client.client_id && deviation.enforces(Rule::RefreshClient) {
            return Err(unknown);
        }
        if found.is_spent && deviation.enforces(Rule::RefreshRotation) {
            self.revoke_family(&found.family);
            return Err(unknown);
        }
        let mut grant = (*found.grant).clone();
        if let Some(asked) = form.get("scope") {
            let asked = Scopes::parse(asked);
            if !asked.is_within(&grant.scopes) && deviation.enforces(Rule::RefreshScope) {
                return Err(Problem::new(
                    "invalid_scope",
                    "more than was granted before",
                ));
            }
            grant.scopes = asked;
        }
        if let Some(spent) = self.refresh.get_mut(token) {
            spent.is_spent = true;
        }
        Ok(Issue {
            grant: Arc::new(grant),
            patient: found.patient,
            user: found.user,
            family: found.family,
            is_renewable: true,
        })
    }

    /// Gives a token out.
    fn issue(
        &mut self,
        issue: Issue,
        request: &Request,
        certificate: Option<String>,
        deviation: &Deviation,
    ) -> Response {
        let now = self.clock.now();
        let lifetime = match deviation.enforces(Rule::ShortTokens) {
            true => self.lifetime,
            false => TOO_LONG,
        };
        let scopes = &issue.grant.scopes;
        let access = self.random.next();
        let mut body = json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": lifetime,
            "scope": scopes.to_string(),
        });
        if let Some(patient) = &issue.patient {
            body["patient"] = json!(patient);
        }
        if let Some(user) = issue.user.as_deref().filter(|_| scopes.has("openid")) {
            let claims = self.identity(&issue, user, request, now, lifetime);
            if let Some(token) = keeper::id_token(&claims) {
                body["id_token"] = json!(token);
            }
        }
        if issue.is_renewable {
            let refresh = self.random.next();
            body["refresh_token"] = json!(refresh);
            let renewed = Refresh {
                grant: Arc::clone(&issue.grant),
                patient: issue.patient.clone(),
                user: issue.user.clone(),
                family: issue.family.clone(),
                is_spent: false,
            };
            self.refresh.put(refresh, renewed);
        }
        let token = Token {
            grant: issue.grant,
            patient: issue.patient,
            user: issue.user,
            issued: now,
            expires: now.saturating_add(lifetime),
            certificate,
            family: issue.family,
            is_revoked: false,
        };
        self.tokens.put(access, token);
        unkept(200, &body)
    }

    /// The claims of an ID token (OpenID Connect Core, section 2).
    fn identity(
        &self,
        issue: &Issue,
        user: &str,
        request: &Request,
        now: i64,
        lifetime: i64,
    ) -> Value {
        let mut claims = json!({
            "iss": request.base,
            "sub": user,
            "aud": issue.grant.client_id,
            "iat": now,
            "exp": now.saturating_add(lifetime),
        });
        if let Some(patient) = issue
            .patient
            .as_ref()
            .filter(|_| issue.grant.scopes.has("fhirUser"))
        {
            claims["fhirUser"] = json!(format!("{}/Patient/{patient}", request.base));
        }
        claims
    }

    /// Revokes all that came from one authorization.
    pub(super) fn revoke_family(&mut self, family: &str) {
        for token in self.tokens.values_mut().filter(|one| one.family == family) {
            token.is_revoked = true;
        }
        for refresh in self.refresh.values_mut().filter(|one| one.family == family) {
            refresh.is_spent = true;
        }
    }
}

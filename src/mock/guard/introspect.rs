//! Telling of tokens (RFC 7662) and revoking them (RFC 7009).

use super::Guard;
use super::form::Form;
use super::problem::{Problem, unkept};
use super::registered::Credential;
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use serde_json::json;

impl Guard {
    /// `POST auth/introspect`. A client is told of its own tokens only.
    pub(super) fn introspect(&mut self, request: &Request, deviation: &Deviation) -> Response {
        self.told(request, deviation).unwrap_or_else(Response::from)
    }

    fn told(&mut self, request: &Request, deviation: &Deviation) -> Result<Response, Problem> {
        let form = Form::of_body(request)?;
        form.check_once()?;
        let known = self.authenticate(&form, request, "introspect", deviation);
        let client = match known {
            Ok(known) => Some(known.client),
            Err(_) if !deviation.enforces(Rule::Introspection) => None,
            Err(problem) => return Err(problem),
        };
        let is_public = |credential: &Credential| matches!(credential, Credential::Public);
        if client
            .as_ref()
            .is_some_and(|one| is_public(&one.credential))
        {
            return Err(Problem::client(
                "an app that keeps no secret is told nothing",
            ));
        }
        let token = form.need("token", "token is missing")?;
        let now = self.clock.now();
        let owns = |id: &str| {
            let own = client.as_ref().is_none_or(|client| client.client_id == id);
            own || !deviation.enforces(Rule::Introspection)
        };
        let refresh = self.refresh.get(token);
        if let Some(refresh) = refresh.filter(|one| owns(&one.grant.client_id) && !one.is_spent) {
            let grant = &refresh.grant;
            let body = json!({"active": true, "client_id": grant.client_id,
                "scope": grant.scopes.to_string()});
            return Ok(unkept(200, &body));
        }
        let is_good = |expires: i64, is_revoked: bool| {
            (expires > now || !deviation.enforces(Rule::TokenExpiry))
                && (!is_revoked || !deviation.enforces(Rule::TokenRevocation))
        };
        let found = self.tokens.get(token).filter(|token| {
            owns(&token.grant.client_id) && is_good(token.expires, token.is_revoked)
        });
        let Some(token) = found else {
            return Ok(unkept(200, &json!({"active": false})));
        };
        let mut body = json!({
            "active": true,
            "client_id": token.grant.client_id,
            "scope": token.grant.scopes.to_string(),
            "token_type": "Bearer",
            "iss": request.base,
            "aud": request.base,
            "iat": token.issued,
            "exp": token.expires,
            "sub": token.user.as_ref().unwrap_or(&token.grant.client_id),
        });
        if let Some(patient) = &token.patient {
            body["patient"] = json!(patient);
        }
        if let Some(certificate) = &token.certificate {
            body["cnf"] = json!({"x5t#S256": certificate});
        }
        Ok(unkept(200, &body))
    }

    /// `POST auth/revoke`. A token that is not known is as good as revoked.
    pub(super) fn revoke(&mut self, request: &Request, deviation: &Deviation) -> Response {
        self.revoked(request, deviation)
            .unwrap_or_else(Response::from)
    }

    fn revoked(&mut self, request: &Request, deviation: &Deviation) -> Result<Response, Problem> {
        let form = Form::of_body(request)?;
        form.check_once()?;
        let known = self.authenticate(&form, request, "revoke", deviation)?;
        let token = form.need("token", "token is missing")?;
        let id = &known.client.client_id;
        let stranger = Problem::new("unauthorized_client", "the token is not this client's");
        let is_checked = deviation.enforces(Rule::RevokedByOwner);
        if let Some(found) = self.refresh.get(token) {
            if found.grant.client_id != *id && is_checked {
                return Err(stranger);
            }
            let family = found.family.clone();
            self.revoke_family(&family);
        } else if let Some(found) = self.tokens.get_mut(token) {
            if found.grant.client_id != *id && is_checked {
                return Err(stranger);
            }
            found.is_revoked = true;
        }
        Ok(unkept(200, &json!({})))
    }
}

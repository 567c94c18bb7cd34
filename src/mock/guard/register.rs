//! Clients that register themselves (RFC 7591; UDAP Security, section 3).

use super::problem::{Problem, unkept};
use super::registered::{Credential, Registered};
use super::udap::is_named;
use super::{Guard, address};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use crate::oauth::{Jwks, Jwt, Scopes};
use crate::signature::{Limits, read};
use serde_json::{Map, Value, json};

/// What is read of a registration.
const BODY: Limits = Limits {
    bytes: 128 << 10,
    depth: 16,
    values: 4_096,
};
/// Longest text of a client, in characters.
const LONGEST: usize = 500;
/// Addresses of one client.
const MOST_ADDRESSES: usize = 20;

impl Guard {
    /// `POST auth/register`.
    pub(super) fn register(
        &mut self,
        request: &Request,
        certificate: Option<String>,
        deviation: &Deviation,
    ) -> Response {
        self.registered(request, certificate.as_deref(), deviation)
            .unwrap_or_else(Response::from)
    }

    fn registered(
        &mut self,
        request: &Request,
        certificate: Option<&str>,
        deviation: &Deviation,
    ) -> Result<Response, Problem> {
        self.check_mutual_tls(certificate, deviation)
            .map_err(Problem::client)?;
        if self.open.is_none() && self.anchors.is_none() {
            let text = "clients are registered by hand";
            return Err(Problem::new("access_denied", text));
        }
        let bad = metadata("the body is no JSON object that can be read");
        read(&request.body, BODY).map_err(|_| bad)?;
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| bad)?;
        let body = body.as_object().ok_or(bad)?;
        match body.get("software_statement") {
            Some(statement) if self.anchors.is_some() => {
                self.by_statement(statement, body, request, deviation)
            }
            Some(_) => Err(Problem::new(
                "invalid_software_statement",
                "software statements are not taken here",
            )),
            None if self.open.is_some() => self.by_itself_registered(body, deviation),
            None => Err(metadata("send a software statement")),
        }
    }

    /// A client that sends its keys.
    fn by_itself_registered(
        &mut self,
        body: &Map<String, Value>,
        deviation: &Deviation,
    ) -> Result<Response, Problem> {
        let redirect_uris = addresses(body)?;
        let method = body
            .get("token_endpoint_auth_method")
            .and_then(Value::as_str);
        let keys = body.get("jwks").map(Jwks::from_json);
        let credential = match (method.unwrap_or("private_key_jwt"), keys) {
            ("private_key_jwt", Some(Ok(keys))) if !keys.keys.is_empty() => Credential::Keys(keys),
            ("private_key_jwt", None) if body.contains_key("jwks_uri") => {
                return Err(metadata("keys are not fetched here: send them as jwks"));
            }
            ("private_key_jwt", _) if deviation.enforces(Rule::RegisteredKeys) => {
                return Err(metadata("jwks holds no key that can be used"));
            }
            ("private_key_jwt", _) => Credential::Keys(Jwks::default()),
            ("none", _) if !redirect_uris.is_empty() => Credential::Public,
            _ => return Err(metadata("token_endpoint_auth_method is not offered here")),
        };
        self.take(credential, redirect_uris, body, 201, deviation)
    }

    /// A client whose software statement is signed with a key that is certified.
    fn by_statement(
        &mut self,
        statement: &Value,
        body: &Map<String, Value>,
        request: &Request,
        deviation: &Deviation,
    ) -> Result<Response, Problem> {
        let bad = |text| Problem::new("invalid_software_statement", text);
        if body.get("udap").and_then(Value::as_str) != Some("1")
            && deviation.enforces(Rule::UdapVersion)
        {
            return Err(metadata("udap has to be 1"));
        }
        let text = statement.as_str().unwrap_or_default();
        let statement = Jwt::parse(text).map_err(|_| bad("it is no signed token"))?;
        let leaf = self
            .certified(&statement, deviation)
            .map_err(|problem| Problem::new("unapproved_software_statement", problem.text))?;
        let issuer = statement.text("iss").unwrap_or_default().to_owned();
        let is_own = is_named(&leaf, &issuer) && statement.text("sub") == Some(issuer.as_str());
        if !is_own && deviation.enforces(Rule::StatementIssuer) {
            return Err(bad("iss and sub are not a name of the certificate"));
        }
        let is_for_us = statement.is_for(&address(request, "register"));
        if !is_for_us && deviation.enforces(Rule::StatementAudience) {
            return Err(bad("it is for somebody else"));
        }
        self.check_times(&statement, deviation)
            .and_then(|()| self.check_replay(&issuer, &statement, deviation))
            .map_err(|problem| bad(problem.text))?;
        let claims = &statement.claims;
        if deviation.enforces(Rule::StatementClaims) {
            let is_named = claims.get("client_name").is_some_and(Value::is_string);
            let method = claims.get("token_endpoint_auth_method");
            if !is_named || method != Some(&json!("private_key_jwt")) {
                return Err(metadata(
                    "client_name or token_endpoint_auth_method is wrong",
                ));
            }
            if !claims.get("grant_types").is_some_and(Value::is_array) {
                return Err(metadata("grant_types is missing"));
            }
        }
        let is_same = |one: &&Registered| matches!(&one.credential, Credential::Certified(uri) if *uri == issuer);
        let before = self.clients.values().find(is_same);
        let before = before.map(|client| client.client_id.clone());
        if let Some(id) = &before {
            self.clients.remove(id);
            self.registrations.remove(id);
            // No grant types take a registration back (UDAP Security, 3.4).
            if claims.get("grant_types") == Some(&json!([])) {
                return Ok(unkept(200, &json!({"client_id": id, "grant_types": []})));
            }
        }
        let status = if before.is_some() { 200 } else { 201 };
        let redirect_uris = addresses(claims)?;
        self.take(
            Credential::Certified(issuer),
            redirect_uris,
            claims,
            status,
            deviation,
        )
    }

    /// Takes a client in, and says what it has got.
    fn take(
        &mut self,
        credential: Credential,
        redirect_uris: Vec<String>,
        asked: &Map<String, Value>,
        status: u16,
        deviation: &Deviation,
    ) -> Result<Response, Problem> {
        let text = |name: &str| asked.get(name).and_then(Value::as_str).unwrap_or_default();
        let (most, npis) = self.open.clone().unwrap_or_default();
        let wanted = Scopes::parse(text("scope"));
        let scope = match wanted.is_empty() {
            true => most,
            false if deviation.enforces(Rule::RegisteredScopes) => wanted.both(&most),
            false => wanted,
        };
        if scope.is_empty() {
            return Err(metadata("none of these scopes may be had"));
        }
        let client_id = self.random.next();
        let mut body = Map::new();
        for (name, value) in asked {
            let is_told = ["grant_types", "response_types", "redirect_uris", "contacts"]
                .contains(&name.as_str())
                || ["client_name", "jwks", "token_endpoint_auth_method"].contains(&name.as_str());
            if is_told {
                body.insert(name.clone(), value.clone());
            }
        }
        body.entry("token_endpoint_auth_method")
            .or_insert_with(|| json!("private_key_jwt"));
        body.insert("client_id".to_owned(), json!(client_id));
        body.insert("client_id_issued_at".to_owned(), json!(self.clock.now()));
        body.insert("scope".to_owned(), json!(scope.to_string()));
        let name: String = text("client_name").chars().take(LONGEST).collect();
        let client = Registered {
            client_id: client_id.clone(),
            name: if name.is_empty() {
                client_id.clone()
            } else {
                name
            },
            credential,
            scope: scope.to_string(),
            npis,
            is_contracted: true,
            patients: None,
            redirect_uris,
        };
        self.clients.insert(client_id.clone(), client);
        if let Some(forgotten) = self.registrations.put(client_id, ()) {
            self.clients.remove(&forgotten);
        }
        Ok(unkept(status, &Value::Object(body)))
    }
}

fn metadata(text: &'static str) -> Problem {
    Problem::new("invalid_client_metadata", text)
}

/// Where members are sent back to.
fn addresses(body: &Map<String, Value>) -> Result<Vec<String>, Problem> {
    let bad = Problem::new("invalid_redirect_uri", "redirect_uris cannot be used");
    let all = match body.get("redirect_uris") {
        None => return Ok(Vec::new()),
        Some(all) => all.as_array().ok_or(bad)?,
    };
    let is_usable = |text: &&str| {
        let parsed = url::Url::parse(text).ok();
        text.len() <= LONGEST
            && parsed.is_some_and(|url| {
                url.fragment().is_none() && matches!(url.scheme(), "http" | "https")
            })
    };
    if all.len() > MOST_ADDRESSES {
        return Err(bad);
    }
    all.iter()
        .map(|one| one.as_str().filter(is_usable).map(str::to_owned).ok_or(bad))
        .collect()
}

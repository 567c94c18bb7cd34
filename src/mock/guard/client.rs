//! Who asks: clients that prove themselves with a signed assertion, a secret, or not at all (SMART App Launch, Client
//! Authentication; RFC 6749, 2.3; RFC 7523).

use super::form::Form;
use super::problem::Problem;
use super::registered::{Credential, Registered};
use super::{Guard, address, thumbprint};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Rule};
use crate::oauth::{ASSERTION_TYPE, Jwks, Jwt, JwtError, LONGEST_LIFE};
use crate::signature::Algorithm;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;

/// Seconds by which clocks may differ.
const SKEW: i64 = 10;

/// A client that has proved who it is, as far as it can.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) client: Registered,
    /// What it has proved itself with.
    pub(super) assertion: Option<Jwt>,
}

impl Guard {
    /// The client that has sent this form to this endpoint.
    pub(super) fn authenticate(
        &mut self,
        form: &Form,
        request: &Request,
        endpoint: &str,
        deviation: &Deviation,
    ) -> Result<Known, Problem> {
        if let Some(assertion) = form.get("client_assertion") {
            let kind = form.get("client_assertion_type");
            if kind != Some(ASSERTION_TYPE) && deviation.enforces(Rule::AssertionType) {
                return Err(Problem::request(
                    "client_assertion_type is missing or unknown",
                ));
            }
            let audiences = [address(request, endpoint), address(request, "token")];
            return self.asserted(assertion, &audiences, deviation);
        }
        if let Some(header) = request.header(&AUTHORIZATION) {
            let (id, secret) =
                basic(header).ok_or(Problem::client("the credentials cannot be read"))?;
            return self.with_secret(&id, Some(&secret), deviation);
        }
        // An app that keeps no secret need not say who it is to renew its token (RFC 6749, section 6).
        let renews = || {
            let refresh = self.refresh.get(form.get("refresh_token")?)?;
            let client = self.clients.get(&refresh.grant.client_id)?;
            matches!(client.credential, Credential::Public).then_some(client.client_id.as_str())
        };
        let id = form.get("client_id").or_else(renews);
        let id = id.ok_or(Problem::client("the client does not say who it is"))?;
        self.with_secret(id, form.get("client_secret"), deviation)
    }

    /// The client of this id. Without the rule, an unknown one is taken for the first that is known.
    fn client(&self, id: &str, deviation: &Deviation) -> Result<Registered, Problem> {
        let instead = || {
            // Not one that has registered itself: which of them is first is chance.
            let is_own = |client: &&Registered| self.registrations.get(&client.client_id).is_none();
            let first = self.clients.values().find(is_own);
            first.filter(|_| !deviation.enforces(Rule::KnownClient))
        };
        let found = self.clients.get(id).or_else(instead);
        found
            .cloned()
            .ok_or(Problem::client("the client is not known"))
    }

    fn with_secret(
        &self,
        id: &str,
        secret: Option<&str>,
        deviation: &Deviation,
    ) -> Result<Known, Problem> {
        let client = self.client(id, deviation)?;
        let is_known = self.clients.contains_key(id);
        let proves = match &client.credential {
            Credential::Public => true,
            Credential::Secret(own) => secret.is_some_and(|secret| {
                // Hashes, so that the time it takes tells nothing.
                thumbprint(own.expose().as_bytes()) == thumbprint(secret.as_bytes())
            }),
            Credential::Keys(_) | Credential::Certified(_) => false,
        };
        if proves || !is_known || !deviation.enforces(Rule::ClientSecret) {
            return Ok(Known {
                client,
                assertion: None,
            });
        }
        Err(Problem::client("the client does not prove who it is"))
    }

    /// Who has signed an assertion for one of these addresses.
    fn asserted(
        &mut self,
        text: &str,
        audiences: &[String],
        deviation: &Deviation,
    ) -> Result<Known, Problem> {
        let unreadable = Problem::client("the assertion is no signed token");
        let assertion = Jwt::parse(text).map_err(|_| unreadable)?;
        let issuer = assertion.text("iss").or_else(|| assertion.text("sub"));
        let issuer = issuer.ok_or(Problem::client(
            "the assertion does not say who has signed it",
        ))?;
        let issuer = issuer.to_owned();
        let client = self.client(&issuer, deviation)?;
        let is_known = self.clients.contains_key(&issuer);
        if is_known {
            match &client.credential {
                Credential::Keys(keys) => check_signature(&assertion, keys, deviation)?,
                Credential::Certified(uri) => {
                    self.check_certified(&assertion, uri, deviation)?;
                }
                Credential::Secret(_) | Credential::Public => {
                    return Err(Problem::client("the client has no keys"));
                }
            }
        }
        if assertion.text("iss").is_none() && deviation.enforces(Rule::AssertionIssuer) {
            return Err(Problem::client(
                "the assertion does not say who has signed it",
            ));
        }
        // The subject is the client, or else the patient that a token is asked for; no other client.
        let subject = assertion.text("sub");
        let is_other = subject.is_none_or(|sub| sub != issuer && self.clients.contains_key(sub));
        if is_other && deviation.enforces(Rule::AssertionIssuer) {
            return Err(Problem::client("the assertion is about another client"));
        }
        let is_for_us = audiences.iter().any(|audience| assertion.is_for(audience));
        if !is_for_us && deviation.enforces(Rule::AssertionAudience) {
            return Err(Problem::client("the assertion is for somebody else"));
        }
        self.check_times(&assertion, deviation)?;
        self.check_replay(&issuer, &assertion, deviation)?;
        Ok(Known {
            client,
            assertion: Some(assertion),
        })
    }

    /// Refuses what is not good now, or good for too long.
    pub(super) fn check_times(&self, token: &Jwt, deviation: &Deviation) -> Result<(), Problem> {
        let now = self.clock.now();
        let Some(expires) = token.seconds("exp") else {
            return match deviation.enforces(Rule::AssertionExpiry) {
                true => Err(Problem::client("the assertion has no end")),
                false => Ok(()),
            };
        };
        let begins = token.seconds("nbf").or_else(|| token.seconds("iat"));
        let is_early = begins.is_some_and(|begins| begins > now.saturating_add(SKEW));
        if (expires <= now || is_early) && deviation.enforces(Rule::AssertionExpiry) {
            return Err(Problem::client("the assertion is not good now"));
        }
        let longest = now.saturating_add(LONGEST_LIFE + SKEW);
        if expires > longest && deviation.enforces(Rule::AssertionLife) {
            return Err(Problem::client(
                "the assertion is good for more than five minutes",
            ));
        }
        Ok(())
    }

    /// Refuses what was used before.
    pub(super) fn check_replay(
        &mut self,
        issuer: &str,
        token: &Jwt,
        deviation: &Deviation,
    ) -> Result<(), Problem> {
        let id = token.text("jti").filter(|id| !id.is_empty());
        let Some(id) = id else {
            return match deviation.enforces(Rule::AssertionReplay) {
                true => Err(Problem::client("the assertion has no jti")),
                false => Ok(()),
            };
        };
        // The length keeps issuer and number apart.
        let key = format!("{}:{issuer}:{id}", issuer.len());
        let key = thumbprint(key.as_bytes());
        if self.assertions.get(&key).is_some() && deviation.enforces(Rule::AssertionReplay) {
            return Err(Problem::client("the assertion was used before"));
        }
        self.assertions.put(key, ());
        Ok(())
    }
}

/// Whether one of these keys has signed the assertion, with an algorithm of SMART Backend Services.
fn check_signature(assertion: &Jwt, keys: &Jwks, deviation: &Deviation) -> Result<(), Problem> {
    let algorithm = assertion.algorithm();
    let is_taken = matches!(algorithm, Ok(Algorithm::Rs384 | Algorithm::Es384));
    if !is_taken {
        if deviation.enforces(Rule::AssertionAlgorithm) {
            return Err(Problem::client(
                "the assertion is not signed with RS384 or ES384",
            ));
        }
        // What is not signed at all has no signature to look at.
        if algorithm.is_err() {
            return Ok(());
        }
    }
    if assertion.key_id().is_none() && deviation.enforces(Rule::AssertionKeyId) {
        return Err(Problem::client("the assertion does not name its key"));
    }
    match assertion.verify_among(keys) {
        Ok(_) => Ok(()),
        Err(JwtError::NoKey(_)) => {
            let signs = || {
                keys.keys
                    .iter()
                    .any(|key| assertion.verify(&key.key).is_ok())
            };
            if deviation.enforces(Rule::AssertionKeyId) {
                Err(Problem::client("the client has no key of that name"))
            } else if signs() || !deviation.enforces(Rule::AssertionSignature) {
                Ok(())
            } else {
                Err(Problem::client(
                    "the signature of the assertion does not hold",
                ))
            }
        }
        Err(_) if !deviation.enforces(Rule::AssertionSignature) => Ok(()),
        Err(_) => Err(Problem::client(
            "the signature of the assertion does not hold",
        )),
    }
}

/// Id and secret of HTTP's basic authentication, each encoded as in a form (RFC 6749, 2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, text) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || text.len() > 8192 {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decoded = |text: &str| {
        let whole = format!("v={text}");
        let mut fields = url::form_urlencoded::parse(whole.as_bytes());
        fields.next().map(|(_, value)| value.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}

//! Holding a FHIR request against its token (RFC 6750).

use super::grant::Grant;
use super::need::Need;
use super::problem::{bad_token, forbidden, refused};
use super::{Guard, thumbprint};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use crate::oauth::{Context, Interaction, Scopes};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use std::sync::Arc;
use url::form_urlencoded;

/// Longest token that is looked for, in bytes.
const LONGEST: usize = 4096;

impl Guard {
    /// Who asks; none when nobody has to say so, or a fault lets everybody in. Refused is what has no good token, and
    /// what the token does not allow. One look-up, whatever is sent.
    #[expect(clippy::result_large_err, reason = "the answer is what is wanted")]
    pub(in crate::mock) fn admit(
        &self,
        need: &Need,
        segments: &[&str],
        request: &Request,
        certificate: Option<&[u8]>,
        deviation: &Deviation,
    ) -> Result<Option<Arc<Grant>>, Response> {
        let is_open = *need == Need::Nothing
            || *need == Need::Job && !deviation.enforces(Rule::JobProtection);
        if is_open {
            return Ok(None);
        }
        let certificate = certificate.map(thumbprint);
        let is_match = segments.last() == Some(&"$member-match");
        if is_match {
            self.check_mutual_tls(certificate.as_deref(), deviation)
                .map_err(|text| refused(401, None, "login", text))?;
        }
        let Some(token) = bearer(request, deviation)? else {
            if !deviation.enforces(Rule::TokenRequired) {
                return Ok(None);
            }
            let text = "send an access token: Authorization: Bearer";
            return Err(refused(401, None, "login", text));
        };
        let Some(token) = self.tokens.get(&token) else {
            if !deviation.enforces(Rule::KnownToken) {
                return Ok(None);
            }
            return Err(bad_token());
        };
        let is_bad = token.expires <= self.clock.now() && deviation.enforces(Rule::TokenExpiry)
            || token.is_revoked && deviation.enforces(Rule::TokenRevocation)
            || token.certificate.is_some()
                && token.certificate != certificate
                && deviation.enforces(Rule::CertificateBinding);
        if is_bad {
            return Err(bad_token());
        }
        token.grant.check(need, segments, deviation)?;
        Ok(Some(Arc::clone(&token.grant)))
    }

    /// Refuses a connection without a client's certificate, when one is demanded.
    pub(super) fn check_mutual_tls(
        &self,
        certificate: Option<&str>,
        deviation: &Deviation,
    ) -> Result<(), &'static str> {
        let is_demanded = self.has_mutual_tls && deviation.enforces(Rule::MutualTls);
        if is_demanded && certificate.is_none() {
            return Err("connect with a client certificate");
        }
        Ok(())
    }
}

impl Grant {
    /// Refuses what the token does not allow.
    #[expect(clippy::result_large_err, reason = "the answer is what is wanted")]
    pub(in crate::mock) fn check(
        &self,
        need: &Need,
        segments: &[&str],
        deviation: &Deviation,
    ) -> Result<(), Response> {
        let is_enforced = need.rule().is_none_or(|rule| deviation.enforces(rule));
        if is_enforced && !self.allows(need) {
            return Err(forbidden("the access token does not go so far"));
        }
        let is_for_providers =
            segments.first() == Some(&"Group") && segments.get(1) != Some(&"$bulk-member-match");
        if is_for_providers && !self.is_contracted && deviation.enforces(Rule::Contract) {
            return Err(forbidden("there is no contract with this client"));
        }
        Ok(())
    }

    /// Whether the token allows what is needed.
    pub(in crate::mock) fn allows(&self, need: &Need) -> bool {
        match need {
            Need::Nothing | Need::Token | Need::Job => true,
            Need::Resource(kind, Interaction::Read) => self.reads(kind),
            Need::Resource(kind, interaction) => self.scopes.allows(kind, *interaction),
            Need::Operation(canonicals) => self.scopes.allows_operation(canonicals),
            Need::Export => exports(&self.scopes),
        }
    }

    /// Whether resources of a type may be seen.
    pub(in crate::mock) fn reads(&self, kind: &str) -> bool {
        self.scopes.allows(kind, Interaction::Read) || self.scopes.allows(kind, Interaction::Search)
    }
}

/// Whether anything may be exported: some type is read on a system's or a user's own account.
fn exports(scopes: &Scopes) -> bool {
    scopes
        .resources()
        .any(|scope| scope.context() != Context::Patient && scope.reads_anything())
}

/// The token of a request, where it belongs.
#[expect(clippy::result_large_err, reason = "the answer is what is wanted")]
fn bearer(request: &Request, deviation: &Deviation) -> Result<Option<String>, Response> {
    if let Some(token) = misplaced(request) {
        if deviation.enforces(Rule::TokenInHeader) {
            let text = "an access token belongs into the header Authorization";
            return Err(refused(400, Some("invalid_request"), "invalid", text));
        }
        return Ok(Some(token));
    }
    let mut headers = request.headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (headers.next(), headers.next());
    let Some(header) = first else {
        return Ok(None);
    };
    let token = header.to_str().ok().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        let token = token.trim_start();
        let is_token = !token.is_empty() && token.len() <= LONGEST;
        (scheme.eq_ignore_ascii_case("bearer") && is_token).then(|| token.to_owned())
    });
    match token {
        Some(token) if second.is_none() => Ok(Some(token)),
        // Another scheme, several, or none that could be a token: as good as an unknown one.
        _ if !deviation.enforces(Rule::KnownToken) => Ok(None),
        _ => Err(bad_token()),
    }
}

/// A token where it can be seen by others: in the query, or in a form.
fn misplaced(request: &Request) -> Option<String> {
    let find = |bytes: &[u8]| {
        form_urlencoded::parse(bytes)
            .find(|(name, _)| name == "access_token")
            .map(|(_, value)| value.chars().take(LONGEST).collect())
    };
    let query = request.query.as_deref().unwrap_or_default();
    let kind = request.header(&CONTENT_TYPE).unwrap_or_default();
    let is_form = kind.starts_with("application/x-www-form-urlencoded");
    find(query.as_bytes()).or_else(|| is_form.then(|| find(&request.body)).flatten())
}

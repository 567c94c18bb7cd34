//! UDAP Security: what is offered, and what certificates prove.

use super::client::Known;
use super::discovery::scopes;
use super::form::Form;
use super::problem::Problem;
use super::registered::Credential;
use super::world::World;
use super::{Guard, address, keeper};
use crate::mock::deviation::Deviation;
use crate::mock::{Request, Response, Rule};
use crate::oauth::Jwt;
use crate::signature::{AlternativeName, Certificate, Trust};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Seconds that signed metadata are good for: a day.
const DAY: i64 = 24 * 3600;
/// The extension of B2B exchange.
const B2B: &str = "hl7-b2b";

impl Guard {
    /// The certificate of who has issued the server's own certificates: what a client of UDAP trusts. None when no
    /// key could be made.
    #[must_use]
    pub fn udap_anchor() -> Option<Certificate> {
        keeper::anchor().cloned()
    }

    /// `.well-known/udap` (UDAP Security, 2.2).
    pub(super) fn udap_configuration(&self, request: &Request) -> Response {
        let base = &request.base;
        let now = self.clock.now();
        let endpoints = json!({
            "iss": base,
            "sub": base,
            "iat": now,
            "exp": now.saturating_add(DAY),
            "jti": format!("metadata-{now}"),
            "authorization_endpoint": address(request, "authorize"),
            "token_endpoint": address(request, "token"),
            "registration_endpoint": address(request, "register"),
        });
        let Some(signed) = keeper::signed_metadata(base, &endpoints) else {
            return Response::refusal(500, "exception", "there is no key to sign with");
        };
        let algorithms = ["RS256", "RS384", "ES256", "ES384"];
        let document = json!({
            "udap_versions_supported": ["1"],
            "udap_profiles_supported": ["udap_dcr", "udap_authn", "udap_authz"],
            "udap_authorization_extensions_supported": [B2B],
            "udap_authorization_extensions_required": [B2B],
            "udap_certifications_supported": [],
            "udap_certifications_required": [],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "scopes_supported": scopes(),
            "authorization_endpoint": endpoints["authorization_endpoint"],
            "token_endpoint": endpoints["token_endpoint"],
            "registration_endpoint": endpoints["registration_endpoint"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "registration_endpoint_jwt_signing_alg_values_supported": algorithms,
            "signed_metadata": signed,
        });
        Response::new(200, "application/json", document.to_string())
    }

    /// Whose key has signed this: the leaf of its certificates, which must come from an authority that is trusted.
    pub(super) fn certified(
        &self,
        token: &Jwt,
        deviation: &Deviation,
    ) -> Result<Certificate, Problem> {
        let unreadable = Problem::client("the certificates cannot be read");
        let chain = token.certificates().map_err(|_| unreadable)?;
        let leaf = chain.first().cloned();
        let leaf = leaf.ok_or(Problem::client("there are no certificates"))?;
        if !deviation.enforces(Rule::UdapTrust) {
            return Ok(leaf);
        }
        let at = OffsetDateTime::from_unix_timestamp(self.clock.now());
        let trust = Trust {
            anchors: self.anchors.clone().unwrap_or_default(),
            at: at.unwrap_or(OffsetDateTime::UNIX_EPOCH),
        };
        if !trust.leads_from(&chain) {
            return Err(Problem::client(
                "the certificates come from nobody who is trusted",
            ));
        }
        if token.verify(leaf.key()).is_err() {
            return Err(Problem::client("the signature does not hold"));
        }
        Ok(leaf)
    }

    /// Whether the owner of a certificate with this URI has signed the assertion.
    pub(super) fn check_certified(
        &self,
        assertion: &Jwt,
        uri: &str,
        deviation: &Deviation,
    ) -> Result<(), Problem> {
        let leaf = self.certified(assertion, deviation)?;
        if !is_named(&leaf, uri) && deviation.enforces(Rule::UdapTrust) {
            return Err(Problem::client("the certificate is somebody else's"));
        }
        Ok(())
    }

    /// Refuses a system that came by UDAP without saying for whom and what for (UDAP Security, 5.2.1.1).
    pub(super) fn check_b2b(
        &self,
        form: &Form,
        known: &Known,
        world: &dyn World,
        deviation: &Deviation,
    ) -> Result<(), Problem> {
        let extension = known.assertion.as_ref().and_then(|assertion| {
            let extensions = assertion.claims.get("extensions")?;
            extensions.get(B2B)
        });
        if matches!(known.client.credential, Credential::Certified(_)) {
            if form.get("udap") != Some("1") && deviation.enforces(Rule::UdapVersion) {
                return Err(Problem::request("udap=1 is missing"));
            }
            let is_well = extension.is_some_and(is_complete);
            if !is_well && deviation.enforces(Rule::B2bExtension) {
                return Err(Problem::grant(
                    "the extension hl7-b2b is missing or incomplete",
                ));
            }
        }
        let subject = extension.and_then(|one| one.get("subject_id"));
        let Some(subject) = subject else {
            return Ok(());
        };
        let is_known = subject.as_str().is_some_and(|text| {
            // It may be a URI whose last part is the number.
            let last = text.rsplit(['/', '|', '#', ':']).next();
            world.knows(last.unwrap_or(text))
        });
        if !is_known && deviation.enforces(Rule::SubjectDirectory) {
            return Err(Problem::grant("subject_id is nobody who is known here"));
        }
        Ok(())
    }
}

/// Whether the extension has what it must have.
fn is_complete(extension: &Value) -> bool {
    let is_text = |name: &str| {
        extension[name]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    };
    let purposes = extension["purpose_of_use"].as_array();
    extension["version"] == "1"
        && is_text("organization_id")
        && purposes.is_some_and(|all| !all.is_empty() && all.iter().all(Value::is_string))
}

/// Whether a certificate has this URI among its names.
pub(super) fn is_named(certificate: &Certificate, uri: &str) -> bool {
    let names = certificate.alternative_names().ok().flatten();
    names
        .into_iter()
        .flatten()
        .any(|name| matches!(name, AlternativeName::Uri(own) if own == uri))
}

//! What the authorization server offers (SMART App Launch, Conformance).

use super::need::OPERATIONS;
use super::{Guard, address, keeper};
use crate::mock::{Request, Response};
use serde_json::{Value, json};

/// Scopes that are offered beside those of operations.
const SCOPES: [&str; 11] = [
    "openid",
    "fhirUser",
    "launch/patient",
    "offline_access",
    "online_access",
    "patient/*.rs",
    "patient/*.read",
    "user/*.rs",
    "system/*.rs",
    "system/*.read",
    "system/*.cruds",
];

impl Guard {
    /// `.well-known/smart-configuration`.
    pub(super) fn smart_configuration(&self, request: &Request) -> Response {
        let base = &request.base;
        let mut document = json!({
            "issuer": base,
            "jwks_uri": address(request, "jwks"),
            "authorization_endpoint": address(request, "authorize"),
            "token_endpoint": address(request, "token"),
            "introspection_endpoint": address(request, "introspect"),
            "revocation_endpoint": address(request, "revoke"),
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "response_types_supported": ["code"],
            "token_endpoint_auth_methods_supported":
                ["private_key_jwt", "client_secret_basic", "client_secret_post"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": scopes(),
            "capabilities": [
                "launch-standalone", "authorize-post", "client-public", "client-confidential-symmetric",
                "client-confidential-asymmetric", "sso-openid-connect", "context-standalone-patient",
                "permission-offline", "permission-online", "permission-patient", "permission-user",
                "permission-v1", "permission-v2",
            ],
        });
        if self.registers() {
            document["registration_endpoint"] = json!(address(request, "register"));
        }
        if self.has_mutual_tls {
            document["tls_client_certificate_bound_access_tokens"] = json!(true);
        }
        Response::new(200, "application/json", document.to_string())
    }

    /// `auth/jwks`: the keys that ID tokens are signed with.
    pub(super) fn jwks() -> Response {
        let keys = keeper::keys().to_json();
        Response::new(200, "application/json", keys.to_string())
    }

    /// Whether clients can register themselves.
    pub(super) fn registers(&self) -> bool {
        self.open.is_some()
    }
}

/// All scopes that are offered.
pub(super) fn scopes() -> Value {
    SCOPES.iter().chain(&OPERATIONS).copied().collect()
}

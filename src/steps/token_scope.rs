//! Tokens that scenarios try: for less than everything, of somebody else, taken back or over.

use super::World;
use super::drive::Halt;
use super::mismatch::Mismatch;
use crate::access::{self, Access, Registration};
use crate::evidence::Secret;
use crate::oauth::{self, Scopes};
use crate::signature::{Algorithm, Kind, PrivateKey};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

const PDEX: &str = "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition";
const MATCH_CODES: &str =
    "http://hl7.org/fhir/us/davinci-pdex/CodeSystem/PdexMultiMemberMatchResultCS";

/// What the words of a feature ask a token for.
enum Wanted {
    /// Records; a server that has no such tokens breaks nothing.
    Records(String),
    /// An operation, by one of these names of its scope; that there is such a token is judged.
    Operation(Vec<String>),
}

/// What the words `whose token is for … alone` mean, in the scopes of SMART 2, or of SMART 1 where a server has no other.
fn wanted(words: &str, ig: &str, is_v1: bool) -> Wanted {
    let read = if is_v1 { "read" } else { "rs" };
    let of = |kinds: &[&str]| {
        let scopes: Vec<String> = kinds
            .iter()
            .map(|kind| format!("system/{kind}.{read}"))
            .collect();
        Wanted::Records(scopes.join(" "))
    };
    let is_later = ig == "pdex@2.2.0";
    match words {
        "patients" => of(&["Patient"]),
        "practitioners" => of(&["Practitioner"]),
        "groups and patients" => of(&["Group", "Patient"]),
        "prior authorizations" => {
            Wanted::Records("system/ExplanationOfBenefit.rs?use=preauthorization".to_owned())
        }
        "groups of matched members" => {
            Wanted::Records(format!("system/Group.rs?code={MATCH_CODES}|match"))
        }
        "the match of one" => Wanted::Operation(vec![
            "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match".to_owned(),
        ]),
        "the match of many" if is_later => Wanted::Operation(vec![
            format!("{PDEX}/BulkMemberMatch"),
            format!("{PDEX}/bulk-member-match"),
        ]),
        "the match of many" => Wanted::Operation(vec![
            format!("{PDEX}/bulk-member-match"),
            format!("{PDEX}/BulkMemberMatch"),
        ]),
        _ => Wanted::Operation(vec![
            format!("{PDEX}/provider-member-match"),
            format!("{PDEX}/ProviderMemberMatch"),
        ]),
    }
}

impl World {
    /// A token `whose token is for … alone`.
    pub(super) async fn token_for(&mut self, words: &str) -> Result<Secret, Halt> {
        let kind = words
            .strip_prefix("whose token is for ")
            .and_then(|rest| rest.strip_suffix(" alone"));
        let kind = kind.ok_or_else(|| Halt::Error(format!("{words:?} is no kind of token")))?;
        let registration = self.registration().await?;
        if kind == "the matched member" || kind == "the member of that number" {
            return self.token_for_matched(kind == "the matched member").await;
        }
        let document = self.smart_configuration().await?;
        let supported: Vec<&str> = document["scopes_supported"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let is_v1 = supported.iter().any(|scope| scope.ends_with(".read"))
            && !supported.iter().any(|scope| scope.ends_with(".rs"));
        match wanted(kind, &self.ig()?, is_v1) {
            Wanted::Records(scope) => self.narrow_token(&registration, &scope).await,
            Wanted::Operation(names) => self.operation_token(&registration, &names).await,
        }
    }

    /// A token limited to the member who was matched last, named by the record or by the number that the match gave.
    async fn token_for_matched(&mut self, is_by_record: bool) -> Result<Secret, Halt> {
        let matched = self.last_match()?.clone();
        let subject = match is_by_record {
            true => self.record_number(&matched).await?,
            false => format!("{}|{}", matched.system, matched.value),
        };
        match self.token_about(&subject).await? {
            Ok(token) => Ok(token),
            Err(why) => {
                let mismatch = Mismatch::new("a token limited to the matched member", why);
                self.judge(Err(mismatch.at("the token endpoint")))?;
                Err(Halt::Skip(
                    "there is no token limited to the matched member".into(),
                ))
            }
        }
    }

    /// A token for that scope and no more; skips when the server has none.
    async fn narrow_token(
        &mut self,
        registration: &Registration,
        scope: &str,
    ) -> Result<Secret, Halt> {
        let access = self.access()?;
        let token = self.token_as(&access, registration, scope).await?;
        let token = token.map_err(|why| {
            Halt::Skip(format!("the server gives out no token for {scope}: {why}"))
        })?;
        let granted = self.reply()?.json().unwrap_or_default();
        let granted = granted["scope"].as_str().unwrap_or(scope);
        let asked = Scopes::parse(scope);
        if !Scopes::parse(granted).is_within(&asked) {
            return Err(Halt::Skip(format!(
                "the server gives out a token for {granted} instead of {scope}"
            )));
        }
        Ok(token)
    }

    /// A token for an operation alone, by the first of the names that the server takes; that it takes one is judged.
    async fn operation_token(
        &mut self,
        registration: &Registration,
        names: &[String],
    ) -> Result<Secret, Halt> {
        let mut why = String::new();
        let access = self.access()?;
        for name in names {
            match self.token_as(&access, registration, name).await? {
                Ok(token) => return Ok(token),
                Err(refused) => why = refused,
            }
        }
        let expected = format!("a token for {} alone", names.join(" or "));
        self.judge(Err(Mismatch::new(expected, why).at("$.scope")))?;
        Err(Halt::Skip(
            "there is no token for the operation alone".into(),
        ))
    }

    /// A token of another client, of another organization.
    pub(super) async fn token_of_another(&mut self) -> Result<Secret, Halt> {
        let other = self.access()?.other.clone();
        self.configured_token(other, "other").await
    }

    /// A token of a client whose organization has no contract with the payer. That it gets none is as good: the
    /// scenario then has nothing to try.
    pub(super) async fn token_without_contract(&mut self) -> Result<Secret, Halt> {
        let other = self.access()?.uncontracted.clone();
        self.configured_token(other, "uncontracted").await
    }

    async fn configured_token(
        &mut self,
        access: Option<Arc<Access>>,
        name: &str,
    ) -> Result<Secret, Halt> {
        let access = access.ok_or_else(|| {
            Halt::Skip(format!(
                "no such client is known: add [target.auth.{name}] to vitruvian.toml"
            ))
        })?;
        let registration = access.registration().clone();
        let scope = registration.scope.clone();
        let token = self.token_as(&access, &registration, &scope).await?;
        token.map_err(|why| Halt::Skip(format!("the client gets no token: {why}")))
    }

    /// How tokens are had; skips when that is not configured.
    pub(super) fn access(&self) -> Result<Arc<Access>, Halt> {
        self.target()?.access.ok_or_else(|| {
            Halt::Skip(
                "it is not known how tokens are had: add [target.auth] to vitruvian.toml".into(),
            )
        })
    }

    /// A token that was good once.
    pub(super) fn expired_token(&self) -> Result<Secret, Halt> {
        self.target()?.expired_token.ok_or_else(|| {
            Halt::Skip("no token is known that has expired: name one in target.auth.expired".into())
        })
    }

    /// A token that looks right, and that somebody else has made.
    pub(super) fn foreign_token(&self) -> Result<Secret, Halt> {
        let now = OffsetDateTime::now_utc();
        let claims = json!({
            "iss": "https://nobody.vitruvian.example",
            "sub": "vitruvian-nobody",
            "aud": self.target()?.client.base().as_str(),
            "scope": "system/*.rs",
            "iat": now.unix_timestamp(),
            "exp": (now + Duration::minutes(5)).unix_timestamp(),
        });
        let unusable =
            |error: &dyn std::fmt::Display| Halt::Error(format!("no token can be made: {error}"));
        let key = PrivateKey::generate(Kind::P256).map_err(|error| unusable(&error))?;
        let claims = claims.as_object().cloned().unwrap_or_default();
        let token = oauth::sign(&Map::new(), &claims, &key, Algorithm::Es256);
        token.map(Secret::new).map_err(|error| unusable(&error))
    }

    /// A token that was given out and taken back since (RFC 7009); skips where that is not offered.
    pub(super) async fn revoked_token(&mut self) -> Result<Secret, Halt> {
        let url = self.endpoint("revocation_endpoint").await?;
        let token = self.own_token().await?;
        let registration = self.registration().await?;
        let request = access::authenticated(
            &registration,
            &url,
            vec![("token", token.expose().to_owned())],
        );
        let request =
            request.map_err(|error| Halt::Error(format!("no request can be made: {error}")))?;
        self.prepare_bare(request).await?;
        let status = self.reply()?.status;
        match status {
            200 => Ok(token),
            _ => Err(Halt::Skip(format!(
                "the token cannot be taken back: status {status}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Wanted, wanted};

    #[test]
    fn words_become_scopes() {
        let scope = |words: &str, is_v1: bool| match wanted(words, "pdex@2.1.0", is_v1) {
            Wanted::Records(scope) => scope,
            Wanted::Operation(names) => names.join(" "),
        };
        assert_eq!(
            scope("groups and patients", false),
            "system/Group.rs system/Patient.rs"
        );
        assert_eq!(scope("patients", true), "system/Patient.read");
        assert!(scope("the match of many", false).starts_with(super::PDEX));
    }
}

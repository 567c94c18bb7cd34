//! Who signs for the stand-ins: throw-away keys and certificates, made when first asked for, once per process.

use crate::signature::{
    Algorithm, Authority, AuthorityError, Certificate, Edition, Flaw, Hand, Json, Kind, NPI,
    PrivateKey, Request, SignError, Signing, Style, Unreadable, Who, sign_json,
};
use serde_json::Value;
use std::sync::OnceLock;
use time::OffsetDateTime;

/// The NPI of who signs: made up, and easy to recognise.
const SIGNER: &str = "1111111112";

/// One who signs, whose authority others can be told to trust.
#[derive(Debug)]
pub struct Signatory {
    authority: Authority,
    below: Authority,
    key: PrivateKey,
    certificates: Vec<Certificate>,
}

impl Signatory {
    /// The one of this process. Its RSA key takes some tenths of a second the first time.
    ///
    /// # Errors
    /// When no keys can be made.
    pub fn of_process() -> Result<&'static Self, AuthorityError> {
        static MADE: OnceLock<Result<Signatory, AuthorityError>> = OnceLock::new();
        MADE.get_or_init(Self::new).as_ref().map_err(Clone::clone)
    }

    fn new() -> Result<Self, AuthorityError> {
        let authority = Authority::root("Example Authority")?;
        let below = authority.intermediate("Example Intermediate Authority")?;
        let key = PrivateKey::generate(Kind::Rsa)?;
        let leaf = below.issue(&Request::signer("Example Signer", SIGNER), &key)?;
        Ok(Self {
            certificates: vec![leaf, below.certificate().clone()],
            authority,
            below,
            key,
        })
    }

    /// The certificate to trust.
    #[must_use]
    pub const fn anchor(&self) -> &Certificate {
        self.authority.certificate()
    }

    /// A searchset, a document or a QuestionnaireResponse, or one item of it, signed with RS256 by the rules of this
    /// version. A Bundle of search results is signed as an Organization, everything else as a Practitioner.
    ///
    /// # Errors
    /// When it is nothing that is signed, or is signed already.
    pub fn sign(
        &self,
        resource: &Value,
        edition: Edition,
        when: OffsetDateTime,
        item: Option<&str>,
    ) -> Result<Value, SignError> {
        self.sign_with(resource, edition, when, item, None)
    }

    /// The same with a flaw.
    ///
    /// # Errors
    /// When it is nothing that is signed, or is signed already.
    pub fn sign_with(
        &self,
        resource: &Value,
        edition: Edition,
        when: OffsetDateTime,
        item: Option<&str>,
        flaw: Option<Flaw>,
    ) -> Result<Value, SignError> {
        let mut certificates = self.certificates.clone();
        if let (Some(flaw), Some(leaf)) = (flaw, certificates.first_mut()) {
            let mut request = Request::signer("Example Signer", SIGNER);
            flaw.spoil(&mut request);
            let spoilt = self.below.issue(&request, &self.key);
            *leaf = spoilt.map_err(|error| SignError::NotSignable(error.to_string()))?;
        }
        let is_searchset = resource["type"] == "searchset";
        let kind = if is_searchset {
            "Organization"
        } else {
            "Practitioner"
        };
        let signing = Signing {
            edition,
            hands: vec![Hand {
                key: &self.key,
                certificates: &certificates,
                algorithm: Algorithm::Rs256,
            }],
            who: Who {
                kind: kind.to_owned(),
                system: NPI[0].to_owned(),
                value: SIGNER.to_owned(),
                display: "Example Signer".to_owned(),
            },
            when,
            item: item.map(str::to_owned),
            replace: false,
            alter: flaw.map(Flaw::alter),
        };
        let mut document = Json::from(resource);
        sign_json(&mut document, &signing)?;
        let bytes = document.bytes(Style::WRITTEN)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            SignError::Unreadable(Unreadable::Malformed {
                problem: error.to_string(),
                at: error.column(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Signatory;
    use crate::signature::{Edition, Json, Trust, Verdict, verify_json};
    use serde_json::json;
    use time::OffsetDateTime;

    #[test]
    fn what_it_signs_verifies_against_its_authority_in_every_version() {
        let signatory = Signatory::of_process().unwrap();
        let trust = Trust::now(vec![signatory.anchor().clone()]);
        let searchset = json!({"resourceType": "Bundle", "type": "searchset", "total": 0});
        let response = json!({"resourceType": "QuestionnaireResponse", "status": "completed",
            "item": [{"linkId": "1", "answer": [{"valueDecimal": 1.5}]}]});
        for edition in Edition::ALL {
            for (resource, item) in [
                (&searchset, None),
                (&response, None),
                (&response, Some("1")),
            ] {
                let now = OffsetDateTime::now_utc();
                let signed = signatory.sign(resource, edition, now, item).unwrap();
                let report = verify_json(&Json::from(&signed), edition, &trust);
                assert_eq!(report.verdict(), Verdict::Valid, "{report:#?}");
                assert_eq!(report.signatures[0].broken().count(), 0);
            }
        }
        let patient = json!({"resourceType": "Patient"});
        let now = OffsetDateTime::now_utc();
        assert!(
            signatory
                .sign(&patient, Edition::V2_1_0, now, None)
                .is_err()
        );
    }
}

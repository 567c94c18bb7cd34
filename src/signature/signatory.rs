//! One who signs with throw-away keys, and the authority that vouches for it.

use super::algorithm::Algorithm;
use super::authority::{Authority, AuthorityError, Request};
use super::certificate::Certificate;
use super::edition::Edition;
use super::flaw::Flaw;
use super::json::{Json, Style};
use super::key::{Kind, PrivateKey};
use super::name::Who;
use super::reader::Unreadable;
use super::sign::{Hand, SignError, Signing, sign_json};
use serde_json::Value;
use std::sync::OnceLock;
use time::OffsetDateTime;

/// One who signs, as whoever is named, with one RSA key (what every version of the guide has) and certificates of an
/// authority below its own. Nothing of it is kept anywhere.
#[derive(Debug)]
pub struct Signatory {
    authority: Authority,
    below: Authority,
    /// Made when it is first signed with: that takes some tenths of a second.
    key: OnceLock<Result<PrivateKey, AuthorityError>>,
}

/// How something is signed.
#[derive(Clone, Debug)]
pub struct Deed<'a> {
    /// By whose rules.
    pub edition: Edition,
    /// As whom: the certificate is made out to them.
    pub who: &'a Who,
    /// When.
    pub when: OffsetDateTime,
    /// The `linkId` of the one item to sign; else the whole resource is signed.
    pub item: Option<&'a str>,
    /// The one rule that is broken, if one is.
    pub flaw: Option<Flaw>,
}

impl Signatory {
    /// Somebody with a new authority of that name, and one below it.
    ///
    /// # Errors
    /// When no keys can be made.
    pub fn new(authority: &str) -> Result<Self, AuthorityError> {
        let root = Authority::root(authority)?;
        Ok(Self {
            below: root.intermediate(&format!("{authority}, the one below"))?,
            authority: root,
            key: OnceLock::new(),
        })
    }

    /// Makes the key now, for those who are not to wait when something is signed.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn prepare(&self) -> Result<(), AuthorityError> {
        self.key().map(|_| ())
    }

    fn key(&self) -> Result<&PrivateKey, AuthorityError> {
        let make = || PrivateKey::generate(Kind::Rsa).map_err(AuthorityError::from);
        self.key.get_or_init(make).as_ref().map_err(Clone::clone)
    }

    /// The certificate to trust.
    #[must_use]
    pub const fn anchor(&self) -> &Certificate {
        self.authority.certificate()
    }

    /// The same resource with one more signature, made with RS256 where no flaw says otherwise.
    ///
    /// # Errors
    /// When it is nothing that is signed, or is signed already, or no key can be made.
    pub fn sign(&self, resource: &Value, deed: &Deed<'_>) -> Result<Value, SignError> {
        let key = self.key().map_err(|error| unissued(&error))?;
        let certificates = self
            .certificates(key, deed)
            .map_err(|error| unissued(&error))?;
        let signing = Signing {
            edition: deed.edition,
            hands: vec![Hand {
                key,
                certificates: &certificates,
                algorithm: match deed.flaw {
                    Some(Flaw::OtherHash) => Algorithm::Rs384,
                    _ => Algorithm::Rs256,
                },
            }],
            who: deed.who.clone(),
            when: deed.when,
            item: deed.item.map(str::to_owned),
            replace: false,
            flaw: deed.flaw,
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

    /// The certificate of who signs, then that of who has issued it.
    fn certificates(
        &self,
        key: &PrivateKey,
        deed: &Deed<'_>,
    ) -> Result<Vec<Certificate>, AuthorityError> {
        let mut request = Request::signer(&deed.who.display, &deed.who.value);
        if let Some(flaw) = deed.flaw {
            flaw.spoil(&mut request);
        }
        if deed.flaw == Some(Flaw::Stranger) {
            let stranger = Authority::root("An authority that nobody knows")?;
            let leaf = stranger.issue(&request, key)?;
            return Ok(vec![leaf, stranger.certificate().clone()]);
        }
        let leaf = self.below.issue(&request, key)?;
        Ok(vec![leaf, self.below.certificate().clone()])
    }
}

fn unissued(error: &AuthorityError) -> SignError {
    SignError::NotSignable(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Deed, Signatory};
    use crate::signature::{
        Edition, Examined, Flaw, Json, NPI, Trust, Verdict, Weight, Who, verify_json,
    };
    use serde_json::{Value, json};
    use time::OffsetDateTime;

    fn who() -> Who {
        Who {
            kind: "Practitioner".to_owned(),
            system: NPI[0].to_owned(),
            value: "1111111112".to_owned(),
            display: "Example Signer".to_owned(),
        }
    }

    fn response() -> Value {
        json!({"resourceType": "QuestionnaireResponse", "status": "completed",
            "meta": {"profile": ["http://example.org/answers"]},
            "item": [{"linkId": "1", "answer": [{"valueDecimal": 6.0}]}]})
    }

    fn examined(
        signatory: &Signatory,
        resource: &Value,
        edition: Edition,
        item: Option<&str>,
        flaw: Option<Flaw>,
    ) -> Examined {
        let who = who();
        let deed = Deed {
            edition,
            who: &who,
            when: OffsetDateTime::now_utc(),
            item,
            flaw,
        };
        let signed = signatory.sign(resource, &deed).unwrap();
        let trust = Trust::now(vec![signatory.anchor().clone()]);
        let mut report = verify_json(&Json::from(&signed), edition, &trust);
        report.signatures.remove(0)
    }

    #[test]
    fn what_it_signs_verifies_against_its_authority_in_every_version() {
        let signatory = Signatory::new("Example Authority").unwrap();
        let searchset = json!({"resourceType": "Bundle", "type": "searchset", "total": 0});
        for edition in Edition::ALL {
            for (resource, item) in [
                (&searchset, None),
                (&response(), None),
                (&response(), Some("1")),
            ] {
                let found = examined(&signatory, resource, edition, item, None);
                assert_eq!(found.verdict(), Verdict::Valid, "{found:#?}");
                assert_eq!(found.broken().count(), 0);
            }
        }
        let who = who();
        let deed = Deed {
            edition: Edition::V2_1_0,
            who: &who,
            when: OffsetDateTime::now_utc(),
            item: None,
            flaw: None,
        };
        assert!(
            signatory
                .sign(&json!({"resourceType": "Patient"}), &deed)
                .is_err()
        );
    }

    #[test]
    fn what_is_signed_in_another_way_is_told_by_the_near_miss() {
        let signatory = Signatory::new("Example Authority").unwrap();
        for (flaw, told, requirement) in [
            (Flaw::MetaSigned, "meta is kept", "CDEX-SIG-017"),
            (
                Flaw::WrittenNumbers,
                "numbers keep the digits they were written with (1.00, not 1)",
                "CDEX-SIG-012",
            ),
            (
                Flaw::OtherAlgorithm,
                "the algorithm is RS256, not the one that alg names",
                "CDEX-SIG-008",
            ),
        ] {
            for edition in Edition::ALL {
                let found = examined(&signatory, &response(), edition, None, Some(flaw));
                assert_eq!(found.verdict(), Verdict::Invalid, "{flaw:?}");
                let [near] = found.near_misses.as_slice() else {
                    panic!("{flaw:?}: {:#?}", found.near_misses)
                };
                assert_eq!(near.verifies_if, [told], "{flaw:?}");
                assert_eq!(near.requirements, [requirement], "{flaw:?}");
            }
        }
    }

    #[test]
    fn a_version_that_a_server_set_later_does_not_hide_that_meta_was_signed() {
        let signatory = Signatory::new("Example Authority").unwrap();
        let who = who();
        let deed = Deed {
            edition: Edition::V2_1_0,
            who: &who,
            when: OffsetDateTime::now_utc(),
            item: None,
            flaw: Some(Flaw::MetaSigned),
        };
        let mut kept = signatory.sign(&response(), &deed).unwrap();
        kept["meta"]["versionId"] = "7".into();
        kept["meta"]["lastUpdated"] = "2026-01-02T03:04:05Z".into();
        let report = verify_json(&Json::from(&kept), deed.edition, &Trust::now(Vec::new()));
        let told: Vec<&str> = report.signatures[0]
            .near_misses
            .iter()
            .flat_map(|near| near.verifies_if.iter().copied())
            .collect();
        assert_eq!(
            told,
            ["meta is kept as it was before versionId and lastUpdated were set"]
        );
    }

    #[test]
    fn what_nobody_has_signed_is_told_by_its_algorithm() {
        let signatory = Signatory::new("Example Authority").unwrap();
        for flaw in [Flaw::NothingSigned, Flaw::PublicSecret] {
            for edition in Edition::ALL {
                let found = examined(&signatory, &response(), edition, None, Some(flaw));
                assert_eq!(found.verdict(), Verdict::Invalid, "{flaw:?}");
                let broken: Vec<&str> = found.broken().map(|step| step.id).collect();
                assert_eq!(broken, ["algorithm"], "{flaw:?}");
            }
        }
    }

    #[test]
    fn each_flaw_breaks_its_rule_and_no_other() {
        let signatory = Signatory::new("Example Authority").unwrap();
        for (flaw, rules) in [
            (Flaw::Stranger, vec!["chain"]),
            (Flaw::NotForSignatures, vec!["key-usage"]),
            (Flaw::Expired, vec!["valid-when-signed", "valid-now"]),
            (Flaw::JsonSerialization, vec!["serialization"]),
            (Flaw::OtherHash, vec!["hash"]),
            (Flaw::OtherTime, vec!["signing-time-is-when"]),
        ] {
            let edition = Edition::V3_0_0Ballot;
            let found = examined(&signatory, &response(), edition, None, Some(flaw));
            let broken: Vec<&str> = found.broken().map(|step| step.id).collect();
            assert_eq!(broken, rules, "{flaw:?}");
            let is_must = |id: &str| {
                found
                    .step(id)
                    .is_some_and(|step| step.weight == Weight::Must)
            };
            let is_formal = matches!(flaw, Flaw::JsonSerialization | Flaw::OtherHash);
            assert_eq!(
                rules.iter().all(|rule| is_must(rule)),
                !is_formal,
                "{flaw:?}"
            );
        }
    }
}

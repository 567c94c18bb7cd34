//! What the provider signs: answers to Questionnaires when a Task asks for that, and, where that has been agreed on,
//! all search results (CDex, Signatures; Direct Query, Signatures).

use super::Provider;
use crate::mock::code::CDEX;
use crate::mock::deviation::Deviation;
use crate::mock::payer::refusal::Refusal;
use crate::mock::payer::resource_type::ResourceType;
use crate::mock::{Response, Rule, signatory};
use crate::signature::{Deed, Flaw, NPI, Who};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// What becomes of a signature when a rule is skipped.
const FLAWS: [(Rule, Flaw); 19] = [
    (Rule::SignatureAlgorithm, Flaw::NoAlgorithm),
    (Rule::SignatureKeyType, Flaw::NoKeyType),
    (Rule::SignatureCertificate, Flaw::NoCertificate),
    (Rule::SignatureTime, Flaw::NoTime),
    (Rule::SignatureTimeIsWhen, Flaw::OtherTime),
    (Rule::SignatureCommitments, Flaw::NoCommitments),
    (Rule::SignatureCommitmentIsType, Flaw::OtherCommitment),
    (Rule::SignatureIsCompact, Flaw::JsonSerialization),
    (Rule::SignatureHash, Flaw::OtherHash),
    (Rule::SignatureWithoutMeta, Flaw::MetaSigned),
    (Rule::SignatureCanonicalNumbers, Flaw::WrittenNumbers),
    (Rule::SignatureIsMade, Flaw::NothingSigned),
    (Rule::SignatureKeyIsPrivate, Flaw::PublicSecret),
    (Rule::SignatureAlgorithmIsUsed, Flaw::OtherAlgorithm),
    (Rule::SignerName, Flaw::NoName),
    (Rule::SignerNameIsNumber, Flaw::OtherName),
    (Rule::SignerAuthority, Flaw::Stranger),
    (Rule::SignerKeyUsage, Flaw::NotForSignatures),
    (Rule::SignerValidity, Flaw::Expired),
];

/// Kinds that are read one by one whatever has been agreed on: they are no clinical data.
const READ: [&str; 2] = ["Subscription", "Task"];

/// The flaw of a signature where a rule is skipped.
fn flaw(deviation: &Deviation) -> Option<Flaw> {
    let skipped = FLAWS.iter().find(|(rule, _)| !deviation.enforces(*rule));
    skipped.map(|(_, flaw)| *flaw)
}

impl Provider {
    /// The same provider where it has been agreed on that everything it gives is signed: it signs all search results,
    /// and refuses what cannot be signed.
    #[must_use]
    pub fn signing_everything(mut self) -> Self {
        self.signs_everything = true;
        self
    }

    /// Whether everything it gives is signed.
    #[must_use]
    pub const fn signs_everything(&self) -> bool {
        self.signs_everything
    }

    /// Refuses reads where everything is signed: a resource alone has no place for a signature.
    pub(super) fn check_read(
        &self,
        kind: &ResourceType,
        rest: &[&str],
        deviation: &Deviation,
    ) -> Result<(), Refusal> {
        let names_one = rest
            .first()
            .is_some_and(|part| !part.starts_with(['$', '_']));
        let is_data = kind.is_searched && !READ.contains(&kind.name);
        if !self.signs_everything || !names_one || !is_data {
            return Ok(());
        }
        if !deviation.enforces(Rule::SearchesOnly) {
            return Ok(());
        }
        let text = format!(
            "everything here is signed, and a resource alone cannot be: search for {}?_id={{id}}",
            kind.name
        );
        Err(Refusal::new(400, "business-rule", text))
    }

    /// An answer as it is sent: where everything is signed, search results with the signature of the provider itself.
    pub(super) fn sealed(&self, mut response: Response, deviation: &Deviation) -> Response {
        if !self.signs_everything || !deviation.enforces(Rule::SignedResults) {
            return response;
        }
        let mut results: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        if results["resourceType"] != "Bundle" || results["type"] != "searchset" {
            return response;
        }
        results["meta"]["profile"] =
            json!([format!("{CDEX}/StructureDefinition/cdex-signature-bundle")]);
        let who = match deviation.enforces(Rule::SenderSigns) {
            true => self.house(),
            false => self.doctor(),
        };
        match self.signed(&results, &who, None, flaw(deviation)) {
            Ok(signed) => {
                response.body = signed.to_string().into();
                response
            }
            Err(why) => Refusal::new(500, "exception", why).into(),
        }
    }

    /// Answers to a Questionnaire, signed by who gives them: the first of them on its own, and then all of them.
    pub(super) fn signed_answers(
        &self,
        answers: &Value,
        deviation: &Deviation,
    ) -> Result<Value, &'static str> {
        let (mut answers, who) = (answers.clone(), self.doctor());
        let first = answers["item"][0].clone();
        if let Some(link) = first["linkId"].as_str() {
            if !deviation.enforces(Rule::SignedItems) {
                answers["item"][0]["text"] = "Another question?".into();
            }
            answers = self.signed(&answers, &who, Some(link), None)?;
            answers["item"][0]["text"] = first["text"].clone();
        }
        self.signed(&answers, &who, None, flaw(deviation))
    }

    /// A resource with one more signature.
    pub(super) fn signed(
        &self,
        resource: &Value,
        who: &Who,
        item: Option<&str>,
        flaw: Option<Flaw>,
    ) -> Result<Value, &'static str> {
        let signatory = signatory().map_err(|_| "nobody here has a key to sign with")?;
        let deed = Deed {
            edition: self.version.edition(),
            who,
            when: OffsetDateTime::now_utc(),
            item,
            flaw,
        };
        let signed = signatory.sign(resource, &deed);
        signed.map_err(|_| "this cannot be signed")
    }

    /// The provider itself, as one who signs.
    fn house(&self) -> Who {
        Who {
            kind: "Organization".to_owned(),
            system: NPI[0].to_owned(),
            value: self.settings.provider.npi.clone(),
            display: self.settings.provider.name.clone(),
        }
    }

    /// The doctor who answers for it.
    pub(super) fn doctor(&self) -> Who {
        let doctor = self.settings.practitioner.first();
        Who {
            kind: "Practitioner".to_owned(),
            system: NPI[0].to_owned(),
            value: doctor.map_or(String::new(), |one| one.npi.clone()),
            display: doctor.map_or(String::new(), |one| format!("{} {}", one.given, one.family)),
        }
    }
}

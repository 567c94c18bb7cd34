//! Signed documentation that a provider submits, and what a payer makes of its signature (CDex, Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_status};
use super::mismatch::Mismatch;
use crate::config::{Agreement, NPI_SYSTEM};
use crate::fhir::outcome;
use crate::signature::{
    Algorithm, Authority, Certificate, Edition, Flaw, Hand, Kind, PrivateKey, Request, Signing,
    Who, sign,
};
use serde_json::{Value, json};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};
use tokio::sync::OnceCell;

super::book::steps! {
    /// Skips unless the configuration says that the payer looks at signatures.
    r"^a payer that looks at signatures$" => looks;
    /// Posts the documentation without a signature, unless all has to be signed; skips when the payer does not take it.
    r"^the payer takes it unsigned$" => takes_unsigned;
    /// Puts a signature into the documentation, with a key made for this run.
    r"^the provider signs it(| and changes a word afterwards| with a certificate that has expired| with the certificate of somebody else| with another time in the header| with another commitment in the header)$" => sign_it;
    /// The status is 400, and an OperationOutcome tells the error in words.
    r"^the payer refuses it because of its signature$" => refuses;
    /// The status is 400, and an OperationOutcome tells the error in words.
    r"^the payer refuses it because it is not signed$" => refuses;
}

/// A key of this run, and the certificate of somebody who vouches for it.
struct Hands {
    key: PrivateKey,
    authority: Authority,
}

/// Made once, when first wanted, and kept nowhere. RSA is what every version of the guide has.
static HANDS: OnceCell<Arc<Hands>> = OnceCell::const_new();

async fn hands() -> Result<Arc<Hands>, Halt> {
    let make = || -> Result<Hands, String> {
        Ok(Hands {
            key: PrivateKey::generate(Kind::Rsa).map_err(|error| error.to_string())?,
            authority: Authority::root("Vitruvian test authority")
                .map_err(|error| error.to_string())?,
        })
    };
    let hands = HANDS.get_or_try_init(|| async {
        let made = tokio::task::spawn_blocking(make).await;
        let made = made
            .map_err(|error| error.to_string())
            .and_then(|made| made);
        made.map(Arc::new)
            .map_err(|error| Halt::Error(format!("no key can be made to sign with: {error}")))
    });
    hands.await.cloned()
}

impl World {
    pub(super) fn edition(&self) -> Result<Edition, Halt> {
        let ig = self.ig()?;
        let version = ig.rsplit('@').next().unwrap_or_default();
        version
            .parse()
            .map_err(|_| Halt::Error(format!("{ig} has no rules for signatures")))
    }

    /// The content of the first attachment in the making.
    fn submitted_content(&mut self) -> Result<&mut Value, Halt> {
        let mut parts = self.parts()?.iter_mut();
        let content = parts.find(|part| part["name"] == "Content");
        let content = content.map(|part| &mut part["resource"]);
        content.ok_or_else(|| Halt::Error("the attachment has no content".into()))
    }
}

async fn looks(world: &mut World, _: Arguments<'_>) -> Outcome {
    match world.target()?.signatures {
        Some(Agreement::Flagged | Agreement::Required) => Ok(()),
        Some(Agreement::Off) => Err(Halt::Inapplicable(
            "the payer has agreed with nobody on signatures".into(),
        )),
        None => Err(Halt::Skip(
            "it is not known whether the payer looks at signatures: say off, flagged or required in \
             target.signatures"
                .into(),
        )),
    }
}

async fn takes_unsigned(world: &mut World, _: Arguments<'_>) -> Outcome {
    if world.target()?.signatures == Some(Agreement::Required) {
        world.note("not tried: everything has to be signed");
        return Ok(());
    }
    world.post_submission().await?;
    if !world.reply()?.is_success() {
        let said = describe(world.reply()?);
        return Err(Halt::Skip(format!(
            "the payer does not take such a document even without a signature: {said}"
        )));
    }
    let tracking = json!({"name": "TrackingId", "valueIdentifier": world.new_tracking_id(1)?});
    world.set_parameter("TrackingId", Some(tracking))
}

async fn sign_it(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let how = arguments.word(1);
    let edition = world.edition()?;
    let npi = world.target()?.provider.map(|provider| provider.party.npi);
    let npi = npi
        .ok_or_else(|| Halt::Skip("nobody is known who may sign: say who in [provider]".into()))?;
    let hands = hands().await?;
    let mut request = Request::signer("Vitruvian test signer", &npi);
    if how.ends_with("expired") {
        let now = OffsetDateTime::now_utc();
        request.not_before = now - Duration::days(400);
        request.not_after = now - Duration::days(30);
    }
    let flaw = match how {
        " with the certificate of somebody else" => Some(Flaw::OtherName),
        " with another time in the header" => Some(Flaw::OtherTime),
        " with another commitment in the header" => Some(Flaw::OtherCommitment),
        _ => None,
    };
    flaw.iter().for_each(|flaw| flaw.spoil(&mut request));
    let failed = |error: String| Halt::Error(format!("it cannot be signed: {error}"));
    let certificate = hands.authority.issue(&request, &hands.key);
    let certificate = certificate.map_err(|error| failed(error.to_string()))?;
    let certificates: [Certificate; 2] = [certificate, hands.authority.certificate().clone()];
    let signing = Signing {
        edition,
        hands: vec![Hand {
            key: &hands.key,
            certificates: &certificates,
            algorithm: Algorithm::Rs256,
        }],
        who: Who {
            kind: "Practitioner".into(),
            system: NPI_SYSTEM.into(),
            value: npi,
            display: "Pat Placeholder".into(),
        },
        when: OffsetDateTime::now_utc(),
        item: None,
        replace: false,
        alter: flaw.map(Flaw::alter),
    };
    let content = world.submitted_content()?;
    let signed = sign(content.to_string().as_bytes(), &signing);
    let signed = signed.map_err(|error| failed(error.to_string()))?;
    *content = serde_json::from_slice(&signed).map_err(|error| failed(error.to_string()))?;
    if how.ends_with("afterwards") {
        content["entry"][0]["resource"]["title"] = "Another note".into();
    }
    Ok(())
}

async fn refuses(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    let body = reply.json().unwrap_or_default();
    let tells = outcome::issues(&body).iter().any(|issue| {
        let words = [&issue["details"]["text"], &issue["diagnostics"]];
        let is_error = issue["severity"] == "error" || issue["severity"] == "fatal";
        is_error && words.iter().any(|words| words.is_string())
    });
    let expected = "an OperationOutcome with an error that is told in words";
    let result = expect_status(reply, &[400], "the payer refuses it").and_then(|()| match tells {
        true => Ok(()),
        false => Err(Mismatch::new(expected, describe(reply)).at("body")),
    });
    world.judge(result)
}

//! Signed documentation that a provider submits, and what a payer makes of its signature (CDex, Signatures).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::{describe, expect_status};
use super::mismatch::{Mismatch, name_of};
use super::signature::{Verified, is_decisive, is_of_form};
use crate::config::{Agreement, NPI_SYSTEM};
use crate::fhir::{bundle, outcome};
use crate::http::Request;
use crate::signature::{Deed, EXTENSION, Edition, Flaw, Signatory, Who};
use serde_json::{Value, json};
use std::sync::Arc;
use time::OffsetDateTime;
use tokio::sync::OnceCell;

super::book::steps! {
    /// Skips unless the configuration says that the payer looks at signatures.
    r"^a payer that looks at signatures$" => looks;
    /// Posts the documentation without a signature, unless all has to be signed; skips when the payer does not take it.
    r"^the payer takes it unsigned$" => takes_unsigned;
    /// Puts a signature into the documentation, with a key made for this run.
    r"^the provider signs it(| and changes a word afterwards| with a certificate that has expired| with the certificate of somebody else| with another time in the header| with another commitment in the header| with the algorithm none| with the public key as a secret)$" => sign_it;
    /// The status is 400, and an OperationOutcome tells the error in words.
    r"^the payer refuses it because of its signature$" => refuses;
    /// The status is 400, and an OperationOutcome tells the error in words.
    r"^the payer refuses it because it is not signed$" => refuses;
    /// Gives the answers in the submission an identifier that those of other scenarios do not have.
    r"^they have a number of their own$" => number;
    /// Finds the answers with that identifier at the payer: their signature is there, has its form, and holds.
    r"^the answers that the payer keeps are signed as they were, as far as it offers them$" => kept_signed;
}

/// Made once, when first wanted, and kept nowhere.
static SIGNATORY: OnceCell<Arc<Signatory>> = OnceCell::const_new();

async fn signatory() -> Result<Arc<Signatory>, Halt> {
    let made = SIGNATORY
        .get_or_try_init(|| async { Signatory::new("Vitruvian test authority").map(Arc::new) });
    let made = made.await.cloned();
    made.map_err(|error| Halt::Error(format!("no key can be made to sign with: {error}")))
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
    let signatory = signatory().await?;
    let flaw = match how {
        " with a certificate that has expired" => Some(Flaw::Expired),
        " with the certificate of somebody else" => Some(Flaw::OtherName),
        " with another time in the header" => Some(Flaw::OtherTime),
        " with another commitment in the header" => Some(Flaw::OtherCommitment),
        " with the algorithm none" => Some(Flaw::NothingSigned),
        " with the public key as a secret" => Some(Flaw::PublicSecret),
        _ => None,
    };
    let who = Who {
        kind: "Practitioner".into(),
        system: NPI_SYSTEM.into(),
        value: npi,
        display: "Pat Placeholder".into(),
    };
    let content = world.submitted_content()?;
    let document = content.clone();
    // A key is made the first time, which takes long enough to let others go on meanwhile.
    let signed = tokio::task::spawn_blocking(move || {
        let deed = Deed {
            edition,
            who: &who,
            when: OffsetDateTime::now_utc(),
            item: None,
            flaw,
        };
        signatory.sign(&document, &deed)
    });
    let failed = |error: String| Halt::Error(format!("it cannot be signed: {error}"));
    let signed = signed.await.map_err(|error| failed(error.to_string()))?;
    *content = signed.map_err(|error| failed(error.to_string()))?;
    if how.ends_with("afterwards") {
        content["entry"][0]["resource"]["title"] = "Another note".into();
    }
    Ok(())
}

async fn number(world: &mut World, _: Arguments<'_>) -> Outcome {
    // The same in every run, so that evidence can be judged again.
    let number = format!("{}-answers", world.scenario_word()?);
    let identifier = json!({"system": "https://vitruvian.example/ids/answers", "value": number});
    world.submitted_content()?["identifier"] = identifier;
    Ok(())
}

async fn kept_signed(world: &mut World, _: Arguments<'_>) -> Outcome {
    let reply = world.reply()?;
    if !reply.is_success() {
        let said = describe(reply);
        return Err(Halt::Skip(format!("the payer does not take it: {said}")));
    }
    let number = world.submitted_content()?["identifier"].clone();
    let offered = world.offered("QuestionnaireResponse").await?;
    if !offered.has("search-type") {
        return Err(Halt::Inapplicable(
            "the payer offers no searches of QuestionnaireResponse records".into(),
        ));
    }
    let search = Request::get("QuestionnaireResponse?_sort=-_lastUpdated&_count=200");
    world.prepare(search).await?;
    let found = world.reply()?.json().unwrap_or_default();
    let mut all = bundle::matches(&found);
    let kept = all.find(|one| one["identifier"]["value"] == number["value"]);
    let kept = kept.cloned().ok_or_else(|| {
        Halt::Skip("the answers are not among those that the payer offers".into())
    })?;
    let signatures = world.examined(&kept)?.signatures.into_iter();
    let verified: Verified = signatures.map(|one| (name_of(&kept), one)).collect();
    if verified.is_empty() {
        let mismatch = Mismatch::new("the signature that came with the answers", "none");
        return world.judge(Err(
            mismatch.at(format!("{}, extension {EXTENSION}", name_of(&kept)))
        ));
    }
    world.judge_steps(&verified, |step| is_of_form(step) || is_decisive(step))
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

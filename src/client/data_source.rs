//! A provider that submits documentation of claims and prior authorizations to a payer (CDex).

use super::codes::own;
use super::documentation::{add, attach, bare, conclude, content, name_parties};
use super::{Brief, Line, Trouble, token};
use crate::config::{Claim, NPI_SYSTEM, Use};
use crate::mock::{Habit, signatory};
use crate::signature::{Deed, Edition, Flaw, Who};
use serde_json::{Value, json};
use time::OffsetDateTime;

/// Does all that the suite asks of a provider that submits documentation.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let scope = brief.credentials.as_ref();
    let scope = scope.map_or("", |credentials| credentials.scope.as_str());
    token::authorize(brief, line, scope).await?;
    let claims = brief.attachments.claims.iter();
    for claim in claims {
        match (&claim.tracking_id, claim.use_) {
            (None, Use::Claim) => unasked(brief, line, claim).await?,
            (None, Use::Preauthorization) => no_more_than_must(brief, line, claim).await?,
            (Some(_), _) if claim.signed => signed(brief, line, claim).await?,
            (Some(_), Use::Claim) => in_two_parts(brief, line, claim).await?,
            (Some(_), Use::Preauthorization) => answers(brief, line, claim).await?,
        }
    }
    for authorization in &brief.attachments.authorizations {
        let read = line.get(&format!("/{authorization}"));
        line.ask(read).await?;
    }
    Ok(())
}

/// Submits documentation. What is refused is not sent again as it is.
async fn submit(line: &mut Line<'_>, body: &Value) -> Result<(), Trouble> {
    let request = line.post("/$submit-attachment", body);
    let answer = line.ask(request.clone()).await?;
    let is_refused = (400..500).contains(&answer.status);
    if is_refused && !line.keeps_with(Habit::TakesARefusal, &request) {
        line.ask(request).await?;
    }
    Ok(())
}

/// Documentation of a claim that nobody has asked for, with all that can be said.
async fn unasked(brief: &Brief, line: &mut Line<'_>, claim: &Claim) -> Result<(), Trouble> {
    for (number, name) in [
        ("one", "a progress note of US Core 6.1.0"),
        ("two", "a note as C-CDA document"),
        ("three", "a progress note of US Core 3.1.1"),
    ] {
        let mut body = bare(brief, claim, &format!("unasked-{number}"));
        name_parties(brief, &mut body);
        attach(&mut body, claim, &content(name, claim), true);
        conclude(&mut body, true);
        submit(line, &body).await?;
    }
    Ok(())
}

/// Documentation of a prior authorization, with no more than must be said.
async fn no_more_than_must(
    brief: &Brief,
    line: &mut Line<'_>,
    claim: &Claim,
) -> Result<(), Trouble> {
    let mut body = bare(brief, claim, "unasked-prior");
    let note = content("a progress note of US Core 3.1.1", claim);
    attach(&mut body, claim, &note, false);
    submit(line, &body).await
}

/// Documentation that the payer has asked for, in two submissions.
async fn in_two_parts(brief: &Brief, line: &mut Line<'_>, claim: &Claim) -> Result<(), Trouble> {
    for (name, is_last) in [
        ("a progress note of US Core 7.0.0", false),
        ("a note as PDF", true),
    ] {
        let mut body = bare(brief, claim, "");
        name_parties(brief, &mut body);
        attach(&mut body, claim, &content(name, claim), true);
        conclude(&mut body, is_last);
        submit(line, &body).await?;
    }
    Ok(())
}

/// Answers to a Questionnaire that the payer has asked for.
async fn answers(brief: &Brief, line: &mut Line<'_>, claim: &Claim) -> Result<(), Trouble> {
    let mut body = bare(brief, claim, "");
    name_parties(brief, &mut body);
    if brief.is_newest() {
        let number = own("reference", "reference-1");
        add(
            &mut body,
            json!({"name": "AdminRefNumber", "valueIdentifier": number}),
        );
    }
    let answers = content("answers to a questionnaire", claim);
    attach(&mut body, claim, &answers, true);
    conclude(&mut body, true);
    submit(line, &body).await
}

/// Signed documentation, as the payer has asked for it: a document, and answers to a Questionnaire.
async fn signed(brief: &Brief, line: &mut Line<'_>, claim: &Claim) -> Result<(), Trouble> {
    let mut body = bare(brief, claim, "");
    name_parties(brief, &mut body);
    for name in [
        "a clinical document of several records",
        "answers to a questionnaire",
    ] {
        let mut content = content(name, claim);
        if name == "answers to a questionnaire" {
            content["identifier"] = own("answers", "signed-answers");
        }
        // What belongs to whoever keeps it, and is not part of what is signed.
        content["meta"]["source"] = "https://provider.example/fhir".into();
        let content = match line.keeps(Habit::SignsWhatMustBeSigned) {
            true => sign(brief, &content, line.flaw())?,
            false => content,
        };
        attach(&mut body, claim, &content, true);
    }
    conclude(&mut body, true);
    submit(line, &body).await
}

/// The same with the signature of somebody who works for the provider.
fn sign(brief: &Brief, content: &Value, flaw: Option<Flaw>) -> Result<Value, Trouble> {
    let unable = |error: String| Trouble::Unable(error);
    let edition = brief.version.parse::<Edition>();
    let edition = edition.map_err(|error| unable(error.to_string()))?;
    let signatory = signatory().map_err(|error| unable(error.to_string()))?;
    let who = Who {
        kind: "Practitioner".to_owned(),
        system: NPI_SYSTEM.to_owned(),
        value: brief.own.npi.clone(),
        display: "Pat Placeholder".to_owned(),
    };
    let deed = Deed {
        edition,
        who: &who,
        when: OffsetDateTime::now_utc(),
        item: None,
        flaw,
    };
    let signed = signatory.sign(content, &deed);
    signed.map_err(|error| unable(error.to_string()))
}

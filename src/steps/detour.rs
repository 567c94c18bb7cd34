//! Detours to records that a token does not open: contents of documents, and batches of requests (FHIR R4 http, batch;
//! Binary, security).

use super::World;
use super::app_token::unread;
use super::caller::Credentials;
use super::drive::{Arguments, Halt, Outcome};
use super::expect::describe;
use super::guarded_answer::records;
use super::mismatch::{Mismatch, name_of};
use crate::fhir::{Reference, path};
use crate::http::{Reply, Request};
use serde_json::{Value, json};

super::book::steps! {
    /// Asks for records of the member of the scenario with the app's token, which is for another one.
    r"^the app (searches that other member's claims|asks for everything of that other member|asks for that other member's observations in a batch|reads the contents of that other member's documents)$" => app_asks;
    /// No record in the answers is, or is about, the member of the scenario.
    r"^no record of that other member comes back$" => none_of_other;
}

/// Contents of documents that are asked for.
const MOST: usize = 2;

impl World {
    /// A batch with this one request; does not apply where batches are not declared.
    pub(super) async fn in_batch(&mut self, url: &str) -> Result<Request, Halt> {
        let statement = self.known_statement().await?;
        let offered = path::elements(&statement, "rest.interaction.code");
        if !offered.iter().any(|code| **code == "batch") {
            return Err(Halt::Inapplicable("the payer declares no batches".into()));
        }
        let body = json!({"resourceType": "Bundle", "type": "batch", "entry": [
            {"request": {"method": "GET", "url": url}},
        ]});
        Ok(Request::post_json("", &body))
    }

    /// Requests for the contents of a member's documents, as far as they are of type Binary. Which there are is asked
    /// with the credentials of the run; skips when there are none.
    pub(super) async fn content_requests(&mut self, patient: &str) -> Result<Vec<Request>, Halt> {
        let search = format!("DocumentReference?patient={patient}");
        let search = Request::get(search).header("accept", "application/fhir+json");
        self.prepare(search).await?;
        let found = self.reply()?.json().unwrap_or_default();
        let addresses = path::elements(&found, "entry.resource.content.attachment.url");
        let contents: Vec<Request> = addresses
            .into_iter()
            .filter_map(Value::as_str)
            .filter(|address| matches!(Reference::parse(address).target(), Some(("Binary", _))))
            .filter(|address| self.is_own(address))
            .take(MOST)
            .map(|address| Request::get(address).header("accept", "application/fhir+json"))
            .collect();
        match contents.is_empty() {
            true => Err(Halt::Skip(
                "no document of the member has its content in a Binary; give a test member with one".into(),
            )),
            false => Ok(contents),
        }
    }
}

/// What came in another form than FHIR JSON, though it was let out.
pub(super) fn is_raw(reply: &Reply) -> bool {
    (200..300).contains(&reply.status) && !reply.body.is_empty() && reply.json().is_err()
}

async fn app_asks(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let token = world.app_token()?;
    let other = unread(world).await?;
    let fhir = |request: Request| request.header("accept", "application/fhir+json");
    let get = |url: String| vec![fhir(Request::get(url))];
    let requests = match arguments.word(1) {
        "searches that other member's claims" => {
            get(format!("ExplanationOfBenefit?patient={other}"))
        }
        "asks for everything of that other member" => get(format!("Patient/{other}/$everything")),
        "reads the contents of that other member's documents" => {
            world.content_requests(&other).await?
        }
        _ => {
            let url = format!("Observation?patient={other}&category=laboratory");
            vec![fhir(world.in_batch(&url).await?)]
        }
    };
    world.tried_from = world.replies.len();
    let credentials = Credentials::Bearer(token);
    for request in requests {
        world.send(credentials.dress(request)).await?;
    }
    Ok(())
}

/// Whether a record is a patient's, or says so.
fn is_of(record: &Value, patient: &str) -> bool {
    match record["resourceType"].as_str() {
        Some("Patient") => record["id"] == patient,
        // It names nobody, and nothing else is asked for than the contents of that member's documents.
        Some("Binary") => true,
        _ => record.to_string().contains(&format!("Patient/{patient}\"")),
    }
}

async fn none_of_other(world: &mut World, _: Arguments<'_>) -> Outcome {
    // What is asked to learn who that is comes after what was tried.
    let tried = world.tried()?.to_vec();
    let other = world.member_record().await?;
    let mut mismatches = Vec::new();
    for reply in &tried {
        if reply.status >= 500 {
            // What does not work keeps nothing back on purpose.
            let mismatch = Mismatch::new("an answer, or a refusal", describe(reply));
            mismatches.push(mismatch.at("HTTP status"));
        } else if is_raw(reply) {
            let mismatch = Mismatch::new("nothing of that other member", describe(reply));
            mismatches.push(mismatch.at("body"));
        }
        let of_other = records(reply).into_iter().filter(|one| is_of(one, &other));
        mismatches.extend(of_other.map(|record| {
            Mismatch::new("nothing of that other member", name_of(&record)).at("body")
        }));
    }
    world.judge_each(mismatches)
}

#[cfg(test)]
mod tests {
    use super::is_of;
    use serde_json::json;

    #[test]
    fn records_of_a_patient_are_told_by_id_and_by_reference() {
        let claim =
            json!({"resourceType": "ExplanationOfBenefit", "patient": {"reference": "Patient/a"}});
        assert!(is_of(&claim, "a") && !is_of(&claim, "b"));
        let longer = json!({"resourceType": "Condition", "subject": {"reference": "Patient/ab"}});
        assert!(!is_of(&longer, "a"));
        let patient = json!({"resourceType": "Patient", "id": "a"});
        assert!(is_of(&patient, "a") && !is_of(&patient, "b"));
    }
}

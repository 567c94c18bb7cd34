//! Who calls: requests with other credentials than those of the run, or with none (RFC 6750; SMART App Launch 2.2,
//! Backend Services).

use super::World;
use super::drive::{Arguments, Halt, Outcome};
use crate::evidence::Secret;
use crate::http::{Reply, Request};

super::book::steps! {
    /// Sends what the words say, with the credentials that the words say; the answers are judged.
    r"^a client (without a token|without a contract|of another organization|with a new token|with a made-up token|with a token of somebody else's|with a token that was altered|with a token that has expired|with a token that was taken back|with its token in the address alone|whose token is for [a-z', ]+ alone) (reads the member's record|reads the member's record with all that tells its origin|reads everything of the member|searches the member's claims|searches the member's observations|asks for the member's observations in a batch|reads the contents of the member's documents|searches the patient's conditions|reads the record of the member matched before|looks at all groups|reads the group|asks for the group's data|has the group's data exported|asks how the job stands|fetches the files|asks for a match|asks for all of them to be matched)$" => attempt;
}

/// Files of one job that are asked for with other credentials.
const FILES: usize = 3;

/// What a request shows of who sends it.
#[derive(Clone)]
pub(super) enum Credentials {
    /// Nothing.
    None,
    /// A token as it should be.
    Bearer(Secret),
    /// A token as it must not be: in the address (RFC 6750, 2.3).
    InAddress(Secret),
}

impl Credentials {
    /// The request with these credentials in place of those of the run.
    pub(super) fn dress(&self, mut request: Request) -> Request {
        match self {
            Self::None => request.anonymous(),
            Self::Bearer(token) => {
                request.header("authorization", format!("Bearer {}", token.expose()))
            }
            Self::InAddress(token) => {
                let separator = if request.url.contains('?') { '&' } else { '?' };
                let query = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("access_token", token.expose())
                    .finish();
                request.url = format!("{}{separator}{query}", request.url);
                request.anonymous()
            }
        }
    }
}

impl World {
    /// The answers to what was tried with other credentials; skips when there are none.
    pub(super) fn tried(&self) -> Result<&[Reply], Halt> {
        match self.replies.get(self.tried_from..) {
            Some([]) | None => Err(Halt::Skip("there was nothing to be asked for".into())),
            Some(replies) => Ok(replies),
        }
    }

    /// Sends requests with other credentials than those of the run.
    async fn try_all(&mut self, requests: Vec<Request>, credentials: &Credentials) -> Outcome {
        self.tried_from = self.replies.len();
        for request in requests {
            self.send(credentials.dress(request)).await?;
        }
        Ok(())
    }

    /// The requests that the words of a feature stand for. What has to be known for them is asked with the
    /// credentials of the run.
    async fn requests_for(&mut self, words: &str) -> Result<Vec<Request>, Halt> {
        let fhir = |request: Request| request.header("accept", "application/fhir+json");
        Ok(vec![match words {
            "reads the member's record" => fhir(Request::get(format!(
                "Patient/{}",
                self.member_record().await?
            ))),
            "reads the member's record with all that tells its origin" => {
                let id = self.member_record().await?;
                fhir(Request::get(format!(
                    "Patient?_id={id}&_revinclude=Provenance:target"
                )))
            }
            "reads everything of the member" => {
                let id = self.member_record().await?;
                fhir(Request::get(format!("Patient/{id}/$everything")))
            }
            "searches the member's claims" => {
                let id = self.member_record().await?;
                fhir(Request::get(format!("ExplanationOfBenefit?patient={id}")))
            }
            "searches the patient's conditions" => {
                let id = self.patient_id()?;
                fhir(Request::get(format!("Condition?patient={id}")))
            }
            "searches the member's observations" => {
                let id = self.member_record().await?;
                fhir(Request::get(format!(
                    "Observation?patient={id}&category=laboratory"
                )))
            }
            "asks for the member's observations in a batch" => {
                let id = self.member_record().await?;
                let url = format!("Observation?patient={id}&category=laboratory");
                fhir(self.in_batch(&url).await?)
            }
            "reads the contents of the member's documents" => {
                let id = self.member_record().await?;
                return self.content_requests(&id).await;
            }
            "reads the record of the member matched before" => {
                let first = self.matches.first().cloned();
                let first = first
                    .ok_or_else(|| Halt::Error("nobody was matched before this step".into()))?;
                fhir(Request::get(format!(
                    "Patient/{}",
                    self.record_number(&first).await?
                )))
            }
            "looks at all groups" => fhir(Request::get("Group")),
            "reads the group" => fhir(Request::get(format!("Group/{}", self.cohort()?.group))),
            "asks for the group's data" | "has the group's data exported" => {
                super::job::asynchronous(self.export_request()?)
            }
            "asks how the job stands" => {
                Request::get(self.job()?.status_url.clone()).header("accept", "application/json")
            }
            "asks for a match" => self.match_request()?,
            "asks for all of them to be matched" => super::job::asynchronous(self.bulk_request()?),
            _ => return self.file_requests(),
        }])
    }

    /// Requests for the first files that the job lists, as far as they are on the target itself.
    fn file_requests(&self) -> Result<Vec<Request>, Halt> {
        let files = self.job()?.files("output").iter();
        let addresses = files.filter_map(|file| file["url"].as_str());
        let own = addresses.filter(|address| self.is_own(address));
        let requests: Vec<Request> = own
            .take(FILES)
            .map(|address| Request::get(address).header("accept", "application/fhir+ndjson"))
            .collect();
        match requests.is_empty() {
            true => Err(Halt::Skip(
                "the job lists no files on the payer itself".into(),
            )),
            false => Ok(requests),
        }
    }

    /// The credentials that the words of a feature stand for.
    async fn credentials(&mut self, words: &str) -> Result<Credentials, Halt> {
        let token = match words {
            "without a token" => return Ok(Credentials::None),
            "with its token in the address alone" => {
                return Ok(Credentials::InAddress(self.own_token().await?));
            }
            "with a made-up token" => Secret::new("vitruvian-made-up-token-0000000000"),
            "with a token of somebody else's" => self.foreign_token()?,
            "with a token that was altered" => altered(&self.own_token().await?),
            "with a token that has expired" => self.expired_token()?,
            "with a token that was taken back" => self.revoked_token().await?,
            "without a contract" => self.token_without_contract().await?,
            "of another organization" => self.token_of_another().await?,
            "with a new token" => self.own_token().await?,
            words => self.token_for(words).await?,
        };
        Ok(Credentials::Bearer(token))
    }
}

/// The token with its last letter changed.
fn altered(token: &Secret) -> Secret {
    let mut letters: Vec<char> = token.expose().chars().collect();
    if let Some(letter) = letters.iter_mut().rev().nth(1) {
        *letter = if *letter == 'A' { 'B' } else { 'A' };
    }
    Secret::new(letters.into_iter().collect::<String>())
}

async fn attempt(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let (who, what) = (arguments.word(1).to_owned(), arguments.word(2).to_owned());
    let requests = world.requests_for(&what).await?;
    let credentials = world.credentials(&who).await?;
    if what == "has the group's data exported" {
        return world.try_export(requests, &credentials).await;
    }
    world.try_all(requests, &credentials).await
}

impl World {
    /// Has an export done to its end with other credentials; whatever the payer refuses is judged like files.
    async fn try_export(&mut self, requests: Vec<Request>, credentials: &Credentials) -> Outcome {
        self.try_all(requests, credentials).await?;
        if self.reply()?.status != 202 {
            return Ok(());
        }
        self.caller = Some(credentials.clone());
        let exported = self.read_export().await;
        self.caller = None;
        exported
    }

    async fn read_export(&mut self) -> Outcome {
        self.accept_job()?;
        self.wait_for_job().await?;
        if self.job()?.manifest.is_none() {
            return Ok(());
        }
        let export = self.read_files("output").await?;
        self.exports.push(std::sync::Arc::new(export));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Credentials, altered};
    use crate::evidence::Secret;
    use crate::http::Request;

    #[test]
    fn requests_show_the_credentials_that_are_tried() {
        let token = Secret::new("abcdef");
        let request = || Request::get("Patient?_id=1");
        assert!(Credentials::None.dress(request()).anonymous);
        let bearing = Credentials::Bearer(token.clone()).dress(request());
        assert!(!bearing.anonymous);
        assert_eq!(
            bearing.headers,
            [("authorization".to_owned(), "Bearer abcdef".to_owned())]
        );
        let shown = Credentials::InAddress(token.clone()).dress(request());
        assert!(shown.anonymous);
        assert_eq!(shown.url, "Patient?_id=1&access_token=abcdef");
        assert_eq!(altered(&token).expose(), "abcdAf");
    }
}

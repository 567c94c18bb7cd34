//! Files that nobody asked for, beside those of a job: Bulk Data lets servers tell of them in a manifest.

use crate::mock::{Request, Response};
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_LOCATION, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Most jobs that have such files, or that are known to be about changes; for more there are none.
const MOST: usize = 100;
/// An extension of manifests that nobody has told clients of.
const NOTE: &str = "https://payer.example/fhir/house-note";

/// The files: name, type, and what is in them.
const FILES: [(&str, &str, &str, &str); 4] = [
    (
        "output",
        "house-Provenance.ndjson",
        "Provenance",
        r#"{"resourceType":"Provenance","id":"house-1","target":[{"display":"this export"}],"recorded":"2024-01-01T00:00:00Z","agent":[{"who":{"display":"the service that exports"}}]}"#,
    ),
    ("output", "house-List.ndjson", "List", ""),
    (
        "error",
        "house-errors.ndjson",
        "OperationOutcome",
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational","details":{"text":"nothing went wrong"}}]}"#,
    ),
    (
        "deleted",
        "house-deleted.ndjson",
        "Bundle",
        r#"{"resourceType":"Bundle","type":"transaction","entry":[{"request":{"method":"DELETE","url":"Observation/house-gone"}}]}"#,
    ),
];

/// The files of all jobs in a conversation.
#[derive(Debug, Default)]
pub(super) struct ExtraFiles {
    /// By the address of the job: whether its files need a token.
    jobs: BTreeMap<String, bool>,
    /// Addresses of the jobs that are about what has changed since some time: they alone tell of deletions.
    changes: BTreeSet<String>,
}

impl ExtraFiles {
    /// Learns from an answer which jobs there are.
    pub(super) fn learn(&mut self, request: &Request, response: &Response) {
        if request.method == Method::DELETE && response.status < 300 {
            self.jobs.remove(&request.path);
            self.changes.remove(&request.path);
        }
        let location = response.headers.get(CONTENT_LOCATION);
        let job = location
            .and_then(|location| location.to_str().ok())
            .and_then(|location| location.strip_prefix(&request.base));
        let query = request.query.as_deref().unwrap_or_default();
        let body = String::from_utf8_lossy(&request.body);
        let says = |word: &str| query.contains(word) || body.contains(word);
        if let Some(job) = job
            && says("_since")
            && self.changes.len() < MOST
        {
            self.changes.insert(job.to_owned());
        }
    }

    /// Adds them to a manifest: further and empty files of output, a file of errors, one of deletions where the job is
    /// about changes, and an extension. What is no manifest stays as it is.
    pub(super) fn add(&mut self, request: &Request, response: &mut Response) {
        let Ok(mut manifest) = serde_json::from_slice::<Value>(&response.body) else {
            return;
        };
        let is_known = self.jobs.contains_key(&request.path);
        let has_room = is_known || self.jobs.len() < MOST;
        if response.status != 200 || !manifest["output"].is_array() || !has_room {
            return;
        }
        let address = format!("{}{}", request.base, request.path);
        for (list, name, kind, text) in FILES {
            if !manifest[list].is_array() {
                manifest[list] = json!([]);
            }
            if list == "deleted" && !self.changes.contains(&request.path) {
                continue;
            }
            let file = json!({"type": kind, "url": format!("{address}/{name}"), "count": text.lines().count()});
            if let Some(files) = manifest[list].as_array_mut() {
                files.push(file);
            }
        }
        manifest["extension"] = json!({ NOTE: "shelf 7" });
        let needs_token = manifest["requiresAccessToken"] == true;
        self.jobs.insert(request.path.clone(), needs_token);
        response.body = manifest.to_string().into();
    }

    /// One of them, where one is asked for.
    pub(super) fn file(&self, request: &Request) -> Option<Response> {
        let (job, name) = request.path.rsplit_once('/')?;
        let needs_token = self.jobs.get(job)?;
        let (.., text) = FILES.iter().find(|(_, file, ..)| *file == name)?;
        if request.method != Method::GET {
            return Some(Response::refusal(405, "not-supported", "files are read"));
        }
        if *needs_token && !request.headers.contains_key(AUTHORIZATION) {
            let refusal = Response::refusal(401, "login", "send an access token");
            return Some(refusal.with(WWW_AUTHENTICATE, "Bearer realm=\"fhir\""));
        }
        let lines = match text.is_empty() {
            true => String::new(),
            false => format!("{text}\n"),
        };
        Some(Response::new(200, "application/fhir+ndjson", lines))
    }
}

#[cfg(test)]
mod tests {
    use super::{ExtraFiles, FILES};
    use crate::mock::{Request, Response};
    use http::Method;
    use http::header::{AUTHORIZATION, CONTENT_LOCATION};
    use serde_json::{Value, json};

    fn request(method: Method, path: &str) -> Request {
        Request {
            method,
            path: path.into(),
            query: None,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            base: "http://h/fhir".into(),
            client_certificate: None,
        }
    }

    fn manifest(files: &mut ExtraFiles, job: &str, needs_token: bool) -> Value {
        let body = json!({"requiresAccessToken": needs_token, "output": [], "error": []});
        let mut response = Response::new(200, "application/json", body.to_string());
        files.add(&request(Method::GET, job), &mut response);
        serde_json::from_slice(&response.body).unwrap()
    }

    #[test]
    fn a_manifest_tells_of_files_that_are_there_until_the_job_is_forgotten() {
        let mut files = ExtraFiles::default();
        let told = manifest(&mut files, "/$job/1", false);
        assert_eq!(told["output"].as_array().unwrap().len(), 2);
        assert_eq!(
            (&told["output"][1]["count"], &told["deleted"]),
            (&json!(0), &json!([]))
        );
        for list in ["output", "error"] {
            for file in told[list].as_array().unwrap() {
                let path = file["url"]
                    .as_str()
                    .unwrap()
                    .strip_prefix("http://h/fhir")
                    .unwrap();
                let answer = files.file(&request(Method::GET, path)).unwrap();
                let lines = String::from_utf8(answer.body.to_vec()).unwrap();
                assert_eq!(json!(lines.lines().count()), file["count"]);
                assert!(lines.lines().all(|line| {
                    serde_json::from_str::<Value>(line).unwrap()["resourceType"] == file["type"]
                }));
            }
        }
        let gone = request(Method::DELETE, "/$job/1");
        files.learn(&gone, &Response::empty(202));
        assert!(
            files
                .file(&request(Method::GET, "/$job/1/house-List.ndjson"))
                .is_none()
        );
        assert!(FILES.iter().all(|(_, name, ..)| name.starts_with("house-")));
    }

    #[test]
    fn deletions_are_told_of_where_changes_are_asked_for() {
        let mut files = ExtraFiles::default();
        let mut asked = request(Method::GET, "/Patient/$export");
        asked.query = Some("_since=2024-01-01T00:00:00Z".into());
        let taken = Response::empty(202).with(CONTENT_LOCATION, "http://h/fhir/$job/2");
        files.learn(&asked, &taken);
        assert_eq!(
            manifest(&mut files, "/$job/2", true)["deleted"][0]["type"],
            "Bundle"
        );
        // They are protected as the others are.
        let mut asked = request(Method::GET, "/$job/2/house-deleted.ndjson");
        assert_eq!(files.file(&asked).unwrap().status, 401);
        asked
            .headers
            .insert(AUTHORIZATION, "Bearer x".parse().unwrap());
        assert_eq!(files.file(&asked).unwrap().status, 200);
    }

    #[test]
    fn what_is_no_manifest_stays_as_it_is() {
        let mut files = ExtraFiles::default();
        let told = Response::new(200, "application/json", "{\"a\":1}");
        let mut response = told.clone();
        files.add(&request(Method::GET, "/$job/1"), &mut response);
        assert_eq!(response, told);
        assert!(
            files
                .file(&request(Method::GET, "/$job/1/house-List.ndjson"))
                .is_none()
        );
    }
}

//! Fetching the files that a finished job lists.

use super::drive::Halt;
use super::file::{FileSeen, TroubleKind};
use super::{Export, World};
use crate::evidence::Captured;
use crate::http::{LineLimits, LineTotals, Lines, Request};
use crate::profile::Validator;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// Time that a single file may take.
const FILE_TIME: Duration = Duration::from_secs(60 * 60);
/// Files of one job at most.
const FILES: usize = 10_000;

impl World {
    /// Reads the files that the finished job lists as `output`, `error` or `deleted`, without holding what is
    /// in them against profiles.
    pub(super) async fn read_files(&mut self, list: &str) -> Result<Export, Halt> {
        self.read_all(list, false).await
    }

    /// Reads the same files and holds every resource against its profiles.
    pub(super) async fn validate_files(&mut self, list: &str) -> Result<Export, Halt> {
        self.read_all(list, true).await
    }

    async fn read_all(&mut self, list: &str, validates: bool) -> Result<Export, Halt> {
        let validator = self.target()?.validator;
        let entries = self.job()?.files(list).to_vec();
        let needs_token = self.job()?.requires_token();
        let mut export = Export::default();
        export.watch = self.context()?.downloads.clone();
        for entry in entries.iter().take(FILES) {
            self.be_patient(FILE_TIME);
            self.read_file(
                entry,
                needs_token,
                validates.then_some(&*validator),
                &mut export,
            )
            .await?;
        }
        self.note(format!(
            "{} resources in {} files{}",
            export.total(),
            export.files.len(),
            if export.is_cut {
                "; the first are kept whole, of the others only facts"
            } else {
                ""
            },
        ));
        self.note_gaps(&export);
        Ok(export)
    }

    /// Notes references that lead out of the files, and files with other numbers of resources than said.
    fn note_gaps(&mut self, export: &Export) {
        let (dangling, some) = export.dangling();
        if dangling > 0 {
            self.note(format!(
                "{dangling} references lead out of the files, such as {}",
                some.first().map_or("others", String::as_str)
            ));
        }
        for file in &export.files {
            if let Some(declared) = file.declared.filter(|count| *count != file.resources) {
                self.note(format!(
                    "the {} file is said to hold {declared} resources, and holds {}",
                    file.kind, file.resources
                ));
            }
        }
    }

    async fn read_file(
        &mut self,
        entry: &Value,
        needs_token: bool,
        validator: Option<&Validator>,
        export: &mut Export,
    ) -> Result<(), Halt> {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        let mut file = FileSeen {
            kind: text("type"),
            url: text("url"),
            declared: entry["count"].as_u64(),
            ..FileSeen::default()
        };
        let mut request = Request::get(file.url.clone())
            .header("accept", "application/fhir+ndjson")
            .header("accept-encoding", "gzip");
        if !self.is_own(&file.url) {
            let is_trusted = self.target()?.client.shares_token_with(&file.url);
            let Some(elsewhere) = elsewhere(&file.url, is_trusted, needs_token) else {
                let why = "it is on another server, where our token does not go unless target.token_origins names it";
                file.trouble(0, TroubleKind::Unreadable(why.to_owned()));
                export.files.push(file);
                return Ok(());
            };
            request = match elsewhere {
                Elsewhere::WithToken => request.protected(),
                Elsewhere::Openly => request.anonymous(),
            };
        }
        let request = self.dressed(request);
        let opened = self.target()?.client.open(request).await;
        self.record(&opened.hops)?;
        match opened.result {
            Err(failure) => file.trouble(0, TroubleKind::Unreadable(failure.to_string())),
            Ok(stream) => {
                file.status = stream.status;
                file.content_type = stream.header("content-type").unwrap_or_default().to_owned();
                let mut lines = Lines::new(stream, LineLimits::default());
                if file.status == 200 {
                    export.read(&mut lines, &mut file, validator).await;
                }
                let (totals, captured): (LineTotals, Captured) = lines.finish();
                self.note(format!(
                    "{} file: {} lines, {} bytes, SHA-256 {}",
                    file.kind, totals.lines, totals.bytes, totals.sha256
                ));
                file.totals = Some(totals);
                self.record(&[captured])?;
            }
        }
        export.files.push(file);
        Ok(())
    }
}

/// How a file on another server is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Elsewhere {
    /// With the token of the target.
    WithToken,
    /// Without it.
    Openly,
}

/// How a file on another server is asked for; not at all where it needs the token, and whoever runs the tests has not said
/// that it may go there, or where a target must not make us look.
fn elsewhere(address: &str, is_trusted: bool, needs_token: bool) -> Option<Elsewhere> {
    match (is_trusted, needs_token) {
        (true, true) => Some(Elsewhere::WithToken),
        (true, false) => Some(Elsewhere::Openly),
        (false, true) => None,
        (false, false) => is_public(address).then_some(Elsewhere::Openly),
    }
}

/// Whether an address of another server may be asked at all: not this machine or its own network, which
/// a target must not make us look into.
fn is_public(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else {
        return false;
    };
    match url.host() {
        Some(url::Host::Domain(name)) => {
            url.scheme() == "https"
                && name.contains('.')
                && !name.ends_with(".localhost")
                && !name.ends_with(".internal")
                && !name.ends_with(".local")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Elsewhere, elsewhere, is_public};

    #[test]
    fn the_token_goes_where_manifest_and_settings_both_say_so() {
        let (public, private) = ("https://files.example/1", "http://127.0.0.1:9/1");
        for address in [public, private] {
            let asked = |is_trusted, needs_token| elsewhere(address, is_trusted, needs_token);
            assert_eq!(asked(true, true), Some(Elsewhere::WithToken));
            assert_eq!(asked(true, false), Some(Elsewhere::Openly));
            assert_eq!(asked(false, true), None);
        }
        assert_eq!(elsewhere(public, false, false), Some(Elsewhere::Openly));
        assert_eq!(elsewhere(private, false, false), None);
    }

    #[test]
    fn other_servers_are_asked_only_in_public() {
        assert!(is_public("https://files.example/1.ndjson"));
        for address in [
            "http://files.example/",
            "https://127.0.0.1/",
            "https://localhost/",
            "https://[::1]/",
            "file:///etc/passwd",
            "https://metadata.internal/",
        ] {
            assert!(!is_public(address), "{address}");
        }
    }
}

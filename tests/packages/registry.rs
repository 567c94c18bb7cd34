//! A FHIR package registry with one package.

use serde_json::json;
use sha1::{Digest as _, Sha1};
use std::fmt::Write as _;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// What the registry is to have.
pub(super) struct Registry {
    id: String,
    version: String,
    archive: Vec<u8>,
    shasum: String,
    is_listed: bool,
}

/// A registry that runs until it is dropped.
pub(super) struct Running {
    pub(super) url: String,
    server: Option<MockServer>,
    runtime: tokio::runtime::Runtime,
    archive: String,
}

impl Registry {
    pub(super) fn with(id: &str, version: &str, archive: &[u8]) -> Self {
        let mut shasum = String::new();
        for byte in Sha1::digest(archive) {
            write!(shasum, "{byte:02x}").unwrap();
        }
        Self {
            id: id.to_owned(),
            version: version.to_owned(),
            archive: archive.to_vec(),
            shasum,
            is_listed: true,
        }
    }

    pub(super) fn with_shasum(mut self, shasum: &str) -> Self {
        shasum.clone_into(&mut self.shasum);
        self
    }

    pub(super) fn without_listing(mut self) -> Self {
        self.is_listed = false;
        self
    }

    pub(super) fn start(self) -> Running {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let archive = format!("/{}/{}", self.id, self.version);
        let server = runtime.block_on(async {
            let server = MockServer::start().await;
            let listing = json!({
                "name": self.id,
                "versions": {self.version: {"dist": {"shasum": self.shasum}}},
            });
            if self.is_listed {
                Mock::given(method("GET"))
                    .and(path(format!("/{}", self.id)))
                    .respond_with(ResponseTemplate::new(200).set_body_json(listing))
                    .mount(&server)
                    .await;
            }
            Mock::given(method("GET"))
                .and(path(archive.as_str()))
                .respond_with(ResponseTemplate::new(200).set_body_bytes(self.archive))
                .mount(&server)
                .await;
            server
        });
        Running {
            url: server.uri(),
            server: Some(server),
            runtime,
            archive,
        }
    }
}

impl Running {
    /// How often the archive was fetched.
    pub(super) fn downloads(&self) -> usize {
        let server = self.server.as_ref().unwrap();
        let requests = self.runtime.block_on(server.received_requests()).unwrap();
        let is_download = |request: &&wiremock::Request| request.url.path() == self.archive;
        requests.iter().filter(is_download).count()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The server ends on the runtime that it began on.
        let server = self.server.take();
        self.runtime.block_on(async move { drop(server) });
    }
}

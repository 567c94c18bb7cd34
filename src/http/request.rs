//! What is to be sent.

use bytes::Bytes;
use http::Method;

/// One request, not sent yet.
#[derive(Clone, Debug)]
pub struct Request {
    /// HTTP method.
    pub method: Method,
    /// Relative to the client's base, or absolute.
    pub url: String,
    /// Headers in the order to send. What is set here replaces what the client would add.
    pub headers: Vec<(String, String)>,
    /// The whole body; empty for none.
    pub body: Bytes,
    /// Send no credentials, whatever the client or `headers` hold.
    pub anonymous: bool,
    /// The target says that its credentials are needed: they are shown, too, where the settings name another origin that may
    /// have them.
    pub protected: bool,
    /// Follow redirects; otherwise the redirect itself is the reply.
    pub follow: bool,
}

impl Request {
    /// A request without body.
    #[must_use]
    pub fn new(method: Method, url: impl Into<String>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: Bytes::new(),
            anonymous: false,
            protected: false,
            follow: true,
        }
    }

    /// A GET.
    #[must_use]
    pub fn get(url: impl Into<String>) -> Self {
        Self::new(Method::GET, url)
    }

    /// A POST of FHIR JSON.
    #[must_use]
    pub fn post_json(url: impl Into<String>, body: &serde_json::Value) -> Self {
        Self::new(Method::POST, url)
            .header("content-type", "application/fhir+json")
            .body(body.to_string())
    }

    /// A POST of a form; the fields are percent-encoded here.
    #[must_use]
    pub fn post_form(url: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Self::new(Method::POST, url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends no credentials.
    #[must_use]
    pub fn anonymous(mut self) -> Self {
        self.anonymous = true;
        self
    }

    /// Shows the credentials of the target at another origin, too, if that is one of those that may have them.
    #[must_use]
    pub fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    /// Follows no redirects.
    #[must_use]
    pub fn unfollowed(mut self) -> Self {
        self.follow = false;
        self
    }
}

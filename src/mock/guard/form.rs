//! What is sent to the authorization server as a form, or in a query.

use super::problem::Problem;
use crate::mock::Request;
use http::header::CONTENT_TYPE;
use url::form_urlencoded;

/// Longest form that is read, in bytes.
const LONGEST: usize = 128 << 10;
/// Most fields.
const MOST: usize = 100;

/// Fields in the order they were sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// The fields of a query.
    pub(super) fn of_query(query: &str) -> Result<Self, Problem> {
        Self::parse(query.as_bytes())
    }

    /// The fields of a body.
    pub(super) fn of_body(request: &Request) -> Result<Self, Problem> {
        let kind = request.header(&CONTENT_TYPE).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(Problem::request(
                "send a form (application/x-www-form-urlencoded)",
            ));
        }
        Self::parse(&request.body)
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > LONGEST {
            return Err(Problem::request("the request is too long"));
        }
        let fields: Vec<(String, String)> = form_urlencoded::parse(bytes)
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if fields.len() > MOST {
            return Err(Problem::request("the request has too many parameters"));
        }
        Ok(Self(fields))
    }

    /// Refuses parameters that come more than once (RFC 6749, 3.1 and 3.2).
    pub(super) fn check_once(&self) -> Result<(), Problem> {
        let is_twice = |(position, (name, _)): (usize, &(String, String))| {
            self.0[..position].iter().any(|(known, _)| known == name)
        };
        if self.0.iter().enumerate().any(is_twice) {
            return Err(Problem::request("a parameter comes more than once"));
        }
        Ok(())
    }

    /// The value of a field that is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let first = self.0.iter().find(|(known, _)| known == name);
        first
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values of a field.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The value of a field that must be there.
    pub(super) fn need(&self, name: &str, text: &'static str) -> Result<&str, Problem> {
        self.get(name).ok_or(Problem::request(text))
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    #[test]
    fn fields_are_read_whatever_is_sent() {
        let form = Form::of_query("a=1&b=%zz%f&c=%ff&d&a=2").unwrap();
        assert_eq!(form.get("a"), Some("1"));
        assert_eq!(form.all("a").count(), 2);
        assert_eq!(form.get("d"), None);
        assert!(form.check_once().is_err());
        assert!(Form::of_query(&"x&".repeat(1000)).is_err());
        assert!(Form::of_query(&"x".repeat(1 << 20)).is_err());
    }
}

//! What a FHIR request needs.

use crate::mock::Rule;
use crate::oauth::Interaction;
use http::Method;

const HREX_MATCH: &str = "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match";
const BULK_MATCH: [&str; 2] = [
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/bulk-member-match",
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/BulkMemberMatch",
];
const PROVIDER_MATCH: [&str; 2] = [
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/provider-member-match",
    "http://hl7.org/fhir/us/davinci-pdex/OperationDefinition/ProviderMemberMatch",
];
const SUBMIT: &str = "http://hl7.org/fhir/us/davinci-cdex/OperationDefinition/submit-attachment";
const PATIENT_MATCH: &str = "http://hl7.org/fhir/OperationDefinition/Patient-match";

/// Operations that have a scope of their own.
pub(super) const OPERATIONS: [&str; 7] = [
    HREX_MATCH,
    BULK_MATCH[0],
    BULK_MATCH[1],
    PROVIDER_MATCH[0],
    PROVIDER_MATCH[1],
    SUBMIT,
    PATIENT_MATCH,
];

/// What a request needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::mock) enum Need {
    /// Nothing: it is for everybody.
    Nothing,
    /// A token, whatever it allows. What is answered is limited by it, or every part of the request has needs.
    Token,
    /// To do that with resources of a type.
    Resource(String, Interaction),
    /// To call an operation, known by one of these canonical URLs.
    Operation(&'static [&'static str]),
    /// To have data exported: of whatever types may be read.
    Export,
    /// What the job has needed.
    Job,
}

impl Need {
    /// What a request with this method and these segments of its path needs.
    pub(in crate::mock) fn of(method: &Method, segments: &[&str]) -> Self {
        use Interaction::{Create, Delete, Read, Search, Update};
        if *method == Method::OPTIONS {
            return Self::Nothing;
        }
        let resource = |kind: &str, interaction| Self::Resource(kind.to_owned(), interaction);
        match *segments {
            ["metadata"] | [".well-known" | "auth", ..] => Self::Nothing,
            ["$job", ..] => Self::Job,
            [] | ["ValueSet", "$expand"] => Self::Token,
            ["$member-match"] | ["Patient", "$member-match"] | ["Patient", _, "$member-match"] => {
                Self::Operation(&[HREX_MATCH])
            }
            ["Group", "$bulk-member-match"] => Self::Operation(&BULK_MATCH),
            ["Group", "$provider-member-match"] => Self::Operation(&PROVIDER_MATCH),
            ["$submit-attachment"] => Self::Operation(&[SUBMIT]),
            ["Patient", "$match"] => Self::Operation(&[PATIENT_MATCH]),
            ["Patient" | "Group", "$export"]
            | ["Group", _, "$davinci-data-export" | "$export"]
            | ["$export"] => Self::Export,
            [kind, "_search" | "_history"] => resource(kind, Search),
            [kind] if *method == Method::POST => resource(kind, Create),
            [kind] if *method == Method::DELETE => resource(kind, Delete),
            [kind] => resource(kind, Search),
            // Other operations read: `$everything`, `$docref`, `$status`.
            [kind, operation, ..] if operation.starts_with('$') => resource(kind, Read),
            [kind, _, operation] if operation.starts_with('$') => resource(kind, Read),
            [kind, ..] if *method == Method::PUT || *method == Method::PATCH => {
                resource(kind, Update)
            }
            [kind, ..] if *method == Method::DELETE => resource(kind, Delete),
            [kind, ..] => resource(kind, Read),
        }
    }

    /// The rule that stands behind it.
    pub(super) const fn rule(&self) -> Option<Rule> {
        match self {
            Self::Nothing | Self::Token | Self::Job => None,
            Self::Resource(_, Interaction::Read | Interaction::Search) => Some(Rule::ReadScope),
            Self::Resource(..) => Some(Rule::WriteScope),
            Self::Operation(_) => Some(Rule::OperationScope),
            Self::Export => Some(Rule::ExportScope),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Need;
    use crate::oauth::Interaction;
    use http::Method;

    fn need(method: Method, path: &str) -> Need {
        let segments: Vec<&str> = path.split('/').filter(|one| !one.is_empty()).collect();
        Need::of(&method, &segments)
    }

    #[test]
    fn every_request_has_its_need() {
        let resource = |kind: &str, interaction| Need::Resource(kind.to_owned(), interaction);
        for (method, path, wanted) in [
            (Method::GET, "/metadata", Need::Nothing),
            (
                Method::GET,
                "/.well-known/smart-configuration",
                Need::Nothing,
            ),
            (Method::POST, "/auth/token", Need::Nothing),
            (Method::OPTIONS, "/Patient/1", Need::Nothing),
            (Method::POST, "/", Need::Token),
            (Method::GET, "/$job/1", Need::Job),
            (
                Method::GET,
                "/Patient",
                resource("Patient", Interaction::Search),
            ),
            (
                Method::POST,
                "/Patient/_search",
                resource("Patient", Interaction::Search),
            ),
            (
                Method::GET,
                "/Patient/1",
                resource("Patient", Interaction::Read),
            ),
            (
                Method::GET,
                "/Patient/1/_history/1",
                resource("Patient", Interaction::Read),
            ),
            (
                Method::GET,
                "/Patient/_history",
                resource("Patient", Interaction::Search),
            ),
            (
                Method::GET,
                "/Patient/1/$everything",
                resource("Patient", Interaction::Read),
            ),
            (
                Method::GET,
                "/DocumentReference/$docref",
                resource("DocumentReference", Interaction::Read),
            ),
            (
                Method::POST,
                "/Consent",
                resource("Consent", Interaction::Create),
            ),
            (
                Method::PUT,
                "/Task/1",
                resource("Task", Interaction::Update),
            ),
            (
                Method::DELETE,
                "/Consent/1",
                resource("Consent", Interaction::Delete),
            ),
            (Method::POST, "/Group/g/$davinci-data-export", Need::Export),
            (Method::GET, "/Patient/$export", Need::Export),
        ] {
            assert_eq!(need(method, path), wanted, "{path}");
        }
        assert!(matches!(
            need(Method::POST, "/Patient/$member-match"),
            Need::Operation(_)
        ));
    }
}

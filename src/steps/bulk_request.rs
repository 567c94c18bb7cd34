//! A request to match many members at once (PDex `multi-member-match-bundle-in`).

use super::audience::Audience;
use super::sorted::Bucket;
use super::{MatchRequest, Party};
use serde_json::{Value, json};
use time::{Date, Duration};

/// A person of the request.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// What is submitted about them, one for each coverage.
    pub(super) submitted: Vec<MatchRequest>,
    /// Where the payer must sort each of what is submitted.
    pub(super) expected: Vec<Bucket>,
    /// What the feature calls them.
    pub(super) called: String,
}

/// A request to match many members at once.
#[derive(Clone, Debug, Default)]
pub(super) struct BulkRequest {
    /// Who asks.
    pub(super) audience: Audience,
    /// The people, in order.
    pub(super) people: Vec<Person>,
    /// Parameters besides the members.
    pub(super) further: Vec<Value>,
}

/// What a consent says, in the words of features.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConsentTerms {
    Everything,
    RegularOnly,
    Ended,
    NotStarted,
    ForAnotherPayer,
    Inactive,
    Forbidding,
    OfSomebodyElse,
}

impl ConsentTerms {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Everything, "for everything"),
        (Self::RegularOnly, "without sensitive data"),
        (Self::Ended, "ended last month"),
        (Self::NotStarted, "starts next month"),
        (Self::ForAnotherPayer, "names another payer"),
        (Self::Inactive, "no longer active"),
        (Self::Forbidding, "forbids the exchange"),
        (Self::OfSomebodyElse, "about somebody else"),
    ];

    /// Reads the words; those that are known, if these are not.
    pub(super) fn read(words: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(_, known)| *known == words);
        known.map(|(terms, _)| *terms).ok_or_else(|| {
            let known = Self::ALL.map(|(_, known)| known).join(", ");
            format!("{words:?} is none of the terms of a consent: {known}")
        })
    }

    /// Writes them into a request.
    pub(super) fn apply(self, request: &mut MatchRequest, today: Date) {
        let (month, year) = (Duration::days(30), Duration::days(400));
        match self {
            Self::Everything => request.set_policy("sensitive"),
            Self::RegularOnly => request.set_policy("regular"),
            Self::Ended => request.set_period(today - year, today - month),
            Self::NotStarted => request.set_period(today + month, today + year),
            Self::ForAnotherPayer => request.set_recipient(&Party {
                npi: "6666666667".into(),
                name: "Somebody Else's Health Plan".into(),
            }),
            Self::Inactive => {
                if let Some(consent) = request.resource_mut("Consent") {
                    consent["status"] = json!("inactive");
                }
            }
            Self::Forbidding => {
                if let Some(provision) = request.provision_mut() {
                    provision.insert("type".into(), json!("deny"));
                }
            }
            Self::OfSomebodyElse => {
                if let Some(consent) = request.resource_mut("Consent") {
                    consent["patient"] = json!({"reference": "Patient/somebody-else"});
                    consent["performer"] = json!([{"reference": "Patient/somebody-else"}]);
                }
            }
        }
    }
}

impl BulkRequest {
    /// The local id that the next person gets: legal, and of a form that nobody makes up by chance.
    pub(super) fn next_id(&self) -> String {
        format!("vt.Member-{}", self.people.len() + 1)
    }

    /// How many members are submitted.
    pub(super) fn len(&self) -> usize {
        self.people
            .iter()
            .map(|person| person.submitted.len())
            .sum()
    }

    /// The request as FHIR JSON.
    pub(super) fn to_json(&self) -> Value {
        let bundles = self.people.iter().flat_map(|person| &person.submitted);
        let bundles = bundles.map(|request| {
            let body = request.to_json();
            json!({"name": "MemberBundle", "part": body["parameter"]})
        });
        let parameters: Vec<Value> = bundles.chain(self.further.iter().cloned()).collect();
        let mut body = json!({"resourceType": "Parameters"});
        if !parameters.is_empty() {
            body["parameter"] = Value::Array(parameters);
        }
        body
    }
}

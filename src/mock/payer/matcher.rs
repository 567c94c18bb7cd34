//! Which members a submitted card and submitted demographics fit.

use super::match_request::MatchRequest;
use super::member::Member;
use crate::fhir::{Span, fold, path};
use crate::mock::Rule;
use crate::mock::deviation::Deviation;
use serde_json::Value;

/// The members found.
#[derive(Debug)]
pub(super) enum Found<'a> {
    /// Nobody.
    Nobody,
    /// Exactly one.
    One(&'a Member),
    /// Several, which cannot be told apart.
    Several,
}

/// Looks for the member that card and demographics fit on that day. `system` is that of our member ids.
pub(super) fn find<'a>(
    members: &'a [Member],
    request: &MatchRequest,
    system: &str,
    today: &Span,
    deviation: &Deviation,
) -> Found<'a> {
    let card = Card::read(&request.coverage, system);
    let fits_card = |member: &&Member| {
        !deviation.enforces(Rule::CoverageIdentity)
            || request.coverage.is_null()
            || card.fits(member)
    };
    let fits_person = |member: &&Member| {
        !deviation.enforces(Rule::Demographics)
            || request.patient.is_null()
            || is_described(member, &request.patient)
    };
    // A former member is exactly who moves to another payer: coverage must have begun, and may have ended.
    let has_begun = |member: &&Member| member.covered.start <= today.end;
    let mut fitting = members
        .iter()
        .filter(fits_card)
        .filter(fits_person)
        .filter(has_begun);
    match (fitting.next(), fitting.next()) {
        (None, _) => Found::Nobody,
        (Some(_), Some(_)) if deviation.enforces(Rule::OneMatch) => Found::Several,
        (Some(member), _) => Found::One(member),
    }
}

/// The demographics of a request as one text; equal for the same person.
pub(super) fn demographics_key(request: &MatchRequest) -> String {
    let patient = &request.patient;
    let first = |at: &str| {
        path::elements(patient, at)
            .first()
            .and_then(|one| one.as_str())
            .unwrap_or_default()
    };
    let [family, given] = ["name.family", "name.given"].map(|at| fold::name(first(at)));
    format!("{family}/{given}/{}", first("birthDate"))
}

/// The card data of a request as one text.
pub(super) fn card_key(request: &MatchRequest) -> String {
    let of = |at: &str| {
        path::elements(&request.coverage, at)
            .into_iter()
            .map(Value::to_string)
            .collect::<Vec<_>>()
    };
    [
        of("identifier.system"),
        of("identifier.value"),
        of("subscriberId"),
    ]
    .concat()
    .join(" ")
}

/// What a card says about the member.
struct Card<'a> {
    /// Identifiers in our system, or in none.
    member_ids: Vec<&'a str>,
    subscriber_id: Option<&'a str>,
}

impl<'a> Card<'a> {
    fn read(coverage: &'a Value, system: &str) -> Self {
        let ours =
            |identifier: &&Value| identifier.get("system").is_none_or(|given| given == system);
        Self {
            member_ids: path::elements(coverage, "identifier")
                .into_iter()
                .filter(ours)
                .filter_map(|identifier| identifier["value"].as_str())
                .collect(),
            subscriber_id: coverage["subscriberId"].as_str(),
        }
    }

    /// All that the card says must be true of the member, and it must say something.
    fn fits(&self, member: &Member) -> bool {
        let has_member_id = self.member_ids.contains(&member.member_id.as_str());
        let has_subscriber_id = self
            .subscriber_id
            .map(|given| given == member.subscriber_id);
        match (self.member_ids.is_empty(), has_subscriber_id) {
            (true, fits) => fits == Some(true),
            (false, fits) => has_member_id && fits != Some(false),
        }
    }
}

/// Whether a Patient describes the member: one of the names, the birth date, and the gender where given.
fn is_described(member: &Member, patient: &Value) -> bool {
    let is_named = path::elements(patient, "name").into_iter().any(|name| {
        let family = name["family"].as_str().unwrap_or_default();
        let given = name["given"][0].as_str().unwrap_or_default();
        member
            .families
            .iter()
            .any(|known| fold::same_name(known, family))
            && fold::same_name(&member.given, given)
    });
    let gender = patient["gender"].as_str();
    is_named
        && patient["birthDate"] == member.birth_date.as_str()
        && gender.is_none_or(|gender| gender == member.gender || gender == "unknown")
}

#[cfg(test)]
mod tests {
    use super::{Deviation, Found, MatchRequest, Member, Span, find};
    use serde_json::{Value, json};

    const SYSTEM: &str = "https://payer.example/m";

    fn member(id: &str, given: &str) -> Member {
        Member {
            id: id.into(),
            member_id: format!("M-{id}"),
            subscriber_id: "S-1".into(),
            unique_id: format!("U-{id}"),
            families: vec!["Núñez-Oak".into(), "Birch".into()],
            given: given.into(),
            birth_date: "1980-02-03".into(),
            gender: "female".into(),
            covered: Span::parse("2024").unwrap(),
            is_segmentable: true,
            is_revoked: false,
        }
    }

    fn found(patient: &Value, coverage: &Value) -> String {
        let members = [member("1", "Ann"), member("2", "Bea")];
        let request = MatchRequest {
            patient: patient.clone(),
            coverage: coverage.clone(),
            ..MatchRequest::default()
        };
        let today = Span::parse("2024-05-05").unwrap();
        match find(&members, &request, SYSTEM, &today, &Deviation::default()) {
            Found::One(member) => member.id.clone(),
            Found::Nobody => "nobody".into(),
            Found::Several => "several".into(),
        }
    }

    fn person(family: &str, given: &str) -> Value {
        json!({"name": [{"family": family, "given": [given, "X"]}], "birthDate": "1980-02-03", "gender": "female"})
    }

    #[test]
    fn spelling_does_not_hide_a_member() {
        let card = json!({"subscriberId": "S-1"});
        for family in ["Núñez-Oak", "NUNEZ OAK", "nunezoak", "Birch"] {
            assert_eq!(found(&person(family, "ann"), &card), "1", "{family}");
        }
    }

    #[test]
    fn everything_the_card_says_must_be_true() {
        let ann = person("Birch", "Ann");
        let identifier = |system: &str, value: &str| json!([{"system": system, "value": value}]);
        assert_eq!(
            found(&ann, &json!({"identifier": identifier(SYSTEM, "M-1")})),
            "1"
        );
        assert_eq!(
            found(
                &ann,
                &json!({"identifier": [{"value": "M-1"}], "subscriberId": "S-1"})
            ),
            "1"
        );
        assert_eq!(
            found(
                &ann,
                &json!({"identifier": identifier(SYSTEM, "M-1"), "subscriberId": "S-2"})
            ),
            "nobody"
        );
        assert_eq!(
            found(
                &ann,
                &json!({"identifier": identifier(SYSTEM, "M-2"), "subscriberId": "S-1"})
            ),
            "nobody"
        );
        assert_eq!(
            found(
                &ann,
                &json!({"identifier": identifier("https://else.example", "M-1")})
            ),
            "nobody"
        );
        assert_eq!(found(&ann, &json!({})), "nobody");
    }

    #[test]
    fn demographics_must_fit() {
        let card = json!({"subscriberId": "S-1"});
        let mut ann = person("Birch", "Ann");
        ann["gender"] = json!("male");
        assert_eq!(found(&ann, &card), "nobody");
        ann["gender"] = json!(null);
        ann["birthDate"] = json!("1980-02-04");
        assert_eq!(found(&ann, &card), "nobody");
        assert_eq!(found(&person("", ""), &card), "nobody");
        assert_eq!(found(&json!({}), &card), "nobody");
    }
}

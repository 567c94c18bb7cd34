//! A payer that fetches the records of its new members from their old payer (PDex payer-to-payer).

use super::line::json;
use super::{Brief, Line, Trouble, submission, token};
use crate::config::{Expectation, Member};
use crate::mock::Habit;
use serde_json::{Value, json};

/// Kinds of records read one by one, and what further is asked of each.
const SEARCHES: [(&str, &str); 6] = [
    ("Coverage", ""),
    ("AllergyIntolerance", ""),
    (
        "Condition",
        "&category=problem-list-item,health-concern,encounter-diagnosis",
    ),
    ("Observation", "&category=laboratory"),
    (
        "MedicationRequest",
        "&intent=order,plan&_include=MedicationRequest:medication",
    ),
    ("ExplanationOfBenefit", "&service-date=ge2015-01-01"),
];
/// What the exchange between payers is for.
const PURPOSE: &str = "hl7.fhir.us.davinci-pdex#payertopayer";

/// Does all that the suite asks of a new payer.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let looked = line.get("/metadata");
    line.ask(looked).await?;
    authorize(brief, line).await?;
    let members = brief.members.iter();
    let known: Vec<&Member> = members
        .filter(|member| member.expect == Expectation::Match)
        .collect();
    if let (false, Some(first)) = (line.keeps(Habit::MatchesFirst), known.first()) {
        let family = first.family.as_deref().unwrap_or_default();
        line.search(&format!("/Condition?patient.family={family}"))
            .await?;
    }
    let mut told = Vec::new();
    for (member, way) in
        known
            .iter()
            .zip([Retrieval::Searches, Retrieval::Everything, Retrieval::Files])
    {
        told.extend(single(brief, line, member, way).await?);
    }
    if brief.version != "2.0.0" {
        many(brief, line, &known, told.first()).await?;
    }
    Ok(())
}

/// How the records of one member are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Retrieval {
    Searches,
    Everything,
    Files,
}

/// Asks for a token for everything the client may do.
async fn authorize(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let scope = brief.credentials.as_ref();
    let scope = scope.map_or("", |credentials| credentials.scope.as_str());
    token::authorize(brief, line, scope).await
}

/// One member: matched, then read. The identifier that the other payer has told.
async fn single(
    brief: &Brief,
    line: &mut Line<'_>,
    member: &Member,
    way: Retrieval,
) -> Result<Option<Value>, Trouble> {
    let id = "member-1";
    let mut request = submission::of(brief, member, id, None);
    if way == Retrieval::Everything {
        submission::by_representative(&mut request, id);
    }
    let request = line.post("/Patient/$member-match", &request.to_json());
    let answer = line.ask(request).await?;
    if answer.status != 200 || !line.keeps(Habit::FetchesTheData) {
        return Ok(None);
    }
    let matched = json(&answer);
    let parameters = matched["parameter"].as_array().cloned().unwrap_or_default();
    let named = |name: &str| parameters.iter().find(|one| one["name"] == name).cloned();
    if named("MemberId").is_none() && !line.keeps(Habit::TakesEitherResult) {
        return Ok(None);
    }
    let identifier = named("MemberIdentifier").unwrap_or_default()["valueIdentifier"].clone();
    let text = |name: &str| identifier[name].as_str().unwrap_or_default().to_owned();
    let address = match line.keeps(Habit::UsesTheIdentifier) {
        true => format!("/Patient?identifier={}|{}", text("system"), text("value")),
        false => {
            let family = member.family.as_deref().unwrap_or_default();
            let birth = member.birth_date.as_deref().unwrap_or_default();
            format!("/Patient?family={family}&birthdate={birth}")
        }
    };
    let found = line.search(&address).await?;
    let Some(patient) = found.first().and_then(|patient| patient["id"].as_str()) else {
        return Ok(None);
    };
    if brief.version != "2.0.0" && line.keeps(Habit::AsksForTheMember) {
        let scope = "system/*.rs";
        token::authorize_for(brief, line, scope, &[("sub", patient.into())]).await?;
    }
    read(line, patient, way).await?;
    authorize(brief, line).await?;
    Ok(Some(identifier))
}

/// Reads the records of a member.
async fn read(line: &mut Line<'_>, patient: &str, way: Retrieval) -> Result<(), Trouble> {
    match way {
        Retrieval::Searches => {
            for (kind, further) in SEARCHES {
                let further = format!("{further}&_revinclude=Provenance:target");
                line.search(&format!("/{kind}?patient={patient}{further}"))
                    .await?;
            }
        }
        Retrieval::Everything => {
            line.search(&format!("/Patient/{patient}/$everything"))
                .await?;
        }
        Retrieval::Files => {
            let mut request = line.get("/Patient/$export?_type=Patient,Condition,Coverage");
            super::job::ask_for_later(&mut request);
            let kick_off = line.ask(request).await?;
            super::job::fetch(line, &kick_off).await?;
        }
    }
    Ok(())
}

/// Many members: matched together, then their data exported, all of it and later what has changed.
async fn many(
    brief: &Brief,
    line: &mut Line<'_>,
    known: &[&Member],
    told: Option<&Value>,
) -> Result<(), Trouble> {
    let bundles = known.iter().enumerate().map(|(position, member)| {
        let told = told.filter(|_| position == 0);
        let id = format!("new.Member-{}", position + 1);
        let request = submission::of(brief, member, &id, told).to_json();
        json!({"name": "MemberBundle", "part": request["parameter"]})
    });
    let body = json!({"resourceType": "Parameters", "parameter": bundles.collect::<Vec<_>>()});
    let mut request = line.post("/Group/$bulk-member-match", &body);
    super::job::ask_for_later(&mut request);
    let kick_off = line.ask(request).await?;
    let files = super::job::fetch(line, &kick_off).await?;
    let Some(group) = super::matched::group(&files, "pdex-member-match-group") else {
        return Ok(());
    };
    line.search("/Group?characteristic=match").await?;
    let orders = [
        vec![],
        vec![(
            "_since",
            "valueInstant",
            json!(format!("{}T00:00:00Z", brief.today)),
        )],
        vec![
            ("_type", "valueString", json!("Observation,Encounter")),
            (
                "_typeFilter",
                "valueString",
                json!("Observation?category=laboratory,Encounter?date=ge2015-01-01"),
            ),
        ],
    ];
    for order in orders {
        super::job::export(line, &group, PURPOSE, &order).await?;
    }
    Ok(())
}

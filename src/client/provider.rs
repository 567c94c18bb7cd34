//! A provider that fetches the records of its patients from their payer (PDex provider access).

use super::{Brief, Line, Trouble, job, submission, token};
use crate::config::{Expectation, Member};
use crate::mock::Habit;
use crate::oauth::B2b;
use serde_json::{Value, json};
use time::Duration;

const TERMINOLOGY: &str = "http://terminology.hl7.org/CodeSystem";
/// What begins the names of purposes.
const PURPOSES: &str = "hl7.fhir.us.davinci-pdex";

/// Does all that the suite asks of a provider.
pub(super) async fn converse(brief: &Brief, line: &mut Line<'_>) -> Result<(), Trouble> {
    let looked = line.get("/metadata");
    line.ask(looked).await?;
    let scope = brief.credentials.as_ref();
    let scope = scope.map_or("", |credentials| credentials.scope.as_str());
    let acts = json!({"hl7-b2b": who_acts(brief, line)});
    token::authorize_for(brief, line, scope, &[("extensions", acts)]).await?;
    let Some(mut group) = group(brief, line).await? else {
        return Ok(());
    };
    export(line, &group, "provider-download", &[]).await?;
    let filters = "Observation?category=laboratory,Encounter?date=ge2015-01-01";
    let narrow = [
        ("_type", "valueString", json!("Observation,Encounter")),
        ("_typeFilter", "valueString", json!(filters)),
    ];
    export(line, &group, "provider-snapshot", &narrow).await?;
    if line.keeps(Habit::MatchesAnew)
        && let Some(renewed) = self::group(brief, line).await?
    {
        group = renewed;
    }
    let since = format!("{}T00:00:00Z", brief.today - Duration::days(30));
    let changes = [("_since", "valueInstant", json!(since))];
    export(line, &group, "provider-delta", &changes).await
}

/// Who acts, and what for (UDAP Security, `hl7-b2b`).
fn who_acts(brief: &Brief, line: &Line<'_>) -> Value {
    let number = format!("urn:oid:2.16.840.1.113883.4.6#{}", brief.own.npi);
    let treatment = "urn:oid:2.16.840.1.113883.5.8#TREAT";
    let mut acts = B2b::organization(&number, &brief.own.name, treatment);
    if line.keeps(Habit::SaysWhoActs) {
        acts.subject_id = Some(brief.own.npi.clone());
        acts.subject_name = Some(brief.own.name.clone());
    }
    acts.to_json()
}

/// The id of the Group of the provider's patients: from 2.2.0 on of those that were matched, before of the list that the
/// payer keeps.
async fn group(brief: &Brief, line: &mut Line<'_>) -> Result<Option<String>, Trouble> {
    let has_match = !matches!(brief.version.as_str(), "2.0.0" | "2.1.0");
    if has_match && line.keeps(Habit::MatchesFirst) {
        return matched(brief, line).await;
    }
    let found = line.search("/Group?code=pdexprovidergroup").await?;
    let first = found.first().and_then(|group| group["id"].as_str());
    Ok(first.map(str::to_owned))
}

/// Has the patients matched, and finds the Group of those who were.
async fn matched(brief: &Brief, line: &mut Line<'_>) -> Result<Option<String>, Trouble> {
    let members = brief.members.iter();
    let known = members.clone();
    let known = known.filter(|member| member.expect == Expectation::Match);
    let others = members.filter(|member| {
        matches!(
            member.expect,
            Expectation::Untreated | Expectation::OptedOut
        )
    });
    let patients = known.take(3).chain(others);
    let bundles = patients.enumerate().map(|(position, member)| {
        let id = format!("our.Patient-{}", position + 1);
        json!({"name": "MemberBundle", "part": attested(brief, member, &id)["parameter"]})
    });
    let body = json!({"resourceType": "Parameters", "parameter": bundles.collect::<Vec<_>>()});
    let mut request = line.post("/Group/$provider-member-match", &body);
    job::ask_for_later(&mut request);
    let kick_off = line.ask(request).await?;
    let files = job::fetch(line, &kick_off).await?;
    if !line.keeps(Habit::PicksGroupsByProfile) {
        let group = files.iter().find(|one| one["resourceType"] == "Group");
        return Ok(group.and_then(|group| Some(group["id"].as_str()?.to_owned())));
    }
    Ok(super::matched::group(&files, "pdex-provider-member-match"))
}

/// What is submitted of a patient: with an attestation that the provider treats them.
fn attested(brief: &Brief, member: &Member, id: &str) -> Value {
    let mut request = submission::of(brief, member, id, None);
    request.leave_out("CoverageToLink");
    if let Some(consent) = request.resource_mut("Consent") {
        let code = |system: &str, code: &str| json!({"coding": [{"system": format!("{TERMINOLOGY}/{system}"), "code": code}]});
        let own = json!({
            "type": "Organization",
            "identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": brief.own.npi},
            "display": brief.own.name,
        });
        let patient = json!({"reference": format!("Patient/{id}")});
        *consent = json!({
            "resourceType": "Consent",
            "id": format!("attestation-{id}"),
            "status": "active",
            "scope": code("consentscope", "patient-privacy"),
            "category": [code("v3-ActCode", "IDSCL")],
            "patient": patient,
            "dateTime": brief.today.to_string(),
            "performer": [own],
            "organization": [own],
            "sourceReference": {"reference": "https://provider.example/fhir/DocumentReference/treatment-form"},
            "policy": [{"uri": "https://provider.example/attestation"}],
            "verification": [{"verified": true, "verifiedWith": patient, "verificationDate": brief.today.to_string()}],
            "provision": {
                "type": "permit",
                "period": {"start": (brief.today - Duration::days(30)).to_string()},
                "actor": [{"role": code("v3-ParticipationType", "IRCP"), "reference": own}],
                "purpose": [{"system": format!("{TERMINOLOGY}/v3-ActReason"), "code": "TREAT"}],
            },
        });
    }
    request.to_json()
}

/// Has the data of a Group exported for a purpose, and reads it.
async fn export(
    line: &mut Line<'_>,
    group: &str,
    purpose: &str,
    order: &[(&str, &str, Value)],
) -> Result<(), Trouble> {
    job::export(line, group, &format!("{PURPOSES}#{purpose}"), order).await
}

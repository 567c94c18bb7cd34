//! How old the records of an export are: when care was given, and when they were last updated.

use super::drive::{Arguments, Halt, Outcome};
use super::export::address;
use super::{Export, Mismatch, World};
use crate::fhir::Span;
use serde_json::Value;
use std::collections::BTreeSet;
use time::{Date, Duration, OffsetDateTime};

super::book::steps! {
    /// No care more than five years ago (two days are granted for clocks and time zones).
    r"^nothing in it tells of care more than five years ago$" => care_within;
    /// No `meta.lastUpdated` more than five years ago.
    r"^nothing in it was last updated more than five years ago$" => updated_within;
    /// Every record of care in the last five years that searches find is there.
    r"^everything that was done for the members in the last five years is in it$" => complete;
    /// The last two exports hold the same records, or the same records of one kind.
    r"^both exports hold the same (records|encounters)$" => same;
    /// Of what the earlier export held, exactly what was updated after (before) the middle.
    r"^only what changed in the (later|earlier) half is in it, and all of that$" => half;
}

/// Kinds of records that tell when care was given.
pub(super) const CARE: [&str; 8] = [
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "ExplanationOfBenefit",
    "Immunization",
    "MedicationDispense",
    "Observation",
    "Procedure",
];

/// Kinds that may come along whenever they were updated, so that the others can be understood.
const CONTEXT: [&str; 11] = [
    "Coverage",
    "Endpoint",
    "Group",
    "Location",
    "Medication",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
    "RelatedPerson",
];

/// Granted at either end of a limit in days.
const GRACE: Duration = Duration::days(2);

/// The day so many years before.
pub(super) fn years_before(day: Date, years: i32) -> Date {
    let year = day.year() - years;
    // The 29th of February becomes the 28th.
    let same = day.replace_year(year);
    same.or_else(|_| day.replace_day(28).and_then(|day| day.replace_year(year)))
        .unwrap_or(Date::MIN)
}

/// The end of the grace before the limit, and the start of it after the limit, in nanoseconds of the epoch.
pub(super) fn around(limit: Date) -> (i128, i128) {
    let before = limit.checked_sub(GRACE).unwrap_or(Date::MIN);
    let after = limit.checked_add(GRACE).unwrap_or(Date::MAX);
    (Span::day(before).start, Span::day(after).end)
}

/// When the care was given that a record tells of; prior authorizations are no care.
pub(super) fn care(record: &Value) -> Option<Span> {
    let moment = match record["resourceType"].as_str()? {
        "Encounter" => return Span::period(&record["period"]),
        "ExplanationOfBenefit" if record["use"] == "claim" => {
            return Span::period(&record["billablePeriod"]);
        }
        "DocumentReference" => return Span::period(&record["context"]["period"]),
        "MedicationDispense" => return Span::parse(record["whenHandedOver"].as_str()?).ok(),
        "Observation" | "DiagnosticReport" => "effective",
        "Procedure" => "performed",
        "Immunization" => "occurrence",
        _ => return None,
    };
    let time = record[format!("{moment}DateTime")].as_str();
    time.and_then(|time| Span::parse(time).ok())
        .or_else(|| Span::period(&record[format!("{moment}Period")]))
}

/// When a record was last updated.
pub(super) fn updated(record: &Value) -> Option<i128> {
    let time = record["meta"]["lastUpdated"].as_str()?;
    Span::parse(time).ok().map(|time| time.start)
}

/// A time before which, and after which, records of the export were last updated.
pub(super) fn middle(export: &Export) -> Option<String> {
    let times: BTreeSet<i128> = export.resources.iter().filter_map(updated).collect();
    let times: Vec<i128> = times.into_iter().collect();
    let upper = times.len() / 2;
    let (before, after) = (times.get(upper.checked_sub(1)?)?, times.get(upper)?);
    let between = OffsetDateTime::from_unix_timestamp_nanos(before + (after - before) / 2).ok()?;
    let between = between.replace_nanosecond(0).ok()?;
    between
        .format(&time::format_description::well_known::Rfc3339)
        .ok()
}

async fn care_within(world: &mut World, _: Arguments<'_>) -> Outcome {
    let limit = around(years_before(world.context()?.today, 5)).0;
    let export = world.export()?;
    let old = export
        .resources
        .iter()
        .find(|one| care(one).is_some_and(|care| care.end < limit));
    let result = match old {
        Some(old) => Err(Mismatch::new(
            "care of the last five years only",
            "a record of older care",
        )
        .at(address(old))),
        None => Ok(()),
    };
    world.judge(result)?;
    world
        .expect_held("of care more than five years ago", |record| {
            care(record).is_some_and(|care| care.end < limit)
        })
        .await
}

async fn updated_within(world: &mut World, _: Arguments<'_>) -> Outcome {
    let limit = around(years_before(world.context()?.today, 5)).0;
    let export = world.export()?;
    let old = export
        .resources
        .iter()
        .find(|one| updated(one).is_some_and(|updated| updated < limit));
    let result = match old {
        Some(old) => Err(Mismatch::new(
            "records that were updated within five years",
            "one that was not",
        )
        .at(format!("{}: meta.lastUpdated", address(old)))),
        None => Ok(()),
    };
    world.judge(result)?;
    world
        .expect_held("that was last updated more than five years ago", |record| {
            updated(record).is_some_and(|updated| updated < limit)
        })
        .await
}

impl World {
    /// Skips unless the payer holds a record of that sort for a member of the Group: otherwise its absence
    /// from the export says nothing.
    async fn expect_held(&mut self, sort: &str, is_it: impl Fn(&Value) -> bool) -> Outcome {
        for patient in self.cohort()?.patients.clone() {
            for kind in CARE {
                let Some(found) = self.records_of(&patient, kind).await? else {
                    continue;
                };
                if found.records.iter().any(&is_it) {
                    return Ok(());
                }
            }
        }
        Err(Halt::Skip(format!(
            "no member has a record {sort}, so that nothing had to be left out; give a test member who has one"
        )))
    }

    /// A member's records of a kind; nothing for kinds that are not served.
    pub(super) async fn records_of(
        &mut self,
        patient: &str,
        kind: &str,
    ) -> Result<Option<std::sync::Arc<super::harvest::Harvest>>, Halt> {
        match self.harvest_of(patient, kind).await {
            Ok(found) => Ok(Some(found)),
            Err(Halt::Skip(_)) => Ok(None),
            Err(halt) => Err(halt),
        }
    }
}

async fn complete(world: &mut World, _: Arguments<'_>) -> Outcome {
    let limit = around(years_before(world.context()?.today, 5)).1;
    let (export, time) = (world.export()?, world.transaction_time()?);
    let mut is_any = false;
    for patient in world.cohort()?.patients.clone() {
        for kind in CARE {
            let Some(found) = world.records_of(&patient, kind).await? else {
                continue;
            };
            for record in &found.records {
                let is_recent = care(record).is_some_and(|care| care.start >= limit)
                    && updated(record)
                        .is_none_or(|updated| updated >= limit && updated < time.start);
                is_any |= is_recent;
                if is_recent && !export.has(&address(record)) {
                    let mismatch = Mismatch::new(
                        "all care of the last five years that a search finds",
                        "a record is missing",
                    );
                    world.judge(Err(mismatch.at(address(record))))?;
                }
            }
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip(
            "the members have no record of care in the last five years".into(),
        ))
    }
}

async fn same(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let kinds: &[&str] = if arguments.word(1) == "encounters" {
        &["Encounter"]
    } else {
        &[]
    };
    let (before, after) = (world.export_before()?, world.export()?);
    if before.is_cut || after.is_cut {
        return Err(Halt::Skip(
            "the exports are too large to be compared".into(),
        ));
    }
    let (mut first, mut second) = (before.addresses(kinds), after.addresses(kinds));
    // What matches leave behind comes and goes between the two.
    for addresses in [&mut first, &mut second] {
        addresses.retain(|one| !one.starts_with("Consent/") && !one.starts_with("Coverage/"));
    }
    let differs = first.symmetric_difference(&second).next();
    let result = match differs {
        _ if first.is_empty() => {
            return Err(Halt::Skip(
                "the first export holds nothing to compare".into(),
            ));
        }
        Some(one) => Err(Mismatch::new(
            format!("the same {} records in both", first.len()),
            format!("{} in the second", second.len()),
        )
        .at(one.clone())),
        None => Ok(()),
    };
    world.judge(result)
}

async fn half(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let is_later = arguments.word(1) == "later";
    let (before, after) = (world.export_before()?, world.export()?);
    let middle = middle(&before).and_then(|middle| Span::parse(&middle).ok());
    let middle = middle.ok_or_else(|| Halt::Error("the export was not cut in halves".into()))?;
    let is_wanted = |record: &&Value| {
        let is_context = CONTEXT.iter().any(|kind| record["resourceType"] == *kind);
        !is_context && updated(record).is_some_and(|updated| (updated >= middle.start) == is_later)
    };
    let is_stray = |record: &&Value| {
        let is_context = CONTEXT.iter().any(|kind| record["resourceType"] == *kind);
        !is_context && updated(record).is_none_or(|updated| (updated >= middle.start) != is_later)
    };
    let stray = after.resources.iter().find(is_stray);
    let missing = before
        .resources
        .iter()
        .filter(is_wanted)
        .find(|record| !after.has(&address(record)) && record["resourceType"] != "Consent");
    let place = |record: &Value| format!("{}: meta.lastUpdated", address(record));
    let expected = format!(
        "what was last updated in the {} half of the time",
        arguments.word(1)
    );
    let result = match (stray, missing) {
        (Some(stray), _) => {
            Err(Mismatch::new(expected, "a record of the other half").at(place(stray)))
        }
        (None, Some(missing)) => {
            Err(Mismatch::new(expected, "a record of it is missing").at(place(missing)))
        }
        (None, None) if before.resources.iter().filter(is_wanted).count() == 0 => {
            return Err(Halt::Skip(
                "nothing but what comes along anyway was updated then".into(),
            ));
        }
        (None, None) => Ok(()),
    };
    world.judge(result)
}

#[cfg(test)]
mod tests {
    use super::{care, middle, years_before};
    use crate::steps::Export;
    use serde_json::json;
    use time::macros::date;

    #[test]
    fn years_are_counted_back_from_leap_days_too() {
        assert_eq!(
            years_before(date!(2026 - 11 - 22), 5),
            date!(2021 - 11 - 22)
        );
        assert_eq!(
            years_before(date!(2024 - 02 - 29), 5),
            date!(2019 - 02 - 28)
        );
    }

    #[test]
    fn prior_authorizations_are_no_care() {
        let mut benefit = json!({"resourceType": "ExplanationOfBenefit", "use": "claim",
            "billablePeriod": {"start": "2020-01-01", "end": "2020-01-02"}});
        assert!(care(&benefit).is_some());
        benefit["use"] = json!("preauthorization");
        assert!(care(&benefit).is_none());
        assert!(
            care(&json!({"resourceType": "Observation", "effectivePeriod": {"start": "2020"}}))
                .is_some()
        );
    }

    #[test]
    fn the_middle_is_between_two_updates() {
        let mut export = Export::default();
        let record = |time: &str| json!({"resourceType": "Basic", "meta": {"lastUpdated": time}});
        export.take(record("2025-01-01T00:00:00Z"), 1, None);
        assert_eq!(middle(&export), None);
        export.take(record("2025-01-03T00:00:00Z"), 1, None);
        assert_eq!(middle(&export).as_deref(), Some("2025-01-02T00:00:00Z"));
    }
}

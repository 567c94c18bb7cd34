//! Prior authorizations in an exchange between payers: which are part of it, and what supports them.

use super::age::{self, around, years_before};
use super::authorization::{Authorization, Standing, is_authorization};
use super::drive::{Arguments, Halt, Outcome};
use super::export::address;
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, path};
use serde_json::Value;
use std::collections::BTreeSet;
use time::Date;

super::book::steps! {
    /// Those that are open are there; none that was closed more than a year ago.
    r"^prior authorizations in it are open, or were closed within a year$" => current_only;
    /// Those that were decided, or ran out, within a year are there.
    r"^every prior authorization that was decided or ran out within a year is in it$" => recent_all;
    /// What the supporting information refers to is there.
    r"^each (prior authorization|open prior authorization) in it comes with its papers$" => with_papers;
    /// Supporting information leads to documents and to records of other kinds.
    r"^papers of both sorts are in it, records and documents$" => both_sorts;
}

/// Whether a prior authorization is still of use, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Pending, or good for today or later.
    Open,
    /// Closed, and when something last changed about it (nanoseconds of the epoch).
    Closed(i128),
    /// It does not say.
    Unknown,
}

fn course(record: &Value, today: Date) -> Course {
    let one = Authorization(record);
    let is_pending = one.standing() == Some(Standing::Pending);
    if is_pending || one.is_good(&Span::day(today)) {
        return Course::Open;
    }
    match one.last_change() {
        Some(change) => Course::Closed(change),
        None => Course::Unknown,
    }
}

/// What an exchange may leave out although searches find it.
pub(super) struct Exemption {
    today: Date,
    /// As of when the export is, in nanoseconds of the epoch.
    as_of: i128,
}

impl Exemption {
    /// What an export of that day, with data as of that time, may leave out.
    pub(super) fn new(today: Date, as_of: i128) -> Self {
        Self { today, as_of }
    }

    /// Whether a record need not be there: it is older than five years, a prior authorization that was closed
    /// more than a year ago, or it came or changed after the export.
    pub(super) fn covers(&self, record: &Value) -> bool {
        let five_years = around(years_before(self.today, 5)).1;
        let one_year = around(years_before(self.today, 1)).1;
        let updated = age::updated(record);
        updated.is_some_and(|updated| updated >= self.as_of || updated < five_years)
            || age::care(record).is_some_and(|care| care.start < five_years)
            || (is_authorization(record)
                && match course(record, self.today) {
                    Course::Open => false,
                    Course::Closed(at) => at < one_year,
                    Course::Unknown => true,
                })
    }
}

impl World {
    /// The prior authorizations that searches find for the members of the Group.
    async fn authorizations(&mut self) -> Result<Vec<Value>, Halt> {
        let mut all = Vec::new();
        for patient in self.cohort()?.patients.clone() {
            let Some(found) = self.records_of(&patient, "ExplanationOfBenefit").await? else {
                continue;
            };
            let ours = found.records.iter().filter(|one| is_authorization(one));
            all.extend(ours.cloned());
        }
        Ok(all)
    }
}

async fn current_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let limit = around(years_before(today, 1)).0;
    let export = world.export()?;
    let is_long_closed =
        |one: &Value| matches!(course(one, today), Course::Closed(at) if at < limit);
    let mut is_proven = false;
    for one in world.authorizations().await? {
        let is_there = export.has(&address(&one));
        let result = if is_long_closed(&one) {
            is_proven = true;
            if is_there {
                Err(Mismatch::new(
                    "no prior authorization that was closed more than a year ago",
                    "there is one",
                ))
            } else {
                Ok(())
            }
        } else if course(&one, today) == Course::Open && !is_there {
            Err(Mismatch::new(
                "every open prior authorization",
                "one is missing",
            ))
        } else {
            Ok(())
        };
        world.judge(result.map_err(|mismatch| mismatch.at(address(&one))))?;
    }
    if is_proven {
        Ok(())
    } else {
        Err(Halt::Skip(
            "no member has a prior authorization that was closed more than a year ago; give a test member who has one".into(),
        ))
    }
}

async fn recent_all(world: &mut World, _: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let limit = around(years_before(today, 1)).1;
    let export = world.export()?;
    let mut is_any = false;
    for one in world.authorizations().await? {
        if !matches!(course(&one, today), Course::Closed(at) if at >= limit) {
            continue;
        }
        is_any = true;
        let result = if export.has(&address(&one)) {
            Ok(())
        } else {
            Err(Mismatch::new(
                "every prior authorization that was decided or ran out within a year",
                "one is missing",
            )
            .at(address(&one)))
        };
        world.judge(result)?;
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip(
            "no member has a prior authorization that was closed within the last year; give a test member who has one".into(),
        ))
    }
}

/// What a prior authorization is supported by.
fn papers(authorization: &Value) -> BTreeSet<(String, String)> {
    path::elements(authorization, "supportingInfo.valueReference.reference")
        .into_iter()
        .filter_map(|reference| {
            let reference = Reference::parse(reference.as_str()?);
            let (kind, id) = reference.target()?;
            Some((kind.to_owned(), id.to_owned()))
        })
        .collect()
}

async fn with_papers(world: &mut World, arguments: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let only_open = arguments.word(1).starts_with("open");
    let export = world.export()?;
    let mut is_any = false;
    for one in world.authorizations().await? {
        let is_concerned = !only_open || course(&one, today) == Course::Open;
        if !is_concerned || !export.has(&address(&one)) {
            continue;
        }
        for (kind, id) in papers(&one) {
            is_any = true;
            let result = if export.has(&format!("{kind}/{id}")) {
                Ok(())
            } else {
                Err(Mismatch::new(
                    format!("the {kind} that supports the prior authorization, in the export"),
                    "it is missing",
                )
                .at(format!("{}: supportingInfo", address(&one))))
            };
            world.judge(result)?;
        }
    }
    if is_any {
        Ok(())
    } else {
        Err(Halt::Skip(
            "no prior authorization of the members is supported by anything; give a test member whose is".into(),
        ))
    }
}

async fn both_sorts(world: &mut World, _: Arguments<'_>) -> Outcome {
    const DOCUMENTS: [&str; 2] = ["DocumentReference", "Binary"];
    let export = world.export()?;
    let all: BTreeSet<(String, String)> = world
        .authorizations()
        .await?
        .iter()
        .flat_map(papers)
        .collect();
    for (is_document, sort) in [(true, "documents"), (false, "records")] {
        let of_sort: Vec<_> = all
            .iter()
            .filter(|(kind, _)| DOCUMENTS.contains(&kind.as_str()) == is_document)
            .collect();
        if of_sort.is_empty() {
            return Err(Halt::Skip(format!(
                "no prior authorization of the members is supported by {sort}; give a test member whose is"
            )));
        }
        let result = if of_sort
            .iter()
            .any(|(kind, id)| export.has(&format!("{kind}/{id}")))
        {
            Ok(())
        } else {
            Err(Mismatch::new(
                format!("{sort} that support prior authorizations"),
                "there are none",
            )
            .at("ExplanationOfBenefit.supportingInfo"))
        };
        world.judge(result)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Course, course, papers};
    use crate::fhir::Span;
    use serde_json::json;
    use time::macros::date;

    #[test]
    fn an_authorization_stands_as_it_says() {
        let today = date!(2026 - 11 - 22);
        let until = |end: &str| json!({"preAuthRefPeriod": [{"start": "2025-01-01", "end": end}]});
        assert_eq!(course(&until("2026-11-22"), today), Course::Open);
        let closed = Span::parse("2026-11-21").unwrap().end;
        assert_eq!(course(&until("2026-11-21"), today), Course::Closed(closed));
        assert_eq!(
            course(&json!({"preAuthRefPeriod": [{}]}), today),
            Course::Open
        );
        assert_eq!(course(&json!({}), today), Course::Unknown);
        let queued = json!({"outcome": "queued", "preAuthRefPeriod": [{"end": "2026-01-01"}]});
        assert_eq!(course(&queued, today), Course::Open);
    }

    #[test]
    fn papers_are_what_supporting_information_refers_to() {
        let one = json!({"supportingInfo": [
            {"valueReference": {"reference": "DocumentReference/1/_history/1"}}, {"valueString": "x"}]});
        assert_eq!(
            papers(&one).into_iter().collect::<Vec<_>>(),
            [("DocumentReference".to_owned(), "1".to_owned())]
        );
    }
}

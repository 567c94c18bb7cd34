//! Prior authorizations in an exchange between payers: which are part of it, and what supports them.

use super::age::{self, around, years_before};
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

/// When something was decided (extension of an adjudication).
const DECIDED: &str =
    "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-when-adjudicated";

/// How a prior authorization stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// Pending, or good for today or later.
    Open,
    /// Closed, and when something last changed about it (nanoseconds of the epoch).
    Closed(i128),
    /// It does not say.
    Unknown,
}

/// How a prior authorization stands on a day.
fn standing(authorization: &Value, today: Date) -> Standing {
    let now = Span::day(today).start;
    let texts = |place: &str| {
        let found = path::elements(authorization, place).into_iter();
        found
            .filter_map(|one| Span::parse(one.as_str()?).ok())
            .map(|span| span.end)
            .collect::<Vec<i128>>()
    };
    let ends = texts("preAuthRefPeriod.end");
    let has_period = !path::elements(authorization, "preAuthRefPeriod").is_empty();
    if ends.iter().any(|end| *end >= now)
        || authorization["outcome"] == "queued"
        || (has_period && ends.is_empty())
    {
        return Standing::Open;
    }
    let decided = ["adjudication.extension", "item.adjudication.extension"]
        .into_iter()
        .flat_map(|place| path::elements(authorization, place))
        .filter(|extension| extension["url"] == DECIDED)
        .filter_map(|extension| Span::parse(extension["valueDateTime"].as_str()?).ok())
        .map(|span| span.end);
    match ends.into_iter().chain(decided).max() {
        Some(change) => Standing::Closed(change),
        None => Standing::Unknown,
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
            || (record["use"] == "preauthorization"
                && match standing(record, self.today) {
                    Standing::Open => false,
                    Standing::Closed(at) => at < one_year,
                    Standing::Unknown => true,
                })
    }
}

impl World {
    /// The prior authorizations that searches find for the members of the Group.
    async fn authorizations(&mut self) -> Result<Vec<Value>, Halt> {
        let mut all = Vec::new();
        for patient in self.cohort()?.patients.clone() {
            let Some(found) = self.held(&patient, "ExplanationOfBenefit").await? else {
                continue;
            };
            let of_use = |one: &&Value| one["use"] == "preauthorization";
            all.extend(found.records.iter().filter(of_use).cloned());
        }
        Ok(all)
    }
}

async fn current_only(world: &mut World, _: Arguments<'_>) -> Outcome {
    let today = world.context()?.today;
    let limit = around(years_before(today, 1)).0;
    let export = world.export()?;
    let is_long_closed =
        |one: &Value| matches!(standing(one, today), Standing::Closed(at) if at < limit);
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
        } else if standing(&one, today) == Standing::Open && !is_there {
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
        if !matches!(standing(&one, today), Standing::Closed(at) if at >= limit) {
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
        let is_concerned = !only_open || standing(&one, today) == Standing::Open;
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
    use super::{DECIDED, Standing, papers, standing};
    use crate::fhir::Span;
    use serde_json::json;
    use time::macros::date;

    #[test]
    fn an_authorization_stands_as_it_says() {
        let today = date!(2026 - 11 - 22);
        let until = |end: &str| json!({"preAuthRefPeriod": [{"start": "2025-01-01", "end": end}]});
        assert_eq!(standing(&until("2026-11-22"), today), Standing::Open);
        let closed = Span::parse("2026-11-21").unwrap().end;
        assert_eq!(
            standing(&until("2026-11-21"), today),
            Standing::Closed(closed)
        );
        assert_eq!(
            standing(&json!({"preAuthRefPeriod": [{}]}), today),
            Standing::Open
        );
        assert_eq!(standing(&json!({}), today), Standing::Unknown);
        let mut decided = until("2026-01-01");
        decided["adjudication"] =
            json!([{"extension": [{"url": DECIDED, "valueDateTime": "2026-05-01"}]}]);
        let change = Span::parse("2026-05-01").unwrap().end;
        assert_eq!(standing(&decided, today), Standing::Closed(change));
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

//! What a list of attributed members says of each: what was transmitted last, and when (PDex 2.1.0,
//! `base-ext-last-transmission`, `base-ext-last-types`, `base-ext-last-typefilter`).

use super::drive::{Arguments, Halt, Outcome};
use super::{Mismatch, World};
use crate::fhir::{Reference, Span, path};
use serde_json::{Value, json};

super::book::steps! {
    /// Limits the export to kinds of records other than those that the list names as transmitted last.
    r"^the export is limited to other kinds of records than last time$" => other_kinds;
    /// Limits the export by a filter other than the one that the list names.
    r"^the export is limited by another filter than last time$" => other_filter;
    /// Limits the export to what changed until a time in the past.
    r"^the export is limited to what changed until the end of last year$" => until;
    /// Each exported member has the time of the export, or a later one, as that of the last transmission.
    r"^it says of every member that data was transmitted now$" => now;
    /// Each has the end that was asked for as that time.
    r"^it says of every member that data was transmitted as of that end$" => as_of_end;
    /// Each has the kinds that were asked for, exactly as written.
    r"^it says of every member which kinds of records were transmitted$" => kinds;
    /// Each has the filter that was asked for, exactly as written.
    r"^it says of every member by which filter$" => filters;
}

const PREFIX: &str = "http://hl7.org/fhir/us/davinci-pdex/StructureDefinition/base-ext-";
const TIME: (&str, &str) = ("last-transmission", "valueDateTime");
const TYPES: (&str, &str) = ("last-types", "valueString");
const FILTERS: (&str, &str) = ("last-typefilter", "valueString");

/// What each member of a list has: the record, and the value of the extension.
fn told(list: &Value, (name, element): (&str, &str)) -> Vec<(String, Option<String>)> {
    let url = format!("{PREFIX}{name}");
    let members = path::elements(list, "member").into_iter();
    members
        .map(|member| {
            let reference = member["entity"]["reference"].as_str().unwrap_or_default();
            let reference = Reference::parse(reference);
            let patient = reference.target().map_or("", |(_, id)| id).to_owned();
            let extensions = path::elements(member, "extension");
            let extension = extensions
                .into_iter()
                .find(|one| one["url"] == url.as_str());
            let value = extension.and_then(|one| one[element].as_str().map(str::to_owned));
            (patient, value)
        })
        .collect()
}

impl World {
    /// The list as it was read last.
    fn list_read(&self) -> Result<&Value, Halt> {
        self.records
            .first()
            .ok_or_else(|| Halt::Error("no list was read before this step".into()))
    }

    /// One of two values, whichever no member of the list has.
    fn unlike(
        &self,
        extension: (&str, &str),
        values: [&'static str; 2],
    ) -> Result<&'static str, Halt> {
        let told = told(self.list_read()?, extension);
        let is_used = told
            .iter()
            .any(|(_, value)| value.as_deref() == Some(values[0]));
        Ok(if is_used { values[1] } else { values[0] })
    }

    fn ordered(&self, name: &str) -> Result<String, Halt> {
        self.order
            .text(name)
            .ok_or_else(|| Halt::Error(format!("the export was not limited by {name}")))
    }

    /// Judges what the list says of every member.
    fn judge_told(
        &mut self,
        extension: (&str, &str),
        expected: &str,
        is_right: impl Fn(&str) -> bool,
    ) -> Outcome {
        let told = told(self.list_read()?, extension);
        if told.is_empty() {
            return Err(Halt::Skip("nobody is on the list".into()));
        }
        let place = format!("Group.member.extension({PREFIX}{})", extension.0);
        let wrong = told
            .into_iter()
            .find(|(_, value)| !value.as_deref().is_some_and(&is_right));
        let result = match wrong {
            None => Ok(()),
            Some((patient, value)) => {
                let actual = value.unwrap_or_else(|| "nothing".to_owned());
                Err(Mismatch::new(expected, format!("{actual} of Patient/{patient}")).at(place))
            }
        };
        self.judge(result)
    }
}

async fn other_kinds(world: &mut World, _: Arguments<'_>) -> Outcome {
    let kinds = world.unlike(TYPES, ["Patient,Encounter", "Patient,Encounter,Condition"])?;
    world.order.add("_type", "valueString", json!(kinds));
    Ok(())
}

async fn other_filter(world: &mut World, _: Arguments<'_>) -> Outcome {
    let filters = [
        "Observation?category=laboratory",
        "Observation?category=vital-signs",
    ];
    let filter = world.unlike(FILTERS, filters)?;
    world.order.add("_typeFilter", "valueString", json!(filter));
    Ok(())
}

async fn until(world: &mut World, _: Arguments<'_>) -> Outcome {
    let year = world.context()?.today.year() - 1;
    let end = json!(format!("{year}-12-31T00:00:00Z"));
    world.order.add("_until", "valueInstant", end);
    Ok(())
}

async fn now(world: &mut World, _: Arguments<'_>) -> Outcome {
    let time = world.transaction_time()?;
    let is_right = |value: &str| Span::parse(value).is_ok_and(|told| told.end >= time.start);
    world.judge_told(TIME, "the time of the export, or a later one", is_right)
}

async fn as_of_end(world: &mut World, _: Arguments<'_>) -> Outcome {
    let end = world.ordered("_until")?;
    let wanted = Span::parse(&end).map(|span| span.start).ok();
    let is_right = |value: &str| Span::parse(value).map(|told| told.start).ok() == wanted;
    world.judge_told(TIME, &end, is_right)
}

async fn kinds(world: &mut World, _: Arguments<'_>) -> Outcome {
    let kinds = world.ordered("_type")?;
    world.judge_told(TYPES, &kinds, |value| value == kinds)
}

async fn filters(world: &mut World, _: Arguments<'_>) -> Outcome {
    let filter = world.ordered("_typeFilter")?;
    world.judge_told(FILTERS, &filter, |value| value == filter)
}

#[cfg(test)]
mod tests {
    use super::{PREFIX, TIME, TYPES, told};
    use serde_json::json;

    #[test]
    fn a_list_is_read_member_by_member() {
        let list = json!({"member": [
            {"entity": {"reference": "Patient/a"}, "extension": [
                {"url": format!("{PREFIX}last-transmission"), "valueDateTime": "2026-01-01"}]},
            {"entity": {"reference": "Patient/b"}},
        ]});
        let told_of = told(&list, TIME);
        assert_eq!(told_of[0], ("a".to_owned(), Some("2026-01-01".to_owned())));
        assert_eq!(told_of[1], ("b".to_owned(), None));
        assert!(told(&list, TYPES).iter().all(|(_, value)| value.is_none()));
    }
}

//! Visits and stays.

use super::super::vocabulary::EncounterWord;
use super::coding::{SNOMED, TERMINOLOGY, coded, identifier, organization, reference, span};
use super::{Record, Records};
use serde_json::{Value, json};

/// Number, date of the first day, days, status, class with display, type with display, discharge disposition.
type Visit = (
    usize,
    &'static str,
    i64,
    &'static str,
    (&'static str, &'static str),
    (&'static str, &'static str),
    &'static str,
);

const VISITS: [Visit; 7] = [
    (
        101,
        "2017-05-09",
        0,
        "finished",
        ("AMB", "ambulatory"),
        ("185349003", "Encounter for check up"),
        "home",
    ),
    (
        102,
        "2019-11-12",
        0,
        "finished",
        ("EMER", "emergency"),
        ("50849002", "Emergency room admission"),
        "home",
    ),
    (
        103,
        "2022-02-03",
        4,
        "finished",
        ("IMP", "inpatient encounter"),
        ("183452005", "Emergency hospital admission"),
        "snf",
    ),
    (
        104,
        "2023-09-19",
        0,
        "finished",
        ("AMB", "ambulatory"),
        ("185349003", "Encounter for check up"),
        "home",
    ),
    (
        105,
        "2024-10-07",
        0,
        "cancelled",
        ("VR", "virtual"),
        ("448337001", "Telemedicine consultation with patient"),
        "oth",
    ),
    (
        106,
        "2025-03-11",
        0,
        "finished",
        ("VR", "virtual"),
        ("448337001", "Telemedicine consultation with patient"),
        "home",
    ),
    (
        107,
        "2025-05-20",
        2,
        "in-progress",
        ("IMP", "inpatient encounter"),
        ("183452005", "Emergency hospital admission"),
        "home",
    ),
];

impl Records<'_> {
    pub(super) fn encounter(&self, record: &Record<'_, EncounterWord>) -> Value {
        let word = record.word;
        let mut encounter = self.visit_resource(
            &record.id,
            (record.date, record.date),
            (&word.class, &word.class_display),
            (&word.code, &word.display),
        );
        encounter["serviceProvider"] = organization(&self.settings.clinic.id);
        encounter
    }

    /// The visits of a full chart: several classes, kinds, places and outcomes over nine years.
    pub(super) fn encounters(&self) -> Vec<Value> {
        VISITS
            .iter()
            .map(|(number, date, days, status, class, kind, disposition)| {
                let first = self.day(date);
                let last = self.later(date, *days);
                let id = self.id("encounter", *number);
                let mut visit = self.visit_resource(&id, (&first, &last), *class, *kind);
                visit["status"] = json!(status);
                visit["hospitalization"] = json!({"dischargeDisposition": coded(
                    &format!("{TERMINOLOGY}/discharge-disposition"), disposition, disposition_display(disposition),
                )});
                visit["location"] = json!([{"location": self.location(number % 2)}]);
                visit["serviceProvider"] = if number % 2 == 0 {
                    organization(&self.settings.clinic.id)
                } else {
                    self.place(0)
                };
                visit["reasonReference"] = json!([reference("Condition", &self.id("condition", 101))]);
                visit
            })
            .collect()
    }

    /// A day of the chart, and some days on.
    fn later(&self, date: &str, days: i64) -> String {
        let shifted = self.seed.shift + days;
        super::shift(date, shifted)
    }

    fn visit_resource(
        &self,
        id: &str,
        (first, last): (&str, &str),
        (class, class_display): (&str, &str),
        (code, display): (&str, &str),
    ) -> Value {
        let mut period = span(first, "09:00", "09:30");
        period["end"] = json!(super::coding::at(last, "09:30"));
        json!({
            "resourceType": "Encounter",
            "id": id,
            "meta": self.claims_to_be(&["us-core-encounter"], &[]),
            "identifier": [identifier("encounter", id)],
            "status": "finished",
            "class": {"system": format!("{TERMINOLOGY}/v3-ActCode"), "code": class, "display": class_display},
            "type": [coded(SNOMED, code, display)],
            "subject": self.subject(),
            "participant": [{
                "type": [coded(&format!("{TERMINOLOGY}/v3-ParticipationType"), "PPRF", "primary performer")],
                "period": period,
                "individual": self.practitioner(),
            }],
            "period": period,
            "reasonCode": [{"text": "planned visit"}],
        })
    }
}

fn disposition_display(code: &str) -> &'static str {
    match code {
        "home" => "Home",
        "snf" => "Skilled nursing facility",
        _ => "Other",
    }
}

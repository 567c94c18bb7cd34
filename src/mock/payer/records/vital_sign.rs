//! Vital signs: pages of them, and those of a small child that an earlier plan handed on.

use super::Records;
use super::coding::{LOINC, TERMINOLOGY, at, code, coded, push, quantity};
use serde_json::{Value, json};

/// How a vital sign is measured.
struct Sign {
    /// Its profile in US Core, and the one in FHIR itself.
    profiles: [&'static str; 2],
    code: &'static str,
    display: &'static str,
    unit: &'static str,
    /// Lowest value, and how much may be added to it in nine steps.
    lowest: f64,
    step: f64,
}

const fn sign(
    profiles: [&'static str; 2],
    code: &'static str,
    display: &'static str,
    unit: &'static str,
    lowest: f64,
    step: f64,
) -> Sign {
    Sign {
        profiles,
        code,
        display,
        unit,
        lowest,
        step,
    }
}

const SIGNS: [Sign; 6] = [
    sign(
        ["us-core-heart-rate", "heartrate"],
        "8867-4",
        "Heart rate",
        "/min",
        58.0,
        3.0,
    ),
    sign(
        ["us-core-respiratory-rate", "resprate"],
        "9279-1",
        "Respiratory rate",
        "/min",
        12.0,
        1.0,
    ),
    sign(
        ["us-core-body-temperature", "bodytemp"],
        "8310-5",
        "Body temperature",
        "Cel",
        36.25,
        0.125,
    ),
    sign(
        ["us-core-body-weight", "bodyweight"],
        "29463-7",
        "Body weight",
        "kg",
        78.0,
        0.5,
    ),
    sign(
        ["us-core-body-height", "bodyheight"],
        "8302-2",
        "Body height",
        "cm",
        168.0,
        0.25,
    ),
    sign(
        ["us-core-bmi", "bmi"],
        "39156-5",
        "Body mass index (BMI) [Ratio]",
        "kg/m2",
        27.0,
        0.25,
    ),
];

/// Of a child between birth and three years.
const CHILD: [Sign; 3] = [
    sign(
        ["pediatric-bmi-for-age", "vitalsigns"],
        "59576-9",
        "Body mass index (BMI) [Percentile] Per age and sex",
        "%",
        40.0,
        1.0,
    ),
    sign(
        ["pediatric-weight-for-height", "vitalsigns"],
        "77606-2",
        "Weight-for-length Per age and sex",
        "%",
        50.0,
        1.0,
    ),
    sign(
        [
            "head-occipital-frontal-circumference-percentile",
            "vitalsigns",
        ],
        "8289-1",
        "Head Occipital-frontal circumference Percentile",
        "%",
        60.0,
        1.0,
    ),
];

const HEAD: Sign = sign(
    ["us-core-head-circumference", "headcircum"],
    "9843-4",
    "Head Occipital-frontal circumference",
    "cm",
    44.0,
    0.5,
);

const DAYS: [&str; 4] = ["2017-05-09", "2019-04-02", "2022-02-03", "2025-03-11"];

impl Sign {
    fn value(&self, position: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "below ten")]
        let steps = (position * 7 % 10) as f64;
        self.step.mul_add(steps, self.lowest)
    }
}

impl Records<'_> {
    pub(super) fn vital_signs(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for (position, day) in DAYS.iter().enumerate() {
            let day = self.day(day);
            for (kind, sign) in SIGNS.iter().enumerate() {
                let mut one = self.vital_sign(sign, &day, Some(sign.value(position + kind)));
                one["encounter"] = self.visit(1 + position % 7);
                all.push(one);
            }
            all.push(self.oximetry(&day, position));
            all.push(self.blood_pressure(&day, position, false));
        }
        let childhood = self.childhood();
        for (position, sign) in CHILD.iter().chain([&HEAD]).enumerate() {
            all.push(self.vital_sign(sign, &childhood[0], Some(sign.value(position))));
            all.push(self.vital_sign(sign, &childhood[1], Some(sign.value(position + 3))));
        }
        // What could not be measured at one visit.
        let day = self.day("2024-10-07");
        // FHIR's own profile of the body mass index does not let it be unknown.
        let unknown = SIGNS[..5].iter().chain(&CHILD).chain([&HEAD]);
        all.extend(unknown.map(|sign| {
            let day = if sign.profiles[0].starts_with("us-core-b")
                || sign.profiles[0].ends_with("rate")
            {
                &day
            } else {
                &childhood[1]
            };
            let mut one = self.vital_sign(sign, day, None);
            one["status"] = json!("amended");
            one
        }));
        all.push(self.oximetry_unknown(&day));
        all.push(self.blood_pressure(&day, 0, true));
        all.push(self.average_blood_pressure(false));
        all.push(self.average_blood_pressure(true));
        for (position, one) in all.iter_mut().enumerate() {
            one["id"] = json!(self.id("observation", 101 + position));
        }
        // Entered by mistake, and deleted since.
        let mut mistake = all[0].clone();
        mistake["id"] = json!(self.id("observation", 999));
        all.push(mistake);
        all.retain(|one| one["meta"]["profile"].is_array());
        all
    }

    /// Two days in the second year of life.
    fn childhood(&self) -> [String; 2] {
        [400, 600].map(|days| super::shift(&self.seed.birth_date, days))
    }

    /// A vital sign. Without a value it says that none was taken.
    fn vital_sign(&self, sign: &Sign, day: &str, value: Option<f64>) -> Value {
        let [us_core, fhir] = sign.profiles;
        let is_in_all = !us_core.starts_with("us-core-");
        let always: &[&str] = if is_in_all {
            &[us_core, "vitalsigns"]
        } else {
            &[fhir, "vitalsigns"]
        };
        let newer: &[&str] = if is_in_all {
            &["us-core-vital-signs"]
        } else {
            &[us_core, "us-core-vital-signs"]
        };
        let mut one = self.measurement(always, newer, coded(LOINC, sign.code, sign.display), day);
        match value {
            Some(value) => one["valueQuantity"] = quantity(value, sign.unit),
            None => one["dataAbsentReason"] = absent("not-performed"),
        }
        one
    }

    fn measurement(&self, always: &[&str], newer: &[&str], code: Value, day: &str) -> Value {
        json!({
            "resourceType": "Observation",
            "meta": self.claims_to_be(always, newer),
            "status": "final",
            "category": [coded(&format!("{TERMINOLOGY}/observation-category"), "vital-signs", "Vital Signs")],
            "code": code,
            "subject": self.subject(),
            "effectiveDateTime": at(day, "09:15"),
            "performer": [self.practitioner()],
        })
    }

    fn oximetry(&self, day: &str, position: usize) -> Value {
        let mut one = self.oximetry_unknown(day);
        one["status"] = json!("final");
        one["dataAbsentReason"].take();
        let fields = one.as_object_mut();
        fields.map(|fields| fields.remove("dataAbsentReason"));
        #[expect(clippy::cast_precision_loss, reason = "below ten")]
        let steps = (position % 5) as f64;
        one["valueQuantity"] = quantity(94.0 + steps, "%");
        one["component"] = json!([
            {"code": coded(LOINC, "3151-8", "Inhaled oxygen flow rate"), "valueQuantity": quantity(2.0 + steps, "L/min")},
            {"code": coded(LOINC, "3150-0", "Inhaled oxygen concentration"), "valueQuantity": quantity(21.0 + steps, "%")},
        ]);
        one
    }

    fn oximetry_unknown(&self, day: &str) -> Value {
        let mut code = coded(
            LOINC,
            "59408-5",
            "Oxygen saturation in Arterial blood by Pulse oximetry",
        );
        push(
            &mut code["coding"],
            json!({"system": LOINC, "code": "2708-6", "display": "Oxygen saturation in Arterial blood"}),
        );
        let always = ["us-core-pulse-oximetry", "vitalsigns"];
        let mut one = self.measurement(&always, &["us-core-vital-signs"], code, day);
        one["status"] = json!("amended");
        one["dataAbsentReason"] = absent("not-performed");
        one["component"] = json!([
            {"code": coded(LOINC, "3151-8", "Inhaled oxygen flow rate"), "dataAbsentReason": absent("not-performed")},
            {"code": coded(LOINC, "3150-0", "Inhaled oxygen concentration"), "dataAbsentReason": absent("not-performed")},
        ]);
        one
    }

    fn blood_pressure(&self, day: &str, position: usize, is_unknown: bool) -> Value {
        let code = coded(
            LOINC,
            "85354-9",
            "Blood pressure panel with all children optional",
        );
        let newer = ["us-core-blood-pressure", "us-core-vital-signs"];
        let mut one = self.measurement(&["bp", "vitalsigns"], &newer, code, day);
        #[expect(clippy::cast_precision_loss, reason = "below ten")]
        let steps = (position * 3 % 10) as f64;
        let part = |code: &str, display: &str, value: f64| {
            let mut part = json!({"code": coded(LOINC, code, display)});
            if is_unknown {
                part["dataAbsentReason"] = absent("not-performed");
            } else {
                part["valueQuantity"] = quantity(value, "mm[Hg]");
            }
            part
        };
        one["component"] = json!([
            part("8480-6", "Systolic blood pressure", 112.0 + 3.0 * steps),
            part("8462-4", "Diastolic blood pressure", 70.0 + 2.0 * steps),
        ]);
        if is_unknown {
            one["dataAbsentReason"] = absent("not-performed");
        }
        one
    }

    /// A week's average, which only US Core 7.0.0 knows.
    fn average_blood_pressure(&self, is_unknown: bool) -> Value {
        let code = coded(
            LOINC,
            "96607-7",
            "Blood pressure panel mean systolic and mean diastolic",
        );
        let day = self.day(if is_unknown {
            "2024-12-10"
        } else {
            "2025-03-18"
        });
        let mut one = self.measurement(&[], &["us-core-average-blood-pressure"], code, &day);
        let part = |code: &str, display: &str, value: f64| {
            let mut part = json!({"code": coded(LOINC, code, display)});
            if is_unknown {
                part["dataAbsentReason"] = absent("not-performed");
            } else {
                part["valueQuantity"] = quantity(value, "mm[Hg]");
            }
            part
        };
        one["component"] = json!([
            part("96608-5", "Systolic blood pressure mean", 124.0),
            part("96609-3", "Diastolic blood pressure mean", 78.0),
        ]);
        one
    }
}

/// Why there is no value.
pub(super) fn absent(reason: &str) -> Value {
    code(&format!("{TERMINOLOGY}/data-absent-reason"), reason)
}

//! What is known of the member's life: habits, work, answers to screenings, wishes.

use super::super::plan::QUESTIONNAIRE;
use super::Records;
use super::coding::{
    LOINC, SNOMED, TERMINOLOGY, US_CORE, US_CORE_CATEGORY, at, coded, identifier, quantity,
    reference,
};
use super::vital_sign::absent;
use serde_json::{Value, json};

impl Records<'_> {
    pub(super) fn social(&self) -> Vec<Value> {
        let mut all = self.habits();
        all.extend(self.screenings());
        all.extend(self.wishes());
        if self.has_both_flavours() {
            all.extend(self.answers());
        }
        all.retain(|one| one["resourceType"] != "Observation" || one["meta"]["profile"].is_array());
        all
    }

    /// An Observation with the category codes given; those of US Core's own are marked with `+`.
    fn finding(
        &self,
        number: usize,
        profiles: (&[&str], &[&str]),
        categories: &[&str],
        code: Value,
        day: &str,
    ) -> Value {
        let category = |name: &&str| match name.strip_prefix('+') {
            Some(name) => super::coding::code(US_CORE_CATEGORY, name),
            None => super::coding::code(&format!("{TERMINOLOGY}/observation-category"), name),
        };
        let day = self.day(day);
        json!({
            "resourceType": "Observation",
            "id": self.id("finding", number),
            "meta": self.claims_to_be(profiles.0, profiles.1),
            "status": "final",
            "category": categories.iter().map(category).collect::<Vec<_>>(),
            "code": code,
            "subject": self.subject(),
            "encounter": self.visit(1 + number % 7),
            "effectiveDateTime": at(&day, "10:00"),
            "issued": at(&day, "10:05"),
            "performer": [self.practitioner()],
        })
    }

    fn habits(&self) -> Vec<Value> {
        let social = &["social-history"][..];
        let smoking = (&["us-core-smokingstatus"][..], &[][..]);
        let mut smoked = self.finding(
            101,
            smoking,
            social,
            coded(LOINC, "72166-2", "Tobacco smoking status"),
            "2017-05-09",
        );
        smoked["valueCodeableConcept"] = coded(SNOMED, "449868002", "Smokes tobacco daily");
        let mut stopped = self.finding(
            102,
            smoking,
            social,
            coded(LOINC, "72166-2", "Tobacco smoking status"),
            "2023-09-19",
        );
        stopped["valueCodeableConcept"] = coded(SNOMED, "8517006", "Ex-smoker");
        let packs = (&[][..], &["us-core-smokingstatus|7.0.0"][..]);
        let mut years = self.finding(
            103,
            packs,
            social,
            coded(LOINC, "401201003", "Cigarette pack-years"),
            "2023-09-19",
        );
        years["code"] = coded(SNOMED, "401201003", "Cigarette pack-years");
        years["valueQuantity"] = quantity(12.0, "{PackYears}");

        let concept = |number, profile: &'static str, code, display, value: (&str, &str), day| {
            let mut one = self.finding(
                number,
                (&[], &[profile]),
                social,
                coded(LOINC, code, display),
                day,
            );
            one["valueCodeableConcept"] = coded(SNOMED, value.0, value.1);
            one
        };
        vec![
            smoked,
            stopped,
            years,
            self.work(),
            concept(
                105,
                "us-core-observation-pregnancystatus",
                "82810-3",
                "Pregnancy status",
                ("60001007", "Not pregnant"),
                "2022-02-03",
            ),
            concept(
                106,
                "us-core-observation-pregnancyintent",
                "86645-9",
                "Pregnancy intention in the next year - Reported",
                ("454381000124105", "Not wanting to become pregnant"),
                "2019-11-12",
            ),
            concept(
                107,
                "us-core-observation-sexual-orientation",
                "76690-7",
                "Sexual orientation",
                ("20430005", "Heterosexual"),
                "2024-12-03",
            ),
        ]
    }

    /// What the member did for a living.
    fn work(&self) -> Value {
        let social = &["social-history"][..];
        let work = (&[][..], &["us-core-observation-occupation"][..]);
        let mut job = self.finding(
            104,
            work,
            social,
            coded(LOINC, "11341-5", "History of Occupation"),
            "2019-11-12",
        );
        let fields = job.as_object_mut();
        fields.map(|fields| fields.remove("effectiveDateTime"));
        job["effectivePeriod"] = json!({"start": "2010-03-01", "end": "2023-12-31"});
        job["valueCodeableConcept"] = json!({"text": "librarian"});
        job["component"] = json!([{
            "code": coded(LOINC, "86188-0", "History of Occupation industry"),
            "valueCodeableConcept": {"text": "public library"},
        }]);
        job
    }

    fn screenings(&self) -> Vec<Value> {
        let survey = &["survey", "+sdoh"][..];
        let screening = (&[][..], &["us-core-observation-screening-assessment"][..]);
        let answer = |number, code, display, value: (&str, &str)| {
            let mut one = self.finding(
                number,
                screening,
                survey,
                coded(LOINC, code, display),
                "2024-10-07",
            );
            one["valueCodeableConcept"] = coded(LOINC, value.0, value.1);
            one["derivedFrom"] =
                json!([reference("QuestionnaireResponse", &self.id("answers", 101))]);
            one
        };
        let mut panel = self.finding(
            110,
            screening,
            survey,
            coded(LOINC, "88121-9", "Hunger Vital Sign [HVS]"),
            "2024-10-07",
        );
        panel["hasMember"] =
            json!([111, 112].map(|number| reference("Observation", &self.id("finding", number))));
        let mut refused = self.finding(
            113,
            screening,
            survey,
            coded(LOINC, "71802-3", "Housing status"),
            "2023-09-19",
        );
        refused["dataAbsentReason"] = absent("asked-declined");
        refused["status"] = json!("amended");
        let simple = (&[][..], &["us-core-simple-observation"][..]);
        let mut home = self.finding(
            114,
            simple,
            &["social-history", "+sdoh"],
            coded(LOINC, "71802-3", "Housing status"),
            "2025-03-11",
        );
        home["valueCodeableConcept"] = json!({"text": "has a home"});
        home["derivedFrom"] = json!([reference("QuestionnaireResponse", &self.id("answers", 102))]);
        let clinical = (&[][..], &["us-core-observation-clinical-result"][..]);
        let heart = coded(LOINC, "10230-1", "Left ventricular Ejection fraction");
        let mut fraction = self.finding(115, clinical, &["procedure"], heart.clone(), "2022-02-05");
        fraction["valueQuantity"] = quantity(58.0, "%");
        let mut unread = self.finding(116, clinical, &["procedure"], heart, "2025-03-12");
        unread["dataAbsentReason"] = absent("unknown");
        vec![
            panel,
            answer(
                111,
                "88122-7",
                "Food insecurity: worried that food would run out",
                ("LA28397-0", "Often true"),
            ),
            answer(
                112,
                "88123-5",
                "Food insecurity: food did not last",
                ("LA6729-3", "Sometimes true"),
            ),
            refused,
            home,
            fraction,
            unread,
        ]
    }

    /// Wishes that only US Core 7.0.0 has profiles for.
    fn wishes(&self) -> Vec<Value> {
        let wish = |number, profile: &'static str, category, code, display, text: &str, day| {
            let mut one = self.finding(
                number,
                (&[], &[profile]),
                &[category],
                coded(LOINC, code, display),
                day,
            );
            one["category"][0]["coding"][0]["version"] = json!("7.0.0");
            one["valueString"] = json!(text);
            one
        };
        vec![
            wish(
                120,
                "us-core-care-experience-preference",
                "+care-experience-preference",
                "95541-9",
                "Care experience preference",
                "Wants a sister to be there.",
                "2023-09-19",
            ),
            wish(
                121,
                "us-core-treatment-intervention-preference",
                "+treatment-intervention-preference",
                "75773-2",
                "Goals, preferences, and priorities for medical treatment",
                "Wants no tube feeding.",
                "2025-03-11",
            ),
        ]
    }

    /// A form that was filled in, and one that was only begun.
    fn answers(&self) -> Vec<Value> {
        let answer = |id: &str, text: &str, code: &str, display: &str| {
            json!({"linkId": id, "text": text, "answer": [
                {"valueCoding": {"system": LOINC, "code": code, "display": display}},
            ]})
        };
        let form = |number, status: &str, day: &str, items: Vec<Value>| {
            let id = self.id("answers", number);
            json!({
                "resourceType": "QuestionnaireResponse",
                "id": id,
                "meta": self.claims_to_be(&[], &["us-core-questionnaireresponse"]),
                "identifier": identifier("answers", &id),
                "questionnaire": if number == 101 { QUESTIONNAIRE } else { "https://payer.example/Questionnaire/housing" },
                "_questionnaire": {"extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/display", "valueString": "A few questions"},
                    {"url": format!("{US_CORE}/us-core-extension-questionnaire-uri"), "valueUri": "https://payer.example/forms"},
                ]},
                "status": status,
                "subject": self.subject(),
                "authored": at(&self.day(day), "09:40"),
                "author": self.practitioner(),
                "item": items,
            })
        };
        let first = answer(
            "food-1",
            "Did you worry that food would run out?",
            "LA28397-0",
            "Often true",
        );
        let second = answer("food-2", "Did food run out?", "LA6729-3", "Sometimes true");
        let group =
            json!({"linkId": "food", "text": "Food in the last year", "item": [first, second]});
        let mut home = answer("home", "Do you have a home?", "LA33-6", "Yes");
        home["answer"][0]["item"] = json!([
            {"linkId": "home-since", "text": "Since when?", "answer": [{"valueDate": "2015-04-01"}]},
        ]);
        vec![
            form(101, "completed", "2024-10-07", vec![group]),
            form(102, "in-progress", "2025-03-11", vec![home]),
        ]
    }
}

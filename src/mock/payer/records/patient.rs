//! The member, and who is related to the member.

use super::Records;
use super::coding::{TERMINOLOGY, US_CORE, code, coded, organization};
use serde_json::{Value, json};

const RACES: &str = "urn:oid:2.16.840.1.113883.6.238";

/// OMB categories (CDC race and ethnicity): code and display; members have them in turn.
const RACE: [(&str, &str); 5] = [
    ("2106-3", "White"),
    ("2054-5", "Black or African American"),
    ("2028-9", "Asian"),
    ("1002-5", "American Indian or Alaska Native"),
    ("2076-8", "Native Hawaiian or Other Pacific Islander"),
];
const ETHNICITY: [(&str, &str); 2] = [
    ("2186-5", "Not Hispanic or Latino"),
    ("2135-2", "Hispanic or Latino"),
];

impl Records<'_> {
    /// A number that differs from member to member.
    fn number(&self) -> usize {
        let digits: String = self.seed.id.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    }

    pub(super) fn member_identifier(&self) -> Value {
        json!({
            "type": coded(&format!("{TERMINOLOGY}/v2-0203"), "MB", "Member Number"),
            "system": self.settings.systems.member,
            "value": self.seed.member_id,
        })
    }

    pub(super) fn patient(&self) -> Value {
        let seed = self.seed;
        let mut names = vec![
            json!({"use": "official", "family": seed.family, "given": seed.given, "period": {"start": "2022-07-01"}}),
        ];
        names.extend(seed.earlier_families.iter().map(|family| {
            json!({"use": "old", "family": family, "given": seed.given, "period": {"end": "2022-06-30"}})
        }));
        let mut patient = json!({
            "resourceType": "Patient",
            "id": seed.id,
            "meta": self.claims_to_be(&["us-core-patient"], &[]),
            "extension": self.demographics(),
            "identifier": [
                self.member_identifier(),
                {
                    "type": code("http://hl7.org/fhir/us/davinci-hrex/CodeSystem/hrex-temp", "UMB"),
                    "system": self.settings.systems.unique_member,
                    "value": seed.unique_id(),
                },
            ],
            "active": true,
            "name": names,
            "telecom": [{"system": "phone", "value": "555-0199", "use": "home"}],
            "gender": seed.gender,
            "birthDate": seed.birth_date,
            "address": [{"use": "home", "line": [seed.line], "city": seed.city,
                "state": self.settings.clinic.state, "postalCode": "00000", "country": "US",
                "period": {"start": "2015-04-01"}}],
            "communication": [{"language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "en"}]}}],
            "managingOrganization": organization(&self.settings.payer.id),
        });
        if let Some(died) = &seed.died {
            patient["deceasedDateTime"] = died.as_str().into();
        }
        patient
    }

    fn demographics(&self) -> Value {
        let (race, race_text) = RACE[self.number() % RACE.len()];
        let (ethnicity, ethnicity_text) = ETHNICITY[self.number() % ETHNICITY.len()];
        let (birth_sex, sex) = match self.seed.gender.as_str() {
            "female" => ("F", "248152002"),
            "male" => ("M", "248153007"),
            _ => ("UNK", "UNK"),
        };
        let category = |name: &str, code: &str, text: &str| {
            json!({"url": format!("{US_CORE}/{name}"), "extension": [
                {"url": "ombCategory", "valueCoding": {"system": RACES, "code": code, "display": text}},
                {"url": "text", "valueString": text},
            ]})
        };
        let mut all = vec![
            category("us-core-race", race, race_text),
            category("us-core-ethnicity", ethnicity, ethnicity_text),
            json!({"url": format!("{US_CORE}/us-core-birthsex"), "valueCode": birth_sex}),
        ];
        // Extension that US Core 3.1.1 does not have.
        if self.has_both_flavours() && sex != "UNK" {
            all.push(json!({"url": format!("{US_CORE}/us-core-sex"), "valueCode": sex}));
        }
        Value::Array(all)
    }

    /// Two people the member is close to; US Core 3.1.1 has no profile for them.
    pub(super) fn people(&self) -> Vec<Value> {
        if !self.has_both_flavours() {
            return Vec::new();
        }
        vec![
            self.person(101, ("Winifred", "Kinsample"), ("SIS", "sister"), true),
            self.person(
                102,
                ("Gaylord", "Placeholderson"),
                ("NBOR", "neighbor"),
                false,
            ),
        ]
    }

    /// Somebody who speaks for the member.
    pub(super) fn representative(&self) -> Option<Value> {
        let relation = ("HPOWATT", "healthcare power of attorney");
        self.has_both_flavours()
            .then(|| self.person(1, ("Barnaby", "Spokesample"), relation, true))
    }

    fn person(
        &self,
        number: usize,
        (given, family): (&str, &str),
        (relation, display): (&str, &str),
        is_active: bool,
    ) -> Value {
        json!({
            "resourceType": "RelatedPerson",
            "id": self.id("related", number),
            "meta": self.claims_to_be(&[], &["us-core-relatedperson"]),
            "active": is_active,
            "patient": self.subject(),
            "relationship": [coded(&format!("{TERMINOLOGY}/v3-RoleCode"), relation, display)],
            "name": [{"family": family, "given": [given]}],
            "telecom": [{"system": "phone", "value": "555-0198", "use": "mobile"}],
            "address": [{"line": [self.seed.line], "city": self.seed.city,
                "state": self.settings.clinic.state, "postalCode": "00000", "country": "US"}],
        })
    }
}

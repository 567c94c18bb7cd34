//! Members whom a client under test has matched: what it submits of each.

use super::drive::{Arguments, Halt, Outcome};
use super::world::hearing::sent;
use super::{Mismatch, World};
use crate::fhir::{parameters, path};
use crate::mock::Heard;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

super::book::steps! {
    /// Turns to the requests that had many members matched at once, whatever their method.
    r"^the (?:new payer|provider) has many members matched at once$" => matches_many;
    /// Each of the requests heard is a POST.
    r"^it posts every request for that$" => posts;
    /// Every member is submitted with a Coverage in `CoverageToLink`.
    r"^every member is submitted with the coverage by the new payer$" => with_link;
    /// Every member is submitted with a Consent.
    r"^every member is submitted with consent$" => with_consent;
    /// Family and given name, birth date, gender or birth sex, and a number on the card.
    r"^every member is submitted with name, birth date, gender and a number on the card$" => described;
    /// Coverages and Consent refer to `Patient/` with the id of the submitted Patient.
    r"^coverages and consent refer to the member by the id that is submitted$" => local_references;
    /// No two members have the same id.
    r"^no two members are submitted under one id$" => distinct;
    /// The actors of the Consent: the payer asked discloses, somebody else receives.
    r"^the consent lets the payer that is asked disclose to the one that asks$" => actors;
    /// `CoverageToLink` has no element that its profile does not want supported.
    r"^the coverage by the new payer holds nothing but what must be supported$" => sparing;
    /// Turns to the requests in which not the member has consented, but somebody for them.
    r"^somebody has consented for the member$" => represented;
    /// The one who has consented is in the Consent as a contained Patient or RelatedPerson.
    r"^the consent holds the record of who has consented$" => contained;
    /// The one who has consented is an actor whose role says with what right.
    r"^the consent says by what right$" => by_right;
    /// Each MemberBundle has one MemberPatient, one CoverageToMatch, one Consent, and at most one CoverageToLink.
    r"^every member is submitted with one record of each kind$" => one_of_each;
    /// Demographics, coverage and a Consent that permits.
    r"^every member is submitted with demographics, coverage and a consent that permits$" => permitted;
}

/// What is submitted of one member. A resource that is left out is null.
#[derive(Clone, Debug, Default)]
pub(super) struct Submitted {
    /// Where in the body.
    place: String,
    /// The parameters: name and resource.
    all: Vec<(String, Value)>,
}

impl Submitted {
    /// The members in the body of a request for one or for many.
    pub(super) fn of(heard: &Heard) -> Vec<Self> {
        let body = sent(heard);
        let read = |place: String, given: &[Value]| {
            let named = |one: &Value| {
                let name = one["name"].as_str().unwrap_or_default().to_owned();
                (name, one["resource"].clone())
            };
            let all = given.iter().map(named).collect();
            Self { place, all }
        };
        if is_bulk(heard) {
            let bundles = parameters::all(&body).iter().enumerate();
            let bundles = bundles.filter(|(_, one)| one["name"] == "MemberBundle");
            return bundles
                .map(|(position, bundle)| {
                    let parts = bundle["part"].as_array().map_or(&[][..], Vec::as_slice);
                    read(format!("$.parameter[{position}].part"), parts)
                })
                .collect();
        }
        vec![read("$.parameter".to_owned(), parameters::all(&body))]
    }

    /// The first resource of that name; null when there is none.
    pub(super) fn get(&self, name: &str) -> &Value {
        const NOTHING: &Value = &Value::Null;
        let found = self.all.iter().find(|(known, _)| known == name);
        found.map_or(NOTHING, |(_, resource)| resource)
    }

    fn count(&self, name: &str) -> usize {
        self.all.iter().filter(|(known, _)| known == name).count()
    }

    fn id(&self) -> &str {
        self.get("MemberPatient")["id"].as_str().unwrap_or_default()
    }

    /// Whether somebody else than the member has consented.
    fn is_represented(&self) -> bool {
        let own = format!("Patient/{}", self.id());
        let consent = self.get("Consent");
        let subject = &consent["patient"]["reference"];
        let performers = path::elements(consent, "performer.reference");
        let is_other = |one: &&Value| **one != *own && *one != subject;
        !performers.is_empty() && performers.iter().all(is_other)
    }

    fn mismatch(&self, expected: &str, actual: impl Into<String>) -> Mismatch {
        Mismatch::new(expected, actual).at(self.place.clone())
    }
}

/// Whether a request is about many members at once.
pub(super) fn is_bulk(heard: &Heard) -> bool {
    path_of(heard).starts_with("/Group/")
}

/// The path, with its `$` as it is.
pub(super) fn path_of(heard: &Heard) -> String {
    heard.request.path.replace("%24", "$")
}

impl World {
    /// Judges what is submitted of every member; skips when nobody is submitted.
    fn judge_submitted(&mut self, check: impl Fn(&Submitted) -> Result<(), Mismatch>) -> Outcome {
        self.expect_submitted(&[])?;
        let mut broken: Vec<(Arc<Heard>, Mismatch)> = Vec::new();
        for heard in self.heard() {
            let found = Submitted::of(&heard);
            let mismatches = found.iter().filter_map(|one| check(one).err());
            broken.extend(mismatches.map(|mismatch| (heard.clone(), mismatch)));
        }
        self.judge_cited(broken)
    }

    /// Skips when no member was submitted with one of these parameters, or, without any, no member at all: what is not
    /// there breaks no rule, and shows nothing.
    fn expect_submitted(&self, names: &[&str]) -> Outcome {
        let heard = self.heard();
        let mut members = heard.iter().flat_map(|heard| Submitted::of(heard));
        let has_one = |one: &Submitted| names.iter().any(|name| one.count(name) > 0);
        if members.any(|one| names.is_empty() || has_one(&one)) {
            return Ok(());
        }
        let lacking = match names.is_empty() {
            true => "MemberBundle".to_owned(),
            false => names.join(" or "),
        };
        Err(Halt::Skip(format!(
            "no {lacking} was submitted: let the client submit one"
        )))
    }
}

async fn matches_many(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear("have many members matched at once", |heard| {
        matches!(
            path_of(heard).as_str(),
            "/Group/$bulk-member-match" | "/Group/$provider-member-match"
        )
    })
}

async fn posts(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_heard(|heard| match heard.request.method.as_str() {
        "POST" => Ok(()),
        other => Err(Mismatch::new("POST", other).at("HTTP method")),
    })
}

async fn with_link(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(
        |one| match one.get("CoverageToLink")["resourceType"] == "Coverage" {
            true => Ok(()),
            false => Err(one.mismatch("a Coverage in CoverageToLink", "there is none")),
        },
    )
}

async fn with_consent(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(
        |one| match one.get("Consent")["resourceType"] == "Consent" {
            true => Ok(()),
            false => Err(one.mismatch("a Consent in Consent", "there is none")),
        },
    )
}

async fn described(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(|one| {
        let (patient, coverage) = (one.get("MemberPatient"), one.get("CoverageToMatch"));
        let has = |resource: &Value, place: &str| !path::elements(resource, place).is_empty();
        let has_sex = path::elements(patient, "extension.url").iter().any(|url| {
            url.as_str()
                .is_some_and(|url| url.ends_with("us-core-birthsex"))
        });
        let wanted = [
            ("a family name", has(patient, "name.family")),
            ("a given name", has(patient, "name.given")),
            ("a birth date", has(patient, "birthDate")),
            (
                "a gender, or a birth sex",
                has(patient, "gender") || has_sex,
            ),
            (
                "a number on the card (Coverage.identifier or subscriberId)",
                has(coverage, "identifier.value") || has(coverage, "subscriberId"),
            ),
        ];
        let missing = wanted.iter().filter(|(_, is_there)| !is_there);
        let missing: Vec<&str> = missing.map(|(what, _)| *what).collect();
        match missing[..] {
            [] => Ok(()),
            [what] => Err(one.mismatch(what, "it is not submitted")),
            _ => Err(one.mismatch(&missing.join("; "), "none of these is submitted")),
        }
    })
}

/// Which element of a parameter's resource refers to the member.
const ABOUT_MEMBER: [(&str, &str); 3] = [
    ("CoverageToMatch", "beneficiary"),
    ("CoverageToLink", "beneficiary"),
    ("Consent", "patient"),
];

async fn local_references(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.expect_submitted(&ABOUT_MEMBER.map(|(name, _)| name))?;
    world.judge_submitted(|one| {
        let wanted = format!("Patient/{}", one.id());
        for (name, element) in ABOUT_MEMBER {
            let resource = one.get(name);
            let found = &resource[element]["reference"];
            if !resource.is_null() && (*found != *wanted || one.id().is_empty()) {
                let found = found.as_str().unwrap_or("no reference");
                let (expected, actual) = match one.id().is_empty() {
                    false => (format!("is {wanted}, the MemberPatient"), found.to_owned()),
                    true => (
                        "refers to the MemberPatient by its id".to_owned(),
                        format!("{found}, and no MemberPatient with an id"),
                    ),
                };
                return Err(one.mismatch(&format!("{name}.{element} {expected}"), actual));
            }
        }
        Ok(())
    })
}

async fn distinct(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.expect_submitted(&["MemberPatient"])?;
    world.judge_heard(|heard| {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut people: Vec<Value> = Vec::new();
        for one in Submitted::of(heard) {
            let patient = one.get("MemberPatient").clone();
            // The same person may come again with another card.
            let is_known = people.contains(&patient);
            if !seen.insert(one.id().to_owned()) && !is_known {
                return Err(one.mismatch("an id of its own for every member", one.id()));
            }
            people.push(patient);
        }
        Ok(())
    })
}

async fn actors(world: &mut World, _: Arguments<'_>) -> Outcome {
    let payer = world.target()?.payer;
    world.expect_submitted(&["Consent"])?;
    world.judge_submitted(|one| {
        let consent = one.get("Consent");
        if consent.is_null() {
            return Ok(());
        }
        let named = |role: &str| -> Vec<String> {
            let actors = path::elements(consent, "provision.actor");
            actors
                .into_iter()
                .filter(|actor| {
                    let codes = path::elements(actor, "role.coding.code");
                    codes.iter().any(|code| **code == *role)
                })
                .map(|actor| resolved(consent, &actor["reference"]))
                .collect()
        };
        let (sources, recipients) = (named("performer"), named("IRCP"));
        let is_asked = |text: &String| text.contains(&payer.npi) || text.contains(&payer.name);
        if !sources.iter().any(is_asked) {
            return Err(one.mismatch(
                &format!(
                    "{} ({}) as an actor with the role performer",
                    payer.name, payer.npi
                ),
                list(&sources),
            ));
        }
        if !recipients.iter().any(|one| one.len() > 2 && !is_asked(one)) {
            return Err(one.mismatch(
                "the payer that asks as an actor with the role IRCP",
                list(&recipients),
            ));
        }
        Ok(())
    })
}

fn list(found: &[String]) -> String {
    match found.is_empty() {
        true => "nobody".to_owned(),
        false => found.join(", "),
    }
}

/// A reference, with the contained resource that it leads to.
fn resolved(resource: &Value, reference: &Value) -> String {
    let inner = reference["reference"].as_str();
    let inner = inner.and_then(|text| text.strip_prefix('#'));
    let contained = resource["contained"].as_array().into_iter().flatten();
    let mut contained = contained.filter(|one| one["id"].as_str() == inner && inner.is_some());
    match contained.next() {
        Some(found) => format!("{reference} {found}"),
        None => match reference.is_null() {
            true => String::new(),
            false => reference.to_string(),
        },
    }
}

async fn sparing(world: &mut World, _: Arguments<'_>) -> Outcome {
    let profile = world.profile("hrex-coverage")?;
    world.expect_submitted(&["CoverageToLink"])?;
    let supported = |name: &str| {
        let id = format!("Coverage.{name}");
        let is_it = |one: &&crate::profile::Element| {
            let plain = one.id.split(':').next().unwrap_or_default();
            plain == id && (one.must_support || one.min > 0)
        };
        profile.definition.elements.iter().any(|one| is_it(&one))
    };
    world.judge_submitted(|one| {
        let fields = one.get("CoverageToLink").as_object();
        let mut names = fields.into_iter().flat_map(|fields| fields.keys());
        let is_extra = |name: &&String| {
            // What is contained tells nothing of its own: it is what a reference that must be supported leads to.
            let frame = ["resourceType", "id", "meta", "contained"];
            !frame.contains(&name.as_str()) && !supported(name)
        };
        match names.find(is_extra) {
            None => Ok(()),
            Some(name) => Err(one.mismatch(
                "a CoverageToLink of elements that must be supported",
                format!("it has {name}"),
            )),
        }
    })
}

async fn represented(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.hear(
        "have a member matched for whom somebody else has consented",
        |heard| {
            let path = path_of(heard);
            let is_match = path == "/Patient/$member-match" || path == "/Group/$bulk-member-match";
            is_match && Submitted::of(heard).iter().any(Submitted::is_represented)
        },
    )
}

async fn contained(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(|one| {
        let consent = one.get("Consent");
        if !one.is_represented() {
            return Ok(());
        }
        let inside = consent["contained"].as_array().into_iter().flatten();
        let people: Vec<String> = inside
            .filter(|one| {
                matches!(
                    one["resourceType"].as_str(),
                    Some("Patient" | "RelatedPerson")
                )
            })
            .map(|one| format!("#{}", one["id"].as_str().unwrap_or_default()))
            .collect();
        let performers = path::elements(consent, "performer.reference");
        let is_inside = |one: &&Value| people.iter().any(|person| **one == **person);
        match performers.iter().all(is_inside) {
            true => Ok(()),
            false => Err(one.mismatch(
                "Consent.performer is a contained Patient or RelatedPerson",
                performers
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            )),
        }
    })
}

/// Roles that say by what right somebody acts for another (v3-RoleCode, security roles).
const RIGHTS: [&str; 9] = [
    "DPOWATT", "HPOWATT", "POWATT", "SPOWATT", "GUADLTM", "GUARD", "EXCEST", "RESPRSN", "SUBDECL",
];

async fn by_right(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(|one| {
        let codes = path::elements(one.get("Consent"), "provision.actor.role.coding.code");
        let has_right = codes
            .iter()
            .any(|code| RIGHTS.iter().any(|right| **code == **right));
        match !one.is_represented() || has_right {
            true => Ok(()),
            false => Err(one.mismatch(
                "an actor with a role such as DPOWATT or HPOWATT",
                codes
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(", "),
            )),
        }
    })
}

async fn one_of_each(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(|one| {
        for name in ["MemberPatient", "CoverageToMatch", "Consent"] {
            if one.count(name) != 1 {
                return Err(one.mismatch(
                    &format!("{name} once"),
                    format!("it is there {} times", one.count(name)),
                ));
            }
        }
        match one.count("CoverageToLink") {
            0 | 1 => Ok(()),
            many => Err(one.mismatch("CoverageToLink at most once", format!("{many} times"))),
        }
    })
}

async fn permitted(world: &mut World, _: Arguments<'_>) -> Outcome {
    world.judge_submitted(|one| {
        let kinds = [
            ("MemberPatient", "Patient"),
            ("CoverageToMatch", "Coverage"),
            ("Consent", "Consent"),
        ];
        for (name, kind) in kinds {
            if one.get(name)["resourceType"] != kind {
                return Err(one.mismatch(&format!("a {kind} in {name}"), "there is none"));
            }
        }
        match one.get("Consent").pointer("/provision/type") {
            Some(kind) if kind == "permit" => Ok(()),
            other => Err(one.mismatch(
                "a consent that permits",
                format!(
                    "Consent.provision.type is {}",
                    other.unwrap_or(&Value::Null)
                ),
            )),
        }
    })
}

//! Whole records of the mock payer, each broken once in every way that its definitions forbid, wherever
//! that is: the validator must say so there. What breaks nothing must change nothing.

mod places;

use super::packages::{Chain, shared};
use super::resources::{set, take};
use crate::payer::ask::{get, payer};
use places::{bundled, nodes, path, plain, pointers, reversed};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::profile::{Definitions, Element, Library, Strength, Validator};

const R4: &str = "http://hl7.org/fhir/StructureDefinition/";
/// Breakages of each family that are tried, chosen by chance.
const TRIED: usize = 150;

/// Chance that is the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count
    }
}

/// What is done at a pointer.
#[derive(Clone)]
enum Change {
    Set(Value),
    Take,
}

/// One breakage: of which record, where, and where that must be said.
struct Breakage {
    family: &'static str,
    record: usize,
    pointer: String,
    change: Change,
    place: String,
}

struct Bench {
    definitions: Arc<dyn Definitions>,
    validator: Validator,
    records: Vec<Value>,
}

impl Bench {
    fn new() -> Self {
        let library: Arc<dyn Definitions> =
            Arc::new(Library::for_igs(&Data::Embedded, &["pdex@2.1.0"], None).unwrap());
        let validator = Validator::new(Arc::clone(&library));
        let (_, all) = get(&mut payer("2.1.0"), "/Patient/pt-001/$everything");
        let entries = all["entry"].as_array().unwrap().iter();
        let records: Vec<Value> = entries.map(|entry| entry["resource"].clone()).collect();
        assert!(records.len() > 15, "only {} records", records.len());
        for record in &records {
            assert_eq!(found(&validator, record), [], "{record}");
        }
        Self {
            definitions: library,
            validator,
            records,
        }
    }

    /// The valid examples of a published guide, if they are at hand.
    fn published(guide: &str, packages: &[&str]) -> Option<Self> {
        let folder = shared()?.join("data/ig-examples").join(guide);
        let definitions: Arc<dyn Definitions> = Arc::new(Chain::new(packages));
        let validator = Validator::new(Arc::clone(&definitions));
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .ok()?
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let records = files
            .iter()
            .map(|file| serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap())
            .filter(|record| found(&validator, record).is_empty())
            .collect();
        Some(Self {
            definitions,
            validator,
            records,
        })
    }

    fn errors(&self, resource: &Value) -> Vec<(String, String)> {
        found(&self.validator, resource)
    }

    /// Breakages that need no definition: of JSON itself, and of any object, array or text.
    fn anywhere(&self) -> Vec<Breakage> {
        let mut found = Vec::new();
        for (record, resource) in self.records.iter().enumerate() {
            let root = resource["resourceType"].as_str().unwrap();
            for (pointer, value) in nodes(resource) {
                let mut add = |family, change, place: &str| {
                    found.push(Breakage {
                        family,
                        record,
                        pointer: pointer.clone(),
                        change,
                        place: plain(place),
                    });
                };
                let place = path(root, &pointer);
                add("null", Change::Set(Value::Null), &place);
                match value {
                    Value::String(_) => {
                        add("empty text", Change::Set(json!("")), &place);
                        add("object for text", Change::Set(json!({"zz": 1})), &place);
                        add("number for text", Change::Set(json!(1)), &place);
                        add("blank text", Change::Set(json!("  ")), &place);
                    }
                    Value::Bool(_) => add("text for boolean", Change::Set(json!("true")), &place),
                    Value::Number(_) => add("text for number", Change::Set(json!("1")), &place),
                    Value::Array(items) => {
                        add("empty array", Change::Set(json!([])), &place);
                        add("one for many", Change::Set(items[0].clone()), &place);
                    }
                    Value::Object(_) => {
                        add("empty object", Change::Set(json!({})), &place);
                        add("text for object", Change::Set(json!("x")), &place);
                    }
                    Value::Null => {}
                }
                let is_item = pointer.rsplit('/').next().unwrap().parse::<usize>().is_ok();
                if !value.is_array() && !is_item {
                    add("many for one", Change::Set(json!([value, value])), &place);
                }
            }
            for (pointer, value) in nodes(resource)
                .into_iter()
                .chain([(String::new(), resource)])
            {
                if value.is_object() {
                    found.push(Breakage {
                        family: "unknown element",
                        record,
                        pointer: format!("{pointer}/zzUnknown"),
                        change: Change::Set(json!("x")),
                        place: plain(&format!("{}.zzUnknown", path(root, &pointer))),
                    });
                }
            }
            for id in ["a b", "ä", &"x".repeat(65)] {
                found.push(Breakage {
                    family: "id",
                    record,
                    pointer: "/id".to_owned(),
                    change: Change::Set(json!(id)),
                    place: plain(&format!("{root}.id")),
                });
            }
        }
        found
    }

    /// Breakages that the definitions of type and profiles forbid.
    fn by_definition(&self) -> Vec<Breakage> {
        let mut found = Vec::new();
        for (record, resource) in self.records.iter().enumerate() {
            let root = resource["resourceType"].as_str().unwrap();
            let profiles = resource["meta"]["profile"].as_array().into_iter().flatten();
            let urls = profiles
                .filter_map(|url| Some(url.as_str()?.to_owned()))
                .chain([format!("{R4}{root}")]);
            for definition in urls.filter_map(|url| self.definitions.definition(&url)) {
                for element in &definition.elements {
                    let is_plain = !element.id.contains(':') && element.path.contains('.');
                    if is_plain && !element.path.ends_with("[x]") {
                        self.of_element(record, element, &mut found);
                    } else if is_plain {
                        self.of_choice(record, element, &mut found);
                    }
                }
            }
        }
        found
    }

    fn of_element(&self, record: usize, element: &Element, found: &mut Vec<Breakage>) {
        let resource = &self.records[record];
        let root = resource["resourceType"].as_str().unwrap();
        for pointer in pointers(resource, &element.path) {
            let value = resource.pointer(&pointer).unwrap();
            let mut add = |family, pointer: &str, change, place: String| {
                found.push(Breakage {
                    family,
                    record,
                    pointer: pointer.to_owned(),
                    change,
                    place: plain(&place),
                });
            };
            let (parent, _) = pointer.rsplit_once('/').unwrap();
            // Without `meta`, nobody knows that the profile is claimed.
            if element.min > 0 && !element.path.contains(".meta") {
                add("missing", &pointer, Change::Take, path(root, parent));
            }
            let single = if value.is_array() {
                format!("{pointer}/0")
            } else {
                pointer.clone()
            };
            let place = path(root, &single);
            let code = element.types.first().map_or("", |kind| kind.code.as_str());
            if matches!(code, "date" | "dateTime" | "instant") {
                for wrong in ["2023-02-30", "2023-13-01T10:00:00Z", "01/02/2023"] {
                    add("date", &single, Change::Set(json!(wrong)), place.clone());
                }
            }
            let is_bound = |binding: &vitruvian::profile::Binding| {
                binding.strength == Strength::Required && binding.value_set.is_some()
            };
            if code == "code" && element.binding.as_ref().is_some_and(is_bound) {
                // Media types and languages are whatever their grammars allow.
                if !["contentType", "language"]
                    .iter()
                    .any(|name| element.path.ends_with(name))
                {
                    add(
                        "code",
                        &single,
                        Change::Set(json!("zz-nothing")),
                        place.clone(),
                    );
                }
            }
            let targets: Vec<&String> = element
                .types
                .iter()
                .flat_map(|kind| &kind.target_profiles)
                .collect();
            let is_any = targets.iter().any(|url| url.ends_with("/Resource"));
            if code == "Reference" && !targets.is_empty() && !is_any {
                let wrong = json!("TestScript/t-1");
                let pointer = format!("{single}/reference");
                if resource.pointer(&pointer).is_some() {
                    add("target", &pointer, Change::Set(wrong), place);
                }
            }
        }
    }

    /// Choices with a type too many, and with one that is not allowed.
    fn of_choice(&self, record: usize, element: &Element, found: &mut Vec<Breakage>) {
        let resource = &self.records[record];
        let root = resource["resourceType"].as_str().unwrap();
        let (parent, name) = element.path.rsplit_once('.').unwrap();
        let name = name.trim_end_matches("[x]");
        let holders = if parent.contains('.') {
            pointers(resource, parent)
        } else {
            vec![String::new()]
        };
        for holder in holders {
            let Some(fields) = resource.pointer(&holder).and_then(Value::as_object) else {
                continue;
            };
            let key = fields.keys().find(|key| {
                key.strip_prefix(name)
                    .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
            });
            let Some(key) = key else { continue };
            let place = plain(&format!("{}.{name}", path(root, &holder)));
            let mut add = |family, key: &str, value: Value| {
                found.push(Breakage {
                    family,
                    record,
                    pointer: format!("{holder}/{key}"),
                    change: Change::Set(value),
                    place: place.clone(),
                });
            };
            add(
                "choice of a type not allowed",
                &format!("{name}Signature"),
                json!({"who": {"display": "x"}}),
            );
            let other = if key.ends_with("String") {
                "DateTime"
            } else {
                "String"
            };
            add(
                "two choices",
                &format!("{name}{other}"),
                json!("2024-01-01"),
            );
        }
    }
}

/// Errors as rule and place, choices named without their type.
fn found(validator: &Validator, resource: &Value) -> Vec<(String, String)> {
    let report = validator.validate(resource, &[]);
    report
        .errors()
        .map(|issue| (issue.rule.clone(), plain(&issue.expression)))
        .collect()
}

/// Breaks records, up to so often in each family, and says what was not found.
#[expect(clippy::print_stdout, reason = "a table for whoever asks for it")]
fn missed(bench: &Bench, most: usize) -> Vec<String> {
    let mut chance = Chance(20_26);
    let mut families: BTreeMap<&str, Vec<Breakage>> = BTreeMap::new();
    for breakage in bench.anywhere().into_iter().chain(bench.by_definition()) {
        families.entry(breakage.family).or_default().push(breakage);
    }
    assert_eq!(families.len(), 20, "{:?}", families.keys());
    let mut missed = Vec::new();
    for (family, mut breakages) in families {
        let known = breakages.len();
        let mut tried = 0;
        while tried < most && !breakages.is_empty() {
            let breakage = breakages.swap_remove(chance.below(breakages.len()));
            let mut broken = bench.records[breakage.record].clone();
            match &breakage.change {
                Change::Set(value) => set(&mut broken, &breakage.pointer, value.clone()),
                Change::Take => take(&mut broken, &breakage.pointer),
            }
            let mut place = breakage.place.clone();
            if chance.below(2) == 0 {
                (broken, place) = bundled(broken, &place);
            }
            let errors = bench.errors(&broken);
            tried += 1;
            let is_there = |found: &String| {
                let below = found.strip_prefix(&place);
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            if !errors.iter().any(|(_, found)| is_there(found)) {
                let root = &bench.records[breakage.record];
                let name = format!("{}/{}", root["resourceType"], root["id"]);
                missed.push(format!(
                    "{family} at {} of {name} ({place}): {errors:?}",
                    breakage.pointer
                ));
            }
        }
        println!("{family}: {tried} of {known}");
    }
    missed
}

#[test]
fn every_breakage_of_every_family_is_found_where_it_is() {
    let missed = missed(&Bench::new(), TRIED);
    assert!(
        missed.is_empty(),
        "{}:\n{}",
        missed.len(),
        missed.join("\n")
    );
}

#[test]
fn published_examples_are_broken_as_surely() {
    const GUIDES: &[&[&str]] = &[
        &["hl7.fhir.us.core-6.1.0"],
        &[
            "hl7.fhir.us.davinci-pdex-2.0.0",
            "hl7.fhir.us.davinci-hrex-1.0.0",
            "hl7.fhir.us.davinci-pas-2.0.1",
            "hl7.fhir.us.core-3.1.1",
        ],
    ];
    for packages in GUIDES {
        let Some(bench) = Bench::published(packages[0], packages) else {
            return;
        };
        let missed = missed(&bench, TRIED / 3);
        assert!(
            missed.is_empty(),
            "{}:\n{}",
            missed.len(),
            missed.join("\n")
        );
    }
}

#[test]
fn what_breaks_nothing_changes_nothing() {
    let bench = Bench::new();
    let mut chance = Chance(7);
    for record in &bench.records {
        assert_eq!(bench.errors(&reversed(record)), []);
        let objects: Vec<String> = nodes(record)
            .into_iter()
            .filter(|(_, value)| value.is_object())
            .map(|(pointer, _)| pointer)
            .chain([String::new()])
            .collect();
        for _ in 0..8 {
            let pointer = &objects[chance.below(objects.len())];
            let holder = record.pointer(pointer).unwrap();
            // These are resources without the elements of a DomainResource.
            if matches!(
                holder["resourceType"].as_str(),
                Some("Binary" | "Bundle" | "Parameters")
            ) {
                continue;
            }
            // An extension has extensions or a value.
            if holder.get("url").is_some() && pointer.contains("xtension") {
                continue;
            }
            let count = holder["extension"].as_array().map_or(0, Vec::len);
            let more =
                json!({"url": "https://x.example/StructureDefinition/more", "valueString": "x"});
            let mut changed = record.clone();
            if count == 0 {
                set(&mut changed, &format!("{pointer}/extension"), json!([more]));
            } else {
                set(&mut changed, &format!("{pointer}/extension/{count}"), more);
            }
            assert_eq!(
                bench.errors(&changed),
                [],
                "{pointer} of {}",
                record["resourceType"]
            );
        }
    }
}

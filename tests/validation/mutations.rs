//! Single breakages of valid resources: each is found, by the right rule, at the right place. And
//! near-misses: what is odd, but right, is left alone.

use super::resources::{base, set, take};
use serde_json::{Value, json};
use std::sync::{Arc, OnceLock};
use vitruvian::data::Data;
use vitruvian::profile::{Library, Report, Severity, Validator, Verdict};

pub(super) fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| {
        let library = Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None).unwrap();
        Validator::new(Arc::new(library))
    })
}

fn errors(report: &Report) -> Vec<String> {
    report
        .errors()
        .map(|issue| format!("{issue} {:?} {:?}", issue.expected, issue.actual))
        .collect()
}

/// Resource, pointer, new value (null takes it away), and what must be found: rule and place.
type Breakage = (
    &'static str,
    &'static str,
    Value,
    &'static str,
    &'static str,
);

#[expect(clippy::too_many_lines, reason = "a table, one line for each breakage")]
fn breakages() -> Vec<Breakage> {
    let none = || Value::Null;
    vec![
        // Cardinality.
        ("patient", "/name", none(), "min", "Patient"),
        (
            "patient",
            "/identifier/0/system",
            none(),
            "min",
            "Patient.identifier[0]",
        ),
        ("patient", "/gender", none(), "min", "Patient"),
        ("pressure", "/status", none(), "min", "Observation"),
        ("pressure", "/subject", none(), "min", "Observation"),
        (
            "pressure",
            "/component/0/code",
            none(),
            "min",
            "Observation.component[0]",
        ),
        (
            "patient",
            "/extension/0/extension/1",
            none(),
            "slice-min",
            "Patient.extension[0].extension",
        ),
        ("bundle", "/link/0/url", none(), "min", "Bundle.link[0]"),
        // Slices.
        (
            "pressure",
            "/category/0/coding/0/code",
            json!("exam"),
            "slice-min",
            "Observation.category",
        ),
        (
            "pressure",
            "/component/0/code/coding/0/code",
            json!("8867-4"),
            "slice-min",
            "Observation.component",
        ),
        (
            "pressure",
            "/component/1",
            none(),
            "slice-min",
            "Observation.component",
        ),
        // JSON types.
        (
            "patient",
            "/name",
            json!({"family": "Example"}),
            "array",
            "Patient.name",
        ),
        (
            "patient",
            "/gender",
            json!(["female"]),
            "array",
            "Patient.gender",
        ),
        (
            "patient",
            "/active",
            json!("true"),
            "type",
            "Patient.active",
        ),
        (
            "patient",
            "/name/0/family",
            json!(1),
            "type",
            "Patient.name[0].family",
        ),
        (
            "patient",
            "/name/0",
            json!("Example"),
            "type",
            "Patient.name[0]",
        ),
        (
            "patient",
            "/multipleBirthInteger",
            json!("2"),
            "type",
            "Patient.multipleBirth",
        ),
        (
            "pressure",
            "/component/0/valueQuantity/value",
            json!("120"),
            "type",
            "Observation.component[0].value.value",
        ),
        (
            "pressure",
            "/component/0/valueQuantity",
            json!(120),
            "type",
            "Observation.component[0].value",
        ),
        (
            "patient",
            "/name/0/given",
            json!([["A"]]),
            "type",
            "Patient.name[0].given[0]",
        ),
        // Unknown elements.
        (
            "patient",
            "/colour",
            json!("red"),
            "unknown",
            "Patient.colour",
        ),
        (
            "patient",
            "/name/0/first",
            json!("A"),
            "unknown",
            "Patient.name[0].first",
        ),
        (
            "pressure",
            "/component/0/valueQuantity/units",
            json!("mm"),
            "unknown",
            "Observation.component[0].value.units",
        ),
        (
            "bundle",
            "/entry/0/resource/colour",
            json!("red"),
            "unknown",
            "Bundle.entry[0].resource.colour",
        ),
        // Null and empty.
        (
            "patient",
            "/birthDate",
            json!({"x": null}),
            "type",
            "Patient.birthDate",
        ),
        (
            "patient",
            "/name/0/given",
            json!([]),
            "empty",
            "Patient.name[0].given",
        ),
        ("patient", "/name/0", json!({}), "empty", "Patient.name[0]"),
        (
            "patient",
            "/name/0/given",
            json!(["A", null]),
            "null",
            "Patient.name[0].given[1]",
        ),
        (
            "patient",
            "/name/0/family",
            json!(""),
            "format",
            "Patient.name[0].family",
        ),
        (
            "patient",
            "/contact",
            json!([{"id": "c"}]),
            "ele-1",
            "Patient.contact[0]",
        ),
        // Forms of primitives.
        (
            "patient",
            "/birthDate",
            json!("1970-02-30"),
            "format",
            "Patient.birthDate",
        ),
        (
            "patient",
            "/birthDate",
            json!("1970-1-1"),
            "format",
            "Patient.birthDate",
        ),
        (
            "pressure",
            "/effectiveDateTime",
            json!("2024-01-01T10:00:00"),
            "format",
            "Observation.effective",
        ),
        ("pressure", "/id", json!("a_b"), "format", "Observation.id"),
        (
            "patient",
            "/meta/lastUpdated",
            json!("2024-01-01"),
            "format",
            "Patient.meta.lastUpdated",
        ),
        (
            "patient",
            "/identifier/0/system",
            json!("urn:oid:1.x"),
            "format",
            "Patient.identifier[0].system",
        ),
        (
            "patient",
            "/multipleBirthInteger",
            json!(1.5),
            "format",
            "Patient.multipleBirth",
        ),
        (
            "patient",
            "/photo/0/data",
            json!("a"),
            "format",
            "Patient.photo[0].data",
        ),
        (
            "patient",
            "/gender",
            json!(" female"),
            "format",
            "Patient.gender",
        ),
        ("bundle", "/total", json!(-1), "format", "Bundle.total"),
        // Siblings.
        (
            "patient",
            "/name/0/_given",
            json!([{"id": "a"}]),
            "sibling",
            "Patient.name[0].given",
        ),
        (
            "patient",
            "/_name",
            json!([{"id": "a"}]),
            "sibling",
            "Patient.name[0]",
        ),
        (
            "patient",
            "/_birthDate",
            json!({"colour": 1}),
            "unknown",
            "Patient.birthDate.colour",
        ),
        // Choices.
        (
            "patient",
            "/deceasedBoolean",
            json!(false),
            "choice",
            "Patient.deceased",
        ),
        (
            "patient",
            "/deceasedString",
            json!("no"),
            "type",
            "Patient.deceased",
        ),
        (
            "pressure",
            "/valueMarkdown",
            json!("x"),
            "type",
            "Observation.value",
        ),
        // Fixed values and patterns.
        (
            "pressure",
            "/component/0/valueQuantity/code",
            json!("kPa"),
            "fixed",
            "Observation.component[0].value.code",
        ),
        (
            "pressure",
            "/code/coding/0/system",
            json!("http://loinc.example"),
            "pattern",
            "Observation.code",
        ),
        // Extensions.
        (
            "patient",
            "/extension/0/url",
            json!("race"),
            "extension-url",
            "Patient.extension[0].url",
        ),
        (
            "patient",
            "/modifierExtension",
            json!([{"url": "https://x.example/m", "valueCode": "a"}]),
            "extension-unknown",
            "Patient.modifierExtension[0]",
        ),
        (
            "patient",
            "/identifier/0/use",
            json!("mine"),
            "binding",
            "Patient.identifier[0].use",
        ),
        (
            "patient",
            "/extension/1",
            json!({"url": BIRTH_SEX, "valueString": "F"}),
            "type",
            "Patient.extension[1].value",
        ),
        (
            "patient",
            "/extension/1/extension",
            json!([{"url": "x", "valueCode": "a"}]),
            "ext-1",
            "Patient.extension[1]",
        ),
        (
            "patient",
            "/name/0/extension",
            json!([{"url": BIRTH_SEX, "valueCode": "F"}]),
            "extension-context",
            "Patient.name[0].extension[0]",
        ),
        (
            "patient",
            "/extension/2",
            json!({"url": BIRTH_SEX, "valueCode": "F"}),
            "slice-max",
            "Patient.extension",
        ),
        // Bindings and codes.
        (
            "patient",
            "/gender",
            json!("woman"),
            "binding",
            "Patient.gender",
        ),
        (
            "pressure",
            "/status",
            json!("done"),
            "binding",
            "Observation.status",
        ),
        (
            "patient",
            "/telecom/0/system",
            json!("telephone"),
            "binding",
            "Patient.telecom[0].system",
        ),
        (
            "patient",
            "/maritalStatus/coding/0/system",
            json!("marital"),
            "system",
            "Patient.maritalStatus.coding[0].system",
        ),
        (
            "patient",
            "/maritalStatus/coding/0/code",
            json!("ZZ"),
            "code",
            "Patient.maritalStatus.coding[0].code",
        ),
        (
            "pressure",
            "/component/0/valueQuantity/code",
            json!("mm Hg"),
            "code-form",
            "Observation.component[0].value.code",
        ),
        (
            "allergy",
            "/clinicalStatus",
            json!({"text": "on"}),
            "binding",
            "AllergyIntolerance.clinicalStatus",
        ),
        (
            "allergy",
            "/criticality",
            json!("huge"),
            "binding",
            "AllergyIntolerance.criticality",
        ),
        // References.
        (
            "pressure",
            "/subject/reference",
            json!("Practitioner/1"),
            "target",
            "Observation.subject",
        ),
        (
            "pressure",
            "/subject/reference",
            json!("Nobody/1"),
            "reference-form",
            "Observation.subject.reference",
        ),
        (
            "pressure",
            "/subject/reference",
            json!("#nobody"),
            "reference-target",
            "Observation.subject.reference",
        ),
        (
            "pressure",
            "/subject/type",
            json!("Group"),
            "reference-type",
            "Observation.subject.type",
        ),
        // Contained resources.
        (
            "pressure",
            "/contained/0/id",
            none(),
            "contained-id",
            "Observation.contained[0]",
        ),
        ("pressure", "/performer", none(), "dom-3", "Observation"),
        (
            "pressure",
            "/contained/0/contained",
            json!([{"resourceType": "Patient", "id": "x"}]),
            "dom-2",
            "Observation",
        ),
        (
            "pressure",
            "/contained/0/meta",
            json!({"versionId": "1"}),
            "dom-4",
            "Observation",
        ),
        (
            "pressure",
            "/contained/0/birthDate",
            json!("x"),
            "format",
            "Observation.contained[0].birthDate",
        ),
        (
            "pressure",
            "/contained/0/resourceType",
            json!("Human"),
            "resource-type",
            "Observation.contained[0]",
        ),
        // Invariants.
        (
            "patient",
            "/name/0",
            json!({"use": "official"}),
            "us-core-6",
            "Patient.name[0]",
        ),
        (
            "patient",
            "/contact",
            json!([{"gender": "female"}]),
            "pat-1",
            "Patient.contact[0]",
        ),
        (
            "patient",
            "/telecom/0/system",
            none(),
            "cpt-2",
            "Patient.telecom[0]",
        ),
        (
            "patient",
            "/identifier/0/period",
            json!({"start": "2024", "end": "2023"}),
            "per-1",
            "Patient.identifier[0].period",
        ),
        (
            "pressure",
            "/component/0/valueQuantity",
            none(),
            "vs-3",
            "Observation.component[0]",
        ),
        ("bundle", "/total", none(), "", ""),
        ("bundle", "/entry/0/search", none(), "", ""),
        // Bundles.
        (
            "bundle",
            "/entry/0/fullUrl",
            json!("Patient/p1"),
            "full-url",
            "Bundle.entry[0].fullUrl",
        ),
        (
            "bundle",
            "/entry/0/resource/id",
            json!("p2"),
            "full-url",
            "Bundle.entry[0].fullUrl",
        ),
        (
            "bundle",
            "/entry/0/resource/id",
            none(),
            "search-id",
            "Bundle.entry[0].resource",
        ),
        (
            "bundle",
            "/link/1",
            json!({"relation": "self", "url": "https://s.example/x"}),
            "bundle-link",
            "Bundle.link[1]",
        ),
        (
            "bundle",
            "/entry/1",
            json!({"fullUrl": "https://s.example/Patient/p1", "resource": {"resourceType": "Patient", "id": "p1"}}),
            "bdl-7",
            "Bundle",
        ),
        (
            "bundle",
            "/entry/0/resource/gender",
            none(),
            "min",
            "Bundle.entry[0].resource",
        ),
        ("bundle", "/type", json!("document"), "bdl-11", "Bundle"),
        // Attachments, narratives, ids, profiles.
        (
            "patient",
            "/photo/0/size",
            json!(5),
            "attachment-size",
            "Patient.photo[0].size",
        ),
        (
            "patient",
            "/text/div",
            json!("<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"),
            "xhtml",
            "Patient.text.div",
        ),
        (
            "patient",
            "/text/div",
            json!("<div>x</div>"),
            "xhtml",
            "Patient.text.div",
        ),
        (
            "patient",
            "/telecom/0/id",
            json!("n1"),
            "unique-id",
            "Patient.telecom[0].id",
        ),
        (
            "patient",
            "/meta/profile/0",
            json!("http://hl7.org/fhir/StructureDefinition/bp"),
            "profile",
            "Patient.meta.profile[0]",
        ),
        (
            "patient",
            "/resourceType",
            json!("Human"),
            "resource-type",
            "Human",
        ),
        (
            "patient",
            "/resourceType",
            none(),
            "resource-type",
            "Resource",
        ),
    ]
}

const BIRTH_SEX: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex";

#[test]
fn every_single_breakage_is_found_at_its_place() {
    let mut missed = Vec::new();
    let mut found = 0;
    for (name, pointer, value, rule, place) in breakages() {
        let mut resource = base(name);
        if value.is_null() {
            take(&mut resource, pointer)
        } else {
            set(&mut resource, pointer, value.clone())
        }
        let report = validator().validate(&resource, &[]);
        if rule.is_empty() {
            // Taking away what is optional breaks nothing.
            assert_eq!(
                errors(&report),
                Vec::<String>::new(),
                "{name} without {pointer}"
            );
            continue;
        }
        let is_found = report
            .errors()
            .any(|issue| issue.rule == rule && issue.expression == place);
        if is_found {
            found += 1;
        } else {
            missed.push(format!(
                "{name} {pointer} = {value}: wanted {rule} at {place}, found {:#?}",
                errors(&report)
            ));
        }
    }
    println!("{found} breakages found");
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(found >= 70);
}

#[test]
fn the_resources_that_are_broken_are_valid() {
    for name in ["patient", "pressure", "bundle", "allergy"] {
        let report = validator().validate(&base(name), &[]);
        assert_eq!(errors(&report), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn near_misses_are_left_alone() {
    for (name, pointer, value) in [
        ("patient", "/birthDate", json!("1972-02-29")),
        ("patient", "/birthDate", json!("1970")),
        (
            "patient",
            "/name/0/_given",
            json!([null, {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier", "valueCode": "MID"}]}]),
        ),
        ("patient", "/_gender", json!({"id": "g"})),
        ("patient", "/name/0/given", json!(["A", "B"])),
        (
            "patient",
            "/extension/2",
            json!({"url": "https://x.example/unknown", "valueString": "x"}),
        ),
        (
            "pressure",
            "/code/coding/1",
            json!({"system": "https://x.example/codes", "code": "bp"}),
        ),
        ("pressure", "/category/1", json!({"text": "more"})),
        (
            "pressure",
            "/subject/reference",
            json!("https://s.example/fhir/Patient/1"),
        ),
        (
            "pressure",
            "/subject",
            json!({"identifier": {"system": "https://x.example/ids", "value": "1"}}),
        ),
        (
            "pressure",
            "/component/2",
            json!({"code": {"text": "cuff"}, "valueString": "large"}),
        ),
        (
            "patient",
            "/maritalStatus",
            json!({"text": "it is complicated"}),
        ),
        (
            "bundle",
            "/entry/0/fullUrl",
            json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
        ),
        (
            "bundle",
            "/link/1",
            json!({"relation": "next", "url": "https://s.example/x?page=2"}),
        ),
    ] {
        let mut resource = base(name);
        set(&mut resource, pointer, value.clone());
        let report = validator().validate(&resource, &[]);
        assert_eq!(
            errors(&report),
            Vec::<String>::new(),
            "{name} {pointer} = {value}"
        );
    }
}

#[test]
fn what_nobody_knows_is_said_and_not_decided() {
    let mut resource = base("patient");
    set(
        &mut resource,
        "/meta/profile/0",
        json!("https://x.example/StructureDefinition/nobody|1.0"),
    );
    let report = validator().validate(&resource, &[]);
    assert_eq!(report.verdict(), Verdict::Undecided);
    assert!(
        report
            .issues
            .iter()
            .any(|issue| issue.rule == "profile" && issue.severity == Severity::Information)
    );
    let asked = ["https://x.example/StructureDefinition/other".to_owned()];
    assert_eq!(
        validator().validate(&base("patient"), &asked).verdict(),
        Verdict::Undecided
    );
}

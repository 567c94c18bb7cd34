//! Single breakages of valid resources: each is found, by the right rule, at the right place. And
//! near-misses: what is odd, but right, is left alone.

use super::packages::opened_folder;
use super::resources::{base, set, take};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use vitruvian::data::Data;
use vitruvian::profile::{Library, Package, Report, Severity, Validator, Verdict};

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

/// Resource, pointer, new value (`-` takes it away), and what must be found: rule and place. Nothing is
/// found when what is taken away is optional.
const BREAKAGES: &str = r##"
# Cardinality.
patient | /name | - | min | Patient
patient | /identifier/0/system | - | min | Patient.identifier[0]
patient | /gender | - | min | Patient
pressure | /status | - | min | Observation
pressure | /subject | - | min | Observation
pressure | /component/0/code | - | min | Observation.component[0]
patient | /extension/0/extension/1 | - | slice-min | Patient.extension[0].extension
bundle | /link/0/url | - | min | Bundle.link[0]
# Slices.
pressure | /category/0/coding/0/code | "exam" | slice-min | Observation.category
pressure | /component/0/code/coding/0/code | "8867-4" | slice-min | Observation.component
pressure | /component/1 | - | slice-min | Observation.component
# JSON types.
patient | /name | {"family": "Example"} | array | Patient.name
patient | /gender | ["female"] | array | Patient.gender
patient | /active | "true" | type | Patient.active
patient | /name/0/family | 1 | type | Patient.name[0].family
patient | /name/0 | "Example" | type | Patient.name[0]
patient | /multipleBirthInteger | "2" | type | Patient.multipleBirth
pressure | /component/0/valueQuantity/value | "120" | type | Observation.component[0].value.value
pressure | /component/0/valueQuantity | 120 | type | Observation.component[0].value
patient | /name/0/given | [["A"]] | type | Patient.name[0].given[0]
# Unknown elements.
patient | /colour | "red" | unknown | Patient.colour
patient | /name/0/first | "A" | unknown | Patient.name[0].first
pressure | /component/0/valueQuantity/units | "mm" | unknown | Observation.component[0].value.units
bundle | /entry/0/resource/colour | "red" | unknown | Bundle.entry[0].resource.colour
# Null and empty.
patient | /birthDate | {"x": null} | type | Patient.birthDate
patient | /name/0/given | [] | empty | Patient.name[0].given
patient | /name/0 | {} | empty | Patient.name[0]
patient | /name/0/given | ["A", null] | null | Patient.name[0].given[1]
patient | /name/0/family | "" | format | Patient.name[0].family
patient | /contact | [{"id": "c"}] | ele-1 | Patient.contact[0]
# Forms of primitives.
patient | /birthDate | "1970-02-30" | format | Patient.birthDate
patient | /birthDate | "1970-1-1" | format | Patient.birthDate
pressure | /effectiveDateTime | "2024-01-01T10:00:00" | format | Observation.effective
pressure | /id | "a_b" | format | Observation.id
patient | /meta/lastUpdated | "2024-01-01" | format | Patient.meta.lastUpdated
patient | /identifier/0/system | "urn:oid:1.x" | format | Patient.identifier[0].system
patient | /multipleBirthInteger | 1.5 | format | Patient.multipleBirth
patient | /photo/0/data | "a" | format | Patient.photo[0].data
patient | /gender | " female" | format | Patient.gender
bundle | /total | -1 | format | Bundle.total
# Siblings.
patient | /name/0/_given | [{"id": "a"}] | sibling | Patient.name[0].given
patient | /_name | [{"id": "a"}] | sibling | Patient.name[0]
patient | /_birthDate | {"colour": 1} | unknown | Patient.birthDate.colour
# Choices.
patient | /deceasedBoolean | false | choice | Patient.deceased
patient | /deceasedString | "no" | type | Patient.deceased
pressure | /valueMarkdown | "x" | type | Observation.value
# Fixed values and patterns.
pressure | /component/0/valueQuantity/code | "kPa" | fixed | Observation.component[0].value.code
pressure | /code/coding/0/system | "http://loinc.example" | pattern | Observation.code
# Extensions.
patient | /extension/0/url | "race" | extension-url | Patient.extension[0].url
patient | /modifierExtension | [{"url": "https://x.example/m", "valueCode": "a"}] | extension-unknown | Patient.modifierExtension[0]
patient | /identifier/0/use | "mine" | binding | Patient.identifier[0].use
patient | /extension/1 | {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueString": "F"} | type | Patient.extension[1].value
patient | /extension/1/extension | [{"url": "x", "valueCode": "a"}] | ext-1 | Patient.extension[1]
patient | /name/0/extension | [{"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"}] | extension-context | Patient.name[0].extension[0]
patient | /extension/2 | {"url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex", "valueCode": "F"} | slice-max | Patient.extension
# Bindings and codes.
patient | /gender | "woman" | binding | Patient.gender
pressure | /status | "done" | binding | Observation.status
patient | /telecom/0/system | "telephone" | binding | Patient.telecom[0].system
patient | /maritalStatus/coding/0/system | "marital" | system | Patient.maritalStatus.coding[0].system
patient | /maritalStatus/coding/0/code | "ZZ" | code | Patient.maritalStatus.coding[0].code
pressure | /component/0/valueQuantity/code | "mm Hg" | code-form | Observation.component[0].value.code
allergy | /clinicalStatus | {"text": "on"} | binding | AllergyIntolerance.clinicalStatus
allergy | /criticality | "huge" | binding | AllergyIntolerance.criticality
patient | /identifier/0 | {"system": "urn:ietf:rfc:3986", "value": "M-1"} | identifier-uri | Patient.identifier[0].value
# References.
pressure | /subject/reference | "Practitioner/1" | target | Observation.subject
pressure | /subject/reference | "Nobody/1" | reference-form | Observation.subject.reference
pressure | /subject/reference | "#nobody" | reference-target | Observation.subject.reference
pressure | /subject/type | "Group" | reference-type | Observation.subject.type
# Contained resources.
pressure | /contained/0/id | - | contained-id | Observation.contained[0]
pressure | /performer | - | dom-3 | Observation
pressure | /contained/0/contained | [{"resourceType": "Patient", "id": "x"}] | dom-2 | Observation
pressure | /contained/0/meta | {"versionId": "1"} | dom-4 | Observation
pressure | /contained/0/birthDate | "x" | format | Observation.contained[0].birthDate
pressure | /contained/0/resourceType | "Human" | resource-type | Observation.contained[0]
# Invariants.
patient | /name/0 | {"use": "official"} | us-core-6 | Patient.name[0]
patient | /contact | [{"gender": "female"}] | pat-1 | Patient.contact[0]
patient | /telecom/0/system | - | cpt-2 | Patient.telecom[0]
patient | /identifier/0/period | {"start": "2024", "end": "2023"} | per-1 | Patient.identifier[0].period
pressure | /component/0/valueQuantity | - | vs-3 | Observation.component[0]
bundle | /total | - |  |
bundle | /entry/0/search | - |  |
# Bundles.
bundle | /entry/0/fullUrl | "Patient/p1" | full-url | Bundle.entry[0].fullUrl
bundle | /entry/0/resource/id | "p2" | full-url | Bundle.entry[0].fullUrl
bundle | /entry/0/resource/id | - | search-id | Bundle.entry[0].resource
bundle | /link/1 | {"relation": "self", "url": "https://s.example/x"} | bundle-link | Bundle.link[1]
bundle | /entry/1 | {"fullUrl": "https://s.example/Patient/p1", "resource": {"resourceType": "Patient", "id": "p1"}} | bdl-7 | Bundle
bundle | /entry/0/resource/gender | - | min | Bundle.entry[0].resource
bundle | /type | "document" | bdl-11 | Bundle
# Attachments, narratives, ids, profiles.
patient | /photo/0/size | 5 | attachment-size | Patient.photo[0].size
patient | /text/div | "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>" | xhtml | Patient.text.div
patient | /text/div | "<div>x</div>" | xhtml | Patient.text.div
patient | /telecom/0/id | "n1" | unique-id | Patient.telecom[0].id
patient | /meta/profile/0 | "http://hl7.org/fhir/StructureDefinition/bp" | profile | Patient.meta.profile[0]
patient | /resourceType | "Human" | resource-type | Human
patient | /resourceType | - | resource-type | Resource
"##;

#[test]
fn every_single_breakage_is_found_at_its_place() {
    let mut missed = Vec::new();
    let mut found = 0;
    for line in BREAKAGES
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [name, pointer, value, rule, place] = columns[..] else {
            panic!("{line}")
        };
        let mut resource = base(name);
        match value {
            "-" => take(&mut resource, pointer),
            value => set(&mut resource, pointer, serde_json::from_str(value).unwrap()),
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
        (
            "patient",
            "/identifier/0",
            json!({"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}),
        ),
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
    // A definition that says only what it changes is at hand, and of no use.
    let url = "https://x.example/StructureDefinition/differential";
    let (folder, _) = opened_folder(&[json!({
        "resourceType": "StructureDefinition", "url": url, "name": "D", "status": "draft",
        "kind": "resource", "abstract": false, "type": "Patient", "derivation": "constraint",
        "differential": {"element": [{"id": "Patient.photo", "path": "Patient.photo", "max": "0"}]},
    })]);
    let library = Library::for_igs(&Data::Embedded, &["us-core@6.1.0"], None)
        .unwrap()
        .with_package(Package::open(folder.path()).unwrap());
    set(&mut resource, "/meta/profile/0", json!(url));
    let report = Validator::new(Arc::new(library)).validate(&resource, &[]);
    assert_eq!(report.verdict(), Verdict::Undecided);
    assert!(
        report
            .issues
            .iter()
            .any(|issue| issue.message.contains(url) && issue.message.contains("no snapshot")),
        "{:#?}",
        report.issues
    );
    let asked = ["https://x.example/StructureDefinition/other".to_owned()];
    assert_eq!(
        validator().validate(&base("patient"), &asked).verdict(),
        Verdict::Undecided
    );
}

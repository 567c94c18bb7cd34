//! The definitions in the binary: the right version answers, and nothing is missing without a reason.

use std::collections::BTreeMap;
use vitruvian::data::Data;
use vitruvian::profile::{
    Artifact, Build, Cache, Definitions, Extent, Library, Origin, Package, Reach, Source,
    embedded_tables,
};

use super::{archive, say, value_set};

const US_CORE_PATIENT: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient";

fn library(igs: &[&str]) -> Library {
    Library::for_igs(&Data::Embedded, igs, None).unwrap()
}

#[test]
fn every_version_of_a_profile_is_there_side_by_side() {
    let library = library(&[]);
    for version in ["3.1.1", "6.1.0", "7.0.0"] {
        let definition = library
            .definition(&format!("{US_CORE_PATIENT}|{version}"))
            .unwrap();
        assert_eq!(definition.version, version);
    }
    assert!(
        library
            .definition(&format!("{US_CORE_PATIENT}|5.0.0"))
            .is_none()
    );
    assert_eq!(
        library.definition(US_CORE_PATIENT).unwrap().version,
        "7.0.0"
    );
}

#[test]
fn a_guide_brings_the_versions_it_builds_on() {
    for (igs, expected) in [
        (&["pdex@2.0.0"][..], "3.1.1"),
        (&["pdex@2.1.0"], "6.1.0"),
        (&["pdex@2.1.0", "us-core@7.0.0"], "7.0.0"),
        (&["us-core@3.1.1", "pdex@2.1.0"], "3.1.1"),
        (&["cdex@2.0.0"], "3.1.1"),
        (&["cdex@2.1.0"], "6.1.0"),
    ] {
        let definition = library(igs).definition(US_CORE_PATIENT).unwrap();
        assert_eq!(definition.version, expected, "{igs:?}");
    }
    let coverage = "http://hl7.org/fhir/us/davinci-hrex/StructureDefinition/hrex-coverage";
    assert_eq!(
        library(&["pdex@2.0.0"])
            .definition(coverage)
            .unwrap()
            .version,
        "1.0.0"
    );
    assert_eq!(
        library(&["pdex@2.1.0"])
            .definition(coverage)
            .unwrap()
            .version,
        "1.1.0"
    );
}

#[test]
fn one_resource_is_read_once_however_it_is_named() {
    let library = library(&["us-core@6.1.0"]);
    let one = library.definition(US_CORE_PATIENT).unwrap();
    let other = library
        .definition(&format!("{US_CORE_PATIENT}|6.1.0"))
        .unwrap();
    assert!(std::sync::Arc::ptr_eq(&one, &other));
}

#[test]
fn it_is_known_which_package_answered() {
    let library = library(&["us-core@6.1.0"]);
    assert!(library.used().is_empty());
    library.definition(US_CORE_PATIENT).unwrap();
    let [used] = &library.used()[..] else {
        panic!("{:?}", library.used());
    };
    assert_eq!(used, &library.provenance(US_CORE_PATIENT).unwrap());
    assert_eq!(
        (used.id.as_str(), used.version.as_str()),
        ("hl7.fhir.us.core", "6.1.0")
    );
    assert_eq!(
        (&used.origin, used.build),
        (&Origin::Embedded, Build::Continuous)
    );
    assert_eq!(used.sha256.len(), 64);
    assert!(
        used.to_string()
            .starts_with("hl7.fhir.us.core#6.1.0 (embedded, "),
        "{used}"
    );
}

#[test]
fn a_named_package_comes_first_and_the_cache_last() {
    let url = "http://hl7.org/fhir/ValueSet/administrative-gender";
    let own = "http://x.example/v";
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::at(folder.path());
    let cached = archive(
        "x.cached",
        "9.9.9",
        &[
            ("a.json", &value_set(url, "9.9.9", "cached")),
            ("b.json", &value_set(own, "1", "cached")),
        ],
    );
    cache
        .install(("x.cached", "9.9.9"), "x.tgz".as_ref(), &cached)
        .unwrap();
    let library = || Library::for_igs(&Data::Embedded, &[], Some(cache.clone())).unwrap();
    // The embedded one answers although the cache has a newer one; the cache fills the gap.
    assert_eq!(library().value_set(url).unwrap().version, "4.0.1");
    assert_eq!(
        library().value_set(own).unwrap().includes[0].codes,
        ["cached"]
    );
    let named = archive(
        "x.named",
        "1.0.0",
        &[("a.json", &value_set(url, "0.1", "named"))],
    );
    let named = Package::open_archive("named.tgz".as_ref(), &named).unwrap();
    let with_named = library().with_package(named);
    assert_eq!(
        with_named.value_set(url).unwrap().includes[0].codes,
        ["named"]
    );
    assert_eq!(
        with_named
            .value_set(&format!("{url}|4.0.1"))
            .unwrap()
            .version,
        "4.0.1"
    );
}

#[test]
fn a_version_that_is_only_in_the_cache_can_be_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::at(folder.path());
    let igs = ["hrex@99.0.0"];
    let error = Library::for_igs(&Data::Embedded, &igs, Some(cache.clone()))
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .contains("packages install hl7.fhir.us.davinci-hrex@99.0.0"),
        "{error}"
    );
    let url = "http://hl7.org/fhir/ValueSet/administrative-gender";
    let bytes = archive(
        "hl7.fhir.us.davinci-hrex",
        "99.0.0",
        &[("a.json", &value_set(url, "1", "new"))],
    );
    cache
        .install(
            ("hl7.fhir.us.davinci-hrex", "99.0.0"),
            "x.tgz".as_ref(),
            &bytes,
        )
        .unwrap();
    let library = Library::for_igs(&Data::Embedded, &igs, Some(cache)).unwrap();
    assert_eq!(library.value_set(url).unwrap().includes[0].codes, ["new"]);
}

#[test]
fn what_cannot_be_used_is_said_and_not_hidden() {
    let broken =
        r#"{"resourceType":"StructureDefinition","url":"http://x.example/d","kind":"resource"}"#;
    let bytes = archive("x.named", "1.0.0", &[("d.json", broken)]);
    let package = Package::open_archive("named.tgz".as_ref(), &bytes).unwrap();
    let library = Library::empty().with_package(package);
    assert!(library.definition("http://x.example/d").is_none());
    let problems = library.problems();
    assert!(problems[0].contains("no snapshot"), "{problems:?}");
}

/// Prefixes of what the embedded packages name and nobody embedded has, and why.
const MISSING: [(&str, &str); 19] = [
    (
        "http://hl7.org/fhir/StructureDefinition/data-absent-reason|5.3.0",
        "a ballot version that PAS 2.2.1 names",
    ),
    (
        "http://hl7.org/fhir/us/davinci-crd/StructureDefinition/ext-coverage-information|2.2.1",
        "CRD 2.2.1 is not at hand",
    ),
    (
        "http://cts.nlm.nih.gov/fhir/ValueSet/",
        "VSAC gives its value sets to licensees",
    ),
    (
        "http://phinvads.cdc.gov/fhir/ValueSet/",
        "PHIN VADS is in no FHIR package at hand",
    ),
    (
        "https://valueset.x12.org/",
        "X12 gives its value sets to licensees",
    ),
    ("http://loinc.org/vs/", "LOINC answer lists come from LOINC"),
    (
        "http://dicom.nema.org/",
        "no FHIR value set: a page of the DICOM standard",
    ),
    (
        "http://www.rsna.org/",
        "no FHIR value set: a page about RadLex",
    ),
    (
        "http://www.rfc-editor.org/",
        "no FHIR value set: the text of BCP 13",
    ),
    (
        "http://hl7.org/fhir/ValueSet/dicom-cid29",
        "R4 names it and does not define it",
    ),
    (
        "http://hl7.org/fhir/ValueSet/usps-state",
        "R4 names it and does not define it",
    ),
    (
        "http://hl7.org/fhir/us/davinc-pdex/",
        "a misspelt name in PDex 2.2.0",
    ),
    ("http://hl7.org/fhir/5.0/", "an element of FHIR R5"),
    (
        "http://hl7.org/fhir/StructureDefinition/",
        "types of FHIR R5 that extensions allow, and R4 has not",
    ),
    (
        "http://hl7.org/fhir/us/davinci-dtr/StructureDefinition/dtr-sdc-questionnaire",
        "renamed in DTR 2.0.1",
    ),
    (
        "http://terminology.hl7.org/CodeSystem/v2-",
        "an edition of a table of HL7 v2 that R4 does not define",
    ),
    (
        "http://hl7.org/fhir/ValueSet/",
        "value sets of FHIR R5 that extensions bind, and R4 has not",
    ),
    ("http://hl7.org/fhir/tools/", "of the tools' own package"),
    (
        "http://hl7.org/fhir/us/core/ValueSet/us-core-provider-role|3.1.0",
        "of US Core 3.1.0, which HRex names and whose codes 3.1.1 has",
    ),
];

#[test]
fn what_the_embedded_packages_name_is_embedded_or_missing_for_a_reason() {
    let tables = embedded_tables(&Data::Embedded).unwrap();
    let (mut ordered, reached): (Vec<&dyn Source>, Vec<&dyn Source>) = (Vec::new(), Vec::new());
    let mut reached = reached;
    for table in &tables {
        match table.extent() {
            Extent::Whole => ordered.push(table),
            Extent::Reached => reached.push(table),
        }
    }
    let whole = ordered.len();
    ordered.extend(reached);
    let missing = Reach::of(&ordered, whole).missing;
    let mut counts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for ((artifact, canonical), by) in &missing {
        let row = MISSING
            .iter()
            .find(|(prefix, _)| canonical.starts_with(prefix));
        let (_, why) =
            row.unwrap_or_else(|| panic!("{artifact:?} {canonical}, named by {by}, is missing"));
        counts.entry(why).or_default().push(canonical);
    }
    for (why, canonicals) in &counts {
        say(&format!(
            "{}: {why}, for example {}",
            canonicals.len(),
            canonicals[0]
        ));
    }
    assert!(
        missing.len() < 110,
        "{} canonicals are missing",
        missing.len()
    );
}

#[test]
fn everything_embedded_can_be_read() {
    let mut count = 0;
    for table in embedded_tables(&Data::Embedded).unwrap() {
        for (url, version) in table.canonicals(Artifact::Definition) {
            let definition = table.definition(url, version).unwrap().unwrap();
            assert_eq!(
                (definition.url.as_str(), definition.version.as_str()),
                (url, version)
            );
            assert!(!definition.elements.is_empty(), "{url}");
            count += 1;
        }
        for (url, version) in table.canonicals(Artifact::ValueSet) {
            assert_eq!(table.value_set(url, version).unwrap().unwrap().url, url);
        }
        for (url, version) in table.canonicals(Artifact::CodeSystem) {
            assert_eq!(table.code_system(url, version).unwrap().unwrap().url, url);
        }
    }
    assert!(count > 1800, "only {count} definitions are embedded");
}

#[test]
fn the_embedded_tables_stay_small() {
    let names = Data::Embedded.list("scenarios/profiles/").unwrap();
    let size: usize = names
        .iter()
        .map(|name| Data::Embedded.bytes(name).unwrap().len())
        .sum();
    assert!(size < 3 << 20, "{size} bytes");
}

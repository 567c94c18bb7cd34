//! Questions about codes, answered from what is embedded.

use std::sync::Arc;
use vitruvian::data::Data;
use vitruvian::profile::{Library, Membership, code_exists, membership};

const LOINC: &str = "http://loinc.org";
const SNOMED: &str = "http://snomed.info/sct";

fn library() -> Library {
    Library::for_igs(&Data::Embedded, &["pdex@2.1.0"], None).unwrap()
}

fn undecided(membership: &Membership) -> bool {
    matches!(membership, Membership::Undecided(_))
}

#[test]
fn codes_of_fhir_itself_are_decided() {
    let library = library();
    for (set, system, code, expected) in [
        (
            "administrative-gender",
            "administrative-gender",
            "female",
            true,
        ),
        (
            "administrative-gender",
            "administrative-gender",
            "woman",
            false,
        ),
        ("observation-status", "observation-status", "final", true),
        (
            "observation-status",
            "observation-status",
            "finished",
            false,
        ),
        ("bundle-type", "bundle-type", "searchset", true),
        ("resource-types", "resource-types", "Patient", true),
        ("resource-types", "resource-types", "Patients", false),
    ] {
        let set = format!("http://hl7.org/fhir/ValueSet/{set}|4.0.1");
        let system = format!("http://hl7.org/fhir/{system}");
        let expected = if expected {
            Membership::In
        } else {
            Membership::NotIn
        };
        assert_eq!(
            membership(&library, &set, None, code),
            expected,
            "{code} in {set}"
        );
        assert_eq!(
            membership(&library, &set, Some(&system), code),
            expected,
            "{system} {code} in {set}"
        );
    }
}

#[test]
fn grammars_and_small_standards_are_decided() {
    let library = library();
    for (set, code, expected) in [
        ("mimetypes", "application/fhir+json", true),
        ("mimetypes", "json", false),
        ("currencies", "USD", true),
        ("currencies", "US$", false),
        ("all-languages", "en-US", true),
        ("all-languages", "English!", false),
    ] {
        let set = format!("http://hl7.org/fhir/ValueSet/{set}");
        let expected = if expected {
            Membership::In
        } else {
            Membership::NotIn
        };
        assert_eq!(
            membership(&library, &set, None, code),
            expected,
            "{code} in {set}"
        );
    }
}

#[test]
fn value_sets_of_guides_that_list_codes_of_other_systems_are_decided() {
    let library = library();
    let states = "http://hl7.org/fhir/us/core/ValueSet/us-core-usps-state";
    assert_eq!(membership(&library, states, None, "MA"), Membership::In);
    assert_eq!(membership(&library, states, None, "ZZ"), Membership::NotIn);
    let cdc = "urn:oid:2.16.840.1.113883.6.238";
    let race = "http://hl7.org/fhir/us/core/ValueSet/omb-race-category";
    let listed = format!("{race}|3.1.1");
    assert_eq!(
        membership(&library, &listed, Some(cdc), "2106-3"),
        Membership::In
    );
    assert_eq!(
        membership(&library, &listed, Some(cdc), "2107-1"),
        Membership::NotIn
    );
    // Since 6.1.0 the codes are in VSAC.
    assert!(undecided(&membership(&library, race, Some(cdc), "2106-3")));
    let languages = "http://hl7.org/fhir/us/core/ValueSet/simple-language";
    let bcp = "urn:ietf:bcp:47";
    assert_eq!(
        membership(&library, languages, Some(bcp), "en-US"),
        Membership::In
    );
    assert_eq!(
        membership(&library, languages, Some(bcp), "zh-Hant"),
        Membership::NotIn
    );
    let vitals = "http://hl7.org/fhir/ValueSet/ucum-vitals-common";
    let ucum = "http://unitsofmeasure.org";
    assert_eq!(
        membership(&library, vitals, Some(ucum), "mm[Hg]"),
        Membership::In
    );
    assert_eq!(
        membership(&library, vitals, Some(ucum), "L/min"),
        Membership::NotIn
    );
}

#[test]
fn a_guide_finds_the_codes_it_uses_in_the_version_it_builds_on() {
    let system = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes";
    let of = |ig: &str| {
        let library = Library::for_igs(&Data::Embedded, &[ig], None).unwrap();
        code_exists(&library, system, "questionnaire-context")
    };
    assert_eq!(of("cdex@2.1.0"), Some(true));
    assert_eq!(of("pas@2.0.1"), Some(false));
}

#[test]
fn hierarchies_of_complete_code_systems_are_followed() {
    let library = library();
    let purposes = "http://terminology.hl7.org/ValueSet/v3-PurposeOfUse";
    let act_reason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    assert_eq!(
        membership(&library, purposes, Some(act_reason), "TREAT"),
        Membership::In
    );
    assert_eq!(
        membership(&library, purposes, Some(act_reason), "MEDNEC"),
        Membership::NotIn
    );
    let confidentiality = "http://terminology.hl7.org/ValueSet/v3-Confidentiality";
    let system = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    assert_eq!(
        membership(&library, confidentiality, Some(system), "R"),
        Membership::In
    );
}

#[test]
fn licensed_and_external_codes_are_undecided_unless_their_form_is_wrong() {
    let library = library();
    let conditions = "http://hl7.org/fhir/us/core/ValueSet/us-core-condition-code";
    assert!(undecided(&membership(
        &library,
        conditions,
        Some(SNOMED),
        "73211009"
    )));
    assert_eq!(
        membership(&library, conditions, Some(SNOMED), "73211008"),
        Membership::NotIn
    );
    assert_eq!(
        membership(&library, conditions, Some(LOINC), "8867-4"),
        Membership::NotIn
    );
    let observations = "http://hl7.org/fhir/ValueSet/observation-codes";
    assert!(undecided(&membership(
        &library,
        observations,
        Some(LOINC),
        "8867-4"
    )));
    assert_eq!(
        membership(&library, observations, Some(LOINC), "8867-5"),
        Membership::NotIn
    );
    let vsac = membership(
        &library,
        "http://cts.nlm.nih.gov/fhir/ValueSet/2.16.840.1.113762.1.4.1010.4",
        Some("http://www.nlm.nih.gov/research/umls/rxnorm"),
        "313782",
    );
    let Membership::Undecided(reason) = vsac else {
        panic!("{vsac:?}");
    };
    assert!(reason.contains("not at hand"), "{reason}");
}

#[test]
fn whether_a_code_exists_is_known_for_complete_systems_only() {
    let library = library();
    let role = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
    assert_eq!(code_exists(&library, role, "MTH"), Some(true));
    assert_eq!(code_exists(&library, role, "MOTHER-IN-TRUTH"), Some(false));
    assert_eq!(code_exists(&library, LOINC, "8867-4"), None);
    assert_eq!(code_exists(&library, LOINC, "8867-5"), Some(false));
    assert_eq!(code_exists(&library, "http://x.example/codes", "a"), None);
}

#[test]
fn threads_share_what_was_made_ready() {
    let library = Arc::new(library());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let library = Arc::clone(&library);
            std::thread::spawn(move || {
                let set = "http://hl7.org/fhir/ValueSet/observation-status";
                (0..1000).all(|_| membership(&*library, set, None, "final") == Membership::In)
            })
        })
        .collect();
    assert!(threads.into_iter().all(|thread| thread.join().unwrap()));
}

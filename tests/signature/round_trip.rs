//! What is signed verifies, in every version, place and algorithm; what may change afterwards may, nothing else.

use super::{
    BUNDLE, RESPONSE, WORLD, broken, examined, json, now, request, signed, signed_with, verified,
    who,
};
use vitruvian::catalog::Catalog;
use vitruvian::data::Data;
use vitruvian::signature::{
    Algorithm, Edition, Hand, Outcome, SignError, Signing, Style, Trust, Verdict, sign, verify,
};

#[test]
fn every_version_signs_what_it_verifies() {
    for edition in Edition::ALL {
        for (document, item) in [
            (BUNDLE, None),
            (RESPONSE, None),
            (RESPONSE, Some("1")),
            (RESPONSE, Some("1.1")),
            (RESPONSE, Some("2.1")),
        ] {
            let text = signed(document, edition, Algorithm::Rs256, item);
            let examined = examined(&text, edition);
            assert_eq!(
                broken(&examined),
                [""; 0],
                "{edition} {item:?}: {examined:#?}"
            );
            assert_eq!(examined.verdict(), Verdict::Valid);
            assert!(examined.near_misses.is_empty());
        }
    }
}

#[test]
fn every_algorithm_signs_what_it_verifies() {
    for algorithm in Algorithm::ALL {
        let text = signed(BUNDLE, Edition::V3_0_0Ballot, algorithm, None);
        let examined = examined(&text, Edition::V3_0_0Ballot);
        assert_eq!(
            examined.verdict(),
            Verdict::Valid,
            "{algorithm} {examined:#?}"
        );
        let warned: Vec<_> = if algorithm.is_sha_256() {
            vec![]
        } else {
            vec!["hash"]
        };
        assert_eq!(broken(&examined), warned, "{algorithm}");
    }
}

#[test]
fn the_signature_keeps_the_document_as_it_was_written() {
    let text = signed(BUNDLE, Edition::V2_1_0, Algorithm::Es256, None);
    assert!(text.contains("\"value\": 1.50"), "{text}");
    let mut document = json(&text);
    let before = json(BUNDLE);
    let names = |members: &[(String, _)]| members.iter().map(|m| m.0.clone()).collect::<Vec<_>>();
    let vitruvian::signature::Json::Object(members) = &mut document else {
        panic!("no object")
    };
    let last = members.pop().unwrap();
    assert_eq!(last.0, "signature");
    assert_eq!(names(members), names(before.members()));
    assert_eq!(document, before);
}

#[test]
fn order_blanks_digits_id_and_meta_may_change() {
    for edition in Edition::ALL {
        let text = signed(BUNDLE, edition, Algorithm::Es256, None);
        let style = Style {
            sorted: true,
            ascii: true,
            ..Style::READABLE
        };
        let shuffled = String::from_utf8(json(&text).bytes(style).unwrap()).unwrap();
        let changed = [
            shuffled,
            text.replace("1.50", "1.5000"),
            text.replace("searchset-1", "another-id"),
            text.replace("2026-01-02T03:04:05Z", "2026-02-03T04:05:06Z"),
        ];
        for changed in changed {
            assert_ne!(changed, text);
            assert_eq!(
                verified(&changed, edition).verdict(),
                Verdict::Valid,
                "{changed}"
            );
        }
        // What stands within entries is signed, their ids and meta included.
        for (from, to) in [
            ("\"o1\",", "\"o2\","),
            ("\"versionId\": \"1\"", "\"versionId\": \"2\""),
            ("1.50", "1.51"),
        ] {
            let changed = text.replace(from, to);
            assert_ne!(changed, text);
            assert_eq!(
                verified(&changed, edition).verdict(),
                Verdict::Invalid,
                "{from}"
            );
        }
    }
}

#[test]
fn items_and_the_whole_are_signed_beside_each_other() {
    let edition = Edition::V3_0_0Ballot;
    let item = signed(RESPONSE, edition, Algorithm::Es256, Some("1.1"));
    let both = signed(&item, edition, Algorithm::Rs256, Some("2"));
    let all = signed(&both, edition, Algorithm::Es384, None);
    // A second signature of the whole: each is over the content without any of them.
    let all = signed(&all, edition, Algorithm::Ps256, None);
    let report = verified(&all, edition);
    let places: Vec<&str> = report.signatures.iter().map(|s| s.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "QuestionnaireResponse",
            "QuestionnaireResponse",
            "QuestionnaireResponse.item[0].answer[0].item[0]",
            "QuestionnaireResponse.item[1]",
        ]
    );
    assert_eq!(report.verdict(), Verdict::Valid, "{report:#?}");
    let stripped = all.replace("\"valueBoolean\": true", "\"valueBoolean\": false");
    let report = verified(&stripped, edition);
    let verdicts: Vec<Verdict> = report.signatures.iter().map(|s| s.verdict()).collect();
    use Verdict::{Invalid, Valid};
    assert_eq!(verdicts, [Invalid, Invalid, Valid, Invalid]);
}

#[test]
fn signatures_within_tasks_and_parameters_are_found() {
    let edition = Edition::V2_1_0;
    let bundle = signed(BUNDLE, edition, Algorithm::Es256, None);
    let response = signed(RESPONSE, edition, Algorithm::Es256, Some("2.1"));
    let parameters = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"Attachment","part":[
            {{"name":"Content","resource":{bundle}}},{{"name":"Content","resource":{response}}}]}}]}}"#
    );
    let report = verified(&parameters, edition);
    let places: Vec<&str> = report.signatures.iter().map(|s| s.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "Parameters.parameter[0].part[0].resource",
            "Parameters.parameter[0].part[1].resource.item[1].item[0]",
        ]
    );
    assert_eq!(report.verdict(), Verdict::Valid, "{report:#?}");
}

#[test]
fn several_sign_at_once_in_json_serialization() {
    let edition = Edition::V2_0_0;
    let key = WORLD.key(Algorithm::Rs256);
    let one = WORLD.chain(&request(), key);
    let other = vec![WORLD.root.issue(&request(), key).unwrap()];
    let hand = |certificates| Hand {
        key,
        certificates,
        algorithm: Algorithm::Rs256,
    };
    let signing = Signing {
        edition,
        hands: vec![hand(&one), hand(&other)],
        who: who(),
        when: now(),
        item: None,
        replace: false,
        flaw: None,
    };
    let text = sign(BUNDLE.as_bytes(), &signing).unwrap();
    let report = verify(&text, edition, &WORLD.trust()).unwrap();
    assert_eq!(report.signatures.len(), 2);
    assert_eq!(report.verdict(), Verdict::Valid, "{report:#?}");
    assert!(
        report.signatures.iter().all(|s| broken(s).is_empty()),
        "{report:#?}"
    );
}

#[test]
fn what_is_not_signed_is_said() {
    let chain = WORLD.chain(&request(), &WORLD.p256);
    let hand = Hand {
        key: &WORLD.p256,
        certificates: &chain,
        algorithm: Algorithm::Es256,
    };
    let signing = Signing {
        edition: Edition::V2_1_0,
        hands: vec![hand.clone()],
        who: who(),
        when: now(),
        item: None,
        replace: false,
        flaw: None,
    };
    let refused =
        |document: &str, signing: &Signing<'_>| sign(document.as_bytes(), signing).unwrap_err();
    assert_eq!(
        refused(r#"{"resourceType":"Patient"}"#, &signing),
        SignError::NotSignable("Patient".to_owned())
    );
    assert_eq!(
        refused(
            r#"{"resourceType":"Bundle","type":"transaction"}"#,
            &signing
        ),
        SignError::NotSignable("a Bundle of type transaction".to_owned())
    );
    let item = Signing {
        item: Some("9".to_owned()),
        ..signing.clone()
    };
    assert_eq!(refused(RESPONSE, &item), SignError::NoItem("9".to_owned()));
    assert_eq!(refused(BUNDLE, &item), SignError::NoItems);
    let text = signed(BUNDLE, Edition::V2_1_0, Algorithm::Es256, None);
    assert_eq!(refused(&text, &signing), SignError::IsSigned);
    let again = Signing {
        replace: true,
        flaw: None,
        ..signing.clone()
    };
    let text = sign(text.as_bytes(), &again).unwrap();
    let report = verify(&text, Edition::V2_1_0, &WORLD.trust()).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid);
    let nobody = Signing {
        hands: Vec::new(),
        ..signing.clone()
    };
    assert_eq!(refused(BUNDLE, &nobody), SignError::NoHand);
    let reversed: Vec<_> = chain.iter().rev().cloned().collect();
    let other = Signing {
        hands: vec![Hand {
            certificates: &reversed,
            ..hand.clone()
        }],
        ..signing.clone()
    };
    assert!(matches!(refused(BUNDLE, &other), SignError::OtherKey(_)));
    let mismatch = Signing {
        hands: vec![Hand {
            algorithm: Algorithm::Rs256,
            ..hand
        }],
        ..signing.clone()
    };
    assert!(matches!(refused(BUNDLE, &mismatch), SignError::Key(_)));
    let vast = BUNDLE.replace("1.50", "1e400");
    assert!(matches!(refused(&vast, &signing), SignError::Number(_)));
}

#[test]
fn without_anybody_to_trust_a_certificate_is_only_warned_about() {
    let edition = Edition::V3_0_0Ballot;
    let own = vitruvian::signature::self_signed(&request(), &WORLD.rsa).unwrap();
    let text = signed_with(BUNDLE, edition, Algorithm::Rs256, None, &[own]);
    let trusting = verify(text.as_bytes(), edition, &Trust::now(Vec::new())).unwrap();
    assert_eq!(trusting.verdict(), Verdict::Valid);
    assert_eq!(trusting.outcome_of("CDEX-SIG-033"), Outcome::NotJudged);
    let strict = verified(&text, edition);
    assert_eq!(strict.verdict(), Verdict::Invalid);
    assert_eq!(strict.outcome_of("CDEX-SIG-033"), Outcome::Broken);
}

/// Requirements that a report decides are those that the version has, and every automatable one on signatures is
/// either decided or listed here with the reason.
#[test]
fn steps_decide_requirements_of_their_version() {
    const ELSEWHERE: [(&str, &str); 14] = [
        ("CDEX-SIG-001", "says that signatures depend on agreements"),
        ("CDEX-SIG-002", "is about the flow the signature came in"),
        ("CDEX-SIG-003", "is about the flow the signature came in"),
        ("CDEX-SIG-004", "allows what carriers cover"),
        ("CDEX-SIG-005", "compares with a Task and a Questionnaire"),
        (
            "CDEX-SIG-006",
            "is what validating against the profile decides",
        ),
        (
            "CDEX-SIG-007",
            "is what validating against the profile decides",
        ),
        ("CDEX-SIG-014", "is asked of a person"),
        ("CDEX-SIG-015", "needs the canonical narrative"),
        ("CDEX-SIG-037", "is about the flow the signature came in"),
        ("CDEX-SIG-050", "is decided by there being a signature"),
        (
            "CDEX-SIG-051",
            "is what validating against the profile decides",
        ),
        ("CDEX-VER-004", "is about the flow the signature came in"),
        ("CDEX-VER-011", "is asked of a person"),
    ];
    let catalog = Catalog::load(&Data::Embedded).unwrap();
    for edition in Edition::ALL {
        let ig = catalog
            .igs()
            .iter()
            .find(|ig| ig.at.ig == "cdex" && ig.at.version.to_string() == edition.to_string())
            .unwrap();
        let mut decided = std::collections::BTreeSet::from(["CDEX-SIG-038"]);
        for (document, item) in [(BUNDLE, None), (RESPONSE, None), (RESPONSE, Some("1"))] {
            let text = signed(document, edition, Algorithm::Rs256, item);
            let steps = examined(&text, edition).steps;
            decided.extend(steps.iter().flat_map(|step| step.requirements.clone()));
        }
        for id in &decided {
            assert!(
                ig.requirements.iter().any(|r| r.id == *id),
                "{edition} has no {id}"
            );
        }
        for requirement in &ig.requirements {
            let id = requirement.id.as_str();
            let is_ours = id.starts_with("CDEX-SIG") || id.starts_with("CDEX-VER");
            let is_elsewhere = ELSEWHERE.iter().any(|(other, _)| *other == id);
            assert!(
                !is_ours || is_elsewhere != decided.contains(id),
                "{edition} {id}: decided or listed, one of them"
            );
        }
    }
}

//! Certificates that are not what they should be break the step that is about them, and chains that lead nowhere
//! are not followed.

use super::{BUNDLE, LONG_AGO, NPI_VALUE, WORLD, broken, examined, now, request, signed_with};
use time::Duration;
use vitruvian::signature::{
    Algorithm, Authority, Certificate, Edition, Outcome, Request, Trust, Usage, Verdict,
    self_signed, verify,
};

const BALLOT: Edition = Edition::V3_0_0Ballot;

/// What a defective certificate breaks.
fn defect(edition: Edition, request: &Request) -> Vec<&'static str> {
    let chain = WORLD.chain(request, &WORLD.rsa);
    let text = signed_with(BUNDLE, edition, Algorithm::Rs256, None, &chain);
    let examined = examined(&text, edition);
    assert_eq!(
        examined.verdict() == Verdict::Valid,
        broken(&examined).is_empty()
    );
    broken(&examined)
}

#[test]
fn defective_certificates_are_refused() {
    let day = Duration::DAY;
    let (fine, now) = (request(), now());
    let expired = Request {
        not_before: now - 9 * day,
        not_after: now - day,
        ..fine.clone()
    };
    let early = Request {
        not_before: now + day,
        not_after: now + 9 * day,
        ..fine.clone()
    };
    let encipherment = Request {
        usage: Usage::Encipherment,
        ..fine.clone()
    };
    let unsaid = Request {
        usage: Usage::Unsaid,
        ..fine.clone()
    };
    let nameless = Request {
        npis: Vec::new(),
        ..fine.clone()
    };
    let another = Request {
        npis: vec!["9999999995".to_owned()],
        ..fine.clone()
    };
    for edition in Edition::ALL {
        assert_eq!(defect(edition, &fine), [""; 0]);
        assert_eq!(
            defect(edition, &expired),
            ["valid-when-signed", "valid-now"]
        );
        assert_eq!(defect(edition, &early), ["valid-when-signed", "valid-now"]);
        assert_eq!(defect(edition, &encipherment), ["key-usage"]);
        assert_eq!(defect(edition, &unsaid), ["key-usage"]);
    }
    assert_eq!(
        defect(BALLOT, &nameless),
        ["alternative-name", "name-is-signer"]
    );
    assert_eq!(defect(BALLOT, &another), ["name-is-signer"]);
    // Before, the subject is as good as an alternative name.
    assert_eq!(defect(Edition::V2_1_0, &another), [""; 0]);
    let stranger = Request {
        subject: "Somebody Else".to_owned(),
        ..another
    };
    assert_eq!(defect(BALLOT, &stranger), ["name-is-signer"]);
    let chain = WORLD.chain(&stranger, &WORLD.rsa);
    let text = signed_with(BUNDLE, Edition::V2_1_0, Algorithm::Rs256, None, &chain);
    assert_eq!(
        broken(&examined(&text, Edition::V2_1_0)),
        ["name-fits-signer"]
    );
}

#[test]
fn a_uri_may_name_the_signer_too() {
    let uri = Request {
        npis: Vec::new(),
        uris: vec![format!("http://hl7.org/fhir/sid/us-npi|{NPI_VALUE}")],
        ..request()
    };
    assert_eq!(defect(BALLOT, &uri), [""; 0]);
}

/// The reason a chain is not trusted.
fn chain_told(certificates: &[Certificate], trust: &Trust) -> String {
    let text = signed_with(BUNDLE, BALLOT, Algorithm::Rs256, None, certificates);
    let report = verify(text.as_bytes(), BALLOT, trust).unwrap();
    let step = report.signatures[0].step("chain").unwrap();
    assert_eq!(step.outcome, Outcome::Broken, "{step:#?}");
    step.told.clone()
}

#[test]
fn chains_that_lead_nowhere_are_refused() {
    let trust = WORLD.trust();
    let fine = WORLD.chain(&request(), &WORLD.rsa);
    let own = self_signed(&request(), &WORLD.rsa).unwrap();
    assert_eq!(
        chain_told(std::slice::from_ref(&own), &trust),
        "it is self-signed"
    );
    assert!(chain_told(&fine[..1], &trust).ends_with("which is not at hand"));
    let stranger = Authority::root("Example Stranger").unwrap();
    let foreign = [
        stranger.issue(&request(), &WORLD.rsa).unwrap(),
        stranger.certificate().clone(),
    ];
    assert!(chain_told(&foreign, &trust).contains("nobody here trusts"));
    // An authority of the same name whose key did not sign.
    let namesake = Authority::root("Example Root").unwrap();
    let forged = [namesake.issue(&request(), &WORLD.rsa).unwrap()];
    assert!(chain_told(&forged, &trust).contains("whose key did not sign it"));
    let below = WORLD.intermediate.intermediate("Example Too Deep").unwrap();
    let deep = [
        below.issue(&request(), &WORLD.rsa).unwrap(),
        below.certificate().clone(),
        WORLD.intermediate.certificate().clone(),
    ];
    assert!(chain_told(&deep, &trust).contains("more than it allows"));
    let later = Trust {
        at: now() + 3000 * Duration::DAY,
        ..WORLD.trust()
    };
    assert!(chain_told(&fine, &later).contains("not valid at the time"));
    let before = Trust {
        at: LONG_AGO,
        ..WORLD.trust()
    };
    assert!(chain_told(&fine, &before).contains("not valid at the time"));
    // One who is trusted by name needs no authority.
    let text = signed_with(
        BUNDLE,
        BALLOT,
        Algorithm::Rs256,
        None,
        std::slice::from_ref(&own),
    );
    let report = verify(text.as_bytes(), BALLOT, &Trust::now(vec![own])).unwrap();
    assert_eq!(report.verdict(), Verdict::Valid);
}

use super::{Context, Interaction, Scope, Scopes};

fn both(one: &str, two: &str) -> String {
    Scopes::parse(one).both(&Scopes::parse(two)).to_string()
}

#[test]
fn scopes_are_read_and_written() {
    for text in [
        "system/*.read",
        "patient/Observation.write",
        "user/*.*",
        "system/Patient.rs",
        "system/*.cruds",
        "system/Group.rs?code=http://example.org/codes|match",
        "launch/patient openid fhirUser offline_access online_access",
        "http://hl7.org/fhir/us/davinci-hrex/OperationDefinition/member-match",
    ] {
        assert_eq!(Scopes::parse(text).to_string(), text);
    }
    let operation = "http://e.org/OperationDefinition/x";
    assert!(matches!(
        Scopes::parse(operation).iter().next(),
        Some(Scope::Operation(_))
    ));
}

#[test]
fn what_is_no_scope_allows_nothing() {
    for text in [
        "system/Patient.sr",
        "system/Patient.",
        "system/.rs",
        "system/patient.rs",
        "system/*.read?code=x",
        "system.Group.u?code=x",
        "System/*.rs",
        "system/Patient.rs?",
        "*/*.rs",
    ] {
        let scopes = Scopes::parse(text);
        assert_eq!(scopes.resources().count(), 0, "{text}");
        assert!(!scopes.allows("Patient", Interaction::Read), "{text}");
    }
    let many: Vec<String> = (0..500).map(|number| format!("w{number}")).collect();
    assert_eq!(Scopes::parse(&many.join(" ")).iter().count(), 100);
    assert!(Scopes::parse(&"x".repeat(100_000)).is_empty());
}

#[test]
fn what_both_allow_is_what_is_narrower() {
    assert_eq!(both("system/*.read", "system/*.cruds"), "system/*.read");
    assert_eq!(both("system/*.rs", "system/Patient.r"), "system/Patient.r");
    assert_eq!(
        both("system/Patient.cruds", "system/*.rs"),
        "system/Patient.rs"
    );
    assert_eq!(both("system/*.write", "system/*.rs"), "");
    assert_eq!(both("system/*.*", "system/*.read"), "system/*.read");
    assert_eq!(both("patient/*.rs", "system/*.rs"), "");
    assert_eq!(both("openid profile", "openid fhirUser"), "openid");
    assert_eq!(
        both("system/Group.rs", "system/Group.rs?code=match"),
        "system/Group.rs?code=match"
    );
    assert_eq!(
        both("system/Group.rs?a=1", "system/Group.rs?b=2"),
        "system/Group.rs?a=1&b=2"
    );
}

#[test]
fn a_list_is_within_another_when_nothing_is_wider() {
    let within = |one: &str, two: &str| Scopes::parse(one).is_within(&Scopes::parse(two));
    assert!(within("system/Patient.r openid", "openid system/*.read"));
    assert!(within("system/Group.r?code=a", "system/Group.rs"));
    assert!(!within("system/Group.r", "system/Group.rs?code=a"));
    assert!(!within("system/*.rs", "system/Patient.rs"));
    assert!(!within("user/*.rs", "system/*.rs"));
}

#[test]
fn needs_are_held_against_what_is_allowed() {
    let scopes = Scopes::parse("system/Patient.rs system/Claim.c");
    assert!(scopes.allows("Patient", Interaction::Search));
    assert!(!scopes.allows("Patient", Interaction::Update));
    assert!(!scopes.allows("Observation", Interaction::Read));
    assert!(scopes.allows("Claim", Interaction::Create));
    let operation = "http://e.org/OperationDefinition/x";
    let allows = |text: &str| Scopes::parse(text).allows_operation(&[operation]);
    assert!(allows(operation) && allows(&format!("{operation}|1.0")));
    assert!(allows("system/*.read"));
    assert!(!allows("patient/*.rs") && !allows("system/Patient.rs") && !allows("system/*.c"));
}

#[test]
fn a_query_limits_what_is_shown() {
    let scopes = Scopes::parse("system/Group.rs?code=match system/Patient.rs");
    assert!(scopes.admits("Group", |query| query == "code=match"));
    assert!(!scopes.admits("Group", |_| false));
    assert!(scopes.admits("Patient", |_| false));
    assert!(!scopes.admits("Claim", |_| true));
}

#[test]
fn one_context_may_lend_what_it_has() {
    let scopes = Scopes::parse("system/*.rs openid").extended(Context::System, Context::Patient);
    assert_eq!(scopes.to_string(), "system/*.rs openid patient/*.rs");
}

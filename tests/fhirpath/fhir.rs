//! What FHIR makes of FHIRPath: primitives with extensions, choices, types, references, value sets.

use super::{Types, on, typed};
use serde_json::{Value, json};
use vitruvian::profile::fhirpath::{
    Collection, EvalError, Expression, Focus, Item, Model, Node, Nowhere, Resolution, Surroundings,
    Verdict,
};

fn verdict(text: &str, resource: &Value, surroundings: &dyn Surroundings) -> Verdict {
    let expression = Expression::parse(text).unwrap();
    expression
        .holds(&Focus::resource(resource), surroundings)
        .unwrap()
}

#[test]
fn a_primitive_and_its_extensions_are_one_node() {
    let extension = json!([{"url": "http://example.org/x", "valueCode": "y"}]);
    let patient = json!({
        "resourceType": "Patient",
        "birthDate": "1990-01-01",
        "_birthDate": {"id": "b", "extension": extension},
        "_gender": {"extension": extension},
        "name": [{"given": [null, "Ada"], "_given": [{"extension": extension}, null]}]
    });
    for (text, expected) in [
        ("birthDate.count()", "1"),
        ("birthDate.id", "b"),
        ("birthDate.extension('http://example.org/x').value", "y"),
        (
            "birthDate.extension('http://example.org/z').exists()",
            "false",
        ),
        (
            "birthDate.hasValue() and birthDate.children().count() = 2",
            "true",
        ),
        ("gender.exists() and gender.hasValue().not()", "true"),
        ("gender.extension.exists()", "true"),
        ("gender = 'male'", "false"),
        ("gender.startsWith('m')", ""),
        ("name.given.select(hasValue())", "false true"),
        ("name.given.count()", "2"),
        ("name.given[0].extension.value", "y"),
        ("children().count()", "3"),
        ("birthDate.getValue()", "1990-01-01"),
        // ele-1
        (
            "gender.all(hasValue() or (children().count() > id.count()))",
            "true",
        ),
    ] {
        assert_eq!(on(text, &patient), expected, "{text}");
        assert_eq!(typed(text, &patient), expected, "{text}");
    }
}

#[test]
fn choices_are_found_by_their_name_without_the_type() {
    let observation = json!({
        "resourceType": "Observation",
        "valueQuantity": {"value": 1, "unit": "g"},
        "_effectiveDateTime": {"id": "e"},
        "component": [{"valueString": "x", "_valueString": {"id": "i"}}, {"value": "odd"}]
    });
    for (text, expected) in [
        ("value.unit", "g"),
        ("value is Quantity", "true"),
        ("value is Period", "false"),
        ("value.as(Quantity).value", "1"),
        ("(value as Period).exists()", "false"),
        ("value.ofType(Quantity).exists()", "true"),
        ("effective.exists() and effective.id = 'e'", "true"),
        ("component.value", "x odd"),
        ("component.value.id", "i"),
        ("val.exists() or valueQ.exists() or Value.exists()", "false"),
    ] {
        assert_eq!(on(text, &observation), expected, "{text}");
        assert_eq!(typed(text, &observation), expected, "{text}");
    }
    // The name with the type is JSON's, not FHIRPath's; whoever knows the types can tell.
    assert_eq!(typed("valueQuantity.exists()", &observation), "false");
    assert_eq!(on("valueQuantity.exists()", &observation), "true");
}

#[test]
fn a_plain_element_is_not_taken_for_a_choice() {
    let observation = json!({
        "resourceType": "Observation", "referenceRange": [{"text": "x"}], "statusDate": "2020"
    });
    for text in [
        "reference.exists()",
        "status.exists()",
        "descendants().reference.exists()",
    ] {
        assert_eq!(on(text, &observation), "false", "{text}");
        assert_eq!(typed(text, &observation), "false", "{text}");
    }
    assert_eq!(on("referenceRange.text", &observation), "x");
}

#[test]
fn types_are_those_of_fhir_and_not_of_system() {
    let patient = json!({
        "resourceType": "Patient",
        "active": true,
        "gender": "male",
        "contact": [{"name": {"family": "Fake"}}],
        "contained": [{"resourceType": "Observation", "code": {}}],
        "extension": [{"url": "u", "valueAge": {"value": 1}}]
    });
    for (text, expected) in [
        ("active is boolean and active.is(FHIR.boolean)", "true"),
        ("active is Boolean or active is System.Boolean", "false"),
        (
            "active.type().name & active.type().namespace",
            "booleanFHIR",
        ),
        ("gender is code and gender is string", "true"),
        ("gender.ofType(string).exists()", "false"),
        ("gender.ofType(code)", "male"),
        ("$this is Patient and Patient is DomainResource", "true"),
        ("Patient.type().name", "Patient"),
        ("contact.type().name", "BackboneElement"),
        ("contact is BackboneElement", "true"),
        ("contact.name is HumanName", "true"),
        ("contained.ofType(Observation).exists()", "true"),
        ("contained.type().name", "Observation"),
        (
            "extension.value is Age and extension.value is Quantity",
            "true",
        ),
        ("$this is Citation", "false"),
    ] {
        assert_eq!(typed(text, &patient), expected, "{text}");
    }
}

#[test]
fn a_type_nobody_knows_is_undecided_unless_json_rules_it_out() {
    let patient = json!({"resourceType": "Patient", "odd": "x", "flag": true});
    assert_eq!(
        verdict("odd is code", &patient, &Nowhere),
        Verdict::Undecided
    );
    assert_eq!(
        verdict("odd is Quantity", &patient, &Nowhere),
        Verdict::False
    );
    assert_eq!(verdict("flag is code", &patient, &Nowhere), Verdict::False);
    assert_eq!(
        verdict("odd is code or flag", &patient, &Nowhere),
        Verdict::True
    );
}

/// Knows one other resource, one value set and one profile.
struct Somewhere(Value);

impl Surroundings for Somewhere {
    fn model(&self) -> Option<&dyn Model> {
        Some(&Types)
    }

    fn resolve(&self, reference: &str) -> Resolution<'_> {
        match reference {
            "Organization/1" => Resolution::Found(&self.0),
            "Organization/gone" => Resolution::Missing,
            _ => Resolution::Undecided,
        }
    }

    fn member_of(&self, item: &Item<'_>, value_set: &str) -> Option<bool> {
        (value_set == "http://example.org/known").then(|| item.text() == Some("a"))
    }

    fn conforms_to(&self, node: &Node<'_>, profile: &str) -> Option<bool> {
        (profile == "http://example.org/patient").then_some(node.type_name == Some("Patient"))
    }

    fn variable(&self, name: &str) -> Option<Collection<'_>> {
        (name == "answer").then(|| 42_i64.into())
    }
}

#[test]
fn the_surroundings_are_asked_and_may_not_know() {
    let somewhere = Somewhere(json!({"resourceType": "Organization", "name": "Fake"}));
    let patient = json!({
        "resourceType": "Patient",
        "contained": [{"resourceType": "Practitioner", "id": "p", "active": true}],
        "here": {"reference": "#p"}, "self": {"reference": "#"}, "dangling": {"reference": "#q"},
        "there": {"reference": "Organization/1"}, "gone": {"reference": "Organization/gone"},
        "far": {"reference": "https://example.org/Organization/2"}, "named": {"display": "x"},
        "code": "a", "other": "b"
    });
    let known = "memberOf('http://example.org/known')";
    let unknown = "memberOf('http://example.org/unknown')";
    for (text, expected) in [
        ("here.resolve().active".to_owned(), Verdict::True),
        ("self.resolve() is Patient".to_owned(), Verdict::True),
        ("dangling.resolve().exists()".to_owned(), Verdict::False),
        ("there.resolve().name = 'Fake'".to_owned(), Verdict::True),
        ("there.resolve() is Organization".to_owned(), Verdict::True),
        (
            "gone.resolve().empty() and named.resolve().empty()".to_owned(),
            Verdict::True,
        ),
        ("far.resolve().exists()".to_owned(), Verdict::Undecided),
        (
            format!("code.{known} and other.{known}.not()"),
            Verdict::True,
        ),
        (format!("code.{unknown}"), Verdict::Undecided),
        (format!("code.{unknown}.not()"), Verdict::Undecided),
        (format!("code.{unknown} or true"), Verdict::True),
        (format!("code.{unknown} and false"), Verdict::False),
        (
            format!("(code | other).exists({unknown})"),
            Verdict::Undecided,
        ),
        (
            format!("(code | other).exists({unknown} or $this = 'a')"),
            Verdict::True,
        ),
        (
            format!("(code | other).all({unknown} and $this = 'a')"),
            Verdict::False,
        ),
        (format!("code.where({unknown}).empty()"), Verdict::Undecided),
        (
            format!("iif(code.{unknown}, true, true)"),
            Verdict::Undecided,
        ),
        (format!("missing.{unknown}"), Verdict::Empty),
        (
            "conformsTo('http://example.org/patient')".to_owned(),
            Verdict::True,
        ),
        (
            "conformsTo('http://example.org/other')".to_owned(),
            Verdict::Undecided,
        ),
        ("%answer = 42".to_owned(), Verdict::True),
    ] {
        assert_eq!(verdict(&text, &patient, &somewhere), expected, "{text}");
    }
    let expression = Expression::parse(&format!("code.{unknown}")).unwrap();
    let error = expression
        .evaluate(&Focus::resource(&patient), &somewhere)
        .unwrap_err();
    assert!(matches!(&error, EvalError::Undecided(what) if what.contains("unknown")));
    assert!(error.is_undecided());
}

#[test]
fn a_contained_resource_has_its_own_resource_and_the_root_of_its_container() {
    let patient = json!({
        "resourceType": "Patient", "id": "outer",
        "contained": [{"resourceType": "Observation", "id": "inner", "subject": {"reference": "#inner"}}]
    });
    let focus = Focus {
        resource: &patient["contained"][0],
        root_resource: &patient,
        node: Node::element(&patient["contained"][0]["subject"], "Reference"),
    };
    // ref-1
    for text in [
        "reference.startsWith('#').not() or (reference.substring(1).trace('url') in \
         %rootResource.contained.id.trace('ids'))",
        "%resource.id = 'inner' and %rootResource.id = 'outer' and %context.reference = '#inner'",
        "resolve().id = 'inner'",
    ] {
        let expression = Expression::parse(text).unwrap();
        assert_eq!(
            expression.holds(&focus, &Nowhere),
            Ok(Verdict::True),
            "{text}"
        );
    }
}

#[test]
fn equality_of_elements_is_deep() {
    let resource = json!({
        "a": {"x": [1, {"y": "A b"}]}, "b": {"x": [1.0, {"y": "A b"}]},
        "c": {"x": [{"y": "a  B"}, 1]}, "d": {"x": [1, {"y": "A b"}], "id": "1"}
    });
    assert_eq!(on("a = b", &resource), "true");
    assert_eq!(on("a = c", &resource), "false");
    assert_eq!(on("a ~ c", &resource), "true");
    assert_eq!(on("a = d or a ~ d", &resource), "false");
    assert_eq!(on("(a | b | c).count()", &resource), "2");
}

#[test]
fn narratives_are_checked() {
    let sound = json!({"div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>"});
    let active =
        json!({"div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"});
    assert_eq!(on("`div`.htmlChecks()", &sound), "true");
    assert_eq!(on("`div`.htmlChecks()", &active), "false");
    assert_eq!(on("missing.htmlChecks()", &active), "");
}

#[test]
fn the_tree_is_walked_whole() {
    let questionnaire = json!({
        "resourceType": "Questionnaire", "code": [{"code": "q"}],
        "item": [{"linkId": "1", "item": [{"linkId": "2", "item": [{"linkId": "3"}]}]}]
    });
    assert_eq!(on("descendants().linkId", &questionnaire), "1 2 3");
    assert_eq!(on("repeat(item).linkId", &questionnaire), "1 2 3");
    assert_eq!(on("children().count()", &questionnaire), "2");
    assert_eq!(
        on("descendants().where($this = 'q').count()", &questionnaire),
        "1"
    );
}

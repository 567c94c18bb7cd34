//! Reading expressions, paths, operators and their logic.

use super::{alone, expect, fails, on, typed};
use serde_json::json;
use vitruvian::profile::fhirpath::{EvalError, Expression};

#[test]
fn operators_bind_as_the_table_of_precedence_says() {
    expect(&[
        ("1 + 2 * 3 + 4", "11"),
        ("(1 + 2) * 3", "9"),
        ("2 + 2 = 4 and 1 < 2", "true"),
        ("false and false or true", "true"),
        ("true or false implies false", "false"),
        ("(1 | 1 is Integer).count()", "2"),
        ("true and '2' in ('1' | '2')", "true"),
        ("-3 != 3", "true"),
        ("7 - 2 - 1", "4"),
        ("8 / 2 / 2", "2"),
        ("7 div 2 mod 2", "1"),
    ]);
    assert!(matches!(
        fails("-1.convertsToInteger()"),
        EvalError::WrongType { .. }
    ));
}

#[test]
fn nothing_is_a_third_truth_value() {
    expect(&[
        ("true and {}", ""),
        ("false and {}", "false"),
        ("{} and false", "false"),
        ("true or {}", "true"),
        ("{} or true", "true"),
        ("{} or false", ""),
        ("true xor {}", ""),
        ("true xor false", "true"),
        ("{} implies true", "true"),
        ("{} implies false", ""),
        ("false implies {}", "true"),
        ("true implies {}", ""),
        ("{}.not()", ""),
        ("{} = {}", ""),
        ("1 = {}", ""),
        ("{} ~ {}", "true"),
        ("1 ~ {}", "false"),
        ("1 + {}", ""),
        ("1 > {}", ""),
        ("{} in (1 | 2)", ""),
        ("1 in {}", "false"),
        ("'a' & {}", "a"),
    ]);
}

#[test]
fn a_single_item_is_true_and_several_are_an_error() {
    expect(&[("(true and 'foo')", "true"), ("(0).not()", "false")]);
    assert_eq!(fails("(1 | 2) and true"), EvalError::NotSingle("and", 2));
    assert_eq!(fails("(1 | 2) + 1"), EvalError::NotSingle("+", 2));
    assert_eq!(
        fails("1 in (1 | 2) and (1 | 2)"),
        EvalError::NotSingle("and", 2)
    );
    assert!(matches!(fails("1 < 'a'"), EvalError::WrongType { .. }));
    assert!(matches!(fails("'a' - 'b'"), EvalError::WrongType { .. }));
}

#[test]
fn equality_is_of_order_and_equivalence_is_not() {
    expect(&[
        ("(1 | 2) = (1 | 2)", "true"),
        ("(1 | 2) = (2 | 1)", "false"),
        ("(1 | 2) ~ (2 | 1)", "true"),
        ("(1 | 2) = 1", "false"),
        ("(1 | 2) != 1", "true"),
        ("'a' = 'A'", "false"),
        ("'a  B' ~ ' A b'", "true"),
        ("1 = 1.0", "true"),
        ("'1' = 1", "false"),
        ("true = 'true'", "false"),
        ("0.67 ~ 2.0 / 3.0", "true"),
        ("0.67 !~ 2.0 / 3.0", "false"),
        ("1 !~ 2", "true"),
    ]);
}

#[test]
fn paths_flatten_arrays_and_pass_over_what_is_not_there() {
    let patient = json!({
        "resourceType": "Patient",
        "name": [{"given": ["Ada", "Eve"]}, {"family": "Fake", "given": ["Bob"]}],
        "active": true
    });
    for (text, expected) in [
        ("name.given", "Ada Eve Bob"),
        ("Patient.name.given.count()", "3"),
        ("Encounter.name.given", ""),
        ("name[1].given", "Bob"),
        ("name[2]", ""),
        ("name[-1]", ""),
        ("name.given[0]", "Ada"),
        ("name.nothing.at.all", ""),
        ("`Patient`.name.`given`.first()", "Ada"),
        ("name.select(given.first() & '!')", "Ada! Bob!"),
        ("name.where(family = 'Fake').given", "Bob"),
        ("name.where($this.given = 'Bob').family", "Fake"),
        ("name.given.where($index = 1)", "Eve"),
        ("name.given.select($index)", "0 1 2"),
        ("%resource.active", "true"),
        ("%context.active and %rootResource.active", "true"),
        ("name.exists() and name.period.empty()", "true"),
        ("name.given.exists() and link.exists().not()", "true"),
        ("resourceType.exists()", "false"),
    ] {
        assert_eq!(on(text, &patient), expected, "{text}");
    }
    assert_eq!(typed("DomainResource.active", &patient), "true");
    assert_eq!(
        typed("children().where($this is boolean)", &patient),
        "true"
    );
}

#[test]
fn words_of_the_language_may_be_names() {
    let set = json!({"contains": [{"code": "a", "contains": [{"code": "b"}]}], "is": 1, "div": "x", "as": 2});
    assert_eq!(on("repeat(contains).code", &set), "a b");
    assert_eq!(on("$this.is + $this.as", &set), "3");
    assert_eq!(on("$this.div & `div`", &set), "xx");
    assert_eq!(alone("'abc'.contains('b')"), "true");
}

#[test]
fn literals_and_constants_are_read() {
    expect(&[
        (r"'\\\/\r\n\t\`\'\u002a'.length()", "8"),
        ("%ucum", "http://unitsofmeasure.org"),
        ("%sct & %loinc", "http://snomed.info/scthttp://loinc.org"),
        ("%`vs-x`", "http://hl7.org/fhir/ValueSet/x"),
        (
            "%vs-administrative-gender",
            "http://hl7.org/fhir/ValueSet/administrative-gender",
        ),
        ("%\"ext-x\"", "http://hl7.org/fhir/StructureDefinition/x"),
        (
            "@2015-02-04T14:34:28.123+10:00",
            "2015-02-04T14:34:28.123+10:00",
        ),
        ("4 days", "4 days"),
        ("4 'mg'", "4 'mg'"),
        ("1 // rest", "1"),
        ("{}", ""),
    ]);
    assert_eq!(
        fails("%nobody"),
        EvalError::UnknownVariable("nobody".into())
    );
}

#[test]
fn a_text_that_is_no_expression_says_where_and_what() {
    for (text, position, found) in [
        ("", 1, "the end"),
        ("1 +", 4, "the end"),
        ("a..b", 3, "."),
        ("(1", 3, "the end"),
        ("a b", 3, "b"),
        ("nofunction()", 1, "nofunction"),
        ("a.where()", 3, "where with 0"),
        ("a.ofType(string1)", 10, "string1"),
        ("a is 1", 6, "1"),
        ("slice('x', 'y')", 1, "slice"),
        ("elementDefinition()", 1, "elementDefinition"),
        ("@2015-13", 1, "@2015-13"),
        ("@T10:00Z", 1, "@T10:00Z"),
        ("'\\d'", 3, "\\d"),
        ("#", 1, "#"),
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert_eq!(
            (error.position, &*error.found),
            (position, found),
            "{text}: {error}"
        );
    }
    assert_eq!(
        Expression::parse("a.b(").unwrap_err().to_string(),
        "at character 3: expected the name of a function, found b; correct the FHIRPath expression"
    );
    assert_eq!(
        Expression::parse("a.exists()").unwrap().source(),
        "a.exists()"
    );
}

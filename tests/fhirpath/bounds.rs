//! Hostile expressions and resources end in an error or an answer: never in a panic, a hang, a full stack.

use super::evaluate_in;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vitruvian::profile::fhirpath::{EvalError, Expression, Nowhere};

fn outcome(text: &str, resource: &Value) -> Result<Vec<String>, EvalError> {
    evaluate_in(text, resource, &Nowhere)
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("a.where(", ")"),
        ("a[", "]"),
        ("+", ""),
        ("1 in (", ")"),
    ] {
        let text = format!("{}1{}", open.repeat(3000), close.repeat(3000));
        let error = Expression::parse(&text).unwrap_err();
        assert!(error.expected.contains("nested"), "{open}: {error}");
    }
}

#[test]
fn the_deepest_expression_that_is_read_fits_the_stack() {
    let resource = json!({"a": [{"a": 1}]});
    for (open, close) in [
        ("(1 implies 1 or 1 and 1 in 1 = 1 > 1 | 1 + 1 * ", ")"),
        ("(1 + ", ")"),
        ("iif(true, ", ")"),
        ("$this.select(", ")"),
        ("$this.where($this.exists(", "))"),
        ("- -", ""),
    ] {
        for depth in [5, 10, 15, 20, 23, 40, 47] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            // Whatever comes of it, it comes back.
            if let Ok(expression) = Expression::parse(&text) {
                let focus = vitruvian::profile::fhirpath::Focus::resource(&resource);
                let _ = expression.evaluate(&focus, &Nowhere);
            }
        }
    }
}

#[test]
fn long_chains_are_no_nesting() {
    let text = vec!["true"; 3000].join(" and ");
    assert_eq!(outcome(&text, &Value::Null).unwrap(), ["true"]);
    let text = format!("a{}", ".a".repeat(10_000));
    assert_eq!(outcome(&text, &json!({"a": 1})).unwrap(), [""; 0]);
    let text = format!("1{}", " is Integer".repeat(2000));
    assert_eq!(outcome(&text, &Value::Null).unwrap(), ["false"]);
}

#[test]
fn endless_work_is_cut_off_in_reasonable_time() {
    let started = Instant::now();
    let many: Vec<Value> = (0..3000)
        .map(|at| json!({"n": at, "s": {"t": [at]}}))
        .collect();
    let resource = json!({"a": many});
    for text in [
        "1.repeat($this + 1)",
        "'x'.repeat($this & $this)",
        "a.select(%resource.a.select(%resource.a)).count()",
        "a.distinct().count()",
        "a.where(%resource.descendants().exists($this = 'x'))",
        "(a.s | a.s.t).count()",
        "a.combine(a.s) ~ a.s.combine(a)",
        "a.aggregate($total & 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' & $total, '')",
        "a.aggregate($total.combine($total).combine($this), 1)",
        "a.select('aaaaaaaaaaaaaaaaaaaaaaaaaa'.matches('(a' & '*)*b' & $index.toString()))",
    ] {
        let result = outcome(text, &resource);
        assert!(
            matches!(result, Err(EvalError::TooMuchWork(_))),
            "{text}: {result:?}"
        );
    }
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn patterns_are_bounded() {
    for pattern in [
        "(((a{100}){100}){100})",
        "((((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9}){9})",
    ] {
        let text = format!("'a'.matches('{pattern}')");
        assert!(
            matches!(outcome(&text, &Value::Null), Err(EvalError::Pattern(_))),
            "{pattern}"
        );
    }
    let nested = format!("'a'.matches('{}a{}')", "(".repeat(500), ")".repeat(500));
    assert!(matches!(
        outcome(&nested, &Value::Null),
        Err(EvalError::Pattern(_))
    ));
    let started = Instant::now();
    let text = format!("'{}'.matches('^(a+)+$')", "a".repeat(20_000) + "!");
    assert_eq!(outcome(&text, &Value::Null).unwrap(), ["false"]);
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// So many objects in arrays within each other.
fn nested(depth: usize) -> Value {
    let mut value = json!({"leaf": "x"});
    for _ in 0..depth {
        value = json!({"a": [value]});
    }
    value
}

#[test]
fn a_deep_resource_is_walked_without_recursion() {
    // As deep as the JSON reader lets anything be.
    let value = nested(60);
    assert_eq!(outcome("descendants().leaf", &value).unwrap(), ["x"]);
    assert_eq!(outcome("repeat(a).leaf", &value).unwrap(), ["x"]);
    assert_eq!(
        outcome("a = a and a ~ a and $this ~ $this", &value).unwrap(),
        ["true"]
    );
    let both = json!({"l": value, "r": value});
    assert_eq!(outcome("l = r and l ~ r", &both).unwrap(), ["true"]);
    // Deeper than that, walking still works and comparing gives up.
    let both = json!({"l": nested(500), "r": nested(500)});
    assert_eq!(outcome("descendants().leaf.count()", &both).unwrap(), ["2"]);
    for text in ["l = r", "l ~ r"] {
        assert!(matches!(
            outcome(text, &both),
            Err(EvalError::TooMuchWork(_))
        ));
    }
}

#[test]
fn malformed_resources_are_only_odd() {
    let odd = json!({
        "resourceType": 7, "a": [null, [], [[1]], {}, "", 0, true], "_a": "x", "_b": [1, null, {}],
        "_": {}, "__": {"id": 1}, "valueÜ": 1, "value": null, "_value": null, "valueString": {}
    });
    for text in [
        "children().count() > 0",
        "descendants().count() > 0",
        "a.exists() and b.exists() and value.exists()",
        "a.a.empty()",
        "type().name",
        "a.select(hasValue())",
        "a.extension('x').empty()",
        "a.resolve()",
        "a = a and a ~ a",
        "a.distinct()",
        "a.where($this is string or $this is Quantity)",
        "(a | b).trace('x')",
        "value.id | b.id | a.id",
        "Patient.a",
    ] {
        let outcome = outcome(text, &odd);
        assert!(
            matches!(outcome, Ok(_) | Err(EvalError::Undecided(_))),
            "{text}: {outcome:?}"
        );
    }
}

#[test]
fn any_text_is_read_or_refused() {
    let pieces = [
        "a",
        ".",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "1",
        "'x'",
        "@2015",
        "@T",
        "%",
        "$this",
        "$",
        "`",
        "'",
        "\\",
        "//",
        "/*",
        "+",
        "-",
        " is ",
        " as ",
        "and",
        "é",
        "🦀",
        "\u{0}",
        "9999999999999999999999999999999999999999",
        ".where(",
        "= ",
        "|",
        "4 days",
        "@2015-02-04T14:34:28.1+",
        "%`x",
        "..",
    ];
    // Every pair, and every pair in a plausible place; a small generator for longer ones.
    let mut state: u64 = 1;
    let mut texts: Vec<String> = Vec::new();
    for first in pieces {
        for second in pieces {
            texts.push(format!("{first}{second}"));
            texts.push(format!("a.where({first}{second}) and true"));
        }
    }
    for _ in 0..2000 {
        let mut text = String::new();
        for _ in 0..8 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            text += pieces[usize::try_from(state >> 33).unwrap() % pieces.len()];
        }
        texts.push(text);
    }
    let resource = json!({"a": [1, {"a": "x"}]});
    let mut read = 0;
    for text in texts {
        if let Ok(expression) = Expression::parse(&text) {
            read += 1;
            let focus = vitruvian::profile::fhirpath::Focus::resource(&resource);
            let _ = expression.evaluate(&focus, &Nowhere);
        }
    }
    assert!(read > 50, "only {read} were expressions");
}

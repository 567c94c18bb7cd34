//! The functions of the language, group by group.

use super::{alone, expect, fails, on};
use serde_json::json;
use vitruvian::profile::fhirpath::EvalError;

#[test]
fn existence() {
    expect(&[
        ("{}.exists()", "false"),
        ("(1 | 2).exists($this = 2)", "true"),
        ("(1 | 2).exists($this = 3)", "false"),
        ("{}.empty()", "true"),
        ("(1 | 2 | 3).count()", "3"),
        ("{}.all($this = 1)", "true"),
        ("(1 | 2).all($this > 0)", "true"),
        ("(1 | 2).all($this > 1)", "false"),
        ("(1 | 2).all({})", "false"),
        ("(true | false).allTrue()", "false"),
        ("(true | false).anyTrue()", "true"),
        ("(true | false).allFalse()", "false"),
        ("(true | false).anyFalse()", "true"),
        ("{}.allTrue() and {}.allFalse()", "true"),
        ("{}.anyTrue() or {}.anyFalse()", "false"),
        ("true.not()", "false"),
    ]);
    assert!(matches!(
        fails("(true | 'a').allTrue()"),
        EvalError::WrongType { .. }
    ));
}

#[test]
fn filtering_and_projection() {
    expect(&[
        ("(1 | 2 | 3).where($this > 1)", "2 3"),
        ("(1 | 2).select($this * 10)", "10 20"),
        ("(1 | 2 | 3).aggregate($this + $total, 0)", "6"),
        (
            "(3 | 1 | 2).aggregate(iif($total.empty() or $this < $total, $this, $total))",
            "1",
        ),
        ("(3 | 1 | 2).sort()", "1 2 3"),
        ("(3 | 1 | 2).sort(-$this)", "3 2 1"),
        ("('b' | 'a').sort($this)", "a b"),
        ("(1 | 'a' | true).ofType(String)", "a"),
        ("(1 | 'a' | true).ofType(System.Boolean)", "true"),
        ("1.as(Integer) is Integer", "true"),
        ("1 is System.Decimal", "false"),
        ("1.repeat(iif($this < 4, $this + 1, {}))", "2 3 4"),
        ("'x'.repeat('loop')", "loop"),
    ]);
    assert!(matches!(
        fails("(1 | 'a').sort()"),
        EvalError::WrongType { .. }
    ));
}

#[test]
fn sorting_what_has_no_total_order_does_not_end_the_program() {
    let dates: Vec<String> = (0..60)
        .map(|at| format!("@20{:02}{}", at * 7 % 30, ["", "-05", "-05-02"][at % 3]))
        .collect();
    let sorted = alone(&format!("({}).sort().count()", dates.join(" | ")));
    assert!(sorted.parse::<usize>().unwrap() > 25);
}

#[test]
fn subsetting_and_combining() {
    expect(&[
        ("(1 | 2 | 3).first()", "1"),
        ("(1 | 2 | 3).last()", "3"),
        ("(1 | 2 | 3).tail()", "2 3"),
        ("(1 | 2 | 3).skip(1)", "2 3"),
        ("(1 | 2 | 3).skip(-1)", "1 2 3"),
        ("(1 | 2 | 3).take(2)", "1 2"),
        ("(1 | 2 | 3).take(-2)", ""),
        ("(1 | 2)[1].single()", "2"),
        ("{}.single()", ""),
        ("(1 | 2 | 2.0)", "1 2"),
        ("1.combine(1)", "1 1"),
        ("1.combine(1).union(2)", "1 2"),
        ("1.combine(1).distinct()", "1"),
        ("1.combine(1).isDistinct()", "false"),
        ("(1 | 2).isDistinct() and {}.isDistinct()", "true"),
        ("(1 | 2 | 3).intersect(2 | 4)", "2"),
        ("1.combine(1).intersect(1)", "1"),
        ("(1 | 2 | 3).exclude(2 | 4)", "1 3"),
        ("1.combine(1).exclude(2)", "1 1"),
        ("1.subsetOf(1 | 2) and (1 | 2).supersetOf(1)", "true"),
        ("(1 | 3).subsetOf(1 | 2)", "false"),
        ("{}.subsetOf(1) and 1.supersetOf({})", "true"),
        ("(1 | 2) contains 2", "true"),
        ("3 in (1 | 2)", "false"),
    ]);
    assert_eq!(fails("(1 | 2).single()"), EvalError::NotSingle("single", 2));
}

#[test]
fn many_texts_are_told_apart_like_few() {
    let names: Vec<String> = (0..200).map(|at| format!("n{}", at % 150)).collect();
    let resource = json!({"name": names});
    assert_eq!(on("name.isDistinct()", &resource), "false");
    assert_eq!(on("name.distinct().count()", &resource), "150");
    assert_eq!(on("(name | 1 | 'n3' | 1.0).count()", &resource), "151");
    assert_eq!(on("name.take(150).isDistinct()", &resource), "true");
}

#[test]
fn texts() {
    expect(&[
        ("'héllo'.length()", "5"),
        ("'héllo'.indexOf('l')", "2"),
        ("'héllo'.lastIndexOf('l')", "3"),
        ("'abc'.indexOf('')", "0"),
        ("'abc'.indexOf('z')", "-1"),
        ("'12345'.substring(2)", "345"),
        ("'12345'.substring(2, 2)", "34"),
        ("'12345'.substring(5)", ""),
        ("'12345'.substring(-1)", ""),
        (
            "'abc'.startsWith('ab') and 'abc'.endsWith('bc') and 'abc'.contains('')",
            "true",
        ),
        ("'aB'.upper() & 'aB'.lower()", "ABab"),
        ("'ab'.toChars()", "a b"),
        ("'aXbX'.replace('X', '-')", "a-b-"),
        ("'abc'.replace('', 'x')", "xaxbxcx"),
        ("'abc'.matches('b')", "true"),
        ("'abc'.matches('^b$')", "false"),
        ("'abc'.matchesFull('b')", "false"),
        ("'a\\nb'.matches('a.b')", "true"),
        ("'abc'.matches('[' & 'b]')", "true"),
        (
            "'11/30/1972'.replaceMatches('(?P<m>[0-9]+)/(?P<d>[0-9]+)/.*', '${d}-${m}')",
            "30-11",
        ),
        ("'abc'.replaceMatches('', 'x')", "abc"),
        ("'a,,b'.split(',').count()", "3"),
        ("('a' | 'b').join('-')", "a-b"),
        ("('a' | 'b').join()", "ab"),
        ("{}.join(',')", ""),
        ("' a '.trim() & '!'", "a!"),
        ("'test'.encode('base64').decode('base64')", "test"),
        ("'a\"b'.escape('json')", "a\\\"b"),
        ("'&lt;'.unescape('html')", "<"),
        ("{}.upper()", ""),
        ("'a'.startsWith({})", ""),
    ]);
    assert!(matches!(
        fails("1.startsWith('1')"),
        EvalError::WrongType { .. }
    ));
    assert_eq!(fails("'a'.matches('(')"), EvalError::Pattern("(".into()));
    assert_eq!(
        fails("'a'.matches('(?=a)')"),
        EvalError::Pattern("(?=a)".into())
    );
    assert!(matches!(
        fails("'a'.encode('rot13')"),
        EvalError::Argument { .. }
    ));
}

#[test]
fn numbers() {
    expect(&[
        ("(-5).abs()", "5"),
        ("(-5.5 'mg').abs()", "5.5 'mg'"),
        ("(-1.1).ceiling()", "-1"),
        ("(-1.1).floor()", "-2"),
        ("(-1.9).truncate()", "-1"),
        ("3.14159.round(3)", "3.142"),
        ("2.5.round()", "3"),
        ("81.sqrt()", "9"),
        ("(-1).sqrt()", ""),
        ("0.exp()", "1"),
        ("1.ln()", "0"),
        ("0.ln()", ""),
        ("16.log(2)", "4"),
        ("2.power(10)", "1024"),
        ("2.5.power(2)", "6.25"),
        ("(-1).power(0.5)", ""),
        ("2.power(-1)", "0.5"),
        ("10.power(100)", ""),
    ]);
    assert!(matches!(fails("'1'.abs()"), EvalError::WrongType { .. }));
    assert!(matches!(fails("1.5.round(-1)"), EvalError::Argument { .. }));
}

#[test]
fn conversions() {
    expect(&[
        (
            "'true'.toBoolean() and 'Y'.toBoolean() and 1.toBoolean()",
            "true",
        ),
        ("'maybe'.toBoolean()", ""),
        ("2.toBoolean()", ""),
        ("'12'.toInteger() + true.toInteger()", "13"),
        ("'1.0'.toInteger()", ""),
        ("'1.50'.toDecimal()", "1.50"),
        ("'1e3'.toDecimal()", ""),
        ("1.0.toString() & true.toString()", "1.0true"),
        ("@2014-12-14.toString()", "2014-12-14"),
        ("'2015-02-04T10:00:00Z'.toDate()", "2015-02-04"),
        ("@2015.toDateTime() is DateTime", "true"),
        ("'14:30'.toTime()", "14:30"),
        ("'25:30'.toTime()", ""),
        ("'1 day'.toQuantity()", "1 day"),
        ("'1 wk'.toQuantity()", ""),
        ("'1 \\'kg\\''.toQuantity('g')", "1000 'g'"),
        ("'1.a'.convertsToDecimal()", "false"),
        ("'2015-02-30'.convertsToDate()", "false"),
        ("1.convertsToQuantity() and 1.convertsToString()", "true"),
        ("{}.convertsToInteger()", ""),
        ("{}.toString()", ""),
    ]);
}

#[test]
fn branches_and_traces() {
    expect(&[
        ("iif(true, 1, 1 / 'a')", "1"),
        ("iif({}, 1, 2)", "2"),
        ("iif(false, 1)", ""),
        ("'a'.iif($this = 'a', $this & 'b', 'c')", "ab"),
        ("(1 | 2).trace('n').count()", "2"),
        ("(1 | 2).trace('n', $this + 1).count()", "2"),
        ("(5 | 6).select(iif($this = 6, $index, {}))", "1"),
        ("1.type().name & '.' & 1.type().namespace", "Integer.System"),
        ("now() = now() and today() <= today()", "true"),
        (
            "timeOfDay() is Time and now() is DateTime and today() is Date",
            "true",
        ),
    ]);
    assert!(matches!(
        fails("iif('a', 1, 2)"),
        EvalError::WrongType { .. }
    ));
    assert_eq!(
        fails("(1 | 2).iif(true, 1)"),
        EvalError::NotSingle("iif", 2)
    );
}

//! Decimals, dates, times and quantities.

use super::{expect, fails, on, typed};
use serde_json::json;
use vitruvian::profile::fhirpath::EvalError;

#[test]
fn decimals_are_exact() {
    expect(&[
        ("0.1 + 0.2 = 0.3", "true"),
        ("1.0 = 1.00", "true"),
        ("1.10.toString()", "1.10"),
        ("1.2 * 1.8", "2.16"),
        ("1 / 2", "0.5"),
        ("1 / 0", ""),
        ("5 div 0", ""),
        ("5 mod 0", ""),
        ("2.2 div 1.8", "1"),
        ("2.2 mod 1.8", "0.4"),
        ("(1.2 / 1.8).round(2)", "0.67"),
        ("1234567890987654321.0 = 1234567890987654321", "true"),
        ("9223372036854775807 + 1", ""),
        ("99999999999999999999999999999999999999 * 10.0", ""),
        ("0.00000001 > 0", "true"),
    ]);
    let resource = json!({"a": 0.1, "b": 0.2, "c": 0.30000, "huge": 1e300});
    assert_eq!(on("a + b = c", &resource), "true");
    assert_eq!(on("huge.exists() and huge.hasValue()", &resource), "true");
}

#[test]
fn moments_of_different_precision_leave_it_open() {
    expect(&[
        ("@2012-04-15 = @2012-04-15T10:00:00", ""),
        ("@2012-04-15 != @2012-04-16", "true"),
        ("@2012 < @2013-05", "true"),
        ("@2018-03 < @2018-03-01", ""),
        ("@2012-04-15 ~ @2012-04", "false"),
        ("@T10:30 < @T10:30:00", ""),
        ("@T10:30:00 = @T10:30:00.0", "true"),
        ("@2012-04-15 = @T10:00", "false"),
        (
            "@2012-04-15T15:00:00+02:00 = @2012-04-15T16:00:00+03:00",
            "true",
        ),
        ("@2012-04-15T15:00:00Z = @2012-04-15T10:00:00", ""),
        ("@2012-04-15T15:00:00Z < @2012-04-17T10:00:00", "true"),
        ("@1900-01-01 < today()", "true"),
    ]);
    assert!(matches!(
        fails("@2012-04-15 < @T10:00"),
        EvalError::WrongType { .. }
    ));
}

#[test]
fn elements_are_dates_when_their_type_says_so_or_the_other_side_is_one() {
    let patient = json!({
        "resourceType": "Patient",
        "birthDate": "1990-05-04",
        "name": [{"period": {"start": "2020-01-01T10:00:00+01:00", "end": "2020-01-01T09:30:00Z"}}]
    });
    assert_eq!(
        typed("name.period.start < name.period.end", &patient),
        "true"
    );
    assert_eq!(typed("birthDate is date", &patient), "true");
    assert_eq!(typed("birthDate + 1 month", &patient), "1990-06-04");
    assert_eq!(on("birthDate < today()", &patient), "true");
    assert_eq!(on("birthDate = @1990-05-04", &patient), "true");
    // With a text, what is written counts.
    for (text, expected) in [
        ("birthDate = '1990-05-04'", "true"),
        ("'1990' = birthDate", "false"),
    ] {
        assert_eq!(on(text, &patient), expected, "{text}");
        assert_eq!(typed(text, &patient), expected, "{text}");
    }
}

#[test]
fn amounts_of_time_are_added() {
    expect(&[
        ("@1973-12-25 + 7 days", "1974-01-01"),
        ("@2024-01-31 + 1 month", "2024-02-29"),
        ("@2024-02-29 - 1 year", "2023-02-28"),
        ("@1973-12-25 + 1 'd'", "1973-12-26"),
        ("@T23:30 + 1 hour", "00:30"),
        (
            "@1973-12-25T00:00:00.000+10:00 + 10 'ms'",
            "1973-12-25T00:00:00.010+10:00",
        ),
        ("@2014 + 24 months", "2016"),
        ("@9999-12-31 + 1 day", ""),
    ]);
    for text in [
        "@1973-12-25 + 1 'mo'",
        "@1973-12-25 + 1 'a'",
        "@1973-12-25 - 1 'cm'",
    ] {
        assert!(matches!(fails(text), EvalError::Argument { .. }), "{text}");
    }
    assert!(matches!(
        fails("@1973-12-25 + 7"),
        EvalError::WrongType { .. }
    ));
}

#[test]
fn quantities_convert_between_common_units() {
    expect(&[
        ("4 'g' = 4000 'mg'", "true"),
        ("4 'g' ~ 4040 'mg'", "true"),
        ("1 'm' = 100 'cm'", "true"),
        ("1 '[in_i]' = 2.54 'cm'", "true"),
        ("1 'wk' = 7 'd'", "true"),
        ("7 days = 1 week", "true"),
        ("1 year = 1 'a'", ""),
        ("1 year ~ 1 'a'", "true"),
        ("1 'g' = 1 'm'", ""),
        ("1 'g' ~ 1 'm'", "false"),
        ("1 'g' < 1 'm'", ""),
        ("1 'mm[Hg]' > 1 'Pa'", "true"),
        ("1 'mmol/L' = 0.001 'mol/dm3'", "true"),
        ("1 'g' + 500 'mg'", "1.5 'g'"),
        ("1 'g' - 1 'm'", ""),
        ("2.0 'cm' * 2.0 'm' = 0.040 'm2'", "true"),
        ("4.0 'g' / 2.0 'm' = 2 'g/m'", "true"),
        ("4 'g' * 2", "8 'g'"),
        ("1 'm' / 1 'm'", "1 '1'"),
        ("(4 'g').value + (4 'g').unit.length()", "5"),
        ("1 'cm'.comparable(1 '[in_i]')", "true"),
        ("1 'cm'.comparable(1 's')", "false"),
    ]);
}

#[test]
fn fhir_quantities_are_compared_by_their_code() {
    let ucum = "http://unitsofmeasure.org";
    let range = json!({
        "low": {"value": 1, "unit": "gram", "system": ucum, "code": "g"},
        "high": {"value": 1500, "system": ucum, "code": "mg"},
        "vague": {"value": 1, "comparator": "<", "system": ucum, "code": "g"},
        "other": {"value": 1, "system": "http://example.org", "code": "g"}
    });
    assert_eq!(on("low <= high", &range), "true");
    assert_eq!(on("low = 1000 'mg'", &range), "true");
    assert_eq!(on("low = other", &range), "");
    assert_eq!(on("vague = 1 'g'", &range), "false");
}

#[test]
fn boundaries_and_precision() {
    expect(&[
        ("1.587.lowBoundary()", "1.58650000"),
        ("1.587.highBoundary(2)", "1.59"),
        ("(-1.587).lowBoundary(2)", "-1.59"),
        ("1.587.lowBoundary(-1)", ""),
        ("1.lowBoundary(5)", "0.50000"),
        ("1.587 'cm'.lowBoundary(4)", "1.5865 'cm'"),
        ("@2014.lowBoundary(6)", "2014-01"),
        ("@2014.highBoundary(8)", "2014-12-31"),
        ("@2014-02.highBoundary()", "2014-02-28"),
        ("@T10:30.highBoundary(9)", "10:30:59.999"),
        (
            "@2014-01-01T08:05+08:00.lowBoundary(17)",
            "2014-01-01T08:05:00.000+08:00",
        ),
        ("@2014-01-01T08.lowBoundary(8)", "2014-01-01"),
        (
            "@2014-01-01T08:05:03.9Z.highBoundary()",
            "2014-01-01T08:05:03.999Z",
        ),
        ("@2014.lowBoundary(7)", ""),
        ("1.58700.precision()", "5"),
        ("@2014-01-05T10:30:00.000.precision()", "17"),
        ("@T10:30.precision()", "4"),
    ]);
}

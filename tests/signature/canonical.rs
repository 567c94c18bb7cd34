//! Canonical JSON is what RFC 8785 says, and nothing with two meanings is read.

use vitruvian::signature::{Gaps, Json, Limits, Style, Unreadable, read};

fn parsed(text: &str) -> Json {
    read(text.as_bytes(), Limits::default()).unwrap()
}

fn canonical(text: &str) -> String {
    String::from_utf8(parsed(text).canonical().unwrap()).unwrap()
}

/// RFC 8785, 3.2.2: primitive types.
#[test]
fn the_sample_of_section_3_2_2_is_serialised_as_printed() {
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
                    \"string\":\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}";
    assert_eq!(canonical(input), expected);
}

/// RFC 8785, 3.2.3: names are sorted by UTF-16 code units, not by characters or bytes.
#[test]
fn the_sample_of_section_3_2_3_is_sorted_as_printed() {
    let input = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
        "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control",
        "\u00f6":"Latin Small Letter O With Diaeresis"}"#;
    let sorted = canonical(input);
    let places: Vec<usize> = [
        "Carriage Return",
        "One",
        "Control",
        "Latin",
        "Euro",
        "Emoji",
        "Hebrew",
    ]
    .iter()
    .map(|name| sorted.find(name).unwrap())
    .collect();
    assert!(places.is_sorted(), "{sorted}");
}

/// RFC 8785, appendix B: doubles by their bits.
#[test]
fn the_numbers_of_appendix_b_are_printed_as_ecmascript_does() {
    let numbers: [(u64, &str); 24] = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0xc340_0000_0000_0000, "-9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, expected) in numbers {
        // All digits of the double, as text: the reader has to find the same double again.
        let digits = format!("{:.1100}", f64::from_bits(bits));
        assert_eq!(canonical(&digits), expected, "{bits:016x}");
    }
}

#[test]
fn what_fhir_tells_apart_and_ecmascript_does_not_becomes_one() {
    assert_eq!(canonical("[1.0, 1.00, 1, 10e-1, -0.0]"), "[1,1,1,1,0]");
    assert_eq!(canonical("9007199254740993"), "9007199254740992");
    assert_eq!(
        canonical("123456789012345678901234567890"),
        "1.2345678901234568e+29"
    );
    assert_eq!(canonical("0.1234567890123456789"), "0.12345678901234568");
    // A decimal that a reader which rounds carelessly gets wrong.
    assert_eq!(
        canonical("2.2250738585072011e-308"),
        "2.225073858507201e-308"
    );
}

#[test]
fn a_number_beyond_a_double_has_no_canonical_form() {
    for digits in ["1e400", "-1e999", &"9".repeat(400)] {
        let error = parsed(digits).canonical().unwrap_err();
        assert!(error.to_string().contains("beyond the range of a double"));
    }
    assert_eq!(canonical("1e-400"), "0");
}

#[test]
fn canonical_json_is_canonical_again() {
    let text = r#"{"b":[1.50,{"z":"\u00e9","a":"\u2028"}],"a":{"\u00f6":1e3,"o":null}}"#;
    let once = canonical(text);
    assert_eq!(canonical(&once), once);
}

#[test]
fn the_text_as_written_keeps_order_and_digits() {
    let value = parsed("{ \"b\" : 1.00, \"a\": [ \"\u{e9}\", {} , [] ] }");
    let bytes = |style| String::from_utf8(value.bytes(style).unwrap()).unwrap();
    assert_eq!(
        bytes(Style::WRITTEN),
        "{\"b\":1.00,\"a\":[\"\u{e9}\",{},[]]}"
    );
    let ascii = Style {
        ascii: true,
        gaps: Gaps::Blanks,
        ..Style::WRITTEN
    };
    assert_eq!(bytes(ascii), r#"{"b": 1.00, "a": ["\u00e9", {}, []]}"#);
    assert_eq!(
        bytes(Style::READABLE),
        "{\n  \"b\": 1.00,\n  \"a\": [\n    \"\u{e9}\",\n    {},\n    []\n  ]\n}"
    );
}

#[test]
fn json_with_two_meanings_is_not_read() {
    let problem = |text: &str| {
        read(text.as_bytes(), Limits::default())
            .unwrap_err()
            .to_string()
    };
    assert!(problem(r#"{"a":1,"b":2,"a":3}"#).contains("\"a\" twice"));
    assert!(problem(r#"{"a":1,"\u0061":3}"#).contains("\"a\" twice"));
    for half in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800\ud800""#,
    ] {
        assert!(problem(half).contains("surrogate"), "{half}");
    }
    for odd in [
        "",
        "{",
        "[1,]",
        "{\"a\" 1}",
        "01",
        "1.",
        "-",
        "1e",
        "tru",
        "nul",
        "\"a",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\t\"",
        "1 2",
        "{} x",
        "+1",
        ".5",
        "NaN",
        "'a'",
        "\u{feff}{}",
        "{a:1}",
        "[1 2]",
        "\"\\",
    ] {
        assert!(read(odd.as_bytes(), Limits::default()).is_err(), "{odd:?}");
    }
    assert_eq!(
        read(b"\"\xff\"", Limits::default()),
        Err(Unreadable::NotText(1))
    );
}

#[test]
fn depth_length_and_number_of_values_are_bounded() {
    let deep = "[".repeat(100_000);
    assert!(
        read(deep.as_bytes(), Limits::default())
            .unwrap_err()
            .to_string()
            .contains("nested")
    );
    let within = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(read(within.as_bytes(), Limits::default()).is_ok());
    let few = Limits {
        bytes: 10,
        depth: 3,
        values: 4,
    };
    assert_eq!(read(b"[1,2,3,4]", few), Err(Unreadable::TooMany(4)));
    assert_eq!(read(b"[100000000]", few), Err(Unreadable::TooLong(10)));
    assert_eq!(read(b"[1,2,3]", few).unwrap().items().len(), 3);
}

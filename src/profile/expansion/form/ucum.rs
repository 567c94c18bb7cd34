//! UCUM: units are expressions of a grammar over a table of symbols, so that nothing need be looked up.

use super::Form;
use octofhir_ucum::{ErrorKind, UcumError, evaluate, parse_expression};

/// Longest unit that is read, in bytes. Whoever writes more does not name a unit.
const LONGEST: usize = 256;
/// Most brackets and divisions: each nests the syntax tree, which is read with one call per level.
const DEEPEST: usize = 16;

/// Whether a text is a unit, its case counting: syntax and symbols, UCUM §§ 1 to 26.
pub(super) fn form(code: &str) -> Form {
    if code.len() > LONGEST || depth(code) > DEEPEST {
        return Form::Unlikely;
    }
    match read(code) {
        Ok(()) => Form::Right,
        Err(ErrorKind::InvalidExpression { .. } | ErrorKind::UnitNotFound { .. }) => {
            // Blanks in annotations, and empty ones, break § 6.1, and mean nothing: they are found in good
            // company.
            match with_plain_annotations(code) {
                Some(plain) if read(&plain).is_ok() => Form::Unlikely,
                _ => Form::Impossible,
            }
        }
        // Units on scales of their own in a product, exponents beyond all measure.
        Err(_) => Form::Unlikely,
    }
}

fn read(code: &str) -> Result<(), ErrorKind> {
    let kind = |error: UcumError| error.kind;
    let expression = parse_expression(code).map_err(kind)?;
    evaluate(&expression).map(|_| ()).map_err(kind)
}

fn depth(code: &str) -> usize {
    code.bytes()
        .filter(|byte| matches!(byte, b'(' | b'/'))
        .count()
}

/// The text with each annotation of printable ASCII replaced by a short one; none when there is none.
fn with_plain_annotations(code: &str) -> Option<String> {
    let mut plain = String::with_capacity(code.len());
    let mut rest = code;
    while let Some((before, after)) = rest.split_once('{') {
        let (text, after) = after.split_once('}')?;
        let is_printable = text
            .chars()
            .all(|char| (char.is_ascii_graphic() && char != '{') || char == ' ');
        if !is_printable {
            return None;
        }
        plain.push_str(before);
        plain.push_str("{x}");
        rest = after;
    }
    if rest.len() == code.len() {
        return None;
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_with_their_symbols() {
        for good in [
            "mg/dL",
            "mg/dl",
            "{score}",
            "10*3/uL",
            "10^3/uL",
            "[in_i]",
            "[lb_av]",
            "mm[Hg]",
            "%",
            "/min",
            "mL/min/{1.73_m2}",
            "kg.m/s2",
            "kg/(m.s2)",
            "Cel",
            "[degF]",
            "1",
            "k[IU]/L",
            "{beats}/min",
            "mosm/kg",
            "[pH]",
            "/[HPF]",
            "ng/mL{FEU}",
            "mo",
            "a",
            "By",
            // Kelvin per microlitre, femtotonne, coulomb and farad: units, if not what was meant.
            "K/uL",
            "ft",
            "C",
            "F",
        ] {
            assert_eq!(form(good), Form::Right, "{good}");
        }
        for bad in [
            "", "KG", "lbs", "bpm", "mm Hg", "mmHg", "mm[Hg", "mmHg]", "m/", "(m", "m)", "(m]",
            "kmin", "degF", "mcg", "sec", "tablet", "µg", "°C", "percent", "{ä}", "{a", "mg/{a}}",
            "10*x", "x10^3/uL", "DAYS", "k[in_i]",
        ] {
            assert_eq!(form(bad), Form::Impossible, "{bad}");
        }
    }

    #[test]
    fn what_breaks_only_the_rules_of_annotations_is_unlikely() {
        for doubtful in [
            "{a b}",
            "{}",
            "mg{per day}/dL",
            "Cel/m",
            "m2147483647.m2147483647",
        ] {
            assert_eq!(form(doubtful), Form::Unlikely, "{doubtful}");
        }
    }

    #[test]
    fn hostile_texts_are_bounded_on_a_small_stack() {
        let texts = vec![
            "(".repeat(5_000_000),
            "(".repeat(DEEPEST) + "m" + &")".repeat(DEEPEST),
            format!("m{}", "/m".repeat(DEEPEST)),
            "/".repeat(LONGEST),
            format!("m{}", ".m".repeat(100)),
            "9".repeat(LONGEST),
            "[".repeat(LONGEST),
            "{".repeat(LONGEST),
            "{a}".repeat(80),
            "Ym2147483647.ym-2147483648/10*2147483647".to_owned(),
            "m99999999999999999999".to_owned(),
            "\0\u{7f}é".to_owned(),
        ];
        let read = std::thread::Builder::new()
            .stack_size(128 << 10)
            .spawn(move || texts.iter().map(|text| form(text)).collect::<Vec<_>>());
        let forms = read.unwrap().join().unwrap();
        use Form::{Impossible, Right, Unlikely};
        assert_eq!(forms[..5], [Unlikely, Right, Right, Unlikely, Right]);
        assert_eq!(forms[5..8], [Right, Impossible, Impossible]);
    }
}

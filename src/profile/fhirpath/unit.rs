//! UCUM units: enough of them to compare what FHIR resources measure.

use super::decimal::Decimal;

/// A unit in terms of base units: a factor, as a fraction so that it stays exact, and the exponents of
/// metre, gram, second, kelvin, mole, ampere and candela.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) numerator: Decimal,
    pub(super) denominator: Decimal,
    pub(super) dimensions: [i8; 7],
}

/// Longest unit that is read, in bytes.
const LONGEST: usize = 200;

const M: [i8; 7] = [1, 0, 0, 0, 0, 0, 0];
const G: [i8; 7] = [0, 1, 0, 0, 0, 0, 0];
const S: [i8; 7] = [0, 0, 1, 0, 0, 0, 0];
const K: [i8; 7] = [0, 0, 0, 1, 0, 0, 0];
const MOL: [i8; 7] = [0, 0, 0, 0, 1, 0, 0];
const A: [i8; 7] = [0, 0, 0, 0, 0, 1, 0];
const CD: [i8; 7] = [0, 0, 0, 0, 0, 0, 1];
const NONE: [i8; 7] = [0; 7];
const AREA: [i8; 7] = [2, 0, 0, 0, 0, 0, 0];
const VOLUME: [i8; 7] = [3, 0, 0, 0, 0, 0, 0];
const HERTZ: [i8; 7] = [0, 0, -1, 0, 0, 0, 0];
const FORCE: [i8; 7] = [1, 1, -2, 0, 0, 0, 0];
const PRESSURE: [i8; 7] = [-1, 1, -2, 0, 0, 0, 0];
const ENERGY: [i8; 7] = [2, 1, -2, 0, 0, 0, 0];
const POWER: [i8; 7] = [2, 1, -3, 0, 0, 0, 0];
const CATALYSIS: [i8; 7] = [0, 0, -1, 0, 1, 0, 0];
const VOLTAGE: [i8; 7] = [2, 1, -3, 0, 0, -1, 0];

/// Code, digits and places of the factor to base units, dimensions, whether prefixes may stand before.
///
/// Arbitrary units such as `[IU]` are missing on purpose: they compare with themselves alone. So are
/// `Cel` and `[degF]`, whose zero is elsewhere, and `mo` and `a`, whose length in days is a convention.
const ATOMS: [(&str, i128, u32, [i8; 7], bool); 44] = [
    ("m", 1, 0, M, true),
    ("g", 1, 0, G, true),
    ("s", 1, 0, S, true),
    ("K", 1, 0, K, true),
    ("mol", 1, 0, MOL, true),
    ("A", 1, 0, A, true),
    ("cd", 1, 0, CD, true),
    ("L", 1, 3, VOLUME, true),
    ("l", 1, 3, VOLUME, true),
    ("t", 1_000_000, 0, G, true),
    ("eq", 1, 0, MOL, true),
    ("Hz", 1, 0, HERTZ, true),
    ("N", 1000, 0, FORCE, true),
    ("Pa", 1000, 0, PRESSURE, true),
    ("bar", 100_000_000, 0, PRESSURE, true),
    ("m[Hg]", 133_322_000, 0, PRESSURE, true),
    ("m[H2O]", 9_806_650, 0, PRESSURE, true),
    ("J", 1000, 0, ENERGY, true),
    ("cal", 4184, 0, ENERGY, true),
    ("W", 1000, 0, POWER, true),
    ("V", 1000, 0, VOLTAGE, true),
    ("kat", 1, 0, CATALYSIS, true),
    ("rad", 1, 0, NONE, true),
    ("Bq", 1, 0, HERTZ, true),
    ("min", 60, 0, S, false),
    ("h", 3600, 0, S, false),
    ("d", 86_400, 0, S, false),
    ("wk", 604_800, 0, S, false),
    ("ar", 100, 0, AREA, true),
    ("[in_i]", 254, 4, M, false),
    ("[ft_i]", 3048, 4, M, false),
    ("[yd_i]", 9144, 4, M, false),
    ("[mi_i]", 1_609_344, 3, M, false),
    ("[lb_av]", 45_359_237, 5, G, false),
    ("[oz_av]", 28_349_523_125, 9, G, false),
    ("[gr]", 6_479_891, 8, G, false),
    ("[stone_av]", 635_029_318, 5, G, false),
    ("[gal_us]", 3_785_411_784, 12, VOLUME, false),
    ("[qt_us]", 946_352_946, 12, VOLUME, false),
    ("[pt_us]", 473_176_473, 12, VOLUME, false),
    ("[foz_us]", 295_735_295_625, 16, VOLUME, false),
    ("%", 1, 2, NONE, false),
    ("[ppth]", 1, 3, NONE, false),
    ("[ppm]", 1, 6, NONE, false),
];

/// Prefixes and their powers of ten; `da` before `d`.
const PREFIXES: [(&str, i32); 16] = [
    ("da", 1),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("h", 2),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

impl Unit {
    const ONE: Self = Self {
        numerator: Decimal::new(1, 0),
        denominator: Decimal::new(1, 0),
        dimensions: NONE,
    };

    /// Reads a UCUM code such as `mm[Hg]`, `g/(m.s2)` or `10*9/L`; none for what is not known here.
    pub(super) fn parse(code: &str) -> Option<Self> {
        if code.len() > LONGEST {
            return None;
        }
        let (unit, rest) = terms(code, 0)?;
        rest.is_empty().then_some(unit)
    }

    fn multiply(self, other: Self) -> Option<Self> {
        let mut dimensions = self.dimensions;
        for (ours, theirs) in dimensions.iter_mut().zip(other.dimensions) {
            *ours = ours.checked_add(theirs)?;
        }
        Some(Self {
            numerator: self.numerator.multiply(other.numerator)?.trimmed(),
            denominator: self.denominator.multiply(other.denominator)?.trimmed(),
            dimensions,
        })
    }

    fn inverse(self) -> Self {
        Self {
            numerator: self.denominator,
            denominator: self.numerator,
            dimensions: self.dimensions.map(|exponent| exponent.saturating_neg()),
        }
    }

    fn power(self, exponent: i8) -> Option<Self> {
        let base = if exponent < 0 { self.inverse() } else { self };
        (0..exponent.unsigned_abs()).try_fold(Self::ONE, |product, _| product.multiply(base))
    }
}

/// Components joined by `.` and `/`, up to the end or a closing bracket.
fn terms(text: &str, depth: u8) -> Option<(Unit, &str)> {
    let mut rest = text;
    let mut unit = Unit::ONE;
    let mut divides = false;
    if let Some(after) = rest.strip_prefix('/') {
        (rest, divides) = (after, true);
    }
    loop {
        let (component, after) = component(rest, depth)?;
        unit = unit.multiply(if divides {
            component.inverse()
        } else {
            component
        })?;
        rest = after;
        divides = match rest.as_bytes().first() {
            Some(b'.') => false,
            Some(b'/') => true,
            _ => return Some((unit, rest)),
        };
        rest = &rest[1..];
    }
}

/// A bracket, a number, or an atom with its exponent and annotation.
fn component(text: &str, depth: u8) -> Option<(Unit, &str)> {
    if let Some(inner) = text.strip_prefix('(') {
        if depth == 8 {
            return None;
        }
        let (unit, rest) = terms(inner, depth + 1)?;
        return Some((unit, rest.strip_prefix(')')?));
    }
    // `10*3` and `10^3` are an atom with an exponent.
    if let Some(rest) = text
        .strip_prefix("10*")
        .or_else(|| text.strip_prefix("10^"))
    {
        let (exponent, rest) = exponent(rest)?;
        let ten = Unit {
            numerator: 10.into(),
            ..Unit::ONE
        };
        return Some((ten.power(exponent)?, annotation(rest)?));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let numerator = Decimal::parse(&text[..digits]).filter(|number| !number.is_zero())?;
        let unit = Unit {
            numerator,
            ..Unit::ONE
        };
        return Some((unit, annotation(&text[digits..])?));
    }
    if text.starts_with('{') {
        return Some((Unit::ONE, annotation(text)?));
    }
    let length = symbol_length(text);
    let unit = symbol(&text[..length])?;
    let (exponent, rest) = exponent(&text[length..])?;
    Some((unit.power(exponent)?, annotation(rest)?))
}

/// How many bytes belong to the atom: up to an operator, a bracket or an exponent outside `[]`.
fn symbol_length(text: &str) -> usize {
    let mut is_inside = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => is_inside = true,
            b']' => is_inside = false,
            b'.' | b'/' | b'(' | b')' | b'{' | b'+' | b'-' | b'0'..=b'9' if !is_inside => {
                return at;
            }
            _ => {}
        }
    }
    text.len()
}

fn symbol(text: &str) -> Option<Unit> {
    let atom = |name: &str, with_prefix: bool| {
        let found = ATOMS
            .iter()
            .find(|atom| atom.0 == name && (!with_prefix || atom.4))?;
        Some(Unit {
            numerator: Decimal::new(found.1, found.2),
            denominator: Decimal::new(1, 0),
            dimensions: found.3,
        })
    };
    atom(text, false).or_else(|| {
        let prefixed = PREFIXES.iter().find_map(|(prefix, power)| {
            let unit = atom(text.strip_prefix(prefix)?, true)?;
            Some((unit, *power))
        });
        let (unit, power) = prefixed?;
        let ten = Unit {
            numerator: 10.into(),
            ..Unit::ONE
        };
        unit.multiply(ten.power(i8::try_from(power).ok()?)?)
    })
}

fn exponent(text: &str) -> Option<(i8, &str)> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 {
        return (unsigned.len() == text.len()).then_some((1, text));
    }
    let length = text.len() - unsigned.len() + digits;
    Some((text[..length].parse().ok()?, &text[length..]))
}

/// What follows an annotation such as `{score}`, which means nothing.
fn annotation(text: &str) -> Option<&str> {
    if !text.starts_with('{') {
        return Some(text);
    }
    text.find('}').map(|end| &text[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::Unit;

    #[test]
    fn compound_units_come_down_to_base_units() {
        let same = |left: &str, right: &str| {
            let (left, right) = (Unit::parse(left).unwrap(), Unit::parse(right).unwrap());
            assert_eq!(left.dimensions, right.dimensions);
            left.numerator.multiply(right.denominator) == right.numerator.multiply(left.denominator)
        };
        assert!(same("kg", "10*3.g"));
        assert!(same("L", "dm3"));
        assert!(same("mm[Hg]", "133322.g/(m.s2)"));
        assert!(same("km/h", "1000.m/(60.min)"));
        assert!(same("/min", "min-1"));
        assert!(same("{score}", "1"));
        assert!(!same("mg", "ug"));
    }

    #[test]
    fn what_is_not_known_is_none() {
        for code in [
            "", "[IU]", "[s]", "Cel", "kmin", "m/", "(m", "m)", "m--1", "0", "m9999", "é",
        ] {
            assert_eq!(Unit::parse(code), None, "{code}");
        }
        assert_eq!(Unit::parse(&"(".repeat(150)), None);
    }
}

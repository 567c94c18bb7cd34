//! Check digits.

/// The dihedral group of order ten.
const PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// How a digit is exchanged by its place: applied once per place from the right.
const EXCHANGE: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/// Whether the last digit is right by Verhoeff's scheme. Anything but digits is wrong.
pub(super) fn is_verhoeff(digits: &str) -> bool {
    let mut sum = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        let Some(mut digit) = digit(byte) else {
            return false;
        };
        for _ in 0..place % 8 {
            digit = EXCHANGE[usize::from(digit)];
        }
        sum = PRODUCT[usize::from(sum)][usize::from(digit)];
    }
    sum == 0
}

/// Whether the last digit is right by Luhn's scheme. Anything but digits is wrong.
pub(super) fn is_luhn(digits: &str) -> bool {
    let mut sum: u32 = 0;
    for (place, byte) in digits.bytes().rev().enumerate() {
        let Some(digit) = digit(byte) else {
            return false;
        };
        let weighted = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
        sum += weighted / 10 + weighted % 10;
    }
    sum.is_multiple_of(10)
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_single_wrong_digit_and_every_swap_of_neighbours_is_noticed() {
        let right = "428361000124107";
        assert!(is_verhoeff(right));
        for place in 0..right.len() {
            for other in '0'..='9' {
                let mut wrong = right.to_owned();
                wrong.replace_range(place..=place, &other.to_string());
                assert_eq!(is_verhoeff(&wrong), wrong == right, "{wrong}");
            }
        }
        for place in 1..right.len() {
            let mut bytes = right.as_bytes().to_vec();
            bytes.swap(place - 1, place);
            let swapped = String::from_utf8(bytes).unwrap();
            assert_eq!(is_verhoeff(&swapped), swapped == right, "{swapped}");
        }
    }

    #[test]
    fn luhn_notices_a_wrong_digit() {
        assert!(is_luhn("79927398713"));
        assert!(!is_luhn("79927398710"));
        assert!(!is_luhn("7992739871x"));
    }
}

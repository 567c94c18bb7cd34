//! Random-looking text from a seed and a counter: the same run gives the same tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// A source of text that nobody guesses who does not know the seed.
#[derive(Clone)]
pub(super) struct Random {
    mac: Hmac<Sha256>,
    number: u64,
}

impl Random {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&seed);
        Self {
            mac: Hmac::new(&block.into()),
            number: 0,
        }
    }

    /// The next 43 characters of base64url.
    pub(super) fn next(&mut self) -> String {
        self.number += 1;
        let mut mac = self.mac.clone();
        mac.update(&self.number.to_be_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn no_two_are_alike_and_a_seed_gives_the_same() {
        let (mut one, mut two) = (Random::new([1; 32]), Random::new([1; 32]));
        let first = one.next();
        assert_eq!(first.len(), 43);
        assert_eq!(first, two.next());
        assert_ne!(first, one.next());
        assert_ne!(first, Random::new([2; 32]).next());
    }
}

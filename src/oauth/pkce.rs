//! Proof keys for code exchange (RFC 7636), method S256.

use crate::evidence::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Text is no code verifier. It is never quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code verifier has 43 to 128 letters, digits, or one of - . _ ~ (RFC 7636, 4.1)")]
pub struct VerifierError;

/// A code verifier, which whoever asked for a code shows when the code is exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verifier(Secret);

impl Verifier {
    /// A verifier of these random bytes: 43 characters (RFC 7636, 4.1).
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(Secret::new(URL_SAFE_NO_PAD.encode(random)))
    }

    /// Takes a verifier as it was sent.
    ///
    /// # Errors
    /// When it has not 43 to 128 characters, or others than RFC 7636 allows.
    pub fn parse(text: &str) -> Result<Self, VerifierError> {
        let is_allowed =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        if (43..=128).contains(&text.len()) && text.bytes().all(is_allowed) {
            Ok(Self(Secret::new(text)))
        } else {
            Err(VerifierError)
        }
    }

    /// The verifier itself, for the request that exchanges the code.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The challenge that goes with it: `code_challenge` with `code_challenge_method=S256`.
    #[must_use]
    pub fn challenge(&self) -> String {
        challenge(self.expose())
    }

    /// Whether a challenge is the one that goes with it.
    #[must_use]
    pub fn answers(&self, challenge: &str) -> bool {
        self.challenge() == challenge
    }
}

/// The challenge of any text, also of one that is no verifier: SHA-256, base64url (RFC 7636, 4.2).
#[must_use]
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

#[cfg(test)]
mod tests {
    use super::{Verifier, VerifierError};

    /// RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn the_challenge_is_that_of_rfc_7636() {
        let verifier = Verifier::parse(VERIFIER).unwrap();
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(verifier.challenge(), challenge);
        assert!(verifier.answers(challenge) && !verifier.answers(VERIFIER));
    }

    #[test]
    fn what_is_made_can_be_sent() {
        let made = Verifier::new([0xff; 32]);
        assert_eq!(Verifier::parse(made.expose()), Ok(made.clone()));
        assert!(!format!("{made:?}").contains(made.expose()));
    }

    #[test]
    fn lengths_and_letters_are_bounded() {
        for text in [
            "",
            &"a".repeat(42),
            &"a".repeat(129),
            &"é".repeat(50),
            &format!("{VERIFIER}="),
        ] {
            assert_eq!(Verifier::parse(text), Err(VerifierError));
        }
    }
}

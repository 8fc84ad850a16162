//! Proof Key for Code Exchange (RFC 7636), S256 only (A2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::random::{Random, random_text};
use crate::{AuthError, Secret};

/// The only method ever sent.
pub(crate) const METHOD: &str = "S256";

/// A fresh `code_verifier`: 43 characters, 256 random bits.
pub(crate) fn code_verifier(random: Random<'_>) -> Result<Secret, AuthError> {
    random_text(random)
}

/// The `code_challenge` of a verifier: base64url of its SHA-256.
pub(crate) fn code_challenge(verifier: &Secret) -> String {
    // EXPOSE: only its digest leaves.
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.expose().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves A2: the worked example of RFC 7636, appendix B.
    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        let verifier = Secret::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(code_challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }
}

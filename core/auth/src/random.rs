//! Randomness handed in by the caller.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::{AuthError, Secret};

/// The system gave no random bytes; nothing may go on without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomUnavailable;

/// Fills the whole slice with bytes fit for keys, or fails.
pub type Random<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), RandomUnavailable>;

/// 256 random bits as 43 characters of base64url; A3 asks for 128 at least, RFC 7636 for 43 characters.
pub(crate) fn random_text(random: Random<'_>) -> Result<Secret, AuthError> {
    let mut bytes = zeroize::Zeroizing::new([0u8; 32]);
    random(&mut *bytes).map_err(|RandomUnavailable| AuthError::RandomUnavailable)?;
    // A source that leaves the slice as it was would make every value guessable.
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(AuthError::RandomUnavailable);
    }
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves A3.
    #[test]
    fn a_value_carries_every_random_bit() {
        let mut next = 0u8;
        let text = random_text(&mut |out: &mut [u8]| {
            for byte in out {
                next += 1;
                *byte = next;
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(text.expose().len(), 43);
        let expected: Vec<u8> = (1..=32).collect();
        assert_eq!(URL_SAFE_NO_PAD.decode(text.expose()).unwrap(), expected);
    }

    /// Proves A3.
    #[test]
    fn a_dead_source_makes_no_value() {
        let failing = random_text(&mut |_: &mut [u8]| Err(RandomUnavailable));
        assert_eq!(failing.err(), Some(AuthError::RandomUnavailable));
        let silent = random_text(&mut |_: &mut [u8]| Ok(()));
        assert_eq!(silent.err(), Some(AuthError::RandomUnavailable));
    }
}

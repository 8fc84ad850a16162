//! Random bytes from the operating system.

use ring::rand::{SecureRandom, SystemRandom};

use crate::error::PlainchartError;

/// Fills the buffer.
///
/// # Errors
/// `Internal` if the operating system has no randomness to give.
pub fn fill(buffer: &mut [u8]) -> Result<(), PlainchartError> {
    SystemRandom::new().fill(buffer).map_err(|_| PlainchartError::internal("random.unavailable"))
}

/// An array of random bytes.
///
/// # Errors
/// As [`fill`].
pub fn bytes<const N: usize>() -> Result<[u8; N], PlainchartError> {
    let mut buffer = [0; N];
    fill(&mut buffer)?;
    Ok(buffer)
}

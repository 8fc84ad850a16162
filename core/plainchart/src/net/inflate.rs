//! gzip with a bound on what comes out (D10).

use std::io::Read;

use super::client::NetworkError;

/// Decompresses at most `max_bytes`.
pub fn gunzip(packed: &[u8], max_bytes: usize) -> Result<Vec<u8>, NetworkError> {
    let mut out = Vec::new();
    // The bound stands on the decoder: a bound on its input would let a small bomb swell.
    flate2::read::MultiGzDecoder::new(packed)
        .take(max_bytes as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| NetworkError::BrokenAnswer)?;
    if out.len() > max_bytes { Err(NetworkError::TooLarge) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Proves D10: a small answer that swells past the bound is an error, not memory.
    #[test]
    fn a_bomb_is_refused() {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(&vec![0; 4 << 20]).unwrap();
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 10_000);
        assert!(matches!(gunzip(&bomb, 1 << 20), Err(NetworkError::TooLarge)));
        assert_eq!(gunzip(&bomb, 4 << 20).unwrap().len(), 4 << 20);
        assert!(matches!(gunzip(&bomb[..200], 4 << 20), Err(NetworkError::BrokenAnswer)));
    }
}

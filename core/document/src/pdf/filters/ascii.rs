//! The small filters: hexadecimal and base-85 text, and run lengths (ISO 32000-2, 7.4.2, 7.4.3, 7.4.5).

use super::Sink;
use crate::error::DocumentError;

type Done = Result<(), DocumentError>;

/// Pairs of digits up to `>`.
pub(super) fn hexadecimal(data: &[u8], sink: &mut Sink<'_>) -> Done {
    let digits = data.iter().take_while(|byte| **byte != b'>').filter_map(|byte| char::from(*byte).to_digit(16));
    let mut high = None;
    for digit in digits.filter_map(|digit| u8::try_from(digit).ok()) {
        match high.take() {
            None => high = Some(digit << 4),
            Some(high) => sink.push(&[high | digit])?,
        }
    }
    high.map_or(Ok(()), |high| sink.push(&[high]))
}

/// Five digits for four bytes up to `~`; `z` for four zeros.
pub(super) fn base85(data: &[u8], sink: &mut Sink<'_>) -> Done {
    let mut group = Vec::with_capacity(5);
    for byte in data.iter().take_while(|byte| **byte != b'~') {
        match byte {
            b'!'..=b'u' => group.push(byte - b'!'),
            b'z' if group.is_empty() => sink.push(&[0; 4])?,
            _ => {}
        }
        if group.len() == 5 {
            write_group(&group, 4, sink)?;
            group.clear();
        }
    }
    let count = group.len().saturating_sub(1);
    group.resize(5, b'u' - b'!');
    write_group(&group, count, sink)
}

fn write_group(group: &[u8], count: usize, sink: &mut Sink<'_>) -> Done {
    let value = group.iter().fold(0_u32, |value, digit| value.wrapping_mul(85).wrapping_add(u32::from(*digit)));
    sink.push(value.to_be_bytes().get(..count).unwrap_or_default())
}

/// A length and then that many bytes, or one byte that many times; 128 ends it.
pub(super) fn run_length(data: &[u8], sink: &mut Sink<'_>) -> Done {
    let mut rest = data;
    while let [length, after @ ..] = rest {
        let length = usize::from(*length);
        rest = match (length, after) {
            (128, _) | (_, []) => return Ok(()),
            (..128, _) => {
                let (run, after) = after.split_at(after.len().min(length + 1));
                sink.push(run)?;
                after
            }
            (_, [byte, after @ ..]) => {
                sink.push(&vec![*byte; 257 - length])?;
                after
            }
        };
    }
    Ok(())
}

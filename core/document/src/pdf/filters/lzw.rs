//! The LZW filter (ISO 32000-2, 7.4.4).

use super::Sink;
use crate::error::DocumentError;

const CLEAR: usize = 256;
const END: usize = 257;
const MOST_ENTRIES: usize = 4096;

/// Entries are a byte behind an earlier entry, so that the table is small whatever it stands for.
struct Table {
    before: Vec<u16>,
    last: Vec<u8>,
}

impl Table {
    fn len(&self) -> usize {
        self.last.len() + END + 1
    }

    fn write(&self, code: usize, out: &mut Vec<u8>) -> Option<()> {
        out.clear();
        let mut code = code;
        loop {
            match u8::try_from(code) {
                Ok(byte) => {
                    out.push(byte);
                    break;
                }
                Err(_) => {
                    let entry = code.checked_sub(END + 1)?;
                    out.push(*self.last.get(entry)?);
                    code = usize::from(*self.before.get(entry)?);
                }
            }
        }
        out.reverse();
        Some(())
    }

    fn add(&mut self, before: usize, last: u8) {
        if self.len() < MOST_ENTRIES
            && let Ok(before) = u16::try_from(before)
        {
            self.before.push(before);
            self.last.push(last);
        }
    }
}

/// Decodes up to the end mark, or to the first code that cannot be.
pub(super) fn decode(data: &[u8], early: bool, sink: &mut Sink<'_>) -> Result<(), DocumentError> {
    let mut table = Table { before: Vec::new(), last: Vec::new() };
    let mut previous: Option<usize> = None;
    let (mut held, mut bits) = (0_u32, 0_u32);
    let mut entry = Vec::new();
    let mut bytes = data.iter();
    loop {
        let width = match table.len() + usize::from(early) {
            ..512 => 9,
            512..1024 => 10,
            1024..2048 => 11,
            _ => 12,
        };
        while bits < width {
            let Some(byte) = bytes.next() else { return Ok(()) };
            held = held << 8 | u32::from(*byte);
            bits += 8;
        }
        bits -= width;
        let code = (held >> bits) as usize & ((1 << width) - 1);
        held &= (1 << bits) - 1;
        match (code, previous) {
            (CLEAR, _) => {
                table.before.clear();
                table.last.clear();
                previous = None;
                continue;
            }
            (END, _) => return Ok(()),
            (code, Some(before)) if code == table.len() => {
                if table.write(before, &mut entry).is_none() {
                    return Ok(());
                }
                entry.extend(entry.first().copied());
            }
            (code, _) => {
                if table.write(code, &mut entry).is_none() {
                    return Ok(());
                }
            }
        }
        sink.push(&entry)?;
        if let (Some(before), Some(first)) = (previous, entry.first()) {
            table.add(before, *first);
        }
        previous = Some(code);
    }
}

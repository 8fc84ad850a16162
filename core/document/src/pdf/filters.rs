//! Stream filters (ISO 32000-2, 7.4), with every byte that comes out of them counted.
//!
//! 1.5 KB of PDF can hold half a gigabyte. Nothing is inflated but here, into a buffer of 16 KB, and only what text is
//! made from: pictures stay as they are.

mod ascii;
mod lzw;

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};
use hayro_syntax::object::{Array, Dict, Name, Object};

use crate::error::{DocumentError, Exceeded};
use crate::limits::within;

/// Most bytes that one filter may give.
const MOST_OF_ONE: usize = 32 * 1024 * 1024;
/// Filters that make more of less, chained: no writer needs three.
const MOST_EXPANDING: usize = 2;
const MOST_CHAINED: usize = 4;
const BUFFER: usize = 16 * 1024;

/// What the streams of one file have given so far.
pub(super) struct Inflation {
    taken: usize,
    limit: usize,
}

/// Out of a filter, under the bound.
pub(super) struct Sink<'a> {
    out: Vec<u8>,
    inflation: &'a mut Inflation,
}

impl Sink<'_> {
    /// Fails once there is too much.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<(), DocumentError> {
        self.inflation.taken = self.inflation.taken.saturating_add(bytes.len());
        within(self.inflation.taken, self.inflation.limit, Exceeded::InflatedBytes)?;
        self.out.extend_from_slice(bytes);
        within(self.out.len(), MOST_OF_ONE.min(self.inflation.limit), Exceeded::InflatedBytes)
    }
}

impl Inflation {
    /// `limit` bytes in all.
    pub(super) fn new(limit: usize) -> Self {
        Self { taken: 0, limit }
    }

    /// What is in a stream. `None` for a picture or a filter that is not known. What comes out before damage is kept.
    pub(super) fn decode(&mut self, dict: &Dict<'_>, raw: &[u8]) -> Result<Option<Vec<u8>>, DocumentError> {
        let filters = filters(dict);
        let expanding =
            filters.iter().filter(|(name, _)| matches!(kind(name), Some(Kind::Flate | Kind::Lzw | Kind::RunLength)));
        if filters.len() > MOST_CHAINED || expanding.count() > MOST_EXPANDING {
            return Err(DocumentError::TooLarge { exceeded: Exceeded::InflatedBytes, limit: self.limit as u64 });
        }
        let mut data = Cow::Borrowed(raw);
        for (name, parameters) in &filters {
            let Some(kind) = kind(name) else { return Ok(None) };
            let mut sink = Sink { out: Vec::new(), inflation: self };
            match kind {
                Kind::Flate => inflate(&data, &mut sink)?,
                Kind::Lzw => lzw::decode(&data, number(parameters, "EarlyChange", 1) != 0, &mut sink)?,
                Kind::RunLength => ascii::run_length(&data, &mut sink)?,
                Kind::Ascii85 => ascii::base85(&data, &mut sink)?,
                Kind::AsciiHex => ascii::hexadecimal(&data, &mut sink)?,
                Kind::Nothing => continue,
            }
            data = Cow::Owned(unpredicted(sink.out, parameters));
        }
        if matches!(data, Cow::Borrowed(_)) {
            Sink { out: Vec::new(), inflation: self }.push(raw)?;
        }
        Ok(Some(data.into_owned()))
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Flate,
    Lzw,
    RunLength,
    Ascii85,
    AsciiHex,
    /// The identity that an unencrypted file may name.
    Nothing,
}

fn kind(name: &[u8]) -> Option<Kind> {
    Some(match name {
        b"FlateDecode" | b"Fl" => Kind::Flate,
        b"LZWDecode" | b"LZW" => Kind::Lzw,
        b"RunLengthDecode" | b"RL" => Kind::RunLength,
        b"ASCII85Decode" | b"A85" => Kind::Ascii85,
        b"ASCIIHexDecode" | b"AHx" => Kind::AsciiHex,
        b"Crypt" => Kind::Nothing,
        _ => return None,
    })
}

/// The filters of a stream with their parameters, first to last.
fn filters<'a>(dict: &Dict<'a>) -> Vec<(Vec<u8>, Dict<'a>)> {
    if let Some(name) = dict.get::<Name<'_>>("Filter") {
        return vec![(name.to_vec(), dict.get::<Dict<'a>>("DecodeParms").unwrap_or_default())];
    }
    let Some(names) = dict.get::<Array<'a>>("Filter") else { return Vec::new() };
    let parameters = dict.get::<Array<'a>>("DecodeParms").map(|all| {
        all.iter::<Object<'a>>()
            .take(MOST_CHAINED + 1)
            .map(|one| one.into_dict().unwrap_or_default())
            .collect::<Vec<_>>()
    });
    let mut parameters = parameters.unwrap_or_default().into_iter();
    let names = names.iter::<Name<'a>>().take(MOST_CHAINED + 1);
    names.map(|name| (name.to_vec(), parameters.next().unwrap_or_default())).collect()
}

fn number(parameters: &Dict<'_>, key: &str, absent: usize) -> usize {
    parameters.get::<usize>(key).unwrap_or(absent)
}

/// Inflates; without a readable frame, as bare data.
fn inflate(data: &[u8], sink: &mut Sink<'_>) -> Result<(), DocumentError> {
    for (framed, skipped) in [(true, 0), (false, 0), (false, 2)] {
        if sink.out.is_empty() {
            drain(Decompress::new(framed), data.get(skipped..).unwrap_or_default(), sink)?;
        }
    }
    Ok(())
}

/// Everything up to the end, or up to the damage.
fn drain(mut decoder: Decompress, data: &[u8], sink: &mut Sink<'_>) -> Result<(), DocumentError> {
    let mut buffer = [0; BUFFER];
    loop {
        let (read, written) = (decoder.total_in(), decoder.total_out());
        let rest = usize::try_from(read).ok().and_then(|read| data.get(read..)).unwrap_or_default();
        let status = decoder.decompress(rest, &mut buffer, FlushDecompress::None);
        let given = usize::try_from(decoder.total_out() - written).unwrap_or(0);
        sink.push(buffer.get(..given).unwrap_or_default())?;
        let moved = given > 0 || decoder.total_in() > read;
        if !(moved && matches!(status, Ok(Status::Ok))) {
            return Ok(());
        }
    }
}

/// Undoes the PNG predictors (ISO 32000-2, 7.4.4.4), which some writers use for object streams.
fn unpredicted(data: Vec<u8>, parameters: &Dict<'_>) -> Vec<u8> {
    if number(parameters, "Predictor", 1) < 10 {
        return data;
    }
    let bits = number(parameters, "Colors", 1).saturating_mul(number(parameters, "BitsPerComponent", 8));
    let row = bits.saturating_mul(number(parameters, "Columns", 1)).div_ceil(8);
    if row == 0 || row >= data.len() {
        return data;
    }
    let pixel = bits.div_ceil(8).clamp(1, row);
    let mut out: Vec<u8> = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; row];
    for line in data.chunks(row + 1) {
        let Some((predictor, line)) = line.split_first() else { continue };
        let mut current = Vec::with_capacity(row);
        for (at, byte) in line.iter().enumerate() {
            let left_of = |row: &[u8]| at.checked_sub(pixel).and_then(|at| row.get(at)).copied().unwrap_or(0);
            let (left, up, corner) = (left_of(&current), above.get(at).copied().unwrap_or(0), left_of(&above));
            let guess = match predictor {
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, corner),
                _ => 0,
            };
            current.push(byte.wrapping_add(guess));
        }
        out.extend_from_slice(&current);
        current.resize(row, 0);
        above = current;
    }
    out
}

fn paeth(left: u8, up: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(up) - i16::from(corner);
    let far = |byte: u8| (guess - i16::from(byte)).abs();
    if far(left) <= far(up) && far(left) <= far(corner) {
        left
    } else if far(up) <= far(corner) {
        up
    } else {
        corner
    }
}

//! Which characters the bytes stand for (SPEC D2: declared, BOM, UTF-8, windows-1252).
//!
//! A declaration may lie. A BOM, or valid UTF-8 with characters of several bytes, is evidence in the bytes themselves
//! and wins over a declared character set; both leave a remark.

use core::fmt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text, and how it was come by.
#[derive(Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, without a BOM.
    pub text: String,
    /// WHATWG name of the character set used.
    pub charset: &'static str,
    /// The declared one is known and was not used.
    pub declared_overruled: bool,
    /// Some bytes fitted no character and are U+FFFD.
    pub damaged: bool,
}

impl fmt::Debug for Decoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decoded({} bytes, {}, damaged {})", self.text.len(), self.charset, self.damaged)
    }
}

/// Decodes `bytes`; never fails. `declared` is a `Content-Type`, of which the `charset` parameter is used; without
/// one, what an XML declaration or an HTML `<meta>` in the first 1,024 bytes says.
#[must_use]
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Decoded {
    let declared = declared.and_then(charset_parameter).or_else(|| charset_inside(bytes));
    let chosen = choose(bytes, declared);
    let (text, damaged) = chosen.decode_with_bom_removal(bytes);
    Decoded {
        text: text.into_owned(),
        charset: chosen.name(),
        declared_overruled: declared.is_some_and(|declared| declared != chosen && !bytes.is_ascii()),
        damaged,
    }
}

fn choose(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some((by_mark, _)) = Encoding::for_bom(bytes) {
        return by_mark;
    }
    // An XML declaration in pairs of bytes (XML 1.0, appendix F.1).
    let start = bytes.trim_ascii_start();
    for (declaration, wide) in [(b"<\0?\0", UTF_16LE), (b"\0<\0?", UTF_16BE)] {
        if start.starts_with(declaration) {
            return wide;
        }
    }
    let multibyte_utf8 = !bytes.is_ascii() && core::str::from_utf8(bytes).is_ok();
    match declared {
        Some(declared) if declared == UTF_16LE || declared == UTF_16BE => {
            // Without a BOM the claim is only believed if it makes sense of the bytes.
            if bytes.len() > 1 && bytes.contains(&0) { declared } else { utf8_or_single_byte(bytes) }
        }
        Some(declared) if declared == UTF_8 => utf8_or_single_byte(bytes),
        Some(_) if multibyte_utf8 => UTF_8,
        Some(declared) => declared,
        None => utf8_or_single_byte(bytes),
    }
}

/// UTF-8 when valid, or when damage is small beside the characters that are: one bad byte must not garble the rest.
fn utf8_or_single_byte(bytes: &[u8]) -> &'static Encoding {
    if core::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if broken == 0 || whole > broken { UTF_8 } else { WINDOWS_1252 }
}

fn charset_parameter(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| Encoding::for_label(value.trim().trim_matches(['"', '\'']).as_bytes())).flatten()
    })
}

/// `<?xml encoding="...">`, `<meta charset=...>` or `<meta ... content="...; charset=...">`.
fn charset_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..1024).unwrap_or(bytes);
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let start = head.trim_start_matches('\u{FEFF}').trim_start();
    let xml = start.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(declaration, _)| declaration);
    let metas = head.split("<meta").skip(1).map(|meta| meta.split('>').next().unwrap_or_default());
    let label = xml.and_then(|xml| value_after(xml, "encoding")).or_else(|| {
        let mut values = metas.filter_map(|meta| value_after(meta, "charset"));
        values.next()
    })?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // Read as ASCII, so it cannot be UTF-16, whatever it says (WHATWG HTML, 13.2.3.2).
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

fn value_after<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '/')).next()
}

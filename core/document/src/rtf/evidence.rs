//! What the bytes of a file show before it is read, whatever it declares.

use super::tokens::{Token, Tokens};

/// The mark of a page that was wrapped in RTF (MS-OXRTFEX).
const PAGE_MARK: &[u8] = b"\\*\\htmltag";

/// Facts about a whole file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Evidence {
    /// Bytes above ASCII that stand as they are make UTF-8.
    pub(super) raw_utf8: bool,
    /// Bytes above ASCII that are escaped make UTF-8. Other alphabets do not fall into its pattern by chance.
    pub(super) escaped_utf8: bool,
    /// It holds the tags of a page.
    pub(super) wraps_page: bool,
}

impl Evidence {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self {
            raw_utf8: !bytes.is_ascii() && core::str::from_utf8(bytes).is_ok(),
            escaped_utf8: escaped_utf8(bytes),
            wraps_page: bytes.windows(PAGE_MARK.len()).any(|window| window == PAGE_MARK),
        }
    }
}

fn escaped_utf8(bytes: &[u8]) -> bool {
    let (mut run, mut found) = (Vec::new(), false);
    let tokens = Tokens::new(bytes).map(Some).chain([None]);
    for token in tokens {
        if let Some(Token::Escaped(byte)) = token {
            run.push(byte);
            continue;
        }
        if !run.is_ascii() {
            if core::str::from_utf8(&run).is_err() {
                return false;
            }
            found = true;
        }
        run.clear();
    }
    found
}

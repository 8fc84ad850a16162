//! What kind of section a heading names (SPEC N2).

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::kind::SectionKind;
use crate::wordings::WORDINGS;

/// How many wordings the table knows.
pub const WORDING_COUNT: usize = {
    let mut count = 0;
    let mut rows = WORDINGS;
    while let [(_, wordings), others @ ..] = rows {
        count += 1;
        let mut bytes = wordings.as_bytes();
        while let [byte, rest @ ..] = bytes {
            count += (*byte == b'|') as usize;
            bytes = rest;
        }
        rows = others;
    }
    count
};

static TABLE: LazyLock<HashMap<&'static str, SectionKind>> = LazyLock::new(|| {
    let pairs = WORDINGS.iter().flat_map(|(kind, wordings)| wordings.split('|').map(|wording| (wording, *kind)));
    pairs.collect()
});

/// Words that may stand before a known heading without changing what it is.
const LEADING: &[&str] = &["pertinent ", "relevant ", "updated ", "patients ", "todays ", "the "];

/// Longest heading looked up, in bytes; longer lines are sentences.
pub(crate) const LONGEST_HEADING: usize = 80;

/// The kind of section a heading names, whatever its case and punctuation: "A&P", "a/p:" and "Assessment and Plan"
/// are the same. What stands in brackets is ignored if the rest is known.
#[must_use]
pub fn recognise_heading(heading: &str) -> Option<SectionKind> {
    if heading.len() > LONGEST_HEADING {
        return None;
    }
    lookup(heading).or_else(|| {
        let closed = heading.trim_end().ends_with([')', ']']);
        let (before, _) = heading.split_once(['(', '['])?;
        closed.then(|| lookup(before)).flatten()
    })
}

fn lookup(heading: &str) -> Option<SectionKind> {
    let folded = folded(heading);
    TABLE.get(folded.as_str()).copied().or_else(|| {
        let rest = LEADING.iter().find_map(|word| folded.strip_prefix(word))?;
        TABLE.get(rest).copied()
    })
}

/// Lower case; dots and apostrophes dropped (so "H.P.I." is "hpi"); `&` and `+` as "and"; all else a single space.
fn folded(heading: &str) -> String {
    let mut out = String::with_capacity(heading.len());
    let mut gap = false;
    let word = |text: &str, out: &mut String, gap: &mut bool| {
        if core::mem::take(gap) && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(text);
    };
    for c in heading.chars() {
        match c {
            '.' | '\'' | '\u{2019}' => {}
            '&' | '+' => {
                gap = true;
                word("and", &mut out, &mut gap);
                gap = true;
            }
            c if c.is_alphanumeric() => {
                let lower: String = c.to_lowercase().collect();
                word(&lower, &mut out, &mut gap);
            }
            _ => gap = true,
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves N2: every wording in the table is found, under the kind it stands under, and stands there once.
    #[test]
    fn every_wording_is_found() {
        assert_eq!(TABLE.len(), WORDING_COUNT);
        for (kind, wordings) in WORDINGS {
            for wording in wordings.split('|') {
                assert_eq!(folded(wording), wording);
                assert_eq!(recognise_heading(&wording.to_uppercase()), Some(*kind), "{wording}");
            }
        }
        let named: Vec<SectionKind> = WORDINGS.iter().map(|(kind, _)| *kind).collect();
        assert!(SectionKind::NAMED.iter().all(|kind| named.contains(kind)));
    }
}

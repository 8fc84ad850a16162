//! Reads the data files of this crate: lines of fields with ` | ` between them, `#` before a remark.

use std::sync::LazyLock;

use crate::code_list::CODES;
use crate::sensitivity::LABELS;
use crate::word_list::{LOOK_ALIKES, WORDS};
use crate::{Classes, SensitivityClass};

/// Changes whenever a line of the reviewed lists does: what was classed by other lists is classed again.
#[must_use]
pub fn lists_version() -> u32 {
    static VERSION: LazyLock<u32> = LazyLock::new(|| {
        let texts = CODES.iter().chain(WORDS).chain(LOOK_ALIKES).copied().chain([LABELS]);
        // FNV-1a: nobody gains by two lists with one version.
        texts.flat_map(str::bytes).fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    });
    *VERSION
}

/// The fields of each line that holds data.
pub(crate) fn lines<const N: usize>(text: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split(" | ").map(str::trim).collect::<Vec<_>>().try_into().ok())
}

/// Classes as the data files name them, with `+` between several. A name that is none of ours counts as restricted.
pub(crate) fn classes(names: &str) -> Classes {
    names.split('+').fold(Classes::NONE, |set, name| set.with(class(name).unwrap_or(SensitivityClass::Restricted)))
}

/// The class with this name.
pub(crate) fn class(name: &str) -> Option<SensitivityClass> {
    SensitivityClass::ALL.into_iter().find(|class| class.code() == name)
}

//! Reads the data files of this crate: lines of fields with ` | ` between them, `#` before a remark.

use crate::{Classes, SensitivityClass};

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

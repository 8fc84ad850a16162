//! Finding the signal phrases of `rules/` in a text.

use crate::compile::rules::Role;
use crate::compile::tables::Table;
use crate::lexicon::Lexicon;
use crate::scan::Scan;

/// The roles a phrase has; one phrase may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Roles(u32);

impl Roles {
    pub(crate) fn has(self, role: Role) -> bool {
        self.0 & (1 << role as u8) != 0
    }

    pub(crate) fn any(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.has(*role))
    }
}

/// A signal phrase in a text, as token positions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signal {
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) roles: Roles,
}

/// All signals, leftmost longest, in order.
pub(crate) fn find(lexicon: &Lexicon, scan: &Scan<'_>) -> Vec<Signal> {
    let trie = lexicon.signals();
    let mut signals = Vec::with_capacity(scan.tokens.len() / 8);
    let mut ends = Vec::new();
    let mut at = 0;
    while at < scan.tokens.len() {
        scan.ends(trie, at, &mut ends);
        let found = ends.iter().rev().find_map(|end| {
            let roles = scan
                .forms(lexicon, Table::Signals, trie, at, *end)
                .fold(0, |roles, (_, form)| roles | 1 << Role::from_number(form.owner) as u8);
            (roles != 0).then_some(Signal { first: at, last: end.last, roles: Roles(roles) })
        });
        at = found.map_or(at, |signal| signal.last) + 1;
        signals.extend(found);
    }
    signals
}
